"""Whether an application works on a target: a contract held against the record of a run, operation by operation.

    works              a request that the model allows was accepted, and no clause that matters is contradicted
    deviates           a clause that matters is contradicted
    not-implemented    the operation is not there
    unknown            nothing shows either; the reason says why. Absence is never a pass

That a target accepts what AWS refuses is no deviation, unless the application catches such a refusal: the application
works there, only its tests promise less. It is listed beside (`lenient`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from conformance.contracts.contract_plan import used_operations
from conformance.contracts.relevance import UsedOperation
from conformance.contracts.request_likeness import is_alike
from conformance.contracts.usage import Contract
from conformance.exchanges.outcome import class_of_code
from conformance.planning.plan import Plan
from conformance.record.rows import Finding, Record, Verdict
from conformance.values.vocabulary import SEVERITIES, Severity

State: TypeAlias = Literal["deviates", "not-implemented", "unknown", "works"]
STATES: tuple[State, ...] = ("deviates", "not-implemented", "unknown", "works")
"""Worst first."""

ABSENT = "not-implemented"

# What says nothing of an application: the requests may have lacked what its own have; botocore leaves out null members.
_UNNOTICED = frozenset({"never-accepts", "null-member"})

# Clauses of protocols about any answer: those about errors matter to who catches them.
_OF_ANSWERS = frozenset({"body", "envelope"})
_FIRST_ERROR = 300

# The constraints that botocore checks before it sends a request.
_CHECKED_BY_CLIENT = frozenset({"required", "type"})

# What cases are for that the model allows.
_ALLOWED = frozenset({"valid", "boundary", "recorded"})

# Sections of clauses whose findings about invalid requests say what a target accepts.
_REFUSALS = frozenset({"input", "rule"})


@dataclass(frozen=True, slots=True)
class CheckedOperation:
    """What a target makes of an operation of a contract.

    `deviations` are the findings that matter; `lenient` those about requests that AWS refuses and the application does
    not send; `unshown` the members of answers that the application reads and no answer had.
    """

    service: str
    operation: str
    state: State
    reason: str = ""
    deviations: tuple[Finding, ...] = ()
    lenient: tuple[Finding, ...] = ()
    unshown: tuple[str, ...] = ()

    @property
    def is_failure(self) -> bool:
        """Whether the application does not work there."""
        return self.state in ("deviates", "not-implemented")


def check_contract(
    contract: Contract, plan: Plan, record: Record, at_least: Severity = "warning"
) -> tuple[CheckedOperation, ...]:
    """What the target of a record makes of each operation of a contract.

    `plan` has the clauses that matter to the contract; findings below the severity `at_least` do not count.
    """
    known = _Known(record, at_least)
    found = {(used.service.spec.service.name, used.operation.name): used for used in used_operations(contract, plan)}
    return tuple(
        _checked(found[service, name], known)
        if (service, name) in found
        else CheckedOperation(service, name, "unknown", "no clause about it is selected")
        for service, name, _ in contract.operations
    )


class _Known:
    """What a record says, by operation and clause."""

    def __init__(self, record: Record, at_least: Severity) -> None:
        self.cases = record.cases
        self.verdicts: Mapping[str, Verdict] = {each.clause: each for each in record.verdicts}
        self.operations = frozenset(each.name for each in record.operations)
        self.findings: dict[str, list[Finding]] = {}
        for finding in record.findings:
            self.findings.setdefault(finding.clause, []).append(finding)
        self._accepted = frozenset(
            (case.service, case.operation)
            for case in record.cases.values()
            if case.outcome == "accepted" and case.intent in _ALLOWED
        )
        self._weight = SEVERITIES.index(at_least)

    def weighs(self, finding: Finding) -> bool:
        """Whether a finding counts."""
        return SEVERITIES.index(finding.severity) <= self._weight

    def is_accepted(self, service: str, operation: str) -> bool:
        """Whether any request that the model allows was accepted."""
        return (service, operation) in self._accepted


def _checked(used: UsedOperation, known: _Known) -> CheckedOperation:
    service, name = used.service.spec.service.name, used.operation.name
    clauses = used.service.clauses_of(used.operation)
    found = [finding for clause in clauses for finding in known.findings.get(clause, ())]
    absence = next((each for each in found if each.code == ABSENT), None)
    if absence is not None:
        return CheckedOperation(service, name, "not-implemented", absence.got, (absence,))
    concerned = [each for each in found if known.weighs(each) and _concerns(each, used, known)]
    lenient = tuple(each for each in concerned if _is_lenient(each, used, known))
    deviations = tuple(each for each in concerned if each not in lenient)
    if deviations:
        return CheckedOperation(service, name, "deviates", "", deviations, lenient, _unshown(used, known))
    if not known.is_accepted(service, name):
        return CheckedOperation(service, name, "unknown", _why_unknown(used, known), lenient=lenient)
    return CheckedOperation(service, name, "works", "", (), lenient, _unshown(used, known))


def _concerns(finding: Finding, used: UsedOperation, known: _Known) -> bool:
    """Whether the application can meet what a finding is about."""
    if finding.code in _UNNOTICED:
        return False
    clause, case = used.service.clauses_of(used.operation)[finding.clause], known.cases.get(finding.case)
    step = next((each for each in case.steps if each.role == "case"), None) if case is not None else None
    if clause.section == "protocol":
        is_error = step is not None and step.response is not None and step.response.status >= _FIRST_ERROR
        return used.catches or clause.name not in _OF_ANSWERS or not is_error
    if clause.section != "input" or (case is not None and case.intent not in _ALLOWED):
        return True
    return is_alike(used, None if step is None else step.params)


def _is_lenient(finding: Finding, used: UsedOperation, known: _Known) -> bool:
    """Whether a finding is about a request that AWS refuses, and the application catches no such refusal."""
    clause, case = used.service.clauses_of(used.operation)[finding.clause], known.cases.get(finding.case)
    if clause.section not in _REFUSALS or case is None or case.intent in _ALLOWED:
        return False
    by_client = clause.section == "input" and clause.name in _CHECKED_BY_CLIENT
    return by_client or not any(class_of_code(code) == "rejected-validation" for code in used.use.errors)


def _why_unknown(used: UsedOperation, known: _Known) -> str:
    service, name = used.service.spec.service.name, used.operation.name
    if f"{service}:{name}" not in known.operations:
        return "the record does not have it"
    clause = f"{service}:{name}/input#accepted"
    verdict, refused = known.verdicts.get(clause), next(iter(known.findings.get(clause, ())), None)
    if verdict is not None and verdict.why:
        return verdict.why
    return "no request was accepted" if refused is None else refused.got


def _unshown(used: UsedOperation, known: _Known) -> tuple[str, ...]:
    """The members that the application reads and that were in no answer."""
    words: dict[str, set[str]] = {}
    for clause in used.service.clauses_of(used.operation).values():
        if clause.section == "output" and clause.id in known.verdicts:
            words.setdefault(clause.path, set()).add(known.verdicts[clause.id].verdict)
    return tuple(path for path, found in sorted(words.items()) if found <= {"unreached", "skipped"})
