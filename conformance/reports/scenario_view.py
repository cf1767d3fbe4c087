"""What happened in a case, for people: every call on one line, and the calls that decide a finding in full.

    case --step_lines--> "read  DescribeEndpoint  200  Creating x3": equal calls in a row are one line
    case, finding --decisive_exchanges--> the exchanges that show what the finding says

A finding has the numbers of the steps that decide it. In records of earlier versions it has none: then the tables of
the scenario families say under which labels to look for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from conformance.cases.constraints import abbreviated
from conformance.cases.families import Deciding, OneResource, Updates, deciding_steps, side_of
from conformance.record.rows import CaseRow, Finding
from conformance.record.steps import Step
from conformance.values.paths import get, has, parse_path


@dataclass(frozen=True, slots=True)
class StepLine:
    """Equal calls in a row: their label in the scenario, the answer, and the state that it shows."""

    role: str
    label: str
    operation: str
    answer: str
    state: str = ""
    count: int = 1
    decides: bool = False

    @property
    def name(self) -> str:
        """The label of the step, or the role of a call that is no step."""
        return self.label or self.role

    @property
    def outcome(self) -> str:
        """The answer, the state, and how often: `200  Creating x3`."""
        times = f" x{self.count}" if self.count > 1 else ""
        return f"{self.answer}{'  ' if self.state else ''}{self.state}{times}"


@dataclass(frozen=True, slots=True)
class DecisiveExchange:
    """An exchange that decides a finding, and which sides of it matter."""

    step: Step
    request: bool = True
    answer: bool = True

    @property
    def label(self) -> str:
        """The label of the step; empty for the call of a case that is no scenario."""
        return self.step.label


# Clauses about the answer of a call by itself.
_OF_ANSWERS = ("output", "errors", "protocol")
STATE_SECTIONS = ("lifecycle", "roundtrip", "state", "pagination", "filter", "sort", "tags", "idempotency")
SECTIONS = ("input", "output", "errors", "protocol", "rule", "check", *STATE_SECTIONS)
"""Sections of clause ids, in the order of reports."""

_GIVEN = re.compile(r"(\w+)=([^,]*)")


def section_of(clause: str) -> str:
    """The section of a clause: `input`, `lifecycle`, `rule`."""
    return clause.partition("/")[2].partition("#")[0].partition("/")[0]


def is_scenario(case: CaseRow | None) -> bool:
    """Whether a case is a scenario: several calls with labels."""
    return case is not None and case.intent == "scenario"


def step_lines(
    case: CaseRow, decisive: Iterable[DecisiveExchange] = (), *, cleanup: bool = False
) -> tuple[StepLine, ...]:
    """The calls of a case in order, equal ones in a row counted; cleanup with `cleanup`, or where it failed."""
    deciding = [each.step for each in decisive]
    rows: list[StepLine] = []
    for step in case.steps:
        decides = any(step is each for each in deciding)
        if step.role == "cleanup" and not cleanup and step.outcome in ("accepted", None):
            continue
        line = StepLine(step.role, step.label, step.operation, response_summary(step), observed_state(step), 1, decides)
        if rows and replace(rows[-1], count=1, decides=decides) == line:
            line = replace(line, count=rows[-1].count + 1, decides=decides or rows[-1].decides)
            rows.pop()
        rows.append(line)
    return tuple(rows)


def shortened(lines: Sequence[StepLine], most: int) -> tuple[StepLine | int, ...]:
    """About `most` lines: those that decide, and those around them; a number counts the calls left out."""
    marks = [number for number, line in enumerate(lines) if line.decides] or [len(lines) - 1]
    nearest = sorted(range(len(lines)), key=lambda each: (min(abs(each - mark) for mark in marks), each))
    kept = set(range(len(lines))) if len(lines) <= most + 1 else {*nearest[:most], *marks}
    found: list[StepLine | int] = []
    for number, line in enumerate(lines):
        if number in kept:
            found.append(line)
        elif found and isinstance(found[-1], int):
            found[-1] += line.count
        else:
            found.append(line.count)
    return tuple(found)


def response_summary(step: Step) -> str:
    """The answer in short: its status, and the code of an error."""
    response = step.response
    if response is None:
        return f"no response: {step.failure or 'cause unknown'}"
    crash = f"from {step.crash}" if step.crash else ""
    return " ".join(part for part in (str(response.status), step.code, crash) if part)


def observed_state(step: Step) -> str:
    """The state that a read shows; empty where it shows only that the resource is there."""
    state = step.state
    return "" if state == "there" else state


def decisive_exchanges(case: CaseRow | None, finding: Finding) -> tuple[DecisiveExchange, ...]:
    """The exchanges that show what a finding says: of a scenario those that decide it, of any other case its last."""
    if case is None:
        return ()
    steps = case.steps
    named = [steps[number] for number in finding.steps if number < len(steps)]
    if named:
        return _with_sides(case, named)
    own = [step for step in steps if step.role == "case"]
    if not is_scenario(case) or not own:
        others = [step for step in steps if step.role != "cleanup"]
        return tuple(DecisiveExchange(step) for step in (own or others)[-1:])
    return _with_sides(case, _labelled(case, own, finding)) or (DecisiveExchange(_last_similar_step(own, finding)),)


def _with_sides(case: CaseRow, steps: Sequence[Step]) -> tuple[DecisiveExchange, ...]:
    """The steps with the sides that matter by their labels; of one that decides alone the answer always does."""
    found = []
    for step in steps:
        side = side_of(_kind_of(case), step.label)
        found.append(DecisiveExchange(step, side != "answer", side != "request" or len(steps) == 1))
    return tuple(found)


def _labelled(case: CaseRow, own: Sequence[Step], finding: Finding) -> list[Step]:
    """The steps whose labels the table of the scenario's kind gives for the clause of a finding."""
    if section_of(finding.clause) not in STATE_SECTIONS:
        return []
    segment = _segment_of(own, finding) if section_of(finding.clause) == "roundtrip" else own
    deciding = deciding_steps(_kind_of(case), finding.clause.rpartition("#")[2])
    found = (_found(each, segment) or _found(each, own) for each in deciding)
    return [step for step in found if step is not None]


def _kind_of(case: CaseRow) -> str:
    """The kind of a scenario, which is part of its id; empty for another case."""
    return case.id.partition("/scenario/")[2].partition("/")[0]


def _found(deciding: Deciding, steps: Sequence[Step]) -> Step | None:
    for label in deciding.labels:
        some = [step for step in steps if step.label == label]
        if some:
            return some[0 if deciding.first else -1]
    return None


def _segment_of(steps: Sequence[Step], finding: Finding) -> Sequence[Step]:
    """The part of a scenario that begins with the request whose input the finding is about."""
    starts = [number for number, step in enumerate(steps) if step.label in (OneResource.CREATE, Updates.UPDATE)]
    parts = [steps[start:end] for start, end in zip(starts, [*starts[1:], len(steps)], strict=True)]
    return max(parts, key=lambda part: _input_match(part[0], finding), default=steps)


def _input_match(step: Step, finding: Finding) -> int:
    """How well the input of a call matches a finding: 2 for the expected value, 1 for the place, else 0."""
    try:
        path = parse_path(finding.where)
    except ValueError:
        return 0
    if not path or not has(step.params, path):
        return 0
    return 2 if abbreviated(get(step.params, path)) == finding.expected else 1


def _last_similar_step(steps: Sequence[Step], finding: Finding) -> Step:
    """The last call with the members that a finding names, such as `SortBy=Name`; else the last one that fits."""
    given = [pair.groups() for pair in _GIVEN.finditer(finding.where)]
    asked = [step for step in steps if given and _has_all(step.params, given)]
    if asked:
        return asked[-1]
    mine = [step for step in steps if step.operation == finding.operation] or list(steps)
    section = section_of(finding.clause)
    if section in _OF_ANSWERS:
        wanted = section != "errors"
        mine = [step for step in mine if (step.outcome == "accepted") is wanted] or mine
    return mine[-1]


def _has_all(params: Any, given: Iterable[Sequence[str]]) -> bool:
    return isinstance(params, Mapping) and all(str(params.get(name)) == value.strip() for name, value in given)
