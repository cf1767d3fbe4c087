"""The clauses of a spec, one checkable statement each.

Each scenario family has one module for its clauses, with the family's name: `cases.families` lists them.
"""
