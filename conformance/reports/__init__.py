"""What a run leaves behind, and everything that is told from it.

                 run
                  | lines
    record.py   RecordWriter --record.jsonl--> read --Record--+--> combine.py   several records as one
                                                              |
                    known.py (baseline) --reasons--> Options  +--> summary.py   totals, order, headlines
                                                        |              |
                                                        '--> formats.py: html, markdown, junit, json
                                                             terminal.py: the end of a run
    reproduce/  steps of a case as boto3, AWS CLI and curl lines

Everything here reads a record and nothing else; nothing here sends, judges or prints. A record comes from a target
that may mean no good: text.py and bodies.py make it harmless, redaction.py keeps credentials out of it.
"""
