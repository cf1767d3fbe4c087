"""How the state of each resource changed, from the reads of the scenarios, in order.

    CreateEndpoint -> Creating x3 -> InService -> DeleteEndpoint -> Deleting x2 -> not found

Histories with the same sequence of states and calls are one; the case with the most reads stands for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from conformance.record.rows import CaseRow, Record
from conformance.record.steps import RecordedRequest, Step
from conformance.reports.scenario_view import is_scenario, section_of
from conformance.specs.resources.inference import READING

EXISTS_ONLY = "there"

# Ends the history of the last resource of a case; each `create` step begins one.
_CREATE_STEP = Step("case", "", RecordedRequest("", ""), label="create")


@dataclass(frozen=True, slots=True)
class HistoryEvent:
    """An observed state and how many reads in a row returned it, or a call that may have changed it."""

    text: str
    count: int = 1
    is_call: bool = False

    @property
    def label(self) -> str:
        """`Creating x3`."""
        return f"{self.text} x{self.count}" if self.count > 1 else self.text


@dataclass(frozen=True, slots=True)
class StateHistory:
    """A history of a resource, the case that stands for it, how many had it, and that case's lifecycle verdicts."""

    resource: str
    case: str
    events: tuple[HistoryEvent, ...]
    count: int = 1
    verdicts: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The history on one line."""
        return " -> ".join(event.label for event in self.events)

    @property
    def reads(self) -> int:
        """The number of reads."""
        return sum(event.count for event in self.events if not event.is_call)


def state_histories(record: Record) -> dict[str, tuple[StateHistory, ...]]:
    """The histories in a record by `service:Resource`, those with the most events first."""
    verdicts = {row.clause: row.verdict for row in record.verdicts}
    found: dict[str, dict[tuple[tuple[str, bool], ...], StateHistory]] = {}
    for case in record.cases.values():
        if not is_scenario(case) or not case.resource:
            continue
        resource = f"{case.service}:{case.resource}"
        known = found.setdefault(resource, {})
        for events in _histories(case):
            key = tuple((event.text, event.is_call) for event in events)
            new = StateHistory(resource, case.id, events, verdicts=_verdicts(case, verdicts))
            old = known.get(key)
            best = new if old is None or new.reads > old.reads else old
            known[key] = replace(best, count=1 if old is None else old.count + 1)
    return {
        resource: tuple(sorted(some.values(), key=lambda each: -len(each.events)))
        for resource, some in sorted(found.items())
        if some
    }


def _histories(case: CaseRow) -> Iterator[tuple[HistoryEvent, ...]]:
    """The history of each resource that a case creates, where it has a state beyond existence."""
    observed: list[tuple[str, bool]] | None = None
    for step in (*case.steps, _CREATE_STEP):
        if step.label == _CREATE_STEP.label:
            if observed and any(not is_call and text != EXISTS_ONLY for text, is_call in observed):
                yield _events_until_last_read(observed)
            observed = []
        if observed is None or step.role != "case" or step.label == "prerequisite":
            continue
        if step.state:
            observed.append((step.state, False))
        elif step.outcome == "accepted" and not READING.match(step.operation):
            observed.append((step.operation, True))


def _events_until_last_read(observed: list[tuple[str, bool]]) -> tuple[HistoryEvent, ...]:
    """The events up to the last read: nothing is known of the effect of later calls."""
    while observed[-1][1]:
        observed.pop()
    return tuple(HistoryEvent(text, len(list(run)), is_call) for (text, is_call), run in groupby(observed))


def _verdicts(case: CaseRow, verdicts: Mapping[str, str]) -> tuple[str, ...]:
    own = (clause for clause in case.clauses if section_of(clause) == "lifecycle")
    return tuple(dict.fromkeys(verdicts[clause] for clause in own if clause in verdicts))
