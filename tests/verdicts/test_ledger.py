"""What a run adds up to: one finding per clause and code, one verdict per clause, headlines and levels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.compare.records import Difference, compare
from conformance.record.rows import Finding, Verdict, fingerprint_of
from conformance.specs.clauses.catalog import operation_clauses
from conformance.specs.clauses.clause import Clause
from conformance.specs.model import Operation
from conformance.specs.overlay.entries import EMPTY_OVERLAY, Overlay, Rule
from conformance.values.vocabulary import Severity
from conformance.verdicts.check_results import CheckResult, Contradiction, Satisfied, Undecided
from conformance.verdicts.clause_ledger import MAX_CASES_NAMED, ClauseLedger
from conformance.verdicts.folding import FEWEST_TO_FOLD, fold_findings, is_headline, is_input_constraint
from conformance.verdicts.levels import Evidence, level_and_reachable
from doubles.handmade_exchanges import ROOT, answered, case, clauses
from doubles.handmade_shapes import service, spec_of, structure

CLAUSES = clauses()
MIN, MAX, ENUM = (ROOT + f"input/{name}" for name in ("Count#min", "Count#max", "Kind#enum"))


def contradiction(clause: str = MIN, code: str = "accepts-invalid", got: str = "HTTP 200") -> Contradiction:
    return Contradiction(clause, code, "Count", "an error", got)


def noted(
    ledger: ClauseLedger, *notes: CheckResult, name: str = "a", size: int = 10, counted: bool = True
) -> ClauseLedger:
    ledger.add_results(answered(case("invalid", "input/Count#min", name=name)), notes, size, counted=counted)
    return ledger


def ledger(overlay: Overlay = EMPTY_OVERLAY) -> ClauseLedger:
    return ClauseLedger(clauses(overlay), overlay)


def verdict_of(found: ClauseLedger, clause: str = MIN, otherwise: Undecided | None = None) -> Verdict:
    return next(each for each in found.verdicts(otherwise) if each.clause == clause)


# ---------------------------------------------------------------- verdicts


def test_there_is_a_verdict_for_every_clause_and_none_passes_by_itself() -> None:
    found = list(ledger().verdicts())
    assert [each.clause for each in found] == list(CLAUSES)
    assert {each.verdict for each in found} == {"unreached"}
    assert all(each.reason for each in found)


@pytest.mark.parametrize("first", [True, False])
def test_what_was_contradicted_has_failed_however_often_it_held(first: bool) -> None:
    notes: tuple[CheckResult, ...] = (contradiction(), Satisfied(MIN), Satisfied(MIN))
    found = verdict_of(noted(ledger(), *(notes if first else notes[::-1])))
    assert (found.verdict, found.reason) == ("failed", None)


def test_what_held_has_passed_although_it_was_left_open_elsewhere() -> None:
    assert verdict_of(noted(ledger(), Undecided(MIN, "unreached", "x"), Satisfied(MIN))).verdict == "passed"


def test_the_reason_that_says_most_stays() -> None:
    notes = (
        Undecided(MIN, "skipped", "s"),
        Undecided(MIN, "unreached", "u"),
        Undecided(MIN, "errored", "e"),
        Undecided(MIN, "skipped", "t"),
    )
    found = verdict_of(noted(ledger(), *notes))
    assert (found.verdict, found.reason) == ("errored", "e")


def test_what_nothing_is_known_of_is_left_as_the_run_ended() -> None:
    ended = Undecided("", "errored", "the target was lost")
    assert (verdict_of(ledger(), MIN, ended).verdict, verdict_of(ledger(), MIN, ended).reason) == (
        ended.word,
        ended.reason,
    )
    assert verdict_of(noted(ledger(), Satisfied(MIN)), MIN, ended).verdict == "passed"


def test_a_verdict_names_some_of_its_cases_each_once() -> None:
    found = ledger()
    for number in range(MAX_CASES_NAMED + 3):
        noted(found, Satisfied(MIN), name=f"case-{number}")
        noted(found, Satisfied(MIN), name=f"case-{number}")
    assert len(verdict_of(found).cases) == MAX_CASES_NAMED
    assert len(set(verdict_of(found).cases)) == MAX_CASES_NAMED


def test_clauses_that_were_not_asked_for_are_not_entered() -> None:
    only = ClauseLedger({MIN: CLAUSES[MIN]}, EMPTY_OVERLAY)
    noted(only, Satisfied(MAX), contradiction(ENUM), Undecided(ENUM, "skipped", "x"))
    assert [each.clause for each in only.verdicts()] == [MIN]
    assert only.findings() == ()


def test_a_statement_that_the_whole_run_shows_can_be_held() -> None:
    found = ledger()
    found.add_protocol_pass("implemented", "things:PutThing/valid/smallest")
    assert verdict_of(found, ROOT + "protocol#implemented").verdict == "passed"
    found.add_protocol_pass("implemented", None)
    assert verdict_of(found, ROOT + "protocol#body").verdict == "unreached"


# ---------------------------------------------------------------- findings


def test_one_finding_for_each_clause_and_code_with_a_count() -> None:
    found = ledger()
    for _ in range(3):
        noted(found, contradiction())
    noted(found, contradiction(code="crash"), contradiction(MAX))
    assert [(each.clause, each.code, each.count) for each in found.findings()] == [
        (MIN, "accepts-invalid", 3),
        (MIN, "crash", 1),
        (MAX, "accepts-invalid", 1),
    ]


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=12))
def test_the_smallest_example_is_kept(sizes: list[int]) -> None:
    found = ledger()
    for number, size in enumerate(sizes):
        noted(found, contradiction(got=f"{size}"), name=f"case-{number}", size=size)
    (finding,) = found.findings()
    assert finding.got == str(min(sizes))
    assert finding.case == f"things:PutThing/invalid/case-{sizes.index(min(sizes))}"
    assert finding.count == len(sizes)


def test_a_smaller_form_of_the_same_is_not_counted_again() -> None:
    found = noted(ledger(), contradiction(got="large"), size=10)
    noted(found, contradiction(got="small"), size=5, counted=False)
    (finding,) = found.findings()
    assert (finding.got, finding.count) == ("small", 1)
    assert found.contradicted_as(contradiction())
    assert not found.contradicted_as(contradiction(MAX))


def test_a_finding_carries_the_statement_and_the_source_of_its_clause() -> None:
    (finding,) = noted(ledger(), contradiction()).findings()
    assert (finding.statement, finding.source) == (CLAUSES[MIN].statement, CLAUSES[MIN].source)
    assert (finding.service, finding.operation) == ("things", "PutThing")
    assert finding.fingerprint == fingerprint_of(MIN, "accepts-invalid")
    assert len(finding.fingerprint) == 16


def enforcing() -> Overlay:
    rules = tuple(
        Rule(name, ("PutThing",), "s", "docs", enforcement)  # type: ignore[arg-type]
        for name, enforcement in (("R-1", "RECORDED"), ("R-2", "DOC-MUST"), ("R-3", "ADVICE"))
    )
    return replace(EMPTY_OVERLAY, rules=rules, resources=MappingProxyType({}))


@pytest.mark.parametrize(
    ("clause", "code", "enforces", "severity"),
    [
        ("input/Name#required", "accepts-invalid", None, "error"),
        ("input/Count#type", "accepts-invalid", None, "error"),
        ("input/Count#min", "accepts-invalid", None, "warning"),
        ("input/Count#min", "accepts-invalid", "recorded", "error"),
        ("input/Choice#union", "accepts-invalid", "recorded", "warning"),
        ("input/Count#min", "crash", None, "error"),
        ("output/Count#min", "out-of-bounds", None, "info"),
        ("rule#R-1", "accepts-broken-rule", None, "error"),
        ("rule#R-2", "wrong-error-code", None, "warning"),
        ("rule#R-3", "breaks-rule", None, "info"),
    ],
)
def test_how_much_a_contradiction_weighs(clause: str, code: str, enforces: str | None, severity: Severity) -> None:
    found = ledger(replace(enforcing(), enforces_input=enforces))
    assert found.severity(contradiction(ROOT + clause, code)) == severity


# ---------------------------------------------------------------- headlines


def finding(clause: str, code: str = "accepts-invalid", severity: Severity = "warning", count: int = 1) -> Finding:
    fingerprint = fingerprint_of(clause, code)
    return Finding(clause, code, severity, "things", "PutThing", fingerprint, case=f"case of {clause}", count=count)


INPUTS = [clause for clause in CLAUSES if clause.startswith(ROOT + "input/")]


def folded(findings: list[Finding], passed: tuple[str, ...] = ()) -> tuple[Finding, ...]:
    return fold_findings(tuple(findings), tuple(Verdict(clause, "passed") for clause in passed), CLAUSES)


def heads(found: tuple[Finding, ...]) -> list[Finding]:
    return [each for each in found if each.folds]


def test_nothing_is_folded_below_three() -> None:
    few = [finding(clause) for clause in INPUTS[: FEWEST_TO_FOLD - 1]]
    assert folded(few) == tuple(few)


def test_a_target_that_validates_nothing_has_one_flaw() -> None:
    many = [finding(clause, count=2) for clause in INPUTS[:6]]
    found = folded(many)
    (head,) = heads(found)
    assert head.code == "validates-nothing"
    assert head.clause == ROOT + "input#validated"
    assert head.count == 12
    assert "6 broken constraints" in head.got
    assert set(head.folds) == {each.fingerprint for each in many}
    assert {each.folded_into for each in found if each is not head} == {head.fingerprint}


def test_one_kind_that_is_not_validated_is_a_headline_of_its_own() -> None:
    patterns = [clause for clause in INPUTS if clause.endswith("#min")]
    found = folded([finding(clause) for clause in patterns], passed=(ENUM,))
    (head,) = heads(found)
    assert head.code == "accepts-broken-min"
    assert "0 rejected" in head.got


def test_nothing_is_folded_across_codes() -> None:
    accepted = [finding(clause) for clause in INPUTS[:3]]
    crashed = [finding(clause, "crash", "error") for clause in INPUTS[3:6]]
    found = folded([*accepted, *crashed])
    assert {head.code: set(head.folds) for head in heads(found)} == {
        "validates-nothing": {each.fingerprint for each in accepted},
        "crashes-on-invalid": {each.fingerprint for each in crashed},
    }
    assert heads(folded([*accepted[:2], *crashed[:2]])) == []


def test_findings_of_anything_else_stay_as_they_are() -> None:
    others = [
        finding(ROOT + clause, "missing-member") for clause in ("output/Id#required", "output/Id#min", "output#members")
    ]
    assert folded(others) == tuple(others)


def test_the_headline_is_as_bad_as_its_worst() -> None:
    mixed = [finding(clause) for clause in INPUTS[:3]] + [finding(INPUTS[5], severity="error")]
    (head,) = heads(folded(mixed))
    assert head.severity == "error"
    assert head.case == f"case of {INPUTS[5]}"


@given(st.lists(st.tuples(st.sampled_from(INPUTS), st.sampled_from(["accepts-invalid", "crash", "connection-closed"])),
                max_size=25, unique=True), st.sets(st.sampled_from(INPUTS)))  # fmt: skip
def test_what_is_folded_points_to_what_folds_it(found: list[tuple[str, str]], passed: set[str]) -> None:
    failing = {clause for clause, _ in found}
    result = folded([finding(clause, code) for clause, code in found], tuple(passed - failing))
    above = {each.fingerprint: each for each in heads(result)}
    below = [each for each in result if not each.folds]
    assert [(each.clause, each.code) for each in below] == found
    for each in below:
        if each.folded_into is None:
            assert not any(each.fingerprint in head.folds for head in above.values())
        else:
            assert each.fingerprint in above[each.folded_into].folds
    assert all(len(head.folds) >= FEWEST_TO_FOLD for head in above.values())
    assert sum(len(head.folds) for head in above.values()) == sum(each.folded_into is not None for each in below)


def test_without_the_headline_clause_there_are_no_headlines() -> None:
    without = {name: clause for name, clause in CLAUSES.items() if not is_headline(clause)}
    many = tuple(finding(clause) for clause in INPUTS[:6])
    assert fold_findings(many, (), without) == many
    assert sum(is_headline(clause) for clause in CLAUSES.values()) == 1


# ---------------------------------------------------------------- levels

SEEN = Evidence(routed=True, parsed=True, accepted=True)
CONSTRAINTS = [clause.id for clause in CLAUSES.values() if is_input_constraint(clause)]


def level(
    evidence: Evidence = SEEN,
    passed: list[str] | None = None,
    *findings: Finding,
    among: Mapping[str, Clause] = CLAUSES,
) -> tuple[str | None, str]:
    return level_and_reachable(evidence, tuple(Verdict(clause, "passed") for clause in passed or ()), findings, among)


def test_each_level_is_reached_on_top_of_those_below() -> None:
    assert level(Evidence(False, False, False)) == (None, "L4")
    assert level(Evidence(True, False, False)) == ("L0", "L4")
    assert level(Evidence(True, True, False)) == ("L1", "L4")
    assert level() == ("L2", "L4")
    assert level(SEEN, CONSTRAINTS) == ("L4", "L4")
    assert level(Evidence(True, False, True), CONSTRAINTS) == ("L0", "L4")


def test_an_answer_that_loses_a_member_is_not_of_the_right_shape() -> None:
    for code in ("wrong-type", "missing-member", "malformed-answer"):
        assert level(SEEN, CONSTRAINTS, finding(ROOT + "output/Id#required", code)) == ("L1", "L4")
    assert level(SEEN, CONSTRAINTS, finding(ROOT + "output/Id#min", "out-of-bounds"))[0] == "L4"


def test_every_kind_must_have_been_rejected_somewhere_and_accepted_nowhere() -> None:
    one_of_each = list({clause.rpartition("#")[2]: clause for clause in CONSTRAINTS}.values())
    assert level(SEEN, one_of_each)[0] == "L4"
    assert level(SEEN, one_of_each[1:])[0] == "L2"
    words = [Verdict(clause, "passed") for clause in one_of_each]
    failing = [*words[:-1], replace(words[-1], verdict="failed"), Verdict(CONSTRAINTS[0], "failed")]
    assert level_and_reachable(SEEN, tuple(failing), (), CLAUSES)[0] == "L2"


def test_a_kind_that_no_request_could_be_built_for_does_not_count() -> None:
    words = [Verdict(clause, "skipped" if clause.endswith("#min") else "passed") for clause in CONSTRAINTS]
    assert level_and_reachable(SEEN, tuple(words), (), CLAUSES) == ("L4", "L4")


def test_an_operation_without_input_cannot_reach_further_than_its_answer() -> None:
    model = service("json", structure("Bare"), operations=(Operation("PutThing", output="PutAnswer"),))
    found = operation_clauses(spec_of(model), model.operations["PutThing"])
    assert level(SEEN, [], among=found) == ("L2", "L2")


# ---------------------------------------------------------------- two runs


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ("passed", "failed", "worse"),
        ("unreached", "failed", "worse"),
        ("failed", "passed", "better"),
        ("failed", "unreached", "other"),
        ("passed", "errored", "other"),
        (None, "failed", "new"),
        ("passed", None, "gone"),
    ],
)
def test_what_a_difference_means(before: str | None, after: str | None, change: str) -> None:
    assert Difference("x", before, after).change == change


WORDS = st.sampled_from(["passed", "failed", "skipped", "errored", "unreached"])
RUNS = st.dictionaries(st.sampled_from("abcdefgh"), WORDS)


@given(RUNS, RUNS)
def test_two_runs_differ_where_their_verdicts_do_and_worst_comes_first(
    one: dict[str, str], other: dict[str, str]
) -> None:
    found = compare(one, other)
    assert {each.clause for each in found} == {name for name in {*one, *other} if one.get(name) != other.get(name)}
    order = ["worse", "better", "other", "new", "gone"]
    ranks = [(order.index(each.change), each.clause) for each in found]
    assert ranks == sorted(ranks)
    assert compare(one, one) == ()
