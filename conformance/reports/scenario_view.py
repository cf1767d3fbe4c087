"""What happened in a case, as people want to be told: every call on a line, and in full those that decide.

    case --calls--> "read  DescribeEndpoint  200  Creating x3": equal calls in a row are one line
    case, finding --decisive--> the exchanges that show what the finding says

Which calls decide is a table by the name of the clause: the labels under which scenarios make them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from conformance.cases.constraints import abbreviated
from conformance.record.rows import FindingRow
from conformance.values.paths import get, has, parse_path

Step: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StepLine:
    """Equal calls in a row: how the scenario calls them, what came back, the state that it shows."""

    role: str
    label: str
    operation: str
    answer: str
    state: str = ""
    count: int = 1
    decides: bool = False

    @property
    def name(self) -> str:
        """How its scenario calls it, or what it is for."""
        return self.label or self.role

    @property
    def outcome(self) -> str:
        """The answer, the state, and how often: `200  Creating x3`."""
        times = f" x{self.count}" if self.count > 1 else ""
        return f"{self.answer}{'  ' if self.state else ''}{self.state}{times}"


@dataclass(frozen=True, slots=True)
class DecisiveExchange:
    """An exchange that decides, and which sides of it matter."""

    step: Step
    request: bool = True
    answer: bool = True

    @property
    def label(self) -> str:
        """How its scenario calls it; empty for the one call of a case that is no scenario."""
        return str(self.step.get("label", ""))


@dataclass(frozen=True, slots=True)
class Part:
    """What of a scenario decides: the last call under one of some labels (or the first), and which sides of it."""

    labels: tuple[str, ...]
    request: bool = True
    answer: bool = True
    first: bool = False


def _asks(*labels: str) -> Part:
    return Part(labels, answer=False)


def _tells(*labels: str, first: bool = False) -> Part:
    return Part(labels, request=False, first=first)


# By the name of the clause that is contradicted. What is not here is shown by the last call that was asked likewise.
DECISIVE: Mapping[str, tuple[Part, ...]] = {
    "created": (_asks("create"), Part(("read",))),
    "listed": (_asks("create"), Part(("list",))),
    "duplicate": (_asks("create"), Part(("other", "again"))),
    "one-winner": (Part(("at-once",), first=True), Part(("afterwards",))),
    "steady": (_tells("before"), _tells("later")),
    "not-found": (Part(("ask",)),),
    "gone-after-delete": (_asks("delete"), Part(("after",))),
    "delete-twice": (Part(("delete-again",)),),
    "unlisted-after-delete": (_asks("delete"), Part(("list",))),
    "taken-while-deleting": (_tells("meanwhile"), Part(("again",))),
    "update-in-progress": (_asks("update"), Part(("update-again",))),
    "echo": (_asks("create"), _tells("rest", "read")),
    "updated": (_asks("update"), _tells("after")),
    "stable": (_tells("rest", first=True), _tells("rest")),
    "times": (_tells("rest", "read"),),
    "unchanged": (_tells("before"), _asks("asked"), _tells("after")),
    "complete": (_tells("whole"), Part(("paged",))),
    "no-repeats": (Part(("paged",)),),
    "page-size": (Part(("paged",), first=True),),
    "last-page": (Part(("paged", "whole")),),
    "foreign-token": (Part(("foreign",)),),
    "given": (_asks("create"), _tells("listed")),
    "added": (_asks("add"), _tells("listed")),
    "overwritten": (_asks("overwrite"), _tells("overwritten")),
    "removed": (_asks("remove"), _tells("left")),
    "same-result": (Part(("create",)), Part(("again",))),
    "other-input": (_asks("create"), Part(("other",))),
}

# The name of a clause on a way from one state to another, and the labels of the reads that follow it.
_WAY = "->"
_READS = _tells("read", "changing", "after")

# Clauses about the answer of a call by itself.
_OF_ANSWERS = ("output", "errors", "protocol")
STATE_SECTIONS = ("lifecycle", "roundtrip", "state", "pagination", "filter", "sort", "tags", "idempotency")
SECTIONS = ("input", "output", "errors", "protocol", "rule", *STATE_SECTIONS)
"""Sections of clause ids, in the order of reports."""

_GIVEN = re.compile(r"(\w+)=([^,]*)")


def section_of(clause: str) -> str:
    """The section of a clause: `input`, `lifecycle`, `rule`."""
    return clause.partition("/")[2].partition("#")[0].partition("/")[0]


def is_scenario(case: Mapping[str, Any] | None) -> bool:
    """Whether a case consists of several calls that each say what they are for."""
    return case is not None and case.get("intent") == "scenario"


def step_lines(
    case: Mapping[str, Any], decisive: Iterable[DecisiveExchange] = (), *, cleanup: bool = False
) -> tuple[StepLine, ...]:
    """The calls of a case in order, equal ones in a row counted; clean-ups where asked for, or where they failed."""
    deciding = [each.step for each in decisive]
    rows: list[StepLine] = []
    for step in case.get("steps", ()):
        role, decides = str(step.get("role", "")), any(step is each for each in deciding)
        if role == "cleanup" and not cleanup and step.get("outcome") in ("accepted", None):
            continue
        operation, label = str(step.get("operation", "")), str(step.get("label", ""))
        line = StepLine(role, label, operation, response_summary(step), observed_state(step), 1, decides)
        if rows and replace(rows[-1], count=1, decides=decides) == line:
            line = replace(line, count=rows[-1].count + 1, decides=decides or rows[-1].decides)
            rows.pop()
        rows.append(line)
    return tuple(rows)


def shortened(lines: Sequence[StepLine], most: int) -> tuple[StepLine | int, ...]:
    """At most about so many lines: those that decide and what is around them; a number counts calls left out."""
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
    """What came back, in a word or two: the status and an error's code."""
    response = step.get("response")
    if response is None:
        return f"no answer: {step.get('failure') or 'unknown why'}"
    return " ".join(str(part) for part in (response.get("status", "?"), step.get("code")) if part)


def observed_state(step: Step) -> str:
    """The state that a read shows, where it shows one that is not just its being there."""
    state = str(step.get("state") or "")
    return "" if state == "there" else state


def decisive_exchanges(case: Mapping[str, Any] | None, finding: FindingRow) -> tuple[DecisiveExchange, ...]:
    """The exchanges that show what a finding says: of a scenario those of its clause, of any other case its own."""
    if case is None:
        return ()
    steps = [step for step in case.get("steps", []) if step.get("role") != "cleanup"]
    own = [step for step in steps if step.get("role") == "case"]
    if not is_scenario(case) or not own:
        return tuple(DecisiveExchange(step) for step in (own or steps)[-1:])
    parts = _parts(finding.clause)
    segment = _segment_of(own, finding) if section_of(finding.clause) == "roundtrip" else own
    found = [part_of for part in parts if (part_of := _found(part, segment) or _found(part, own)) is not None]
    return tuple(found) or (DecisiveExchange(_last_similar_step(own, finding)),)


def _parts(clause: str) -> tuple[Part, ...]:
    if section_of(clause) not in STATE_SECTIONS:
        return ()
    name = clause.rpartition("#")[2]
    return (_READS,) if _WAY in name else DECISIVE.get(name, ())


def _found(part: Part, steps: Sequence[Step]) -> DecisiveExchange | None:
    for label in part.labels:
        some = [step for step in steps if step.get("label") == label]
        if some:
            return DecisiveExchange(some[0 if part.first else -1], part.request, part.answer)
    return None


def _segment_of(steps: Sequence[Step], finding: FindingRow) -> Sequence[Step]:
    """Of a scenario that makes several things, the part about the one that was given what the finding is about."""
    starts = [number for number, step in enumerate(steps) if step.get("label") in ("create", "update")]
    parts = [steps[start:end] for start, end in zip(starts, [*starts[1:], len(steps)], strict=True)]
    return max(parts, key=lambda part: _input_match(part[0], finding), default=steps)


def _input_match(step: Step, finding: FindingRow) -> int:
    """How well a call gives what a finding expects at its place."""
    try:
        path = parse_path(finding.where)
    except ValueError:
        return 0
    if not path or not has(step.get("params"), path):
        return 0
    return 2 if abbreviated(get(step["params"], path)) == finding.expected else 1


def _last_similar_step(steps: Sequence[Step], finding: FindingRow) -> Step:
    """The last call with what a finding names as given, such as `SortBy=Name`; else the last that it can be about."""
    given = [pair.groups() for pair in _GIVEN.finditer(finding.where)]
    asked = [step for step in steps if given and _has_all(step.get("params"), given)]
    if asked:
        return asked[-1]
    mine = [step for step in steps if step.get("operation") == finding.operation] or list(steps)
    section = section_of(finding.clause)
    if section in _OF_ANSWERS:
        wanted = section != "errors"
        mine = [step for step in mine if (step.get("outcome") == "accepted") is wanted] or mine
    return mine[-1]


def _has_all(params: Any, given: Iterable[Sequence[str]]) -> bool:
    return isinstance(params, Mapping) and all(str(params.get(name)) == value.strip() for name, value in given)
