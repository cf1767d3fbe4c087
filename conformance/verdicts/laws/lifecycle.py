"""Laws of a resource's way from one state to another, and of its staying in one.

    creation  what was made is found, is listed, and gets settled by way of the states that the model names
    update    likewise for a change; meanwhile it cannot be changed again
    steady    what is settled stays so

A state that takes longer than the time given is told with that time. One that is left out is only noted: what takes
no time need not show that it takes any.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.cases.fixtures.observation import Observation, is_transient
from conformance.specs.clauses.clause import clause_id
from conformance.specs.clauses.lifecycle import transition
from conformance.specs.resources.descriptions import is_listed
from conformance.specs.resources.resource import Resource, Status
from conformance.verdicts.evidence.observations import (
    accepted,
    answer_text,
    aside,
    creation_of,
    history,
    is_settled,
    no_creation,
    observations,
    output_of,
    refused,
    resource_of,
)
from conformance.verdicts.evidence.state_errors import BUSY, declared
from conformance.verdicts.evidence.timeline import Timeline, TimelineEvent
from conformance.verdicts.finding import CheckResult, Contradiction, Satisfied, Undecided


def creation(story: Timeline) -> Iterator[CheckResult]:
    """What was made is found and listed, and gets settled."""
    made, known = creation_of(story)
    if made is None:
        yield from no_creation(story)
        return
    seen, status = observations(story, "read", known), _status(story)
    if seen:
        yield from _created(story, seen)
        yield from transitions(story, "read", seen, status.creating if status else ())
    if not seen or seen[-1].word != "absent":
        yield from _listed(story, known)


def update(story: Timeline) -> Iterator[CheckResult]:
    """A change is seen, ends, and goes undisturbed by another."""
    made, known = creation_of(story)
    changed = story.first("update")
    if made is None:
        yield from no_creation(story)
    elif changed is None:
        yield from _all_open(story, f"it did not get settled: {history(observations(story, 'before', known))}")
    elif not accepted(changed):
        yield from _all_open(story, f"the change was not accepted: {answer_text(changed)}")
    else:
        seen, status = observations(story, "changing", known), _status(story)
        yield from transitions(story, "changing", seen, status.updating if status else ())
        yield from _in_progress(story, seen)


def steady(story: Timeline) -> Iterator[CheckResult]:
    """What is settled stays so while nobody asks for a change."""
    made, known = creation_of(story)
    if made is None:
        yield from no_creation(story)
        return
    clause, status = story.clause("steady"), _status(story)
    before, later = observations(story, "before", known), observations(story, "later", known)
    if not later or status is None:
        yield Undecided(clause, "unreached", f"it did not get settled: {history(before)}")
        return
    code = next((code for code in (_unsteady(status, observation) for observation in later) if code is not None), None)
    if code is not None:
        got = history((before[-1], *later))
        yield Contradiction(clause, code, _where(story), f"{before[-1].shown} as long as nothing is asked", got)
    elif all(observation.status in status.settled for observation in later):
        yield Satisfied(clause)
    else:
        yield Undecided(clause, "unreached", f"it changes by itself: {history((before[-1], *later))}")


def transitions(
    story: Timeline, label: str, seen: tuple[Observation, ...], entered: tuple[str, ...]
) -> Iterator[CheckResult]:
    """Of each state that a thing may be in on its way: whether it ended as it should."""
    resource, status = resource_of(story), _status(story)
    if status is None or not entered or not seen:
        return
    shown = tuple(state for state in entered if any(observation.status == state for observation in seen))
    for state in shown or entered[:1]:
        clause = _clause(story, resource, state)
        ending = _ending(resource, status, seen)
        if ending == "settled" and not shown:
            expected = f"{state}, then {_one_of(status.settled)}"
            yield Contradiction(clause, "skips-state", _where(story), expected, history(seen))
        elif ending == "settled":
            yield Satisfied(clause)
        elif ending == "stalls" and len(seen) == 1:
            yield Undecided(clause, "unreached", f"it was not waited for: {history(seen)}")
        elif ending is not None:
            got = f"{history(seen)} {is_settled(story, label)}"
            yield Contradiction(clause, ending, _where(story), f"{state}, then {_one_of(status.settled)}", got)
        else:
            yield Undecided(clause, "unreached", f"its state tells nothing: {history(seen)}")
    for state in entered:
        if state not in (shown or entered[:1]):
            yield Undecided(_clause(story, resource, state), "unreached", f"it was not {state}: {history(seen)}")


def _ending(resource: Resource, status: Status, seen: tuple[Observation, ...]) -> str | None:
    """How a way ended: `settled`, the code of a contradiction, or None where that is not known."""
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
    """The code of what contradicts that a settled thing stays so."""
    if observation.status in status.creating and observation.status not in (*status.moving, *status.updating):
        return "regresses"
    if observation.word == "absent" or observation.status in (*status.deleting, *status.gone):
        return "vanishes"
    return "ends-failed" if observation.status in status.failed else None


def _created(story: Timeline, seen: tuple[Observation, ...]) -> Iterator[CheckResult]:
    clause, last = story.clause("created"), story.every("read")[-1]
    note = aside(story, clause, last)
    if note is not None and seen[-1].word == "unread":
        yield note
    elif any(observation.word == "there" for observation in seen):
        yield Satisfied(clause)
    elif seen[-1].word == "absent":
        got = f"{answer_text(last)}, {history(seen)} {is_settled(story, 'read')}"
        yield Contradiction(clause, "lost", _where(story), "what was made is found", got)
    else:
        yield Undecided(clause, "unreached", f"it could not be read: {answer_text(last)}")


def _listed(story: Timeline, known: frozenset[str]) -> Iterator[CheckResult]:
    resource, pages = resource_of(story), story.every("list")
    if resource.listing is None or not pages:
        return
    clause, last = story.clause("listed"), pages[-1]
    note = aside(story, clause, last)
    if note is not None:
        yield note
    elif any(is_listed(resource.listing, output_of(page.exchange), known) for page in pages):
        yield Satisfied(clause)
    elif not accepted(last):
        yield Undecided(clause, "unreached", f"the list was not to be had: {answer_text(last)}")
    elif ends(story, last):
        got = f"not in {len(pages)} pages {is_settled(story, 'list')}"
        yield Contradiction(clause, "unlisted", resource.listing.operation, "what was made is listed", got)
    else:
        yield Undecided(clause, "unreached", f"the list did not end within {len(pages)} pages")


def ends(story: Timeline, page: TimelineEvent) -> bool:
    """Whether a page is the last of its list."""
    paginator = story.service.paginators.get(page.exchange.call.operation)
    output = output_of(page.exchange) or {}
    return paginator is None or not any(output.get(name) for name in paginator.output_token)


def _in_progress(story: Timeline, seen: tuple[Observation, ...]) -> Iterator[CheckResult]:
    clause, again, resource = story.clause("update-in-progress"), story.first("update-again"), resource_of(story)
    if again is None or not seen:
        return
    if not accepted(again):
        yield from refused(story, clause, again, BUSY)
    elif is_transient(resource, seen[0]):
        operation = story.service.operations[again.exchange.call.operation]
        code = "changes-busy" if declared(story.service, operation, BUSY, resource) else "changes-busy-undeclared"
        got = f"{answer_text(again)}, while it is {seen[0].shown}"
        yield Contradiction(clause, code, operation.name, "an error, for it is being changed", got)
    else:
        yield Undecided(clause, "unreached", f"the change takes no time: {history(seen)}")


def _clause(story: Timeline, resource: Resource, state: str) -> str:
    return clause_id(story.service.name, resource.name, "lifecycle", "", transition(state, resource))


def _status(story: Timeline) -> Status | None:
    return resource_of(story).status


def _where(story: Timeline) -> str:
    read = resource_of(story).read
    return read.operation if read is not None else story.scenario.operation


def _one_of(values: tuple[str, ...]) -> str:
    return " or ".join(values[:3])


def _all_open(story: Timeline, reason: str) -> Iterator[CheckResult]:
    for clause in story.scenario.clauses:
        yield Undecided(clause, "unreached", reason)
