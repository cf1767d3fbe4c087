"""Laws of the states of a resource.

    creation  a created resource is found, is listed, and settles by way of the states that the model names
    update    likewise for an update; while it runs the resource cannot be updated again
    steady    a settled resource stays so

A state that takes longer than the deadline is reported with the time that it took. A state that is skipped is reported
as an info: a transition that takes no time need not be visible.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.cases.families import Label, Lifecycle
from conformance.cases.fixtures.observation import Observation, is_transient
from conformance.specs.clauses.clause import clause_id
from conformance.specs.clauses.lifecycle import CREATED, LISTED, STEADY, UPDATE_IN_PROGRESS, transition
from conformance.specs.resources.descriptions import is_listed
from conformance.specs.resources.resource import Resource, Status
from conformance.values.text import counted
from conformance.verdicts.check_results import CheckResult, Contradiction, Satisfied, Undecided
from conformance.verdicts.evidence.observations import (
    answer_text,
    creation_of,
    history,
    no_creation,
    observations,
    output_of,
    reads_took,
    refused,
    resource_of,
    stateless_note,
)
from conformance.verdicts.evidence.state_errors import BUSY, declared
from conformance.verdicts.evidence.timeline import Timeline, TimelineEvent


def check_creation(timeline: Timeline) -> Iterator[CheckResult]:
    """A created resource is found and listed, and settles."""
    created, known = creation_of(timeline)
    if created is None:
        yield from no_creation(timeline)
        return
    seen, status = observations(timeline, Lifecycle.READ, known), _status(timeline)
    if seen:
        yield from _created(timeline, seen)
        yield from _transitions(timeline, Lifecycle.READ, seen, status.creating if status else ())
    if not seen or seen[-1].word != "absent":
        yield from _listed(timeline, known)


def check_update(timeline: Timeline) -> Iterator[CheckResult]:
    """An update shows, ends, and cannot be disturbed by another."""
    created, known = creation_of(timeline)
    updated = timeline.first(Lifecycle.UPDATE)
    if created is None:
        yield from no_creation(timeline)
    elif updated is None:
        yield from _all_open(timeline, f"it did not settle: {history(observations(timeline, Lifecycle.BEFORE, known))}")
    elif not updated.accepted:
        yield from _all_open(timeline, f"the update was not accepted: {answer_text(updated)}")
    else:
        seen, status = observations(timeline, Lifecycle.CHANGING, known), _status(timeline)
        yield from _transitions(timeline, Lifecycle.CHANGING, seen, status.updating if status else ())
        yield from _in_progress(timeline, updated, seen)


def check_steady(timeline: Timeline) -> Iterator[CheckResult]:
    """A settled resource stays so until a request changes it."""
    created, known = creation_of(timeline)
    if created is None:
        yield from no_creation(timeline)
        return
    clause, status = timeline.clause(STEADY), _status(timeline)
    before, later = observations(timeline, Lifecycle.BEFORE, known), observations(timeline, Lifecycle.LATER, known)
    if not later or status is None:
        yield Undecided(clause, "unreached", "it did not settle", history(before))
        return
    code = next((code for code in (_unsteady(status, observation) for observation in later) if code is not None), None)
    if code is not None:
        got = history((before[-1], *later))
        wrong = next(number for number, each in enumerate(later) if _unsteady(status, each) is not None)
        decided_by = (*timeline.every(Lifecycle.BEFORE)[-1:], timeline.every(Lifecycle.LATER)[wrong])
        expected = f"{before[-1].shown} until a request changes it"
        yield Contradiction(clause, code, _where(timeline), expected, got, decided_by)
    elif all(observation.status in status.settled for observation in later):
        yield Satisfied(clause)
    else:
        yield Undecided(clause, "unreached", "it changes by itself", history((before[-1], *later)))


def _transitions(
    timeline: Timeline, label: Label, seen: tuple[Observation, ...], entered: tuple[str, ...]
) -> Iterator[CheckResult]:
    """For each transient state that may be entered: whether it ended as it should."""
    resource, status = resource_of(timeline), _status(timeline)
    if status is None or not entered or not seen:
        return
    decided_by = _deciding_reads(timeline, label, seen)
    shown = tuple(state for state in entered if any(observation.status == state for observation in seen))
    for state in shown or entered[:1]:
        clause = _clause(timeline, resource, state)
        ending = _ending(resource, status, seen)
        if ending == "settled" and not shown:
            expected = f"{state}, then {_one_of(status.settled)}"
            yield Contradiction(clause, "skips-state", _where(timeline), expected, history(seen), decided_by)
        elif ending == "settled":
            yield Satisfied(clause)
        elif ending == "stalls" and len(seen) == 1:
            yield Undecided(clause, "unreached", "it was not waited for", history(seen))
        elif ending is not None:
            got = f"{history(seen)} {reads_took(timeline, label)}"
            expected = f"{state}, then {_one_of(status.settled)}"
            yield Contradiction(clause, ending, _where(timeline), expected, got, decided_by)
        else:
            yield Undecided(clause, "unreached", "its state is not known", history(seen))
    for state in entered:
        if state not in (shown or entered[:1]):
            yield Undecided(_clause(timeline, resource, state), "unreached", "it did not have the state", history(seen))


def _ending(resource: Resource, status: Status, seen: tuple[Observation, ...]) -> str | None:
    """How a transition ended: `settled`, the code of a contradiction, or None where that is not known."""
    last = seen[-1]
    if last.status in status.failed:
        return "ends-failed"
    if any(observation.status in (*status.deleting, *status.gone) for observation in seen):
        return "wrong-transition"
    if last.status in status.settled:
        return "settled"
    if is_transient(resource, last):
        return "stalls"
    if last.word == "absent" and any(observation.word == "there" for observation in seen):
        return "vanishes"
    if last.status is not None and last.status not in status.values:
        return "ends-elsewhere"
    return None


def _unsteady(status: Status, observation: Observation) -> str | None:
    """The code of the contradiction that a settled resource does not stay so; None where it does."""
    if observation.status in status.creating and observation.status not in (*status.moving, *status.updating):
        return "regresses"
    if observation.word == "absent" or observation.status in (*status.deleting, *status.gone):
        return "vanishes"
    return "ends-failed" if observation.status in status.failed else None


def _created(timeline: Timeline, seen: tuple[Observation, ...]) -> Iterator[CheckResult]:
    clause, last = timeline.clause(CREATED), timeline.every(Lifecycle.READ)[-1]
    note = stateless_note(timeline, clause, last)
    if note is not None and seen[-1].word == "unread":
        yield note
    elif any(observation.word == "there" for observation in seen):
        yield Satisfied(clause)
    elif seen[-1].word == "absent":
        got = f"{answer_text(last)}, {history(seen)} {reads_took(timeline, Lifecycle.READ)}"
        decided_by = (*timeline.every(Lifecycle.CREATE)[-1:], last)
        yield Contradiction(clause, "lost", _where(timeline), "a created resource is found", got, decided_by)
    else:
        yield Undecided(clause, "unreached", "it could not be read", answer_text(last))


def _listed(timeline: Timeline, known: frozenset[str]) -> Iterator[CheckResult]:
    resource, pages = resource_of(timeline), timeline.every(Lifecycle.LIST)
    if resource.listing is None or not pages:
        return
    clause, last = timeline.clause(LISTED), pages[-1]
    note = stateless_note(timeline, clause, last)
    if note is not None:
        yield note
    elif any(is_listed(resource.listing, output_of(page.exchange), known) for page in pages):
        yield Satisfied(clause)
    elif not last.accepted:
        yield Undecided(clause, "unreached", "the list was not answered", answer_text(last))
    elif _is_last(timeline, last):
        got = f"not in {counted(len(pages), 'page')} {reads_took(timeline, Lifecycle.LIST)}"
        decided_by = (*timeline.every(Lifecycle.CREATE)[-1:], last)
        yield Contradiction(
            clause, "unlisted", resource.listing.operation, "a created resource is listed", got, decided_by
        )
    else:
        yield Undecided(clause, "unreached", f"the list did not end within {counted(len(pages), 'page')}")


def _is_last(timeline: Timeline, page: TimelineEvent) -> bool:
    """Whether a page is the last of its list."""
    paginator = timeline.service.paginators.get(page.exchange.call.operation)
    output = output_of(page.exchange) or {}
    return paginator is None or not any(output.get(name) for name in paginator.output_token)


def _in_progress(timeline: Timeline, updated: TimelineEvent, seen: tuple[Observation, ...]) -> Iterator[CheckResult]:
    clause, again, resource = (
        timeline.clause(UPDATE_IN_PROGRESS),
        timeline.first(Lifecycle.UPDATE_AGAIN),
        resource_of(timeline),
    )
    if again is None or not seen:
        return
    if not again.accepted:
        yield from refused(timeline, clause, again, BUSY)
    elif is_transient(resource, seen[0]):
        operation = timeline.service.operations[again.exchange.call.operation]
        code = "changes-busy" if declared(timeline.service, operation, BUSY, resource) else "changes-busy-undeclared"
        got = f"{answer_text(again)}, while it is {seen[0].shown}"
        expected = "an error, because it is being updated"
        yield Contradiction(clause, code, operation.name, expected, got, (updated, again))
    else:
        yield Undecided(clause, "unreached", "the update takes no time", history(seen))


def _clause(timeline: Timeline, resource: Resource, state: str) -> str:
    return clause_id(timeline.service.name, resource.name, "lifecycle", "", transition(state, resource))


def _deciding_reads(timeline: Timeline, label: Label, seen: tuple[Observation, ...]) -> tuple[TimelineEvent, ...]:
    """The last read before the last change of state, and the last read of all."""
    reads = timeline.every(label)
    last_change = next((number for number in range(len(seen) - 1, 0, -1) if seen[number - 1] != seen[number]), 0)
    return (reads[last_change - 1], reads[-1]) if last_change else reads[-1:]


def _status(timeline: Timeline) -> Status | None:
    return resource_of(timeline).status


def _where(timeline: Timeline) -> str:
    read = resource_of(timeline).read
    return read.operation if read is not None else timeline.scenario.operation


def _one_of(values: tuple[str, ...]) -> str:
    return " or ".join(values[:3])


def _all_open(timeline: Timeline, reason: str) -> Iterator[CheckResult]:
    for clause in timeline.scenario.clauses:
        yield Undecided(clause, "unreached", reason)
