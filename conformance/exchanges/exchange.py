"""One exchange: a call is encoded, proven, sent, and its answer decoded and classified.

    Call --codec--> Request --prove--> Sender --> Response --codec--> Answer --classify--> Outcome

A throttled request is sent again after a pause, a few times; the exchange holds the last answer. `prove` decodes the
bytes of a request strictly before it is sent: they must break exactly the constraint that the case is to break, and
none where the case is valid. A request that fails this is not sent.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from conformance.cases.case import Call, Case
from conformance.cases.constraints import violations
from conformance.exchanges.crash_origin import origin_in_body
from conformance.exchanges.in_band_refusals import in_band_refusal
from conformance.exchanges.outcome import Outcome, after_refusal, classify, declared_codes
from conformance.exchanges.transport import TransportFailure
from conformance.specs.model import Operation, Service
from conformance.specs.overlay import rules
from conformance.specs.places import shape_at
from conformance.values.paths import Edit, shape_form
from conformance.values.vocabulary import Role
from conformance.wire.message import Answer, Codec, Inexpressible, Request, Response

# Seconds to wait before a throttled request is sent again; AWS's own clients back off from half a second upwards.
THROTTLE_WAITS = (0.5, 1.0, 2.0, 4.0)

# Seconds to wait at the most where an answer says how long.
LONGEST_RETRY_AFTER = 60.0


# Protocols with types on the wire. In the others a server may skip text in the place of a structure.
TYPED_PROTOCOLS = frozenset({"json", "rest-json", "smithy-rpc-v2-cbor"})


class Sender(Protocol):
    """Signs the requests for a service and sends them to a target.

    `call` is what a request was made of: who guards a target decides by it whether the request is sent.
    """

    def send(
        self,
        request: Request,
        *,
        signing_name: str,
        signature_version: str,
        service: str = "",
        endpoint_prefix: str | None = None,
        sign: bool = True,
        unsigned_payload: bool = False,
        call: Call | None = None,
    ) -> Response:
        """The answer; raises TransportFailure, and NotSent where the target is guarded."""


class CallObserver(Protocol):
    """Learns of every call of one service, before it is sent and when it was answered; from several threads."""

    def sending(self, call: Call) -> Any:
        """A call is about to be sent; what this returns is given back with the answer."""

    def unsent(self, noted: Any) -> None:
        """The call could not be sent."""

    def answered(self, noted: Any, exchange: Exchange) -> None:
        """The call was answered, or no answer came."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A call as sent, and its answer; `response` and `answer` are None where none came.

    `waited` counts the pauses for throttling; `makes` is the name of the resource that the call creates, `service` that
    of the call.
    """

    role: Role
    call: Call
    request: Request
    response: Response | None
    answer: Answer | None
    outcome: Outcome
    waited: int = 0
    makes: str | None = None
    service: Service | None = None


class NotSent(Inexpressible):
    """A request that could be sent and is not, to keep the target from harm; `code` says why, as a word."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class Unproven(ValueError):
    """The bytes of a request do not break exactly what they should: one constraint, or none."""


# Probes may be any request, and recorded requests were sent already.
PROVEN_INTENTS = frozenset({"valid", "boundary", "invalid"})


def _wanted(case: Case) -> set[tuple[str, str]]:
    """The constraints that the request of a case must break, by name and place."""
    if case.intent != "invalid":
        return {("members", shape_form(edit.path)) for edit in case.call.edits}
    if case.fault is None or case.rule is not None:
        return set()
    return {(case.fault.constraint, case.fault.place)}


def retry_after(response: Response | None) -> float:
    """The seconds after which a response asks to be tried again (RFC 9110, section 10.2.3); 0 where it does not."""
    text = "" if response is None else response.headers.get("retry-after", "").strip()
    return min(float(text), LONGEST_RETRY_AFTER) if text.isascii() and text.isdigit() else 0.0


def _framed(request: Request) -> Request:
    """The request with the length of its body: a wrong length truncates the body or makes the server wait."""
    length = str(len(request.body))
    headers = tuple((name, length if name.lower() == "content-length" else text) for name, text in request.headers)
    return request if headers == request.headers else replace(request, headers=headers)


def outcome_of(service: Service, operation: Operation, response: Response, answer: Answer) -> Outcome:
    """The outcome of an answer as an exchange has it: refusals within a success, and the place of a crash, included."""
    declared = declared_codes(service, operation)
    outcome = classify(answer, declared)
    refusal = in_band_refusal(answer.output) if outcome.kind == "accepted" else None
    if refusal is not None:
        outcome = after_refusal(outcome, refusal, operation, declared)
    if outcome.kind == "crashed":
        outcome = replace(outcome, crash=response.crash or origin_in_body(response.body))
    return outcome


@dataclass(slots=True)
class Exchanger:
    """Sends the calls of one service to one target, in one protocol; `sent` counts the requests.

    An `observer` learns of every call. If sending is interrupted, it hears nothing more of that call.
    """

    service: Service
    codec: Codec
    sender: Sender
    sleep: Callable[[float], None] = time.sleep
    sent: int = 0
    observer: CallObserver | None = None
    _jitter: random.Random = field(default_factory=lambda: random.Random(0))  # noqa: S311 - spreads load, hides nothing

    def request_for(self, call: Call) -> Request:
        """The unsigned request of a call; raises Inexpressible where the protocol cannot write it."""
        operation = self.service.operations[call.operation]
        for edit in call.edits:
            self._check_expressible(operation, edit)
        request = _framed(self.codec.encode(self.service, operation, call.params, call.edits))
        if call.body is not None:
            return _framed(replace(request, body=call.body))
        if not call.broken_body:
            return request
        broken = self.codec.broken_body(self.service, operation)
        if broken is None or not request.body:
            raise Inexpressible("the operation's request has no body to break")
        return _framed(replace(request, body=broken.body))

    def _check_expressible(self, operation: Operation, edit: Edit) -> None:
        """Raise Inexpressible for text in the place of a structure where everything is text: a server may skip it."""
        found = shape_at(self.service, self.service.input_of(operation), edit.path)
        if found is None or not isinstance(edit.value, str):
            return
        shape, member = found
        as_text = self.codec.name not in TYPED_PROTOCOLS or (member is not None and member.location is not None)
        if as_text and shape.type in ("structure", "list", "map"):
            raise Inexpressible(f"{self.codec.name} cannot distinguish text from a {shape.type}")

    def unsent(self, call: Call, role: Role) -> Exchange:
        """The exchange of a call that is only looked at; raises Inexpressible."""
        return Exchange(role, call, self.request_for(call), None, None, Outcome("unreachable", detail="not sent"))

    def perform(self, call: Call, role: Role) -> Exchange:
        """The exchange of a call; raises Inexpressible."""
        return self.send(call, self.request_for(call), role)

    def send(self, call: Call, request: Request, role: Role) -> Exchange:
        """The exchange of a call whose request is at hand; raises Inexpressible where no client can send it."""
        observer = self.observer
        if observer is None:
            return self._sent(call, request, role)
        noted = observer.sending(call)
        try:
            exchange = self._sent(call, request, role)
        except Inexpressible:
            observer.unsent(noted)
            raise
        observer.answered(noted, exchange)
        return exchange

    def _sent(self, call: Call, request: Request, role: Role) -> Exchange:
        operation = self.service.operations[call.operation]
        for waited, pause in enumerate((*THROTTLE_WAITS, None)):
            exchange = self._once(call, operation, request, role, waited)
            if exchange.outcome.kind != "throttled" or pause is None:
                return exchange
            self.sleep(max(pause * (1 + self._jitter.random() / 4), retry_after(exchange.response)))
        raise AssertionError("the last pause is None")

    def _once(self, call: Call, operation: Operation, request: Request, role: Role, waited: int) -> Exchange:
        self.sent += 1
        try:
            response = self.sender.send(
                request,
                signing_name=self.service.signing_name,
                signature_version=self.service.signature_version,
                service=self.service.name,
                endpoint_prefix=self.service.endpoint_prefix,
                sign=operation.auth_type != "none",
                unsigned_payload=operation.unsigned_payload,
                call=call,
            )
        except TransportFailure as failure:
            if failure.kind == "unsendable":
                raise Inexpressible(failure.detail) from failure
            kind: Any = "malformed" if failure.kind in ("not-http", "too-large") else "unreachable"
            outcome = Outcome(kind, detail=str(failure), failure=failure.kind)
            return Exchange(role, call, request, None, None, outcome, waited, service=self.service)
        answer = self.codec.decode_response(self.service, operation, response)
        outcome = outcome_of(self.service, operation, response, answer)
        return Exchange(role, call, request, response, answer, outcome, waited, service=self.service)

    def prove(self, case: Case, request: Request) -> None:
        """Raise Unproven unless the bytes of a case's request break what the case is to break, and nothing else.

        Valid cases are proven, too: in protocols where everything is text, an empty list may be read as none.
        """
        if case.intent not in PROVEN_INTENTS or case.call.broken_body or case.call.body is not None:
            return
        found, value = self._broken(self.service.operations[case.operation], request)
        if found != _wanted(case):
            others = ", ".join(sorted(f"{place}#{name}" for name, place in found)) or "nothing"
            raise Unproven(f"the request as sent breaks {others}")
        if case.rule is not None and case.rule.request is not None and rules.obeys(case.rule, value):
            raise Unproven("the request as sent keeps the rule")

    def _broken(self, operation: Operation, request: Request) -> tuple[set[tuple[str, str]], Mapping[str, Any]]:
        """The constraints that a strict server finds broken in a request, by name and place, and the decoded params."""
        decoded = self.codec.decode_request(self.service, operation, request)
        found = {(problem.name, shape_form(problem.path)) for problem in decoded.problems}
        if isinstance(decoded.value, dict):
            broken = violations(self.service, self.service.input_of(operation), decoded.value)
            found.update((violation.name, violation.place) for violation in broken)
        return found, decoded.value if isinstance(decoded.value, dict) else {}
