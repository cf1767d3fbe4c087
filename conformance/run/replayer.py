"""The steps of a recorded case, sent to a target that makes up other ids, tokens and ARNs than the first one did.

    step --what was told then and now--> the same request, about what is there now --target--> answer --> told, now

What a step is `bound` to comes from the answer to the step that `makes` it; of all else that answers told and later
requests repeat (tokens of pages, say), the new text takes the place of the old where it is the whole value. A request
that is what the codec makes of its params is encoded anew; in any other one, broken on the wire, text is exchanged.
"""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from conformance.cases.case import Call
from conformance.errors import Unreachable, UsageError
from conformance.exchanges.exchange import Exchange, Exchanger
from conformance.exchanges.outcome import classify
from conformance.exchanges.transport import TransportFailure
from conformance.planning.service_specs import LoadedService, load_service
from conformance.record.bodies import content
from conformance.record.steps import Step
from conformance.run.to_rows import plain
from conformance.specs.model import FLOAT_TYPES, Member, Operation, Service, Shape
from conformance.specs.places import shape_at
from conformance.specs.resources.descriptions import status_in_answer
from conformance.specs.resources.resource import Resource
from conformance.values.paths import Edit, NoSuchPlace, Path, apply, format_path, get, leaves, parse_path
from conformance.wire.cbor_protocol.cbor import dump_cbor
from conformance.wire.message import Answer, Codec, Inexpressible, Request, Response
from conformance.wire.protocols import codec_for


@dataclass(frozen=True, slots=True)
class Change:
    """A value of a request that was told by the target: where it is, what it was and what it is now."""

    path: Path
    then: Any
    now: Any

    @property
    def place(self) -> str:
        """Where it is, for people."""
        return format_path(self.path)


@dataclass(frozen=True, slots=True)
class AnswerSummary:
    """What came back, then or now: enough to say whether it is the same."""

    status: int | None
    code: str | None
    state: str | None


@dataclass(slots=True)
class Replayer:
    """Sends steps again, and keeps track of what they were told then and now."""

    known: LoadedService
    codec: Codec
    connection: Any
    _home: tuple[LoadedService, Codec] = field(init=False)
    _made: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    _told: dict[str, str] = field(default_factory=dict)
    _said: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._home = self.known, self.codec

    def turn_to(self, step: Step) -> None:
        """Speak to the service of a step: that of the case, or another one that has what the case needs."""
        self.known, self.codec = self._home
        if step.service is not None:
            self.known = load_service(step.service.service, protocol=step.service.protocol or None)
            self.codec = codec_for(self.known.service)

    @property
    def _service(self) -> Service:
        return self.known.service

    def prepared(self, step: Step) -> tuple[Request, tuple[Change, ...]]:
        """The request of a step as it is to be sent now; raises UsageError where its bytes were not kept."""
        recorded, operation = recorded_request(step), self._operation(step)
        params = step.params
        if operation is None or not isinstance(params, Mapping):
            return recorded, ()
        changes = tuple(self._changes(step, operation, params))
        if not changes:
            return recorded, ()
        new = apply(params, [Edit("set", change.path, change.now) for change in changes])
        return self._encoded(operation, params, new, recorded) or exchanged(recorded, changes), changes

    def send(self, step: Step, request: Request) -> Exchange | Response:
        """What comes back now; raises Unreachable."""
        operation = self._operation(step)
        try:
            if operation is None:
                return self._bare(request)
            exchanger = Exchanger(self._service, self.codec, self.connection)
            exchange = exchanger.send(Call(operation.name, step.params or {}), request, "case")
        except (TransportFailure, Inexpressible) as failure:
            raise _silent(step, failure) from failure
        if exchange.response is None:
            raise _silent(step, exchange.outcome.detail)
        return exchange

    def note(self, step: Step, sent: Exchange | Response, changes: tuple[Change, ...]) -> None:
        """Remember what a step said, what it made, and what it was told then and now."""
        params = step.params
        new = apply(params, [Edit("set", change.path, change.now) for change in changes]) if changes else params
        self._said.update(value for _, value in leaves(params) if isinstance(value, str))
        then, now = plain(self._output_then(step)), plain(_output(sent))
        if step.makes:
            self._made[step.makes] = ({"request": params, "answer": then}, {"request": new, "answer": now})
        for path, value in leaves(then):
            other = _at(now, path)
            if isinstance(value, str) and isinstance(other, str) and value != other and value not in self._said:
                self._told.setdefault(value, other)

    def is_leaving(self, step: Step, changes: tuple[Change, ...]) -> bool:
        """Whether what a step has removed is on its way still, as far as its read tells."""
        resource = next((each for each in self.known.overlay.resources.values() if each.delete == step.operation), None)
        if resource is None or resource.read is None or resource.status is None:
            return False
        asked = apply(step.params, [Edit("set", change.path, change.now) for change in changes])
        members = self._service.input_of(self._service.operations[resource.read.operation]).members
        call = Call(resource.read.operation, {name: value for name, value in asked.items() if name in members})
        try:
            read = Exchanger(self._service, self.codec, self.connection).perform(call, "poll")
        except Inexpressible:
            return False
        return status_in_answer(resource, _output(read), call.params) in resource.status.deleting

    def then(self, step: Step) -> AnswerSummary:
        """What came back of a step when it was recorded."""
        status = None if step.response is None else step.response.status
        return AnswerSummary(status, self._code_then(step), self._state(step, self._output_then(step)))

    def now(self, step: Step, sent: Exchange | Response, changes: tuple[Change, ...]) -> AnswerSummary:
        """What came back of it now."""
        if isinstance(sent, Response):
            return AnswerSummary(sent.status, None, None)
        asked = apply(step.params, [Edit("set", change.path, change.now) for change in changes])
        status = sent.response.status if sent.response is not None else None
        return AnswerSummary(status, sent.outcome.code, self._state(replace(step, params=asked), _output(sent)))

    def resource_of(self, step: Step) -> Resource | None:
        """The resource of which a step reads the state."""
        return next(
            (
                each
                for each in self.known.overlay.resources.values()
                if each.read is not None and each.status is not None and each.read.operation == step.operation
            ),
            None,
        )

    def is_passing(self, step: Step, told: AnswerSummary) -> bool:
        """Whether the state that a step shows will pass by itself."""
        resource = self.resource_of(step)
        return resource is not None and resource.status is not None and told.state in resource.status.passing

    def _operation(self, step: Step) -> Operation | None:
        return self._service.operations.get(step.operation)

    def _bare(self, request: Request) -> Response:
        """The answer to a request for no operation of the service's."""
        answer: Response = self.connection.send(
            request,
            signing_name=self._service.signing_name,
            signature_version=self._service.signature_version,
            service=self._service.name,
            endpoint_prefix=self._service.endpoint_prefix,
        )
        return answer

    def _changes(self, step: Step, operation: Operation, params: Mapping[str, Any]) -> Iterator[Change]:
        """What in the params of a step was told by answers that are others now: what is bound, then what repeats."""
        done: set[Path] = set()
        for binding in step.bound:
            path, source = parse_path(binding.path), parse_path(binding.source)
            before, made = self._made.get(binding.resource, (None, None))
            then, place = _at(params, path), (binding.side, *source)
            now = _cut(_at(before, place), then, _at(made, place))
            done.add(path)
            if now is not None and then is not None and now != then:
                yield Change(path, then, now)
        shape = self._service.input_of(operation)
        for path, value in leaves(params):
            if path in done or not isinstance(value, str) or value not in self._told:
                continue
            found = shape_at(self._service, shape, path)
            if found is None or not found[0].enum:
                yield Change(path, value, self._told[value])

    def _encoded(self, operation: Operation, old: Any, new: Any, recorded: Request) -> Request | None:
        """The request of the new params, where that of the old ones is what was recorded."""
        shape = self._service.input_of(operation)
        try:
            before = self.codec.encode(self._service, operation, typed(self._service, shape, old))
            if _essence(before) != _essence(recorded):
                return None
            return self.codec.encode(self._service, operation, typed(self._service, shape, new))
        except (Inexpressible, ValueError, TypeError, KeyError, AttributeError):
            return None  # params that no valid request has

    def _answer_then(self, step: Step) -> Answer | None:
        recorded, operation, body = step.response, self._operation(step), content(step.response)
        if recorded is None or operation is None or body is None:
            return None
        headers = {name.lower(): value for name, value in recorded.headers.items()}
        return self.codec.decode_response(self._service, operation, Response(recorded.status, headers, body))

    def _output_then(self, step: Step) -> Any:
        answer = self._answer_then(step) if step.outcome == "accepted" else None
        return answer.output if answer is not None else None

    def _code_then(self, step: Step) -> str | None:
        answer = None if step.code else self._answer_then(step)
        return (step.code or None) if answer is None else classify(answer).code

    def _state(self, step: Step, output: Any) -> str | None:
        resource = self.resource_of(step)
        return None if resource is None or output is None else status_in_answer(resource, output, step.params or {})


def recorded_request(step: Step) -> Request:
    """The request as it was sent; raises UsageError where its bytes were not kept."""
    sent = step.request
    body = content(sent)
    if body is None:
        raise UsageError(
            f"the body of {step.operation} was too long to be kept",
            hint="run again with the record's seed and --only the clause",
        )
    return Request(
        method=sent.method,
        path=sent.path,
        query=sent.query,
        headers=tuple(sent.headers.items()),
        body=body,
        host_prefix=sent.host_prefix,
    )


def exchanged(request: Request, changes: tuple[Change, ...]) -> Request:
    """A request in which whole values are others, wherever they are: in the path, the query, headers and the body."""
    for change in changes:
        then, now = str(change.then), str(change.now)
        path = request.path.split("/")
        request = replace(
            request,
            path="/".join(quote(now, safe="") if part == quote(then, safe="") else part for part in path),
            query=tuple((name, now if value == then else value) for name, value in request.query),
            headers=tuple((name, now if value == then else value) for name, value in request.headers),
            body=_exchanged_body(request.body, then, now),
        )
    length = str(len(request.body))
    headers = ((name, length if name.lower() == "content-length" else value) for name, value in request.headers)
    return replace(request, headers=tuple(headers))


def _exchanged_body(body: bytes, then: str, now: str) -> bytes:
    """The body with a whole value exchanged, in whichever way a protocol writes text."""
    forms = [(f">{escape(text)}<", json.dumps(text), json.dumps(text, ensure_ascii=False)) for text in (then, now)]
    for old, new in zip(*forms, strict=True):
        body = body.replace(old.encode(), new.encode())
    if len(then) > 3:
        body = body.replace(dump_cbor(then), dump_cbor(now))
    ends = (b"=" + quote(then, safe="-_.~").encode(), b"=" + quote(now, safe="-_.~").encode())
    return b"&".join(
        part[: -len(ends[0])] + ends[1] if part.endswith(ends[0]) and part.count(b"=") == 1 else part
        for part in body.split(b"&")
    )


def typed(service: Service, shape: Shape, value: Any) -> Any:
    """Params as codecs take them, from the JSON form that records have."""
    if isinstance(value, Mapping):
        if shape.type == "blob" and set(value) == {"$base64"}:
            return base64.b64decode(value["$base64"])
        return {name: _typed(service, _member(shape, name), item) for name, item in value.items()}
    if isinstance(value, list):
        return [_typed(service, shape.element, item) for item in value]
    if shape.type == "timestamp" and isinstance(value, str):
        with contextlib.suppress(ValueError):
            return datetime.fromisoformat(value)
    if shape.type in FLOAT_TYPES and isinstance(value, str):
        return float(value)
    return value


def _member(shape: Shape, name: str) -> Member | None:
    return shape.value if shape.type == "map" else shape.members.get(name)


def _typed(service: Service, member: Member | None, value: Any) -> Any:
    return value if member is None else typed(service, service.target(member), value)


def _essence(request: Request) -> tuple[Any, ...]:
    return request.method, request.path, request.query, request.body


def _output(sent: Exchange | Response) -> Any:
    if isinstance(sent, Response) or sent.outcome.kind != "accepted" or sent.answer is None:
        return None
    return sent.answer.output


def _cut(told: Any, asked: Any, now: Any) -> Any:
    """What is told now, without what was left away of what was told then, such as the collection that an id is in."""
    if not all(isinstance(text, str) for text in (told, asked, now)) or not told.endswith(asked):
        return now
    return now.removeprefix(told.removesuffix(asked))


def _at(value: Any, path: Path) -> Any:
    try:
        return get(value, path)
    except NoSuchPlace:
        return None


def _silent(step: Step, why: object) -> Unreachable:
    return Unreachable(f"{step.operation}: no answer: {why}", hint="is the target running?")
