"""Laws of references to what was never made: nothing can be done with it, and nothing is found.

Many operations of AWS take it as done when what they should remove is not there, and lists of what has no parent are
empty. So an acceptance weighs something only where the model declares an error for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.specs.model import Operation
from conformance.specs.overlay.rules import refining_rule
from conformance.specs.resources.descriptions import carries, described
from conformance.values.paths import EACH, leaves
from conformance.verdicts.evidence.observations import accepted, answer_text, aside, output_of, refused, resource_of
from conformance.verdicts.evidence.state_errors import MISSING, declared
from conformance.verdicts.evidence.timeline import Timeline, TimelineEvent
from conformance.verdicts.finding import CheckResult, Contradiction, Satisfied, Undecided

# Members of an answer that say of each part of a request what became of it.
_FAILURES = re.compile(r"(fail|error|unprocess|unsuccess|notfound|missing|invalid|reject)", re.IGNORECASE)


def missing(story: Timeline) -> Iterator[CheckResult]:
    """Nothing can be done with what was never made."""
    clause = story.scenario.clauses[0]
    asked = _asked(story, clause)
    if isinstance(asked, Undecided):
        yield asked
    elif not accepted(asked):
        yield from refused(story, clause, asked, MISSING)
    elif _says_failure(asked):
        yield Satisfied(clause)
    else:
        yield accepts_missing(story, clause, asked)


def not_found(story: Timeline) -> Iterator[CheckResult]:
    """What was never made is not found."""
    clause = story.clause("not-found")
    asked, reading = _asked(story, clause), resource_of(story).read
    if isinstance(asked, Undecided) or reading is None:
        if isinstance(asked, Undecided):
            yield asked
        return
    if not accepted(asked):
        yield from refused(story, clause, asked, MISSING)
        return
    asked_for = asked.exchange.call.params.get(_member(story), asked.exchange.call.params)
    wanted = frozenset(value for _, value in leaves(asked_for) if isinstance(value, str))
    operation, found = (
        story.service.operations[reading.operation],
        described(reading, output_of(asked.exchange), wanted),
    )
    # Nothing where a description should be says as much as an error, unless there is an error to say it.
    if _says_failure(asked) or (found is None and reading.at and not _must_fail(story, clause, operation)):
        yield Satisfied(clause)
    elif found is not None and not _is_required(story, operation) and not carries(found, wanted):
        yield Undecided(clause, "unreached", "what is described is something else")
    else:
        yield Contradiction(clause, "accepts-missing", reading.operation, _expected(story), answer_text(asked))


def _must_fail(story: Timeline, clause: str, operation: Operation) -> bool:
    """Whether it is known of a read that it fails where there is nothing to describe."""
    reading, stated = resource_of(story).read, declared(story.service, operation, MISSING, resource_of(story))
    searches = reading is not None and EACH in reading.at
    return (
        stated == "for it" or (stated is not None and not searches) or refining_rule(story.overlay, clause) is not None
    )


def accepts_missing(story: Timeline, clause: str, event: TimelineEvent) -> CheckResult:
    """The note on an operation that was accepted although what it refers to is not there."""
    resource, operation = resource_of(story), story.service.operations[event.exchange.call.operation]
    stated = declared(story.service, operation, MISSING, resource)
    removes = operation.name == resource.delete
    if refining_rule(story.overlay, clause) is None and removes and stated is None:
        return Undecided(clause, "unreached", "the model has no error for it: it may be taken as done")
    # An error for anything that is missing may be meant for something else than what is removed, or searched by.
    strict = stated == "for it" or (stated is not None and _is_required(story, operation) and not removes)
    code = "accepts-missing" if strict else "accepts-missing-undeclared"
    return Contradiction(clause, code, operation.name, _expected(story), answer_text(event))


def _is_required(story: Timeline, operation: Operation) -> bool:
    """Whether every request of the operation has the member that refers to what is not there."""
    return _member(story) in story.service.input_of(operation).required


def _member(story: Timeline) -> str:
    """The member of the input that refers to what is not there, or has what does."""
    return str(story.scenario.about.get("place", "")).partition("/")[0].partition("[")[0]


def _asked(story: Timeline, clause: str) -> TimelineEvent | Undecided:
    """The moment in which the question was put, or why it was not."""
    asked = story.first("ask")
    if asked is not None:
        return asked
    sample = story.first("sample")
    name = resource_of(story).name
    if sample is None:
        return Undecided(clause, "unreached", "the question was not put")
    note = aside(story, clause, sample)
    if isinstance(note, Undecided):
        return note
    reason = "its answer does not tell how it is called" if accepted(sample) else answer_text(sample)
    return Undecided(clause, "unreached", f"no {name} could be made whose like is not there: {reason}")


def _expected(story: Timeline) -> str:
    return f"an error, for there is no such {resource_of(story).name}"


def _says_failure(event: TimelineEvent) -> bool:
    """Whether an answer says in one of its members that something failed."""
    output = output_of(event.exchange)
    if not isinstance(output, dict):
        return False
    return any(_FAILURES.search(name) and value not in (0, False) and bool(value) for name, value in output.items())
