"""Laws of references to a resource that was never created: it is not found, and a request that needs it fails.

Many operations of AWS accept the removal of a resource that does not exist, and many lists of a missing parent are
empty. So an acceptance is a strict contradiction only where the model declares an error for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.cases.families import References
from conformance.specs.clauses.references import NOT_FOUND
from conformance.specs.model import Operation
from conformance.specs.overlay.rules import refining_rule
from conformance.specs.resources.descriptions import find_description, is_identified_by
from conformance.specs.resources.inference import READING
from conformance.values.paths import EACH, leaves
from conformance.verdicts.check_results import CheckResult, Contradiction, Satisfied, Undecided
from conformance.verdicts.evidence.observations import answer_text, output_of, refused, resource_of, stateless_note
from conformance.verdicts.evidence.state_errors import MISSING, declared
from conformance.verdicts.evidence.timeline import Timeline, TimelineEvent

# Members of an answer that list the parts of a request that failed.
_FAILURES = re.compile(r"(fail|error|unprocess|unsuccess|notfound|missing|invalid|reject)", re.IGNORECASE)


def check_missing(timeline: Timeline) -> Iterator[CheckResult]:
    """An operation fails that refers to a resource which was never created."""
    clause = timeline.scenario.clauses[0]
    asked = _asked(timeline, clause)
    if isinstance(asked, Undecided):
        yield asked
        return
    source = _documented(timeline, clause, asked.exchange.call.operation)
    if source is not None:
        yield from succeeds_anyway(timeline, clause, asked, source)
    elif asked.exchange.outcome.in_band or _says_failure(asked):
        yield Satisfied(clause)
    elif not asked.accepted:
        yield from refused(timeline, clause, asked, MISSING)
    else:
        yield accepts_missing(timeline, clause, asked)


def _documented(timeline: Timeline, clause: str, operation: str) -> str | None:
    """The source that an operation succeeds without what it refers to; None where none says so, or a rule says more."""
    if refining_rule(timeline.overlay, clause) is not None:
        return None
    behaviour = timeline.overlay.behaviour
    missing = behaviour.missing.get(operation) if operation == resource_of(timeline).delete else None
    return missing or behaviour.lists_nothing(operation)


def succeeds_anyway(timeline: Timeline, clause: str, event: TimelineEvent, source: str) -> Iterator[CheckResult]:
    """The note on a call that succeeds, by its documentation, although what it refers to does not exist."""
    if event.accepted:
        yield Satisfied(clause)
    elif MISSING.matches(event.exchange.outcome) and stateless_note(timeline, clause, event) is None:
        expected, got = f"a success ({source})", answer_text(event)
        yield Contradiction(clause, "refuses-missing", event.exchange.call.operation, expected, got, (event,))
    else:
        yield from refused(timeline, clause, event, MISSING)


def check_not_found(timeline: Timeline) -> Iterator[CheckResult]:
    """A resource that was never created is not found."""
    clause = timeline.clause(NOT_FOUND)
    asked, reading = _asked(timeline, clause), resource_of(timeline).read
    if isinstance(asked, Undecided) or reading is None:
        if isinstance(asked, Undecided):
            yield asked
        return
    if not asked.accepted:
        yield from refused(timeline, clause, asked, MISSING)
        return
    asked_for = asked.exchange.call.params.get(_member(timeline), asked.exchange.call.params)
    wanted = frozenset(value for _, value in leaves(asked_for) if isinstance(value, str))
    operation, found = (
        timeline.service.operations[reading.operation],
        find_description(reading, output_of(asked.exchange), wanted),
    )
    # An answer without a description means not found, unless the model declares an error for that.
    documented = timeline.overlay.behaviour.lists_nothing(operation.name) if found is None else None
    may_be_empty = documented is not None or (reading.at and not _must_fail(timeline, clause, operation))
    if _says_failure(asked) or (found is None and may_be_empty):
        yield Satisfied(clause)
    elif found is not None and not _is_required(timeline, operation) and not is_identified_by(found, wanted):
        yield Undecided(clause, "unreached", "what is described is something else")
    else:
        expected, got = _expected(timeline), answer_text(asked)
        yield Contradiction(clause, "accepts-missing", reading.operation, expected, got, (asked,))


def _must_fail(timeline: Timeline, clause: str, operation: Operation) -> bool:
    """Whether it is known that a read fails where there is nothing to describe."""
    reading, declares = (
        resource_of(timeline).read,
        declared(timeline.service, operation, MISSING, resource_of(timeline)),
    )
    searches = reading is not None and EACH in reading.at
    return (
        declares == "for it"
        or (declares is not None and not searches)
        or refining_rule(timeline.overlay, clause) is not None
    )


def accepts_missing(timeline: Timeline, clause: str, event: TimelineEvent) -> CheckResult:
    """The note on an operation that was accepted although what it refers to does not exist."""
    resource, operation = resource_of(timeline), timeline.service.operations[event.exchange.call.operation]
    declares = declared(timeline.service, operation, MISSING, resource)
    removes = operation.name == resource.delete
    ruled = refining_rule(timeline.overlay, clause) is not None
    if not ruled and removes and declares is None:
        return Undecided(clause, "unreached", "the model has no error for it: the removal may count as done")
    again = timeline.overlay.behaviour.succeeds_again(operation.name) if removes and not ruled else None
    if again is not None:
        return Undecided(clause, "unreached", "the removal may count as done", again)
    if not ruled and declares != "for it" and not (declares and _is_required(timeline, operation)) and _is_empty(event):
        return Undecided(clause, "unreached", "the list is empty, and the model has no error for it")
    # An error for any missing resource may be declared for another one than the one that is removed, or searched by.
    strict = declares == "for it" or (declares is not None and _is_required(timeline, operation) and not removes)
    code = "accepts-missing" if strict else "accepts-missing-undeclared"
    return Contradiction(clause, code, operation.name, _expected(timeline), answer_text(event), (event,))


def _is_empty(event: TimelineEvent) -> bool:
    """Whether an answer to a reading operation has lists, and nothing in any of them."""
    output = output_of(event.exchange)
    if not isinstance(output, dict) or not READING.match(event.exchange.call.operation):
        return False
    containers = [value for value in output.values() if isinstance(value, list | dict)]
    return bool(containers) and not any(containers)


def _is_required(timeline: Timeline, operation: Operation) -> bool:
    """Whether every request of the operation has the member that refers to the missing resource."""
    return _member(timeline) in timeline.service.input_of(operation).required


def _member(timeline: Timeline) -> str:
    """The member of the input that refers to the missing resource, or contains the reference."""
    return str(timeline.scenario.about.get("place", "")).partition("/")[0].partition("[")[0]


def _asked(timeline: Timeline, clause: str) -> TimelineEvent | Undecided:
    """The event of the request, or the reason why it was not sent."""
    asked = timeline.first(References.ASK)
    if asked is not None:
        return asked
    sample = timeline.first(References.SAMPLE)
    name = resource_of(timeline).name
    if sample is None:
        return Undecided(clause, "unreached", "the request was not sent")
    note = stateless_note(timeline, clause, sample)
    if isinstance(note, Undecided):
        return note
    reason = "its answer does not have the handle" if sample.accepted else answer_text(sample)
    return Undecided(clause, "unreached", "what it refers to could not be created", f"{name}, {reason}")


def _expected(timeline: Timeline) -> str:
    return f"an error, because there is no such {resource_of(timeline).name}"


def _says_failure(event: TimelineEvent) -> bool:
    """Whether an answer says in one of its members that something failed."""
    output = output_of(event.exchange)
    if not isinstance(output, dict):
        return False
    return any(_FAILURES.search(name) and value not in (0, False) and bool(value) for name, value in output.items())
