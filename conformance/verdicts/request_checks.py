"""Checks of the outcome of a request: accepted where it is valid, rejected for the right reason where it is not.

An invalid case counts only if its valid base was accepted by the same target. A rejection for a state (something does
not exist, or is in use) is never a pass, and neither is a rejection whose text names another member.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Literal

from conformance.cases.case import Call
from conformance.cases.constraints import abbreviated
from conformance.exchanges.outcome import DENIED_CODES, Outcome, complaint_is_about
from conformance.specs.clauses.catalog import constraint_names
from conformance.specs.places import is_given, places
from conformance.specs.resources.error_codes import MISSING
from conformance.values.vocabulary import OutcomeClass
from conformance.verdicts.check_results import CheckResult, Contradiction, Satisfied, Undecided
from conformance.verdicts.context import Context
from conformance.verdicts.tolerance import has_oversized_head

# Outcomes that are independent of the request: the verdict of its clauses, and the reason.
INCONCLUSIVE_OUTCOMES: Mapping[OutcomeClass, tuple[Literal["errored", "unreached"], str]] = {
    "rejected-auth": ("errored", "the target refused the credentials"),
    "throttled": ("errored", "the target kept throttling"),
    "unreachable": ("errored", "no answer"),
    "not-implemented": ("unreached", "not implemented"),
    "malformed": ("unreached", "the answer is not of the protocol"),
}

DENIED = "denied: the credentials may not call it"


JSON_PROTOCOLS = frozenset({"json", "rest-json"})

# A parser of JSON may take it for an object without members.
NULL = b"null"


def check_request(context: Context) -> Iterator[CheckResult]:
    """Check the clauses that a case was built for, by its intent."""
    if context.case.rule is not None or context.case.intent in ("recorded", "scenario"):
        return
    if context.outcome.kind == "crashed":
        yield from _crash(context)
    elif context.outcome.failure == "closed":
        yield from _closed(context)
    elif context.outcome.kind in INCONCLUSIVE_OUTCOMES:
        yield from _neutral(context)
    elif context.case.intent == "invalid":
        yield from _invalid(context)
    else:
        yield from _valid(context)


def outcome_text(outcome: Outcome) -> str:
    """An outcome in one line: status, code and message, the exception behind a crash, or why there is no answer."""
    if outcome.status is None:
        return outcome.detail or outcome.kind
    parts = [f"HTTP {outcome.status}", outcome.code or "", abbreviated(outcome.message, 160) if outcome.message else ""]
    parts.append(f"from {outcome.crash}" if outcome.crash else "")
    return " ".join(part for part in parts if part)


def _crash(context: Context) -> Iterator[CheckResult]:
    if context.case.intent == "invalid" and context.base_accepted is False:
        yield from _without_base(context)
        return
    expected = "a 4xx error" if context.case.intent == "invalid" else "a success, or a 4xx error that says why not"
    for clause in context.case.clauses:
        yield Contradiction(clause, "crash", _where(context), expected, outcome_text(context.outcome))


def _closed(context: Context) -> Iterator[CheckResult]:
    if has_oversized_head(context.exchange.request):
        for clause in context.case.clauses:
            yield Undecided(
                clause,
                "unreached",
                "the head of the request is longer than servers take",
                outcome_text(context.outcome),
            )
        return
    for clause in context.case.clauses:
        yield Contradiction(clause, "connection-closed", _where(context), "an answer", outcome_text(context.outcome))


def _neutral(context: Context) -> Iterator[CheckResult]:
    word, reason = INCONCLUSIVE_OUTCOMES[context.outcome.kind]
    if context.outcome.kind == "rejected-auth" and context.outcome.code in DENIED_CODES:
        word, reason = "unreached", DENIED
    for clause in context.case.clauses:
        yield Undecided(clause, word, reason, outcome_text(context.outcome))


def _where(context: Context) -> str:
    return context.case.fault.place if context.case.fault is not None else ""


def _without_base(context: Context) -> Iterator[CheckResult]:
    for clause in context.case.clauses:
        yield Undecided(clause, "unreached", "its valid counterpart was not accepted")


def _valid(context: Context) -> Iterator[CheckResult]:
    """A valid or boundary case: acceptance satisfies `input#accepted`, rejection is a contradiction."""
    accepted = context.outcome.kind == "accepted"
    for clause in context.case.clauses:
        if accepted:
            if clause.endswith(("/input#accepted", "/protocol#unknown-members")):
                yield Satisfied(clause)
        elif context.outcome.kind == "rejected-state":
            yield Undecided(
                clause,
                "unreached",
                "the target lacks something that the request needs",
                outcome_text(context.outcome),
            )
        elif context.case.base is not None and context.base_accepted is False:
            yield Undecided(clause, "unreached", "its smaller counterpart was not accepted")
        else:
            yield Contradiction(
                clause, _rejection_code(context), context.case.title, "accepted", outcome_text(context.outcome)
            )
            yield from _claimed(context)


def _claimed(context: Context) -> Iterator[CheckResult]:
    """The constraints that the target says a valid request breaks, although it was proven to keep them."""
    if context.case.intent != "valid":
        return
    claims = {
        (_path_names(complaint.path), complaint.constraint)
        for complaint in context.outcome.complaints
        if complaint.constraint
    }
    for place in places(context.service, context.service.input_of(context.operation)) if claims else ():
        for name in constraint_names(place):
            # A service may need a member that the model leaves optional: that is no constraint on its values.
            if (_path_names(place.path), name) in claims and is_given(context.exchange.call.params, place.steps):
                yield Contradiction(
                    context.clause("input", place.path, name),
                    "rejects-valid",
                    place.path,
                    "accepted",
                    outcome_text(context.outcome),
                )


def _path_names(path: str) -> tuple[str, ...]:
    """The names along a path in lower case, without what a service and the model write differently."""
    parts = re.split(r"[^A-Za-z0-9_]+", path.lower())
    return tuple(part for part in parts if part and not part.isdigit() and part not in ("member", "value", "key"))


def _rejection_code(context: Context) -> str:
    """The code for the rejection of a valid request.

    A service may have rules that no model states ("either this or that must be given"), so most rejections weigh
    little. An error that names a constraint of the model, which the value keeps, contradicts the model.
    """
    if context.case.clauses[0].endswith("#unknown-members"):
        return "rejects-unknown-member"
    place = context.case.clauses[0].split("/", 2)[-1].rpartition("#")[0]
    claims = [each for each in context.outcome.complaints if each.constraint is not None]
    # A target may name the member without its parents.
    named = any(complaint_is_about(each, place) or _path_names(place)[-1:] == _path_names(each.path) for each in claims)
    contradicts_model = context.case.intent == "boundary" and named
    return "rejects-valid" if contradicts_model else "rejects-unusual"


def _invalid(context: Context) -> Iterator[CheckResult]:
    if not context.base_accepted:
        yield from _without_base(context)
        return
    fault, outcome = context.case.fault, context.outcome
    for clause in context.case.clauses:
        if outcome.kind == "accepted" and outcome.in_band:
            yield Undecided(clause, "unreached", "a part of it was refused", outcome_text(outcome))
        elif outcome.kind == "accepted" and context.case.call.body == NULL:
            yield Undecided(clause, "unreached", "null may stand for an object without members")
        elif outcome.kind == "accepted":
            code = _acceptance_code(context.case.call)
            yield Contradiction(clause, code, _where(context), "a validation error", outcome_text(context.outcome))
        elif _misses_what_is_not_named(context):
            expected = "an error that says what the request lacks"
            yield Contradiction(clause, "misses-unnamed", _where(context), expected, outcome_text(outcome))
        elif outcome.kind == "rejected-state":
            yield Undecided(
                clause,
                "unreached",
                "rejected for a state, not for the broken constraint",
                outcome_text(context.outcome),
            )
        elif fault is not None and outcome.complaints and not _names(context, fault.place):
            yield Undecided(clause, "unreached", "rejected for something else", outcome_text(context.outcome))
        else:
            yield Satisfied(clause)


def _misses_what_is_not_named(context: Context) -> bool:
    """Whether a request without a required member is refused for a thing that is not there, though it names none.

    The request with the member was accepted, so whatever else it names is there. Services that read JSON validate a
    request before they look anything up (Smithy specification, "required trait": a server rejects what lacks it).
    """
    fault, outcome = context.case.fault, context.outcome
    return (
        outcome.kind == "rejected-state"
        and context.service.protocol in JSON_PROTOCOLS
        and fault is not None
        and fault.constraint == "required"
        and len(fault.path) == 1
        and outcome.code is not None
        and MISSING.search(outcome.code) is not None
    )


def _acceptance_code(call: Call) -> str:
    """The code for the acceptance of an invalid request: of a body without sense, or of a broken constraint."""
    if call.body is not None:
        return "accepts-no-object"
    return "accepts-malformed" if call.broken_body else "accepts-invalid"


def _names(context: Context, place: str) -> bool:
    return any(complaint_is_about(complaint, place) for complaint in context.outcome.complaints)
