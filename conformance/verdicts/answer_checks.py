"""Checks of an answer against the model: protocol, status, and every member of the output.

The strict decoder reports problems (a wrong JSON type, an unknown member), `violations` the broken constraints of what
it read. What AWS itself is known to answer is no contradiction (`specs/errata.py`). A place that has a value and no
contradiction satisfies its clauses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.cases.constraints import abbreviated, violations
from conformance.specs.clauses.answered import NAME as ANSWERED
from conformance.specs.clauses.answered import answered_member
from conformance.specs.clauses.catalog import ENVELOPE_PROTOCOLS, constraint_names
from conformance.specs.errata import errata_of
from conformance.specs.model import FORM_PROTOCOLS, Member, Service, Shape
from conformance.specs.places import ELEMENT, KEY, VALUE, Place
from conformance.values.paths import Key, Path, format_path, shape_form
from conformance.verdicts.check_results import CheckResult, Contradiction, Satisfied, Undecided
from conformance.verdicts.context import Context
from conformance.verdicts.tolerance import tolerance_reason
from conformance.wire.message import Answer, Problem
from conformance.wire.traits import event_stream_member

# Problem of the decoder -> the code of the contradiction, and the name of the clause.
PROBLEM_CODES: Mapping[str, tuple[str, str]] = {
    "type": ("wrong-type", "type"),
    "null": ("null-member", "type"),
    "duplicate": ("duplicate-member", "type"),
}

VIOLATION_CODES: Mapping[str, str] = {
    "required": "missing-member",
    "type": "wrong-type",
    "enum": "not-in-enum",
    "min": "out-of-bounds",
    "max": "out-of-bounds",
    "pattern": "breaks-pattern",
    "union": "breaks-union",
}


def check_protocol(context: Context) -> Iterator[CheckResult]:
    """Check body, envelope, headers and request id of any answer that came over HTTP."""
    exchange = context.exchange
    body = context.clause("protocol", "", "body")
    if exchange.response is None or exchange.answer is None:
        yield from _recorded_body(context, body)
        return
    if context.outcome.kind == "malformed":
        reason = tolerance_reason(context)
        if reason is not None:
            yield Undecided(body, "unreached", reason)
            return
        text = exchange.response.body[:200].decode("utf-8", "replace")
        got = f"HTTP {exchange.response.status}, {abbreviated(text, 160)}"
        yield Contradiction(body, "malformed-answer", "body", f"a body of {context.service.protocol}", got)
        return
    if not exchange.answer.parsed:
        return
    yield Satisfied(body)
    if exchange.response.body:
        yield from _content_type(context)
    yield from _envelope(context, exchange.answer)
    yield from _repeated_headers(context, exchange.response.repeated)
    yield from _request_id(context, exchange.response.headers)


def _recorded_body(context: Context, clause: str) -> Iterator[CheckResult]:
    """What a recording shows in the place of an output; its bytes are not known."""
    answer = context.exchange.answer
    if answer is not None and not answer.parsed and answer.status < 300:
        for problem in answer.problems:
            got = f"HTTP {answer.status}, {problem.got}"
            yield Contradiction(clause, "malformed-answer", "body", problem.expected, got)


def _envelope(context: Context, answer: Answer) -> Iterator[CheckResult]:
    """Check what is around the members of a success: clients but botocore look for it, and find no members without."""
    clause = context.clause("protocol", "", "envelope")
    protocol = context.service.protocol
    if protocol not in ENVELOPE_PROTOCOLS:
        return
    if answer.error is not None and (protocol in FORM_PROTOCOLS or answer.error.code is None):
        return  # what an error lacks is told by `errors#envelope`
    problems = [each for each in answer.problems if each.name == "envelope"]
    for problem in problems[:1]:
        yield Contradiction(clause, "wrong-envelope", "envelope", problem.expected, problem.got)
    if not problems:
        yield Satisfied(clause)


# Headers of any answer whose value is one (RFC 9110, section 5.3, and the protocols of AWS). Those of the connection
# and the clock are left out: a server writes them beside the implementation.
SINGLE_HEADERS = frozenset(
    {
        "content-length",
        "content-location",
        "content-range",
        "content-type",
        "etag",
        "expires",
        "last-modified",
        "location",
        "retry-after",
        "smithy-protocol",
        "x-amz-id-2",
        "x-amz-request-id",
        "x-amzn-errortype",
        "x-amzn-query-error",
        "x-amzn-request-id",
        "x-amzn-requestid",
    }
)


def _repeated_headers(context: Context, repeated: tuple[str, ...]) -> Iterator[CheckResult]:
    clause = context.clause("protocol", "", "headers")
    single = SINGLE_HEADERS | _single_members(context)
    found = [name for name in repeated if name in single]
    for name in found[:1]:
        headers = context.exchange.response.headers if context.exchange.response is not None else {}
        yield Contradiction(clause, "repeated-header", name, f"one header {name}", f"several: {headers.get(name)}")
    if not found:
        yield Satisfied(clause)


def _single_members(context: Context) -> frozenset[str]:
    """The headers of an output, in lower case, whose members are no lists."""
    members = context.service.output_of(context.operation).members
    return frozenset(
        (member.location_name or name).lower()
        for name, member in members.items()
        if member.location == "header" and context.service.target(member).type != "list"
    )


def _content_type(context: Context) -> Iterator[CheckResult]:
    clause = context.clause("protocol", "", "content-type")
    answer = context.exchange.answer
    problem = next((each for each in answer.problems if each.name == "content-type"), None) if answer else None
    if problem is None:
        yield Satisfied(clause)
    else:
        yield Contradiction(clause, "wrong-content-type", "Content-Type", problem.expected, problem.got)


# The status of HTTP for a request for a range.
PARTIAL = 206

REQUEST_ID_HEADERS = ("x-amzn-requestid", "x-amz-request-id", "x-amzn-request-id", "x-amz-id-2", "x-amz-cf-id")


def _request_id(context: Context, headers: Mapping[str, str]) -> Iterator[CheckResult]:
    clause = context.clause("protocol", "", "request-id")
    body = context.exchange.response.body if context.exchange.response else b""
    # Query and EC2 protocols carry it in the body.
    if any(name in headers for name in REQUEST_ID_HEADERS) or b"<RequestId>" in body or b"<requestId>" in body:
        yield Satisfied(clause)
    else:
        yield Contradiction(clause, "no-request-id", "headers", "x-amzn-RequestId", "no request id")


def check_output(context: Context, *, tell_satisfied: bool = True) -> Iterator[CheckResult]:
    """Check the output of an accepted request, member by member; `tell_satisfied` also yields what holds."""
    answer = context.exchange.answer
    succeeded = context.outcome.kind == "accepted" or context.outcome.in_band
    if not succeeded or answer is None or context.case.intent == "invalid":
        return  # the acceptance is the finding; what the answer holds follows from it
    yield from _status(context, answer.status)
    form = context.service.protocol in FORM_PROTOCOLS
    if form and not answer.output and any(problem.name == "envelope" for problem in answer.problems):
        return  # no member was looked for, so none is missing
    output = answer.output if isinstance(answer.output, dict) else {}
    yield from check_output_value(context, output, answer.problems, tell_satisfied=tell_satisfied)
    yield from _answered(context, output)


def _answered(context: Context, output: Mapping[str, Any]) -> Iterator[CheckResult]:
    """Whether a request of the run that created a thing was told its ARN; others' answers may have been cut short."""
    name = answered_member(context.service, context.operation)
    if name is None or context.case.intent not in ("valid", "boundary"):
        return
    clause = context.clause("output", name, ANSWERED)
    if output.get(name) is not None:
        yield Satisfied(clause)
    elif not _is_erratum(context, clause, None, output):
        yield Contradiction(clause, "missing-member", name, f"{name}, the ARN of what was created", "no member")


def _status(context: Context, status: int) -> Iterator[CheckResult]:
    clause = context.clause("protocol", "", "status")
    expected = context.operation.status or 200
    # A member that is bound to the status code means that the operation answers with several.
    bound = any(m.location == "statusCode" for m in context.service.output_of(context.operation).members.values())
    if (status == PARTIAL and _is_partial(context)) or _is_erratum(context, clause, status, None):
        expected = status
    if status == expected or bound or (status in (200, 204) and context.operation.status in (None, 200, 204)):
        yield Satisfied(clause)
    else:
        yield Contradiction(clause, "other-success-status", "status", f"HTTP {expected}", f"HTTP {status}")


def _is_partial(context: Context) -> bool:
    """Whether a range was asked for; a recording has no requests, so there the answer says which range it holds."""
    if context.case.intent != "recorded":
        return any(name.lower() == "range" for name, _ in context.exchange.request.headers)
    output = context.exchange.answer.output if context.exchange.answer is not None else None
    members = context.service.output_of(context.operation).members
    ranges = [name for name, each in members.items() if (each.location_name or "").lower() == "content-range"]
    return isinstance(output, dict) and any(output.get(name) is not None for name in ranges)


def check_output_value(
    context: Context, output: Mapping[str, Any], problems: tuple[Problem, ...] = (), *, tell_satisfied: bool = True
) -> Iterator[CheckResult]:
    """Check an output against the clauses of the operation's output; `problems` are those of the decoder."""
    service, shape = context.service, context.service.output_of(context.operation)
    stream = event_stream_member(service, shape)
    readings = _readings(output, stream)
    found = [*_from_problems(context, problems)]
    found += [each for reading in readings for each in _from_violations(context, shape, reading, problems, stream)]
    contradictions = {(each.clause, each.where, each.code): each for each in found}.values()
    yield from contradictions
    if stream is not None and stream not in readings[0]:
        yield from _unread_stream(context, stream)
    if tell_satisfied:
        contradicted = {contradiction.clause for contradiction in contradictions}
        yield from _satisfied(context, shape, output, readings, contradicted)


def _satisfied(
    context: Context,
    shape: Shape,
    output: Mapping[str, Any],
    readings: list[Mapping[str, Any]],
    contradicted: set[str],
) -> Iterator[Satisfied]:
    """The clauses of the values of an output that none of them contradicts."""
    service, mistyped = context.service, {each.rpartition("#")[0] for each in contradicted if each.endswith("#type")}
    clauses = {clause for reading in readings for clause in _clauses_of_values(context, service, shape, reading)}
    for clause in clauses:
        place, _, name = clause.rpartition("#")
        # A value of the wrong type is present, but its constraints cannot be checked.
        if clause not in contradicted and (place not in mistyped or name == "required"):
            yield Satisfied(clause)
    members = context.clause("output", "", "members")
    if output and members not in contradicted:
        yield Satisfied(members)


def _readings(output: Mapping[str, Any], stream: str | None) -> list[Mapping[str, Any]]:
    """The output, with one event of its stream at a time; without the stream where no event of it was read."""
    if stream is None:
        return [output]
    rest = {name: value for name, value in output.items() if name != stream}
    events = output.get(stream)
    read = [each for each in events if isinstance(each, Mapping)] if isinstance(events, list) else []
    return [{**rest, stream: event} for event in read] or [rest]


def _from_problems(context: Context, problems: tuple[Problem, ...]) -> Iterator[Contradiction]:
    for problem in problems:
        where = format_path(problem.path)
        if problem.name == "members":
            clause = context.clause("output", "", "members")
            yield Contradiction(clause, "unknown-member", where, "members of the model only", problem.got)
        elif problem.name in PROBLEM_CODES:
            code, name = PROBLEM_CODES[problem.name]
            clause = context.clause("output", shape_form(problem.path), name)
            yield Contradiction(clause, code, where, problem.expected, problem.got)


def _from_violations(
    context: Context, shape: Shape, output: Mapping[str, Any], problems: tuple[Problem, ...], stream: str | None
) -> Iterator[Contradiction]:
    mistyped = {problem.path for problem in problems if problem.name == "type"}
    unread = stream is not None and stream not in output
    for violation in violations(context.service, shape, output):
        if violation.name == "type" and violation.path in mistyped:
            continue
        if unread and violation.path[:1] == (stream,):
            continue
        clause = context.clause("output", violation.place, violation.name)
        value = _value_at(output, violation.path)
        if _is_erratum(context, clause, value, output):
            continue
        code = "enum-spelling" if violation.respelled else VIOLATION_CODES[violation.name]
        yield Contradiction(clause, code, format_path(violation.path), violation.expected, violation.got)


def _unread_stream(context: Context, stream: str) -> Iterator[Undecided]:
    """What remains open of an output that is a stream of events, of which none was read."""
    for name in ("required", "type"):
        yield Undecided(context.clause("output", stream, name), "unreached", "the event stream was not read")


def _is_erratum(context: Context, clause: str, value: Any, output: Any) -> bool:
    errata = errata_of(context.service.name)
    return any(each.covers(clause.partition(":")[2], value, output) for each in errata)


def _value_at(output: Any, path: Path) -> Any:
    """The value at a path of an output; the key itself where the path ends at one, None where there is nothing."""
    value = output
    for step in path:
        name = step.name if isinstance(step, Key) else step
        try:
            value = value[name]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _clauses_of_values(context: Context, service: Service, shape: Shape, output: Mapping[str, Any]) -> set[str]:
    """The clauses of every place at which the output has a value."""
    places: dict[tuple[str, ...], Place] = {}
    _add_places(service, shape, output, (), places)
    return {context.clause("output", each.path, name) for each in places.values() for name in constraint_names(each)}


def _add_places(
    service: Service, shape: Shape, value: Any, steps: tuple[str, ...], places: dict[tuple[str, ...], Place]
) -> None:
    """Add the places with a value below a shape; the items of a list have one place together."""
    if shape.type == "structure" and isinstance(value, dict):
        for name, item in value.items():
            member = shape.members.get(name)
            if item is not None and member is not None:
                _add_place(service, member, item, (*steps, name), places, required=name in shape.required)
    elif shape.element is not None and isinstance(value, list):
        for item in value:
            _add_place(service, shape.element, item, (*steps, ELEMENT), places)
    elif shape.key is not None and shape.value is not None and isinstance(value, dict):
        for item in value.values():
            _add_place(service, shape.key, None, (*steps, KEY), places)
            _add_place(service, shape.value, item, (*steps, VALUE), places)


def _add_place(
    service: Service,
    member: Member,
    value: Any,
    steps: tuple[str, ...],
    places: dict[tuple[str, ...], Place],
    *,
    required: bool = False,
) -> None:
    target = service.target(member)
    if steps not in places:
        places[steps] = Place(steps, member, target, required)
    if isinstance(value, dict | list):
        _add_places(service, target, value, steps, places)
