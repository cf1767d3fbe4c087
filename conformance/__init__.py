"""Contract tests and conformance reports for implementations of AWS APIs.

    import conformance

    for event in conformance.run_cases("sagemaker-hosting", target="moto", record="record.jsonl"):
        if isinstance(event, conformance.Finding):
            print(event.severity, event.clause, event.got)

    name              status       what it does
    load_service      stable       loads the spec of a service, with its overlay
    clauses           stable       lists the clauses that a selection puts to the test
    requests          provisional  is a Hypothesis strategy of an operation's requests: valid, or with one fault
    responses         provisional  is a Hypothesis strategy of an operation's answers: what a mock may return
    errors            provisional  is a Hypothesis strategy of the errors that an operation may answer
    resolve_target    stable       finds the implementation to test
    run_cases         provisional  runs the cases of a selection: an iterator of events
    read_record       stable       reads the record of a run
    compare_records   stable       compares the verdicts of two records
    guard             provisional  watches the AWS calls of the code within it, and finds what AWS would not do
    register_check    provisional  adds a check of answers to every run
    register_rule     provisional  adds a rule to a service
    Finding           stable       the event that a clause is contradicted
    Verdict           stable       the event that says what is known of a clause
    ConformanceError  stable       the base of every error that is raised on purpose

What is stable keeps its name and its arguments until the next major version. What is provisional may change with a
minor version; the changelog says so. `conformance.extending` (provisional) has the types that registered checks are
written with. Everything else below this package is internal.

Nothing is loaded before it is used: pytest imports this package at every start of a project that has the plugin.

Imports point strictly down this picture, and rooms on one floor do not import each other:

    F8  cli/  pytest_plugin/                one file a command; options and hooks of pytest
    F7  settings.py  api/  extending.py     what the configuration file says; what this module offers
    F6  compare/                            two records held against each other
        guarding/  contracts/               the calls that tests make with botocore, judged; what they use
    F5  run/  reports/                      plan + target -> rows of a record; record -> reports
    F4  verdicts/  planning/                what an answer contradicts, and how sure that is; what a run is to do
    F3  exchanges/  watching/               a case as sent, and what came back; the calls of botocore's clients
    F2  cases/  wire/  record/              what to send; how a protocol writes and reads it; the rows of a run
    F1  specs/  regexes/                    what is known of a service; AWS's patterns
    F0  values/  exceptions.py              paths, conditions, words of records; what can go wrong
"""

from __future__ import annotations

# Not imported from `typing`, which takes longer to load than everything else here; type checkers know the name.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from conformance.api.extensions import register_check, register_rule
    from conformance.api.guards import guard
    from conformance.api.operation_strategies import errors, requests, responses
    from conformance.api.runs import compare_records, read_record, resolve_target, run_cases
    from conformance.api.services import clauses, load_service
    from conformance.exceptions import ConformanceError
    from conformance.record.rows import Finding, Verdict

__all__ = [
    "ConformanceError",
    "Finding",
    "Verdict",
    "clauses",
    "compare_records",
    "errors",
    "guard",
    "load_service",
    "read_record",
    "register_check",
    "register_rule",
    "requests",
    "resolve_target",
    "responses",
    "run_cases",
]

_MODULES = {
    "ConformanceError": "exceptions",
    "Finding": "record.rows",
    "Verdict": "record.rows",
    "clauses": "api.services",
    "compare_records": "api.runs",
    "errors": "api.operation_strategies",
    "guard": "api.guards",
    "load_service": "api.services",
    "read_record": "api.runs",
    "register_check": "api.extensions",
    "register_rule": "api.extensions",
    "requests": "api.operation_strategies",
    "responses": "api.operation_strategies",
    "resolve_target": "api.runs",
    "run_cases": "api.runs",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used (PEP 562)."""
    import importlib

    if name not in _MODULES:
        raise AttributeError(f"module 'conformance' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The public names, loaded or not, so that `help` and completion show them."""
    return sorted({*globals(), *__all__})
