"""What a target makes of a contract, as a table for a terminal and as a JSON document."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from conformance.contracts.contract_check import STATES, CheckedOperation, State
from conformance.record.rows import Finding
from conformance.values.text import one_line

FORMAT = 1

_WORDS: Mapping[State, str] = {
    "deviates": "deviates",
    "not-implemented": "not implemented",
    "unknown": "unknown",
    "works": "works",
}
_IN_TOTALS: Mapping[State, str] = {
    "deviates": "deviate",
    "not-implemented": "not implemented",
    "unknown": "unknown",
    "works": "work",
}

_WIDTH = max(len(word) for word in _WORDS.values())


def check_text(target: str, checked: Sequence[CheckedOperation]) -> str:
    """A line for each operation, service by service, and below it what deviates; then the totals."""
    lines = [f"the contract at {one_line(target)}"]
    wide = max((len(each.operation) for each in checked), default=0)
    for service, operations in itertools.groupby(checked, key=lambda each: each.service):
        lines += ["", service]
        for each in operations:
            note = "; ".join(_notes(each))
            lines.append(f"  {each.operation:<{wide}}  {_WORDS[each.state]:<{_WIDTH}}  {one_line(note)}".rstrip())
            lines += [f"      {one_line(_finding(finding))}" for finding in each.deviations]
    return "\n".join([*lines, "", _totals(checked)]) + "\n"


def _notes(each: CheckedOperation) -> Iterator[str]:
    if each.reason:
        yield each.reason
    tops = [path for path in each.unshown if not any(path.startswith(other) for other in each.unshown if other != path)]
    if tops:
        yield f"in no answer: {', '.join(tops)}"


def _finding(finding: Finding) -> str:
    where = f" at {finding.where}" if finding.where else ""
    what = f"{finding.severity}: {finding.clause} ({finding.code}){where}"
    return f"{what}: got {finding.got}; expected {finding.expected}"


def _totals(checked: Sequence[CheckedOperation]) -> str:
    counts = Counter(each.state for each in checked)
    shown = ", ".join(f"{counts[state]} {_IN_TOTALS[state]}" for state in reversed(STATES) if counts[state])
    lenient = sum(len(each.lenient) for each in checked)
    accepted = "1 kind of request is" if lenient == 1 else f"{lenient} kinds of requests are"
    more = f"; {accepted} accepted that AWS refuses (--format json lists them)" if lenient else ""
    return f"{len(checked)} operations: {shown}{more}"


def check_document(target: str, checked: Sequence[CheckedOperation]) -> dict[str, Any]:
    """Everything, as a JSON document."""
    counts = Counter(each.state for each in checked)
    return {
        "format": FORMAT,
        "target": target,
        "totals": {state: counts[state] for state in STATES},
        "operations": [_operation(each) for each in checked],
    }


def _operation(each: CheckedOperation) -> dict[str, Any]:
    return {
        "service": each.service,
        "operation": each.operation,
        "state": each.state,
        "reason": each.reason,
        "deviations": [_entry(finding) for finding in each.deviations],
        "lenient": [_entry(finding) for finding in each.lenient],
        "unshown": list(each.unshown),
    }


def _entry(finding: Finding) -> dict[str, Any]:
    names = ("clause", "code", "severity", "where", "expected", "got", "source", "fingerprint", "case")
    return {name: getattr(finding, name) for name in names}
