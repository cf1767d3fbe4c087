"""Runs the checks that users register.

    Context --RegisteredCheck.function--> Match | Mismatch --check_registered--> Satisfied | Contradiction | Undecided

A user's function knows neither clause ids nor finding codes, and may fail: that leaves its clause undecided, with the
error as the reason, and does not end the run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from conformance.specs.overlay.registered_checks import RegisteredCheck
from conformance.verdicts.check_results import CheckResult, Contradiction, Satisfied, Undecided
from conformance.verdicts.context import Context

# The code of every finding of a registered check; the clause says which check it was.
CODE = "registered-check"


@dataclass(frozen=True, slots=True)
class Match:
    """A registered check yields it when an answer satisfies its statement. Provisional."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A registered check yields it when an answer contradicts its statement. Provisional.

    `where` is the place in the answer, such as `QueueUrl` or `headers`; `expected` and `got` are short texts for
    people. It becomes a finding; equal ones are counted.
    """

    where: str
    expected: str
    got: str


CheckFunction: TypeAlias = Callable[[Context], "Iterable[Match | Mismatch] | None"]


def check_registered(context: Context) -> Iterator[CheckResult]:
    """The results of every registered check of the operation."""
    for check in context.overlay.checks:
        if check.applies_to(context.service.name, context.operation.name):
            clause = context.clause("check", "", check.name)
            yield from (_result(clause, each) for each in _called(check, context))


def _called(check: RegisteredCheck, context: Context) -> Iterable[Any]:
    try:
        return tuple(check.function(context) or ())
    except Exception as problem:  # noqa: BLE001 - whatever a user's function raises
        return (f"the check raised {type(problem).__name__}: {problem}",)


def _result(clause: str, found: Any) -> CheckResult:
    if isinstance(found, Match):
        return Satisfied(clause)
    if isinstance(found, Mismatch):
        return Contradiction(clause, CODE, found.where, found.expected, found.got)
    reason = found if isinstance(found, str) else f"the check yielded {found!r:.60}, which is no Match and no Mismatch"
    return Undecided(clause, "errored", reason)
