"""The calls that tests make with botocore, watched and judged, whoever answers them.

    botocore clients --call_watcher--> WatchedCall --call_judging--> Context, CheckResult ...
                                                       '--guard_ledger--> findings, with the places of the calls

Nothing here is loaded before a guard is asked for.
"""
