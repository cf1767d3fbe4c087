"""The steps of a recorded case, sent again with the values of now.

step --changed values--> the same request, about what is there now --target--> answer --> values, then and now
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.cases.case import Call
from conformance.exceptions import Unreachable
from conformance.exchanges.exchange import Exchange, Exchanger
from conformance.exchanges.outcome import classify
from conformance.exchanges.transport import TransportFailure
from conformance.planning.service_specs import LoadedService, load_service
from conformance.record.bodies import content
from conformance.record.steps import Step
from conformance.run.replay.recorded_request import Change, recorded_request, typed_params, with_values_replaced
from conformance.run.replay.value_changes import ChangedValues, with_changes
from conformance.run.to_rows import plain
from conformance.specs.model import Operation, Service
from conformance.specs.resources.descriptions import status_in_answer
from conformance.specs.resources.resource import Resource
from conformance.wire.message import Answer, Codec, Inexpressible, Request, Response
from conformance.wire.protocols import codec_for


@dataclass(frozen=True, slots=True)
class AnswerSummary:
    """What came back, then or now: enough to say whether it is the same."""

    status: int | None
    code: str | None
    state: str | None


@dataclass(slots=True)
class Replayer:
    """Sends steps again. `known` and `codec` are those of the case's own service."""

    known: LoadedService
    codec: Codec
    connection: Any
    _own: tuple[LoadedService, Codec] = field(init=False)
    _values: ChangedValues = field(default_factory=ChangedValues)

    def __post_init__(self) -> None:
        self._own = self.known, self.codec

    def use_service_of(self, step: Step) -> None:
        """Turn to the service of a step: that of the case, or another one that has what the case needs."""
        self.known, self.codec = self._own
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
        changes = tuple(self._values.changes(step, self._service, operation))
        if not changes:
            return recorded, ()
        encoded = self._encoded(operation, params, with_changes(params, changes), recorded)
        return encoded or with_values_replaced(recorded, changes), changes

    def send(self, step: Step, request: Request) -> Exchange | Response:
        """What comes back now; raises Unreachable."""
        operation = self._operation(step)
        try:
            if operation is None:
                return self._send_bare(request)
            exchanger = Exchanger(self._service, self.codec, self.connection)
            exchange = exchanger.send(Call(operation.name, step.params or {}), request, "case")
        except (TransportFailure, Inexpressible) as failure:
            raise _unreachable(step, failure) from failure
        if exchange.response is None:
            raise _unreachable(step, exchange.outcome.detail)
        return exchange

    def note(self, step: Step, sent: Exchange | Response, changes: tuple[Change, ...]) -> None:
        """Take note of what a step created and of what its answers contain, then and now."""
        self._values.note(step, changes, plain(self._output_then(step)), plain(_output(sent)))

    def is_being_deleted(self, step: Step, changes: tuple[Change, ...]) -> bool:
        """Whether a read shows that what a step has removed is still in a deleting state."""
        resources = self.known.overlay.resources.values()
        resource = next((each for each in resources if each.delete == step.operation), None)
        if resource is None or resource.read is None or resource.status is None:
            return False
        params = with_changes(step.params, changes)
        members = self._service.input_of(self._service.operations[resource.read.operation]).members
        call = Call(resource.read.operation, {name: value for name, value in params.items() if name in members})
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
        params = with_changes(step.params, changes)
        status = sent.response.status if sent.response is not None else None
        return AnswerSummary(status, sent.outcome.code, self._state(replace(step, params=params), _output(sent)))

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

    def is_passing(self, step: Step, answer: AnswerSummary) -> bool:
        """Whether the state that an answer shows will pass by itself."""
        resource = self.resource_of(step)
        return resource is not None and resource.status is not None and answer.state in resource.status.passing

    def _operation(self, step: Step) -> Operation | None:
        return self._service.operations.get(step.operation)

    def _send_bare(self, request: Request) -> Response:
        """The answer to a request for no operation of the service's."""
        answer: Response = self.connection.send(
            request,
            signing_name=self._service.signing_name,
            signature_version=self._service.signature_version,
            service=self._service.name,
            endpoint_prefix=self._service.endpoint_prefix,
        )
        return answer

    def _encoded(self, operation: Operation, old: Any, new: Any, recorded: Request) -> Request | None:
        """The request of the new params, where that of the old ones is what was recorded."""
        shape = self._service.input_of(operation)
        try:
            before = self.codec.encode(self._service, operation, typed_params(self._service, shape, old))
            if _essence(before) != _essence(recorded):
                return None
            return self.codec.encode(self._service, operation, typed_params(self._service, shape, new))
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


def _essence(request: Request) -> tuple[Any, ...]:
    return request.method, request.path, request.query, request.body


def _output(sent: Exchange | Response) -> Any:
    if isinstance(sent, Response) or sent.outcome.kind != "accepted" or sent.answer is None:
        return None
    return sent.answer.output


def _unreachable(step: Step, why: object) -> Unreachable:
    return Unreachable(f"{step.operation}: no answer: {why}", hint="is the target running?")
