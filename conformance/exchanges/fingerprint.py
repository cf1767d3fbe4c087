"""What a target answers when it does not know better: the measure for everything it answers later.

Two probes at the start of a run, an operation that no service has and a body that does not parse, give the target's
fingerprint. Without them "not implemented" cannot be told from "crashed": there are emulators that answer both with
the same HTTP 500 page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from conformance.cases.constraints import abbreviated
from conformance.exchanges.exchange import Exchange, Sender
from conformance.exchanges.outcome import Outcome, classify
from conformance.exchanges.transport import TransportFailure
from conformance.specs.model import Operation, Service
from conformance.wire.conventions import NO_SUCH_OPERATION
from conformance.wire.message import Answer, Codec, Request, Response

# Whatever differs from answer to answer without saying anything: ids, times, numbers, names.
_NOISE = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[A-Za-z0-9]{40,}|\d+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AnswerDigest:
    """The gist of an answer: two answers of one signature say the same."""

    status: int
    parsed: bool
    code: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """How one service of a target answers the probes. A signature is None where nothing came back."""

    unknown_operation: AnswerDigest | None
    broken_body: AnswerDigest | None
    unknown_outcome: Outcome
    broken_outcome: Outcome | None
    accepts_anything: bool

    def looks_unknown(self, exchange: Exchange) -> bool:
        """Whether an answer is the one that an operation that does not exist gets, success aside.

        A refusal by a code that any operation may answer (no such bucket, bad credentials) tells nothing.
        """
        if exchange.outcome.kind == "accepted" or exchange.response is None or exchange.answer is None:
            return False
        if exchange.outcome.code is not None and exchange.outcome.kind in INCONCLUSIVE_OUTCOMES:
            return False
        found = answer_digest(exchange.response, exchange.answer, exchange.call.operation)
        return self.unknown_operation is not None and found == self.unknown_operation

    @property
    def speaks(self) -> bool:
        """Whether any probe was answered in the protocol, or with the bare HTTP 500 of an emulator that crashed."""
        known = [each for each in (self.unknown_operation, self.broken_body) if each is not None]
        return any(each.parsed or each.status == 500 for each in known)

    @property
    def gist(self) -> str:
        """What the probes were answered with, in few words."""
        found = self.unknown_operation or self.broken_body
        if found is None:
            return "with bytes that are no HTTP"
        return f"HTTP {found.status} {abbreviated(found.text, 60) if found.text else 'without a body'}"


INCONCLUSIVE_OUTCOMES = frozenset({"rejected-state", "rejected-auth", "throttled"})

# Methods whose requests change nothing that is not there already, when they reach a path without its sub-resource.
SAFE_METHODS = frozenset({"GET", "PUT", "POST"})


def unknown_subresource_request(operation: Operation, request: Request) -> Request | None:
    """A request to a sub-resource that does not exist, for one to a sub-resource that a bare query parameter names.

    A server that does not know the parameter answers both as it answers the path alone. None where there is no such
    parameter, and where the path alone would be changed: deleted, or written below a greedy label.
    """
    path, _, fixed = operation.uri.partition("?")
    flags = {name for name, value in parse_qsl(fixed, keep_blank_values=True) if not value}
    if not flags or operation.method not in SAFE_METHODS or (operation.method != "GET" and "+}" in path):
        return None
    query = tuple((UNKNOWN_OPERATION if name in flags and not value else name, value) for name, value in request.query)
    return replace(request, query=query)


def same_answer(one: Exchange, other: Exchange) -> bool:
    """Whether two answers say the same in the same headers."""
    answers = [(each.response, each.answer, each.call.operation) for each in (one, other)]
    gists = [
        (answer_digest(response, answer, name), frozenset(response.headers))
        for response, answer, name in answers
        if response is not None and answer is not None
    ]
    return len(gists) == 2 and gists[0] == gists[1]


NO_FINGERPRINT = Fingerprint(None, None, Outcome("unreachable"), None, accepts_anything=False)

# The name that the codecs ask for, so that it can be taken out of what comes back.
UNKNOWN_OPERATION = NO_SUCH_OPERATION


def take_fingerprint(service: Service, codec: Codec, sender: Sender, known: Operation | None = None) -> Fingerprint:
    """The fingerprint of a target, from two requests; raises TransportFailure where it cannot be reached at all.

    The body that does not parse goes to `known`, an operation that the target is likely to have.
    """
    probe = Operation(UNKNOWN_OPERATION)
    unknown = _ask(service, codec, sender, probe, codec.unknown_operation(service))
    operation = known or service.operations[min(service.operations)]
    request = codec.broken_body(service, operation)
    try:
        broken = None if request is None else _ask(service, codec, sender, operation, request)
    except TransportFailure:
        broken = None
    return Fingerprint(
        unknown_operation=None if unknown is None else answer_digest(*unknown, UNKNOWN_OPERATION),
        broken_body=None if broken is None else answer_digest(*broken, operation.name),
        unknown_outcome=Outcome("malformed") if unknown is None else classify(unknown[1]),
        broken_outcome=None if broken is None else classify(broken[1]),
        accepts_anything=unknown is not None and 200 <= unknown[0].status < 300,
    )


def _ask(
    service: Service, codec: Codec, sender: Sender, operation: Operation, request: Request
) -> tuple[Response, Answer] | None:
    """The answer to a probe; None for bytes that are no HTTP."""
    try:
        response = sender.send(request, signing_name=service.signing_name, signature_version=service.signature_version)
    except TransportFailure as failure:
        if failure.kind in ("not-http", "too-large"):
            return None
        raise
    return response, codec.decode_response(service, operation, response)


def answer_digest(response: Response, answer: Answer, operation: str) -> AnswerDigest:
    """The gist of an answer, with the operation's own name and whatever is random taken out."""
    error = answer.error if answer.parsed else None
    if error is not None:
        return AnswerDigest(response.status, True, error.code, _plain(error.message or "", operation))
    text = response.body[:2000].decode("utf-8", "replace")
    return AnswerDigest(response.status, answer.parsed, None, _plain(text, operation))


def _plain(text: str, operation: str) -> str:
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", operation).lower()
    for name in (operation, snake):
        text = re.sub(re.escape(name), "<operation>", text, flags=re.IGNORECASE)
    return " ".join(_NOISE.sub("<>", text).split())
