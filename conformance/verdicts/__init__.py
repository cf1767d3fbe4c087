"""Verdicts: which clauses an answer satisfies, which it contradicts, and how severe that is.

    Context (a case and its exchange)   --checks--.
                                                   +--> CheckResult --ClauseLedger--> Finding, one per clause and code
    Timeline (a scenario as it was run) --laws----'                               '-> Verdict, one per clause
                                                            Finding --folding--> one headline for one cause

`severity` says how severe each code is, as measured on real AWS answers. `levels` sums an operation up.
"""
