"""The law of what flows: what was written is among what is read, member by member.

write accepted --> read accepted, nothing there at the end of the window           lost
                                  something there, but nothing with these values    the first member that differs

A setting of a parent is refused to a read before it is put and after it was removed.

read before the put accepted                                     present-before-put
removal accepted --> read accepted at the end of the window      present-after-removal
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.cases.constraints import abbreviated
from conformance.cases.families import Data, Label
from conformance.cases.scenarios.data import FLOW, SETTING, things_at
from conformance.specs.clauses.data import ABSENT, GONE
from conformance.specs.resources.flows import Flow
from conformance.specs.resources.parent_settings import ParentSetting
from conformance.verdicts.check_results import CheckResult, Contradiction, Satisfied, Undecided
from conformance.verdicts.evidence.echo_comparison import Echoed, compared
from conformance.verdicts.evidence.observations import answer_text, output_of, stateless_note
from conformance.verdicts.evidence.timeline import Timeline, TimelineEvent

CODES: Mapping[str, str] = {"lost": "lost-attribute", "other": "changed-value", "other-case": "changed-case"}


def check_written_read(timeline: Timeline) -> Iterator[CheckResult]:
    """The note on what the scenario writes and reads."""
    flow: Flow = timeline.scenario.about[FLOW]
    (clause,) = timeline.scenario.clauses
    write, reads = timeline.first(Data.WRITE), timeline.every(Data.READ)
    for event in (write, reads[-1] if reads else None):
        if event is None:
            yield Undecided(clause, "unreached", "the scenario ended before")
            return
        if (note := stateless_note(timeline, clause, event)) is not None:
            yield note
            return
        if not event.accepted:
            yield Undecided(
                clause, "unreached", f"{event.exchange.call.operation} was not accepted", answer_text(event)
            )
            return
    assert write is not None
    given = things_at(write.exchange.call.params, flow.given)
    told = [each for read in reads for each in things_at(output_of(read.exchange), flow.told)]
    yield from _judged(flow, clause, given, told, (write, reads[-1]))


def _judged(
    flow: Flow, clause: str, given: list[Any], told: list[Any], events: tuple[TimelineEvent, TimelineEvent]
) -> Iterator[CheckResult]:
    if not flow.members:
        yield from _whole(flow, clause, given, told, events)
        return
    compares = [each for each in given if _compared(flow, each, {})]
    if not compares:
        yield Undecided(clause, "unreached", f"the request gives nothing that {flow.consumer} answers")
    for each in compares:
        nearest = min((_different(flow, each, other) for other in told), key=len, default=None)
        if nearest is None:
            what = abbreviated({one.where: one.given for one in _compared(flow, each, {})})
            yield Contradiction(clause, "lost", flow.consumer, what, "nothing", events)
            return
        if nearest:
            first = nearest[0]
            got = "nothing" if first.there is None else abbreviated(first.there)
            yield Contradiction(clause, CODES[first.how], first.where, abbreviated(first.given), got, events)
            return
    if compares:
        yield Satisfied(clause)


def _whole(
    flow: Flow, clause: str, given: list[Any], told: list[Any], events: tuple[TimelineEvent, TimelineEvent]
) -> Iterator[CheckResult]:
    """The note on things without members of their own: one that was read has every entry of each that was written."""
    for each in given:
        if not any(isinstance(other, Mapping) and _has(other, each) for other in told):
            got = abbreviated(told[0]) if told else "nothing"
            code = "changed-value" if told else "lost"
            yield Contradiction(clause, code, flow.consumer, abbreviated(each), got, events)
            return
    yield Satisfied(clause)


def _has(told: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    return all(told.get(name) == value for name, value in given.items())


def _different(flow: Flow, given: Any, told: Any) -> list[Echoed]:
    """The places that do not come back in one of the things that were read."""
    if not isinstance(told, Mapping):
        return _compared(flow, given, {})
    return [each for each in _compared(flow, given, told) if each.how in CODES]


def _compared(flow: Flow, given: Any, told: Mapping[str, Any]) -> list[Echoed]:
    """The places of a thing that was written, compared with one that was read."""
    return list(compared(flow.members, given, told)) if isinstance(given, Mapping) else []


def check_put_removed(timeline: Timeline) -> Iterator[CheckResult]:
    """The notes on a setting that was read, put, read, removed and read."""
    for clause in timeline.scenario.clauses:
        if clause.endswith(f"#{ABSENT}"):
            yield _absent(timeline, clause, (Data.BEFORE,), "present-before-put")
        if clause.endswith(f"#{GONE}"):
            steps = (Data.WRITE, Data.READ, Data.REMOVE, Data.AFTER)
            yield _absent(timeline, clause, steps, "present-after-removal")


def _absent(timeline: Timeline, clause: str, steps: tuple[Label, ...], finding: str) -> CheckResult:
    """The note on the read that is the last step, where every step before it was accepted."""
    setting: ParentSetting = timeline.scenario.about[SETTING]
    events: list[TimelineEvent] = []
    for step in steps:
        found = timeline.every(step)
        if not found:
            return Undecided(clause, "unreached", "the scenario ended before")
        note = stateless_note(timeline, clause, found[-1])
        if note is not None:
            return note
        if step != steps[-1] and not found[-1].accepted:
            operation = found[-1].exchange.call.operation
            return Undecided(clause, "unreached", f"{operation} was not accepted", answer_text(found[-1]))
        events.append(found[-1])
    read = events[-1]
    if read.accepted:
        got = abbreviated(output_of(read.exchange))
        return Contradiction(clause, finding, setting.read, setting.absent.code, got, tuple(events))
    if read.exchange.outcome.code != setting.absent.code:
        return Undecided(clause, "unreached", "the read was refused for another reason", answer_text(read))
    return Satisfied(clause)
