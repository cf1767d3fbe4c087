"""What a record of a run that did not finish is good for: its exchanges are judged again, or the run goes on.

CaseRow, Case --recorded_executions--> Execution, PlayedScenario -- rejudging: verdicts of what is known
                                                                 '- resumption: the run goes on after it
"""
