"""The clauses of a spec, one checkable statement each.

Those about state have one module a scenario family, named as in `cases.scenarios` and `verdicts.laws`.
"""
