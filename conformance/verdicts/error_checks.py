"""Checks of an error answer: envelope, status, code, shape.

A crash and a missing operation are outcomes of their own (`request_checks`); here is what remains to say of an error
that the service meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.cases.constraints import violations
from conformance.exchanges.outcome import NOT_MODIFIED
from conformance.specs.clauses.catalog import CODE_PROTOCOLS, has_query_codes
from conformance.specs.errata import errata_of
from conformance.specs.model import Operation, Service, Shape
from conformance.values.paths import format_path
from conformance.verdicts.check_results import CheckResult, Contradiction, Satisfied
from conformance.verdicts.context import Context
from conformance.wire.message import Answer, ErrorAnswer

# Codes that any operation of AWS may answer, declared or not: the common errors of the API references, and those that
# front ends answer before the request reaches the service.
COMMON_CODES = frozenset(
    {
        "AccessDenied", "AccessDeniedException", "AuthFailure", "ExpiredToken", "ExpiredTokenException",
        "IncompleteSignature", "InternalError", "InternalFailure", "InternalServerError", "InternalServerException",
        "InvalidAction", "InvalidClientTokenId", "InvalidParameterCombination", "InvalidParameterValue",
        "InvalidQueryParameter", "InvalidSignatureException", "MalformedQueryString", "MissingAction",
        "MissingAuthenticationToken", "MissingAuthenticationTokenException", "MissingParameter", "NotAuthorized",
        "OptInRequired", "RequestExpired", "SerializationException", "ServiceUnavailable", "SignatureDoesNotMatch",
        "Throttling", "ThrottlingException", "TooManyRequestsException", "UnknownOperationException",
        "UnrecognizedClientException", "ValidationError", "ValidationException",
    }
)  # fmt: skip

# The protocols over which AWS answers an error with the status of its model: 353 of 354 recorded errors. Over JSON-RPC
# it answers 400 whatever the model says, or 404 where the service did so over an earlier protocol, and models have such
# statuses only where the service declares `smithy-rpc-v2-cbor`, too. Of that protocol no answer of AWS is recorded.
PROTOCOLS_WITH_MODELLED_STATUS = frozenset({"query", "rest-json", "rest-xml"})

QUERY_ERROR_HEADER = "x-amzn-query-error"

REJECTED_OUTCOMES = frozenset({"rejected-validation", "rejected-state", "rejected-auth", "throttled"})


def check_error(context: Context) -> Iterator[CheckResult]:
    """Check an error answer that is neither a crash nor a missing operation."""
    answer = context.exchange.answer
    if answer is not None and context.case.intent == "recorded":
        yield from _recorded_error(context, answer)
    if answer is None or context.outcome.kind not in REJECTED_OUTCOMES or context.outcome.in_band:
        return
    if context.operation.method == "HEAD":
        return  # its answers have no body to hold a code
    if answer.status == NOT_MODIFIED:
        return  # it has no body either, and is no error
    envelope = context.clause("errors", "", "envelope")
    error = answer.error
    if error is None or not answer.parsed:
        yield Contradiction(envelope, "malformed-error", "body", "an error of the protocol", f"HTTP {answer.status}")
        return
    if error.code is None:
        got = f"HTTP {answer.status} without a code"
        yield Contradiction(envelope, "no-error-code", "body", "an error code", got)
        return
    yield Satisfied(envelope)
    shape = declared_error(context.service, context.operation, error.code)
    yield from _status(context, answer.status, shape)
    yield from _declared(context, error.code, shape)
    if shape is not None:
        yield from _code(context, error.code, shape)
        yield from _query_code(context, shape)
        yield from _shape(context, shape, error)


def _recorded_error(context: Context, answer: Answer) -> Iterator[CheckResult]:
    """Check what is no refusal: an error status without an error, and an error of the server that AWS would not answer.

    In a run these are outcomes of requests. In a recording nobody knows what was asked for.
    """
    error, kind = answer.error, context.outcome.kind
    if error is None or error.code is None:
        if kind == "crashed" or (kind == "malformed" and context.exchange.response is None and answer.status >= 400):
            clause = context.clause("errors", "", "envelope")
            yield Contradiction(clause, "malformed-error", "body", "an error with a code", f"HTTP {answer.status}")
    elif kind == "crashed" and not _is_server_error(context, error.code):
        clause, got = context.clause("errors", "", "status"), f"HTTP {answer.status} {error.code}"
        yield Contradiction(clause, "crash", "status", "a 4xx error, or a server error of the service", got)


def _is_server_error(context: Context, code: str) -> bool:
    """Whether a service may answer a code with 5xx: any may fail with a common one, others as their models say."""
    shape = declared_error(context.service, context.operation, code)
    if shape is None or shape.error is None:
        return code in COMMON_CODES
    return shape.error.fault == "server" or (shape.error.status or 0) >= 500


def _status(context: Context, status: int, shape: Shape | None) -> Iterator[CheckResult]:
    clause = context.clause("errors", "", "status")
    if 200 <= status < 300:
        errata = errata_of(context.service.name)
        if not any(each.covers(clause.partition(":")[2], status, None) for each in errata):
            yield Contradiction(clause, "error-with-success", "status", "an error status", f"HTTP {status}")
        return
    follows_model = context.service.protocol in PROTOCOLS_WITH_MODELLED_STATUS
    expected = shape.error.status if follows_model and shape is not None and shape.error is not None else None
    if expected is not None and status != expected:
        yield Contradiction(clause, "wrong-error-status", "status", f"HTTP {expected}", f"HTTP {status}")
    else:
        yield Satisfied(clause)


def _declared(context: Context, code: str, shape: Shape | None) -> Iterator[CheckResult]:
    clause = context.clause("errors", "", "declared")
    if shape is not None or code in COMMON_CODES or context.overlay.behaviour.may_answer(code):
        yield Satisfied(clause)
        return
    names = ", ".join(sorted(_codes(context.service, context.operation))) or "no code of its own"
    yield Contradiction(clause, "undeclared-code", "code", f"{names}, or a common one", code)


def _code(context: Context, code: str, shape: Shape) -> Iterator[CheckResult]:
    """Check that the wire has the code of the model: clients look errors up by it, and do not know names of shapes."""
    clause = context.clause("errors", "", "code")
    if shape.error is None or context.service.protocol not in CODE_PROTOCOLS:
        return
    if code == shape.error.code:
        yield Satisfied(clause)
    else:
        yield Contradiction(clause, "shape-name-as-code", "code", shape.error.code, f"{code}, the name of the shape")


# A code, and whose fault the error is: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
QUERY_ERROR = re.compile(r"([^;]+);(Sender|Receiver)")


def _query_code(context: Context, shape: Shape) -> Iterator[CheckResult]:
    """Check the header x-amzn-query-error of an error of the model; our requests ask for it (x-amzn-query-mode)."""
    response, clause = context.exchange.response, context.clause("errors", "", "query-code")
    if response is None or shape.error is None or not has_query_codes(context.service):
        return
    got = response.headers.get(QUERY_ERROR_HEADER)
    match = QUERY_ERROR.fullmatch(got or "")
    # Where the model has no code of its own for a shape, the one on the wire is not known.
    known = shape.error.code if shape.error.code != shape.name else None
    if match is not None and known in (None, match[1]):
        yield Satisfied(clause)
        return
    expected = f"{known or 'a code'};Sender or ;Receiver"
    yield Contradiction(clause, "wrong-query-code", QUERY_ERROR_HEADER, expected, got or "no such header")


def _shape(context: Context, shape: Shape, error: ErrorAnswer) -> Iterator[CheckResult]:
    clause = context.clause("errors", shape.name, "shape")
    found = [each for each in violations(context.service, shape, dict(error.members)) if each.name == "type"]
    if not found:
        yield Satisfied(clause)
    for violation in found:
        where = format_path(violation.path)
        yield Contradiction(clause, "wrong-error-shape", where, violation.expected, violation.got)


def declared_error(service: Service, operation: Operation, code: str) -> Shape | None:
    """The error shape that an operation declares under a code (or whose name it is)."""
    for shape in service.errors_of(operation):
        if shape.error is not None and code in (shape.error.code, shape.name):
            return shape
    return None


def _codes(service: Service, operation: Operation) -> Iterator[str]:
    return (shape.error.code for shape in service.errors_of(operation) if shape.error is not None)
