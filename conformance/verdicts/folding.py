"""Folding: findings with one cause go below one headline.

A target that validates no input of an operation has one flaw, not thirty: the operation gets one headline finding that
lists the findings below it.

    every broken constraint accepted, none rejected     validates-nothing
    broken constraints of one kind accepted             accepts-broken-<kind>, where others are rejected
    broken constraints answered with a 5xx              crashes-on-invalid

A contradiction of a clause about state and of the rule that refines it is one finding, that of the clause.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from conformance.record.rows import Finding, Verdict, fingerprint_of
from conformance.specs.clauses.clause import Clause
from conformance.values.vocabulary import SEVERITIES
from conformance.verdicts.levels import STATE_SECTIONS

# Fewer findings than this get no headline.
FEWEST_TO_FOLD = 3

HEADLINE_CLAUSE = "validated"


def fold_findings(
    findings: tuple[Finding, ...], verdicts: tuple[Verdict, ...], clauses: Mapping[str, Clause]
) -> tuple[Finding, ...]:
    """The findings of one operation, headlines first; a finding that a headline covers has its `folded_into`."""
    findings = tuple(_below_refined_clauses(findings, clauses))
    clause = next((each for each in clauses.values() if is_headline(each)), None)
    if clause is None:
        return findings
    heads = [_headline(clause, *group) for group in _groups(findings, verdicts, clauses)]
    above = {fingerprint: head.fingerprint for head in heads for fingerprint in head.folds}
    folded = (replace(each, folded_into=above.get(each.fingerprint, each.folded_into)) for each in findings)
    return (*heads, *folded)


def _below_refined_clauses(findings: tuple[Finding, ...], clauses: Mapping[str, Clause]) -> Iterator[Finding]:
    """The findings; one on a rule of the overlay goes below the one on the clause about state that the rule refines."""

    def same(one: Finding) -> tuple[str, str, str, str]:
        return one.case, one.code, one.where, one.got

    states = {same(each): each for each in findings if clauses[each.clause].section in STATE_SECTIONS}
    for each in findings:
        refined = states.get(same(each)) if clauses[each.clause].section == "rule" else None
        yield each if refined is None else replace(each, folded_into=refined.fingerprint)


def _groups(
    findings: tuple[Finding, ...], verdicts: tuple[Verdict, ...], clauses: Mapping[str, Clause]
) -> Iterator[tuple[str, str, list[Finding]]]:
    """Code, text and findings of every group that gets a headline."""
    rejected = Counter(
        clauses[each.clause].name
        for each in verdicts
        if each.verdict == "passed" and is_input_constraint(clauses[each.clause])
    )
    on_constraints = [each for each in findings if is_input_constraint(clauses[each.clause])]
    accepted = [each for each in on_constraints if each.code == "accepts-invalid"]
    if not rejected:
        yield from _if_enough("validates-nothing", "{} broken constraints were accepted, none was rejected", accepted)
    else:
        for kind in sorted({clauses[each.clause].name for each in accepted}):
            text = f"{{}} broken '{kind}' constraints were accepted, {rejected[kind]} rejected"
            of_kind = [each for each in accepted if clauses[each.clause].name == kind]
            yield from _if_enough(f"accepts-broken-{kind}", text, of_kind)
    crashed = [each for each in on_constraints if each.code == "crash"]
    yield from _if_enough("crashes-on-invalid", "{} broken constraints were answered with a 5xx error", crashed)


def _if_enough(code: str, text: str, found: list[Finding]) -> Iterator[tuple[str, str, list[Finding]]]:
    if len(found) >= FEWEST_TO_FOLD:
        yield code, text.format(len(found)), found


def _headline(clause: Clause, code: str, text: str, found: list[Finding]) -> Finding:
    example = min(found, key=_example_rank)
    return replace(
        example,
        clause=clause.id,
        code=code,
        fingerprint=fingerprint_of(clause.id, code),
        where="",
        expected="requests that break a constraint are rejected with a 4xx error",
        got=text,
        statement=clause.statement,
        source=clause.source,
        count=sum(finding.count for finding in found),
        folds=tuple(finding.fingerprint for finding in found),
    )


# The kinds of broken constraints, the easiest to understand first: a name that breaks its pattern, before a long list.
_KINDS_BY_SIMPLICITY = ("pattern", "required", "enum", "type", "min", "max", "union")


def _example_rank(finding: Finding) -> tuple[int, int, int, str]:
    """The rank of a finding as example of its headline: the most severe first, then simple kinds at short places."""
    kind = finding.clause.rpartition("#")[2]
    rank = _KINDS_BY_SIMPLICITY.index(kind) if kind in _KINDS_BY_SIMPLICITY else len(_KINDS_BY_SIMPLICITY)
    return SEVERITIES.index(finding.severity), finding.clause.count("/"), rank, finding.clause


def headline_over(clause: str) -> str:
    """The id of the clause that is the headline of an operation that has the clause of that id."""
    return f"{clause.partition('/')[0]}/input#validated"


def is_headline(clause: Clause) -> bool:
    """Whether a clause is the one that headline findings contradict."""
    return clause.section == "input" and not clause.path and clause.name == HEADLINE_CLAUSE


def is_input_constraint(clause: Clause) -> bool:
    """Whether a clause is a constraint of a place in the input."""
    return clause.section == "input" and bool(clause.path)
