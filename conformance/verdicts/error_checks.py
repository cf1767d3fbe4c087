"""Checks of an error answer: envelope, status, code, shape.

A crash and a missing operation are outcomes of their own (`request_checks`); here is what remains to say of an error
that the service meant.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.cases.constraints import violations
from conformance.exchanges.outcome import NOT_MODIFIED
from conformance.specs.model import Operation, Service, Shape
from conformance.values.paths import format_path
from conformance.verdicts.check_results import CheckResult, Contradiction, Satisfied
from conformance.verdicts.context import Context
from conformance.wire.message import ErrorAnswer

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

REJECTED_OUTCOMES = frozenset({"rejected-validation", "rejected-state", "rejected-auth", "throttled"})


def check_error(context: Context) -> Iterator[CheckResult]:
    """Check an error answer that is neither a crash nor a missing operation."""
    answer = context.exchange.answer
    if answer is None or context.outcome.kind not in REJECTED_OUTCOMES:
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
        yield from _shape(context, shape, error)


def _status(context: Context, status: int, shape: Shape | None) -> Iterator[CheckResult]:
    clause = context.clause("errors", "", "status")
    follows_model = context.service.protocol in PROTOCOLS_WITH_MODELLED_STATUS
    expected = shape.error.status if follows_model and shape is not None and shape.error is not None else None
    if expected is not None and status != expected:
        yield Contradiction(clause, "wrong-error-status", "status", f"HTTP {expected}", f"HTTP {status}")
    else:
        yield Satisfied(clause)


def _declared(context: Context, code: str, shape: Shape | None) -> Iterator[CheckResult]:
    clause = context.clause("errors", "", "declared")
    if shape is not None or code in COMMON_CODES:
        yield Satisfied(clause)
        return
    names = ", ".join(sorted(_codes(context.service, context.operation))) or "no code of its own"
    yield Contradiction(clause, "undeclared-code", "code", f"{names}, or a common one", code)


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
