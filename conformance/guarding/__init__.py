"""The calls that tests make with botocore, judged, whoever answers them.

    WatchedCall --call_judging--> Context, CheckResult ...
                      '--guard_ledger--> findings, with the places of the calls

Nothing here is loaded before a guard is asked for.
"""
