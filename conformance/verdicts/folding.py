"""Findings with one cause, told as one.

A target that validates no input of an operation has one flaw, not thirty: the operation gets a headline, and the
constraints that it does not enforce are listed below it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from conformance.specs.clauses import Clause
from conformance.verdicts.finding import SEVERITIES, Finding, Verdict

# Below this many constraints put to the test, each stands for itself.
FEWEST_TO_FOLD = 3

HEADLINE = "validated"


def fold(
    findings: tuple[Finding, ...], verdicts: tuple[Verdict, ...], clauses: Mapping[str, Clause]
) -> tuple[Finding, ...]:
    """The findings of one operation, under a headline where none of its input constraints is enforced."""
    unenforced = [finding for finding in findings if finding.code == "accepts-invalid"]
    headline = next((clause for clause in clauses.values() if _is_headline(clause)), None)
    enforced = any(verdict.word == "passed" and _is_constraint(clauses[verdict.clause]) for verdict in verdicts)
    if headline is None or enforced or len(unenforced) < FEWEST_TO_FOLD:
        return findings
    worst = min(unenforced, key=lambda finding: SEVERITIES.index(finding.severity))
    head = replace(
        worst,
        clause=headline.id,
        code="validates-nothing",
        where="",
        expected="requests that break a constraint are rejected",
        got=f"{len(unenforced)} of {len(unenforced)} broken constraints were accepted",
        statement=headline.statement,
        source=headline.source,
        count=sum(finding.count for finding in unenforced),
        folds=tuple(finding.fingerprint for finding in unenforced),
    )
    below = {finding.fingerprint for finding in unenforced}
    return (
        head,
        *(
            replace(finding, folded_into=head.fingerprint) if finding.fingerprint in below else finding
            for finding in findings
        ),
    )


def _is_headline(clause: Clause) -> bool:
    return clause.section == "input" and not clause.path and clause.name == HEADLINE


def _is_constraint(clause: Clause) -> bool:
    return clause.section == "input" and bool(clause.path)
