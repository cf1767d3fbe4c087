"""What happened in a case, as people want to be told: every call on a line, and in full those that decide.

    case --calls--> "read  DescribeEndpoint  200  Creating x3": equal calls in a row are one line
    case, finding --decisive--> the exchanges that show what the finding says
    record --lifecycles--> how the state of each resource changed, as clients saw it

Which calls decide is a table by the name of the clause: the labels under which scenarios make them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeAlias

from conformance.cases.constraints import shown
from conformance.reports.record import Record
from conformance.reports.rows import FindingRow
from conformance.specs.paths import get, has, parse_path

Step: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CallLine:
    """Equal calls in a row: how the scenario calls them, what came back, the state that it shows."""

    role: str
    label: str
    operation: str
    answer: str
    state: str
    count: int
    decides: bool = False

    @property
    def outcome(self) -> str:
        """The answer, the state, and how often."""
        times = f" \N{MULTIPLICATION SIGN}{self.count}" if self.count > 1 else ""
        return f"{self.answer}{'  ' if self.state else ''}{self.state}{times}"


@dataclass(frozen=True, slots=True)
class Shown:
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


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """What reads of a resource showed in one case, one after the other: state, how often in a row."""

    resource: str
    case: str
    title: str
    states: tuple[tuple[str, int], ...]
    verdicts: tuple[str, ...] = ()


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
_WAY = re.compile(r"->")
_READS = _tells("read", "changing", "after")

# Clauses about the answer of a call by itself.
_OF_ANSWERS = ("output", "errors", "protocol")
_STATE_SECTIONS = ("lifecycle", "roundtrip", "state", "pagination", "filter", "sort", "tags", "idempotency")

_GIVEN = re.compile(r"(\w+)=([^,]*)")


def is_scenario(case: Mapping[str, Any] | None) -> bool:
    """Whether a case consists of several calls that each say what they are for."""
    return case is not None and case.get("intent") == "scenario"


def calls(case: Mapping[str, Any], decisive: Iterable[Shown] = (), *, cleanup: bool = False) -> tuple[CallLine, ...]:
    """The calls of a case in order, equal ones in a row counted; clean-ups where asked for, or where they failed."""
    deciding = [each.step for each in decisive]
    rows = []
    for step in case.get("steps", ()):
        role = str(step.get("role", ""))
        if role == "cleanup" and not cleanup and step.get("outcome") in ("accepted", None):
            continue
        key = (role, str(step.get("label", "")), str(step.get("operation", "")), answer_of(step), state_of(step))
        rows.append((key, any(step is each for each in deciding)))
    found = []
    for key, run in groupby(rows, key=lambda row: row[0]):
        marks = [mark for _, mark in run]
        found.append(CallLine(*key, len(marks), any(marks)))
    return tuple(found)


def answer_of(step: Step) -> str:
    """What came back, in a word or two: the status and an error's code."""
    response = step.get("response")
    if response is None:
        return f"no answer: {step.get('failure') or 'unknown why'}"
    return " ".join(str(part) for part in (response.get("status", "?"), step.get("code")) if part)


def state_of(step: Step) -> str:
    """The state that a read shows, where it shows one that is not just its being there."""
    state = str(step.get("state") or "")
    return "" if state == "there" else state


def history(states: Iterable[tuple[str, int]]) -> str:
    """States one after the other: `Creating x3 -> InService`."""
    return " -> ".join(state if count == 1 else f"{state} x{count}" for state, count in states)


def decisive(case: Mapping[str, Any] | None, finding: FindingRow) -> tuple[Shown, ...]:
    """The exchanges that show what a finding says: of a scenario those of its clause, of any other case its own."""
    if case is None:
        return ()
    steps = [step for step in case.get("steps", []) if step.get("role") != "cleanup"]
    own = [step for step in steps if step.get("role") == "case"]
    if not is_scenario(case) or not own:
        return tuple(Shown(step) for step in (own or steps)[-1:])
    parts = _parts(finding.clause)
    chapter = _chapter(own, finding) if parts else own
    found = [part_of for part in parts if (part_of := _found(part, chapter) or _found(part, own)) is not None]
    return tuple(found) or (Shown(_asked_likewise(own, finding)),)


def _parts(clause: str) -> tuple[Part, ...]:
    section, _, name = clause.partition("/")[2].partition("#")
    if section.partition("/")[0] not in _STATE_SECTIONS:
        return ()
    return (_READS,) if _WAY.search(name) else DECISIVE.get(name, ())


def _found(part: Part, steps: Sequence[Step]) -> Shown | None:
    for label in part.labels:
        some = [step for step in steps if step.get("label") == label]
        if some:
            return Shown(some[0 if part.first else -1], part.request, part.answer)
    return None


def _chapter(steps: Sequence[Step], finding: FindingRow) -> Sequence[Step]:
    """Of a scenario that makes several things, the part about the one that was given what the finding is about."""
    starts = [number for number, step in enumerate(steps) if step.get("label") in ("create", "update")]
    parts = [steps[start:end] for start, end in zip(starts, [*starts[1:], len(steps)], strict=True)]
    return max(parts, key=lambda part: _gave(part[0], finding), default=steps)


def _gave(step: Step, finding: FindingRow) -> int:
    """How well a call gives what a finding expects at its place."""
    try:
        path = parse_path(finding.where)
    except ValueError:
        return 0
    if not path or not has(step.get("params"), path):
        return 0
    return 2 if shown(get(step["params"], path)) == finding.expected else 1


def _asked_likewise(steps: Sequence[Step], finding: FindingRow) -> Step:
    """The last call with what a finding names as given, such as `SortBy=Name`; else the last that it can be about."""
    given = [pair.groups() for pair in _GIVEN.finditer(finding.where)]
    asked = [step for step in steps if given and _has_all(step.get("params"), given)]
    if asked:
        return asked[-1]
    mine = [step for step in steps if step.get("operation") == finding.operation] or list(steps)
    section = finding.clause.partition("/")[2].partition("#")[0].partition("/")[0]
    if section in _OF_ANSWERS:
        wanted = section != "errors"
        mine = [step for step in mine if (step.get("outcome") == "accepted") is wanted] or mine
    return mine[-1]


def _has_all(params: Any, given: Iterable[Sequence[str]]) -> bool:
    return isinstance(params, Mapping) and all(str(params.get(name)) == value.strip() for name, value in given)


def lifecycles(record: Record) -> dict[str, tuple[Lifecycle, ...]]:
    """What was seen of each resource's states, by `service:Resource`: equal histories of one service once."""
    verdicts = {row.clause: row.verdict for row in record.verdicts}
    found: dict[str, list[Lifecycle]] = {}
    for identity, case in record.cases.items():
        if not is_scenario(case) or not case.get("resource"):
            continue
        resource = f"{case['service']}:{case['resource']}"
        for states in _histories(case):
            lines = found.setdefault(resource, [])
            if any(state != "there" for state, _ in states) and all(states != line.states for line in lines):
                lines.append(Lifecycle(resource, identity, str(case.get("title", "")), states, _worst(case, verdicts)))
    return {resource: tuple(lines) for resource, lines in sorted(found.items()) if lines}


def _histories(case: Mapping[str, Any]) -> Iterator[tuple[tuple[str, int], ...]]:
    """The states in order, for each thing that the case makes."""
    states: list[str] = []
    for step in case.get("steps", ()):
        if step.get("label") == "create" and states:
            yield _counted(states)
            states = []
        if step.get("state"):
            states.append(str(step["state"]))
    if states:
        yield _counted(states)


def _counted(states: Iterable[str]) -> tuple[tuple[str, int], ...]:
    return tuple((state, len(list(run))) for state, run in groupby(states))


def _worst(case: Mapping[str, Any], verdicts: Mapping[str, str]) -> tuple[str, ...]:
    """The verdicts of the case's clauses about state, each once."""
    return tuple(dict.fromkeys(verdicts[clause] for clause in case.get("clauses", ()) if clause in verdicts))
