"""What `import conformance` offers to Python programs; `conformance/__init__.py` loads it name by name.

    services.py    load_service, clauses, requests               what is known of a service
    runs.py        resolve_target, run_cases, compare_records    a run, event by event
    extensions.py  register_check, register_rule                 what a program adds

It is separate from the rooms below, so that they can change while these signatures stay.
"""
