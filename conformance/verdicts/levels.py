"""The evidence level of an operation: how much of it a target has shown to conform.

    L0 routed            the operation is there          L3 echoes what was sent
    L1 parsed            an answer was in the protocol   L4 rejects each kind of broken constraint
    L2 shape-valid 2xx   no wrong type, no member lost   L5 state and lifecycle      L6 agreed with AWS recordings

A level needs all those below it; a level for which an operation has no clauses is skipped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from conformance.record.rows import Finding, Verdict
from conformance.specs.clauses.clause import Clause
from conformance.values.vocabulary import Level

# Codes of contradictions that refute L2; bounds and patterns are not among them, because AWS itself breaks them.
SHAPE_CODES = frozenset({"wrong-type", "missing-member", "duplicate-member", "malformed-answer", "wrong-envelope"})


# Sections of clauses about the state of resources; round trips are a level of their own.
STATE_SECTIONS = frozenset({"lifecycle", "state", "pagination", "filter", "sort", "tags", "idempotency"})


@dataclass(frozen=True, slots=True)
class Evidence:
    """Whether any answer of an operation was routed, parsed and accepted: the levels L0 to L2."""

    routed: bool
    parsed: bool
    accepted: bool


def level_and_reachable(
    evidence: Evidence, verdicts: tuple[Verdict, ...], findings: tuple[Finding, ...], clauses: Mapping[str, Clause]
) -> tuple[Level | None, Level]:
    """The level reached, None below L0, and the highest level that the operation's clauses allow."""
    words = {verdict.clause: verdict.verdict for verdict in verdicts}
    shaped = evidence.accepted and not any(finding.code in SHAPE_CODES for finding in findings)
    steps: list[tuple[Level, bool | None]] = [
        ("L0", evidence.routed),
        ("L1", evidence.parsed),
        ("L2", shaped),
        ("L3", _all_kinds(words, [clause for clause in clauses.values() if clause.section == "roundtrip"])),
        ("L4", _all_kinds(words, [clause for clause in clauses.values() if _constraint(clause)])),
        ("L5", _all_kinds(words, [clause for clause in clauses.values() if clause.section in STATE_SECTIONS])),
    ]
    possible = [(name, reached) for name, reached in steps if reached is not None]
    level: Level | None = None
    for name, reached in possible:
        if not reached:
            break
        level = name
    return level, possible[-1][0]


def _constraint(clause: Clause) -> bool:
    return clause.section == "input" and bool(clause.path)


def _all_kinds(words: Mapping[str, str], clauses: list[Clause]) -> bool | None:
    """Whether each kind of clause passed somewhere and failed nowhere; None where there are no such clauses.

    A kind of which no clause could be tested (no text breaks the pattern) does not count.
    """
    kinds: dict[str, set[str]] = {}
    for clause in clauses:
        kinds.setdefault(clause.name, set()).add(words.get(clause.id, "unreached"))
    judged = {name: found for name, found in kinds.items() if found != {"skipped"}}
    if not judged:
        return None
    return all("passed" in found and "failed" not in found for found in judged.values())
