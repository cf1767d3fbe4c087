"""Reports of scenarios: equal steps counted, decisive exchanges in full, histories of states."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from conformance.exceptions import BadFile
from conformance.record.reader import read
from conformance.record.rows import Finding, Record
from conformance.reports import html, junit, markdown
from conformance.reports.report_options import Options
from conformance.reports.scenario_view import StepLine, decisive_exchanges, shortened, step_lines
from conformance.reports.state_histories import state_histories
from conformance.reports.summary import SAME_EXCHANGE, grouped_by_exchange, summarize
from conformance.reports.terminal import terminal_report

Lines = list[dict[str, Any]]
Parts = Mapping[str, Callable[..., Any]]
Written = Callable[[Lines], Record]

ECHO = "sagemaker:DescribeThing/scenario/echo/Thing"
WAY = "sagemaker:CreateThing/scenario/creation/Thing"


def _scenario(parts: Parts, identity: str, owner: str, calls: list[tuple[Any, ...]], **changes: Any) -> dict[str, Any]:
    """A scenario of steps (role or label, operation, params, answer, state); an answer that is text is an error."""
    steps = []
    for name, operation, params, answer, *state in calls:
        error = isinstance(answer, str)
        body = json.dumps({"__type": answer} if error else answer)
        role = name if name in ("setup", "cleanup") else "case"
        step = parts["step"](
            role, operation, params, outcome="rejected-state" if error else "accepted",
            response={"status": 400 if error else 200, "headers": {}, "body": body},
        )  # fmt: skip
        step |= {"label": name} if role == "case" else {}
        step |= {"code": answer} if error else {}
        step |= {"state": state[0]} if state else {}
        steps.append(step)
    more = {"intent": "scenario", "resource": "Thing", "title": "a Thing is made"}
    return dict(parts["case"](identity, owner, steps, **{**more, **changes}))


@pytest.fixture
def scenario_lines(parts: Parts) -> Lines:
    """A resource that loses two attributes, and a resource that changes its state as expected."""
    big = {"ThingName": "t-2", "Filler": list(range(50)), "Colour": "red", "Size": 7}
    echo = _scenario(
        parts, ECHO, "DescribeThing",
        [
            ("setup", "CreateModel", {"ModelName": "m"}, {}),
            ("create", "CreateThing", {"ThingName": "t-1"}, {}),
            ("read", "DescribeThing", {"ThingName": "t-1"}, {"ThingName": "t-1"}, "there"),
            *[("settled", "DescribeThing", {"ThingName": "t-1"}, {"ThingName": "t-1"}, "there")] * 3,
            ("create", "CreateThing", big, {}),
            ("read", "DescribeThing", {"ThingName": "t-2"}, {"ThingName": "t-2"}, "there"),
            *[("settled", "DescribeThing", {"ThingName": "t-2"}, {"ThingName": "t-2"}, "there")] * 3,
            ("cleanup", "DeleteThing", {"ThingName": "t-2"}, {}),
            ("cleanup", "DeleteModel", {"ModelName": "m"}, "InUse"),
        ],
        clauses=["sagemaker:Thing/roundtrip/Colour#echo"],
    )  # fmt: skip
    way = _scenario(
        parts, WAY, "CreateThing",
        [
            ("create", "CreateThing", {"ThingName": "t"}, {}),
            ("read", "DescribeThing", {"ThingName": "t"}, "NotFound", "not found"),
            *[("read", "DescribeThing", {"ThingName": "t"}, {"Status": "Creating"}, "Creating")] * 3,
            ("read", "DescribeThing", {"ThingName": "t"}, {"Status": "Ready"}, "Ready"),
            ("delete", "DeleteThing", {"ThingName": "t"}, {}),
            ("after", "DescribeThing", {"ThingName": "t"}, "NotFound", "not found"),
            ("delete-again", "DeleteThing", {"ThingName": "t"}, "NotFound"),
        ],
        clauses=["sagemaker:Thing/lifecycle#Creating->Ready"],
    )  # fmt: skip

    def lost(number: int, where: str, expected: str) -> dict[str, Any]:
        changes = {"clause": f"sagemaker:Thing/roundtrip/{where}#echo", "case": ECHO, "code": "lost-attribute"}
        more = {"severity": "warning", "where": where, "expected": expected, "got": "nothing"}
        return dict(parts["finding"](number, "DescribeThing", "x#y", **changes, **more))

    def judged(clause: str, word: str, case: str) -> dict[str, Any]:
        return {**parts["verdict"]("x", "y", word, None, case), "clause": f"sagemaker:Thing/{clause}"}

    lines = [
        parts["header"](),
        echo,
        way,
        lost(1, "Colour", "'red'"),
        lost(2, "Size", "7"),
        judged("roundtrip/Colour#echo", "failed", ECHO),
        judged("roundtrip/Size#echo", "failed", ECHO),
        judged("lifecycle#Creating->Ready", "passed", WAY),
        parts["operation"]("CreateThing", "L5", "L5", accepted=3),
        parts["operation"]("DescribeThing", "L2", "L5", accepted=12),
    ]
    return [*lines, parts["footer"](lines)]


@pytest.fixture
def scenario_record(written: Written, scenario_lines: Lines) -> Record:
    """The record of these lines."""
    return written(scenario_lines)


def _finding(clause: str, **changes: Any) -> Finding:
    given = {"code": "x", "severity": "warning", "service": "sagemaker", "operation": "DescribeThing"}
    return Finding(clause=clause, fingerprint="0" * 16, **{**given, **changes})


def _printed(record: Record, options: Options | None = None) -> str:
    console = Console(width=100, color_system=None, highlight=False)
    with console.capture() as capture:
        console.print(terminal_report(record, options or Options()), crop=False)
    return capture.get()


def test_equal_steps_in_a_row_are_one_line(scenario_record: Record) -> None:
    lines = step_lines(scenario_record.cases[WAY])
    assert [(line.name, line.outcome) for line in lines] == [
        ("create", "200"),
        ("read", "400 NotFound  not found"),
        ("read", "200  Creating x3"),
        ("read", "200  Ready"),
        ("delete", "200"),
        ("after", "400 NotFound  not found"),
        ("delete-again", "400 NotFound"),
    ]
    names = [line.name for line in step_lines(scenario_record.cases[ECHO])]
    assert names == ["setup", "create", "read", "settled", "create", "read", "settled", "cleanup"]
    assert step_lines(scenario_record.cases[ECHO])[-1].outcome == "400 InUse"


def test_a_long_scenario_is_shortened_around_decisive_steps() -> None:
    lines = [StepLine("case", f"l{number}", "Op", "200", decides=number == 70) for number in range(100)]
    short = shortened(lines, 6)
    shown = [line.label if isinstance(line, StepLine) else line for line in short]
    assert shown == [67, "l67", "l68", "l69", "l70", "l71", "l72", 27]
    assert shortened(lines[:7], 6) == tuple(lines[:7])


@pytest.mark.parametrize(
    ("clause", "changes", "labels"),
    [
        (
            "Thing/roundtrip/Colour#echo",
            {"where": "Colour", "expected": "'red'"},
            [("create", "t-2"), ("settled", "t-2")],
        ),
        ("Thing/roundtrip/Other#echo", {"where": "Other"}, [("create", "t-1"), ("settled", "t-1")]),
        ("DescribeThing/output/ThingName#type", {}, [("settled", "t-2")]),
        ("CreateThing/output#type", {"operation": "CreateThing"}, [("create", "t-2")]),
        ("ListThings/sort#order", {"where": "ThingName=t-1"}, [("settled", "t-1")]),
    ],
)
def test_decisive_steps(
    scenario_record: Record, clause: str, changes: dict[str, Any], labels: list[tuple[str, str]]
) -> None:
    found = decisive_exchanges(scenario_record.cases[ECHO], _finding(f"sagemaker:{clause}", **changes))
    assert [(each.label, each.step.params["ThingName"]) for each in found] == labels


@pytest.mark.parametrize(
    ("clause", "label", "state"),
    [
        ("Thing/lifecycle#Creating->Ready", "read", "Ready"),
        ("Thing/lifecycle#gone-after-delete", "after", "not found"),
        ("Thing/lifecycle#delete-twice", "delete-again", ""),
        ("DescribeThing/errors#declared", "after", "not found"),
    ],
)
def test_decisive_steps_of_a_transition(scenario_record: Record, clause: str, label: str, state: str) -> None:
    found = decisive_exchanges(scenario_record.cases[WAY], _finding(f"sagemaker:{clause}"))
    assert (found[-1].label, found[-1].step.state) == (label, state)


def test_a_finding_names_the_steps_that_decide(scenario_record: Record) -> None:
    case = scenario_record.cases[ECHO]
    clause = "sagemaker:Thing/roundtrip/Colour#echo"
    found = decisive_exchanges(case, _finding(clause, steps=(1, 5), where="Colour"))
    assert [each.step for each in found] == [case.steps[1], case.steps[5]]
    assert [(each.label, each.request, each.answer) for each in found] == [
        ("create", True, False),
        ("settled", False, True),
    ]
    (alone,) = decisive_exchanges(case, _finding(clause, steps=(1,)))
    assert (alone.request, alone.answer) == (True, True)
    beyond = decisive_exchanges(case, _finding(clause, steps=(99,), where="Colour", expected="'red'"))
    assert [each.step.params["ThingName"] for each in beyond] == ["t-2", "t-2"]


def test_histories_of_states(scenario_record: Record) -> None:
    (found,) = state_histories(scenario_record)["sagemaker:Thing"]
    assert found.text == "CreateThing -> not found -> Creating x3 -> Ready -> DeleteThing -> not found"
    assert (found.case, found.count, found.verdicts) == (WAY, 1, ("passed",))


def test_a_history_without_a_state_is_left_out(written: Written, scenario_lines: Lines) -> None:
    assert state_histories(written([line for line in scenario_lines if line.get("id") != WAY])) == {}


def test_findings_of_one_exchange_form_a_group(scenario_record: Record) -> None:
    (line,) = grouped_by_exchange(scenario_record, summarize(scenario_record).groups)
    assert (line.shared, [row.where for row in (line.finding, *line.folded)]) == (SAME_EXCHANGE, ["Colour", "Size"])


def test_the_terminal_shows_steps_and_decisive_exchanges(scenario_record: Record) -> None:
    text = re.sub(r" *\n", "\n", re.sub(r" +", " ", _printed(scenario_record)))
    for piece in (
        "warning sagemaker:DescribeThing Colour lost-attribute",
        " > create CreateThing 200",
        " > settled DescribeThing 200 x3",
        " setup CreateModel 200",
        "\n create request POST / CreateThing",
        '"Colour": "red",',
        "\n settled response 200",
        "shown by the same exchange, 1 more:\n - Size: expected 7, got nothing",
        "2/2 12 accepted",
    ):
        assert piece in text, piece
    assert text.count("POST / CreateThing") == 1


def test_a_known_finding_does_not_hide_the_others_of_its_exchange(scenario_record: Record) -> None:
    text = _printed(scenario_record, Options(known={f"{1:016x}": "known"}))
    assert "DescribeThing Size lost-attribute" in text
    assert "1 known finding (baseline) is not shown" in text


def test_html_shows_steps_location_and_histories(scenario_record: Record) -> None:
    page = html.render_html(scenario_record)
    assert '<span class="match">  &#34;Colour&#34;: &#34;red&#34;,</span>' in page
    assert "State histories" in page
    assert re.search(r'<li class="state">Creating <span class="times">&times;3</span></li>', page)
    assert page.count("The exchange above shows this finding as well.") == 1
    assert '<option value="roundtrip">roundtrip (2 failed of 2)</option>' in page


def test_markdown_shows_steps_and_histories(scenario_record: Record) -> None:
    page = re.sub(r" +", " ", markdown.render_markdown(scenario_record))
    for piece in (
        "\n> settled DescribeThing 200 x3",
        "| roundtrip | 0 | 2 | 0 |",
        "Observed state histories",
        "Shown by the same exchange, 1 more:",
        '"Colour": "red"',
    ):
        assert piece in page, piece


def test_junit_shows_steps(scenario_record: Record) -> None:
    page = junit.render_junit(scenario_record, Options(fail_on="warning"))
    assert "scenario:  a Thing is made" in page
    assert "  &gt; settled: DescribeThing 200 x3" in page


def test_clauses_about_resources_count_for_the_operation_that_tested_them(scenario_record: Record) -> None:
    counted = {line.row.operation: line.verdicts for line in summarize(scenario_record).operations}
    assert counted == {"DescribeThing": {"failed": 2}, "CreateThing": {"passed": 1}}


@pytest.mark.parametrize(
    "change", [{"label": 1}, {"state": ["x"]}, {"bound": {}}, {"bound": [{"path": "x"}]}, {"makes": None}]
)
def test_a_step_of_another_form_is_refused(tmp_path: Path, scenario_lines: Lines, change: dict[str, Any]) -> None:
    scenario_lines[1]["steps"][1] |= change
    (tmp_path / "record.jsonl").write_text("\n".join(map(json.dumps, scenario_lines)), "utf-8")
    with pytest.raises(BadFile, match=rf"line 2, case: 'steps\[1\]\.{next(iter(change))}"):
        read(tmp_path / "record.jsonl")
