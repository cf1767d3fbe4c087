"""How the state of each resource changed, as clients saw it: from every read that a scenario made, in order.

    CreateEndpoint -> Creating x3 -> InService -> DeleteEndpoint -> Deleting x2 -> not found

Histories that pass through the same states are one, told by the case that looked most often.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from conformance.record.file import Record
from conformance.reports.scenario_view import is_scenario, section_of
from conformance.specs.resources.inference import READING

THERE = "there"

# Begins what is told of a thing.
_CREATE_STEP: Mapping[str, Any] = {"label": "create"}


@dataclass(frozen=True, slots=True)
class HistoryEvent:
    """A state that was seen, so often in a row, or a call between two looks that may have changed it."""

    text: str
    count: int = 1
    is_call: bool = False

    @property
    def shown(self) -> str:
        """`Creating x3`."""
        return f"{self.text} x{self.count}" if self.count > 1 else self.text


@dataclass(frozen=True, slots=True)
class StateHistory:
    """A history of a resource, a case that saw it, how many did, and what became of that case's lifecycle clauses."""

    resource: str
    case: str
    events: tuple[HistoryEvent, ...]
    seen: int = 1
    verdicts: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """The history on one line."""
        return " -> ".join(event.shown for event in self.events)

    @property
    def looks(self) -> int:
        """How often the state was read."""
        return sum(event.count for event in self.events if not event.is_call)


def state_histories(record: Record) -> dict[str, tuple[StateHistory, ...]]:
    """The histories in a record by `service:Resource`, those with the most events first."""
    verdicts = {row.clause: row.verdict for row in record.verdicts}
    found: dict[str, dict[tuple[tuple[str, bool], ...], StateHistory]] = {}
    for case in record.cases.values():
        if not is_scenario(case) or not isinstance(case.get("resource"), str):
            continue
        resource = f"{case['service']}:{case['resource']}"
        known = found.setdefault(resource, {})
        for events in _histories(case):
            key = tuple((event.text, event.is_call) for event in events)
            new = StateHistory(resource, str(case["id"]), events, verdicts=_verdicts(case, verdicts))
            old = known.get(key)
            best = new if old is None or new.looks > old.looks else old
            known[key] = replace(best, seen=1 if old is None else old.seen + 1)
    return {
        resource: tuple(sorted(some.values(), key=lambda each: -len(each.events)))
        for resource, some in sorted(found.items())
        if some
    }


def _histories(case: Mapping[str, Any]) -> Iterator[tuple[HistoryEvent, ...]]:
    """What was seen of each thing that a case makes, where that says more than that it is there."""
    told: list[tuple[str, bool]] | None = None
    for step in (*case.get("steps", ()), _CREATE_STEP):
        if step.get("label") == _CREATE_STEP["label"]:
            if told and any(not is_call and text != THERE for text, is_call in told):
                yield _events_until_last_read(told)
            told = []
        if told is None or step.get("role") != "case" or step.get("label") == "prerequisite":
            continue
        if isinstance(step.get("state"), str):
            told.append((step["state"], False))
        elif step.get("outcome") == "accepted" and not READING.match(str(step.get("operation", ""))):
            told.append((str(step["operation"]), True))


def _events_until_last_read(told: list[tuple[str, bool]]) -> tuple[HistoryEvent, ...]:
    """The events up to the last look: what came of later calls was not looked at."""
    while told[-1][1]:
        told.pop()
    return tuple(HistoryEvent(text, len(list(run)), is_call) for (text, is_call), run in groupby(told))


def _verdicts(case: Mapping[str, Any], verdicts: Mapping[str, str]) -> tuple[str, ...]:
    own = (clause for clause in case.get("clauses", ()) if section_of(clause) == "lifecycle")
    return tuple(dict.fromkeys(verdicts[clause] for clause in own if clause in verdicts))
