"""The fingerprint of a target: how it answers what no implementation can support.

    an operation that no service has --.
                                        +--> AnswerDigest, Outcome --> Fingerprint
    a body that does not parse       --'

Two probes at the start of a run give the fingerprint, and later answers are compared with it. Without it "not
implemented" cannot be distinguished from "crashed": some emulators answer both with the same HTTP 500 page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from conformance.cases.case import Call
from conformance.cases.constraints import abbreviated
from conformance.exchanges.exchange import Exchange, NotSent, Sender
from conformance.exchanges.outcome import NOT_IMPLEMENTED_PHRASES, Outcome, classify
from conformance.exchanges.transport import TransportFailure
from conformance.specs.model import Operation, Service
from conformance.wire.conventions import NO_SUCH_OPERATION
from conformance.wire.message import Answer, Codec, Request, Response

# What differs between two answers that mean the same: ids, times, numbers.
_NOISE = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[A-Za-z0-9]{40,}|\d+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AnswerDigest:
    """The essence of an answer: two answers with the same digest mean the same.

    `crash` is where the implementation crashed, as far as that is known.
    """

    status: int
    parsed: bool
    code: str | None
    text: str
    crash: str = ""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """How one service of a target answers the probes; a digest is None where there was no answer to read.

    `failure` says then what there was instead, `location` where a redirection leads. `unanswered` is the body that does
    not parse, where it got no answer at all.
    """

    unknown_operation: AnswerDigest | None
    broken_body: AnswerDigest | None
    unknown_outcome: Outcome
    broken_outcome: Outcome | None
    accepts_anything: bool
    failure: str = ""
    location: str = ""
    unanswered: Exchange | None = None

    def looks_unimplemented(self, exchange: Exchange) -> bool:
        """Whether an answer other than a success is the one that an operation which does not exist gets.

        A refusal with a code that any operation may answer (no such bucket, bad credentials) is inconclusive.
        """
        if exchange.outcome.kind == "accepted" or exchange.response is None or exchange.answer is None:
            return False
        if exchange.outcome.code is not None and exchange.outcome.kind in INCONCLUSIVE_OUTCOMES:
            return False
        found = answer_digest(exchange.response, exchange.answer, exchange.call.operation)
        if self.unknown_operation is not None and NOT_IMPLEMENTED_PHRASES.search(found.crash):
            found = replace(found, crash=self.unknown_operation.crash)
        return self.unknown_operation is not None and found == self.unknown_operation

    @property
    def speaks_protocol(self) -> bool:
        """Whether any probe was answered in the protocol, or with the bare HTTP 500 of an emulator that crashed."""
        known = [each for each in (self.unknown_operation, self.broken_body) if each is not None]
        return any(each.parsed or each.status == 500 for each in known)

    @property
    def summary(self) -> str:
        """The answer to the probes in a few words, for messages."""
        found = self.unknown_operation or self.broken_body
        if found is None:
            return f"with {self.failure or 'nothing'}"
        if self.location:
            return f"HTTP {found.status}, a redirection to {abbreviated(self.location, 120)}"
        return f"HTTP {found.status} {abbreviated(found.text, 60) if found.text else 'without a body'}"


INCONCLUSIVE_OUTCOMES = frozenset({"rejected-state", "rejected-auth", "throttled"})

# Methods that change nothing else if the target ignores the sub-resource and answers for the path alone.
SAFE_METHODS = frozenset({"GET", "PUT", "POST"})


def unknown_subresource_request(operation: Operation, request: Request) -> Request | None:
    """The request with its sub-resource, a query parameter without a value, replaced by one that does not exist.

    A server that does not know the sub-resource answers both requests as it answers the path alone. None where the
    operation has no sub-resource, and where the request would change what is at the path: delete it, or write below a
    greedy label.
    """
    path, _, fixed = operation.uri.partition("?")
    flags = {name for name, value in parse_qsl(fixed, keep_blank_values=True) if not value}
    if not flags or operation.method not in SAFE_METHODS or (operation.method != "GET" and "+}" in path):
        return None
    query = tuple((UNKNOWN_OPERATION if name in flags and not value else name, value) for name, value in request.query)
    return replace(request, query=query)


def same_answer(one: Exchange, other: Exchange) -> bool:
    """Whether two answers have the same digest and the same header names."""
    answers = [(each.response, each.answer, each.call.operation) for each in (one, other)]
    digests = [
        (answer_digest(response, answer, name), frozenset(response.headers))
        for response, answer, name in answers
        if response is not None and answer is not None
    ]
    return len(digests) == 2 and digests[0] == digests[1]


NO_FINGERPRINT = Fingerprint(None, None, Outcome("unreachable"), None, accepts_anything=False)

# The operation that the codecs ask for in the probe; its name is removed from answers before they are compared.
UNKNOWN_OPERATION = NO_SUCH_OPERATION


def take_fingerprint(service: Service, codec: Codec, sender: Sender, known: Operation | None = None) -> Fingerprint:
    """The fingerprint of a target, from two requests; raises TransportFailure where it cannot be reached at all.

    The body that does not parse goes to `known`, an operation that the target is likely to have. Where a guard does not
    let it pass, it is not sent.
    """
    probe, failure = Operation(UNKNOWN_OPERATION), ""
    try:
        unknown = _ask(service, codec, sender, probe, codec.unknown_operation(service))
    except TransportFailure as problem:
        if problem.kind not in ("not-http", "too-large"):
            raise
        unknown, failure = None, problem.detail
    operation = known or service.operations[min(service.operations)]
    request, unanswered = codec.broken_body(service, operation), None
    try:
        broken = None if request is None else _ask(service, codec, sender, operation, request)
    except NotSent:
        broken = None
    except TransportFailure as problem:
        broken, outcome = None, Outcome("unreachable", detail=str(problem), failure=problem.kind)
        if request is not None:
            call = Call(operation.name, {}, broken_body=True)
            unanswered = Exchange("probe", call, request, None, None, outcome, service=service)
    return Fingerprint(
        unknown_operation=None if unknown is None else answer_digest(*unknown, UNKNOWN_OPERATION),
        broken_body=None if broken is None else answer_digest(*broken, operation.name),
        unknown_outcome=Outcome("malformed") if unknown is None else classify(unknown[1]),
        broken_outcome=None if broken is None else classify(broken[1]),
        accepts_anything=unknown is not None and 200 <= unknown[0].status < 300,
        failure=failure,
        location="" if unknown is None else unknown[0].headers.get("location", ""),
        unanswered=unanswered,
    )


def _ask(
    service: Service, codec: Codec, sender: Sender, operation: Operation, request: Request
) -> tuple[Response, Answer]:
    """The answer to a probe; raises TransportFailure."""
    response = sender.send(
        request,
        signing_name=service.signing_name,
        signature_version=service.signature_version,
        service=service.name,
        endpoint_prefix=service.endpoint_prefix,
        call=Call(operation.name, {}, broken_body=True),
    )
    return response, codec.decode_response(service, operation, response)


def answer_digest(response: Response, answer: Answer, operation: str) -> AnswerDigest:
    """The digest of an answer, without the operation's own name and without ids, times and numbers."""
    error = answer.error if answer.parsed else None
    crash = _plain(response.crash, operation)
    if error is not None:
        return AnswerDigest(response.status, True, error.code, _plain(error.message or "", operation), crash)
    text = response.body[:2000].decode("utf-8", "replace")
    return AnswerDigest(response.status, answer.parsed, None, _plain(text, operation), crash)


def _plain(text: str, operation: str) -> str:
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", operation).lower()
    for name in (operation, snake):
        text = re.sub(re.escape(name), "<operation>", text, flags=re.IGNORECASE)
    return " ".join(_NOISE.sub("<>", text).split())
