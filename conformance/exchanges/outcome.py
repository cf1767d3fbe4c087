"""The outcome of an answer, decided before any check.

    Response --codec--> Answer --classify--> Outcome: one of nine classes, and what the text of an error names

Codes and phrases are tables. AWS answers the same code for very different things (SageMaker says
`ValidationException` of a name that is too long and of an endpoint that is not there), so the text decides where
it can. The grammar "N validation errors detected: Value 'v' at 'path' failed to satisfy constraint: ..." is
AWS's own (see VALIDATION_GRAMMAR); the phrases of states are those of recorded answers.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from conformance.exchanges.in_band_refusals import Refusal
from conformance.exchanges.transport import FailureKind
from conformance.specs.model import Operation, Service
from conformance.specs.places import KEY, VALUE
from conformance.specs.resources.inference import READING
from conformance.values.vocabulary import OutcomeClass
from conformance.wire.message import Answer, ErrorAnswer

# The text of recorded AWS answers; 140 of 140 recorded messages parse. A value may contain quotes and newlines; AWS
# leaves sensitive ones out; Smithy's server SDK writes paths with slashes.
VALIDATION_GRAMMAR = re.compile(
    r"Value (?:(?:'(?P<value>.*?)'|null|with length \d+|\S+) )?at '(?P<path>[^']+)' failed to satisfy constraint: "
    r"(?P<constraint>Members? must .+?|Map (?:keys|value) must .+?|Argument .+?)(?=; Value |$)",
    re.DOTALL,
)

CONSTRAINT_WORDS: tuple[tuple[str, str], ...] = (
    ("must not be null", "required"),
    ("enum value set", "enum"),
    ("regular expression pattern", "pattern"),
    ("length greater than", "min"),
    ("value greater than", "min"),
    ("length less than", "max"),
    ("value less than", "max"),
    ("length between", "length"),
    ("between", "range"),
)


@dataclass(frozen=True, slots=True)
class Complaint:
    """One violation that the text of an error names: the path as written there, the constraint as clauses name it."""

    path: str
    constraint: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The class of an answer. `code` and `message` are those of an error; `complaints` what its text names.

    Where no answer came, `failure` says how the transport failed, and `detail` the same in words. `in_band` is true of
    a 2xx answer that says that a part of the request was refused; `code` and `message` are those of that part.
    `crash` is the exception behind a crash, where it is known.
    """

    kind: OutcomeClass
    code: str | None = None
    message: str | None = None
    complaints: tuple[Complaint, ...] = ()
    status: int | None = None
    detail: str | None = None
    failure: FailureKind | None = None
    in_band: bool = False
    crash: str = ""


def _words(*names: str) -> re.Pattern[str]:
    return re.compile("|".join(names), re.IGNORECASE)


# Tried in this order on the error code. The names are those of the services' models and of recorded answers.
OUTCOMES_BY_CODE: tuple[tuple[re.Pattern[str], OutcomeClass], ...] = (
    (
        _words(
            r"^UnknownOperation", r"^InvalidAction$", r"^NotImplemented", r"^UnknownAction", r"^NoSuchOperation",
            r"^OperationNotImplemented", r"^InternalFailure\.NotImplemented",
        ),
        "not-implemented",
    ),
    (
        _words(
            r"^Throttl", r"TooManyRequests", r"^RequestLimitExceeded", r"^SlowDown", r"^RequestThrottled",
            r"^BandwidthLimitExceeded", r"^PriorRequestNotComplete", r"^EC2ThrottledException",
            r"^ProvisionedThroughputExceeded", r"^TransactionInProgressException$",
        ),
        "throttled",
    ),
    (
        _words(
            r"AccessDenied", r"^UnauthorizedOperation", r"^NotAuthorized", r"Signature", r"InvalidClientToken",
            r"UnrecognizedClient", r"ExpiredToken", r"MissingAuthentication", r"InvalidAccessKey", r"^AuthFailure",
            r"^OptInRequired", r"TokenRefreshRequired", r"^RequestExpired", r"^Forbidden",
        ),
        "rejected-auth",
    ),
    (
        _words(
            r"^Validation", r"^InvalidParameter", r"^Serialization", r"^Malformed", r"^MissingParameter",
            r"^InvalidInput", r"^InvalidArgument", r"^MissingRequired", r"^InvalidRequest(Content|Parameter)",
            r"^ParamValidation", r"^BadRequest", r"^InvalidQueryParameter", r"Malformed$", r"^InvalidPattern",
            r"^InvalidName", r"^KMSInvalidParameter", r"^UnknownParameter", r"^InvalidValue",
        ),
        "rejected-validation",
    ),
    (
        _words(
            r"NotFound", r"NotExist", r"DoesNotExist", r"NoSuch", r"NonExistent", r"AlreadyExist", r"Exists$",
            r"Exists(Exception|Fault)$", r"Conflict", r"InUse", r"InProgress", r"LimitExceeded", r"Duplicate",
            r"Invalid\w*State(Exception|Fault|\.|$)", r"IncorrectState", r"NotReady", r"Unavailable(Exception)?$",
            r"ResourceNotReady",
            r"AlreadyOwned", r"PreconditionFailed", r"ConditionalCheckFailed", r"NotEmpty", r"DependencyViolation",
            r"^Gone", r"QuotaExceeded", r"TooMany", r"^EntityTemporarily", r"Deleted(Exception|Recently)",
            r"^Invalid\w+\.Unknown", r"^Invalid\w*(ID|Id)\b", r"^UnsupportedOperation", r"OperationNotSupported",
            r"OperationNotPermitted", r"Disabled(Exception)?$", r"^MethodNotAllowed$", r"NotVerified",
        ),
        "rejected-state",
    ),
)  # fmt: skip


def is_general_code(code: str) -> bool:
    """Whether an error code says that a request is not valid, and nothing more."""
    return any(kind == "rejected-validation" and pattern.search(code) for pattern, kind in OUTCOMES_BY_CODE)


# Codes of refused credentials that any service may answer. Any other code that an operation declares is about what was
# asked for, whatever its name and status: a queue has too many permissions, a signature to be verified is wrong.
CREDENTIAL_CODES = frozenset(
    {
        "AccessDenied", "AccessDeniedException", "AuthFailure", "ExpiredToken", "ExpiredTokenException",
        "ForbiddenException", "IncompleteSignature", "InvalidAccessKeyId", "InvalidClientTokenId",
        "InvalidSignatureException", "MissingAuthenticationToken", "MissingAuthenticationTokenException",
        "NotAuthorized", "OptInRequired", "RequestExpired", "SignatureDoesNotMatch", "UnauthorizedException",
        "UnauthorizedOperation", "UnrecognizedClientException",
    }
)  # fmt: skip

# Codes of credentials that were right and are so no longer.
EXPIRED_CODES = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"})

# Codes by which credentials are right, but may not call what they called: a policy does not allow it.
DENIED_CODES = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "AuthorizationErrorException",
        "ForbiddenException",
        "NotAuthorized",
        "NotAuthorizedException",
        "OptInRequired",
        "SubscriptionRequiredException",
        "UnauthorizedException",
        "UnauthorizedOperation",
    }
)

# What AWS writes, under a code of validation, about resources that do not exist, exist already, or are busy.
STATE_PHRASES = _words(
    r"could not find", r"not found", r"does not exist", r"do(es)? not exist", r"doesn't exist", r"cannot find",
    r"can't find", r"unable to find", r"\bno ?such", r"already exist", r"cannot create already existing",
    r"\bin[- ]progress\b", r"is in use", r"currently in use", r"is/are not present", r"nonexist", r"non-exist",
    r"unable to locate", r"unknown (resource|arn|\w+ arn)", r"is not present", r"must exist", r"no \w+ found",
    r"record ?not ?found", r"\bduplicate\b", r"unable to transition", r"is not (active|available|ready)",
    r"could not be found", r"scheduled for deletion", r"there is already", r"unable to describe", r"not verified",
    r"must be '?enabled'? on",
)  # fmt: skip

NOT_IMPLEMENTED_PHRASES = _words(
    r"not (yet )?(been )?implemented", r"is not supported (by|in) (this|the) (emulator|implementation|mock)",
    r"unknown operation", r"no handler",
)  # fmt: skip

# The answer to a conditional request; by HTTP it has no body. Other redirections are answers of AWS where they carry an
# error with a code (a bucket in another region, for example).
NOT_MODIFIED = 304

# How the names of input shapes end, in lower case.
_INPUT_SHAPES = ("input", "request")

# For codes of these classes the text decides between a broken constraint and a state.
_AMBIGUOUS = ("rejected-validation",)


def says_expired(outcome: Outcome, service: Service, operation: Operation) -> bool:
    """Whether an answer says that the credentials have expired, by a code that is no error of the operation itself."""
    if outcome.kind != "rejected-auth" or outcome.code not in EXPIRED_CODES:
        return False
    return outcome.code not in declared_codes(service, operation)


def declared_codes(service: Service, operation: Operation) -> frozenset[str]:
    """The codes of the errors that an operation declares, and the names of their shapes."""
    errors = ((shape.name, shape.error) for shape in service.errors_of(operation))
    return frozenset(code for name, error in errors if error is not None for code in (error.code, name))


def was_carried_out(outcome: Outcome) -> bool:
    """Whether a request was accepted, if only with a body that cannot be read."""
    if outcome.kind == "malformed":
        return outcome.status is not None and 200 <= outcome.status < 300
    return outcome.kind == "accepted"


def classify(answer: Answer, declared: Collection[str] = ()) -> Outcome:
    """The outcome of an answer that was received; `declared` are the codes that its operation declares."""
    error = answer.error
    if answer.status == NOT_MODIFIED:
        return Outcome("rejected-state", status=answer.status, detail="not modified")
    if answer.status < 200 or (300 <= answer.status < 400 and (error is None or error.code is None)):
        return Outcome("malformed", status=answer.status, detail=f"HTTP status {answer.status}")
    if answer.status < 300:
        if not answer.parsed:
            return Outcome("malformed", status=answer.status, detail="the body is not of the protocol")
        if error is not None:
            return _rejection(answer.status, error, error.code in declared)
        return Outcome("accepted", status=answer.status)
    if not answer.parsed or error is None:
        return _unparsed(answer)
    return _rejection(answer.status, error, error.code in declared)


def after_refusal(outcome: Outcome, refusal: Refusal, operation: Operation, declared: Collection[str] = ()) -> Outcome:
    """The outcome of a success that refuses a part of the request; an operation that reads stays accepted."""
    code, message = refusal.code, refusal.message or ""
    complaints = complaints_in(message)
    kind = _kind(400, code, message, bool(complaints), code in declared)
    if READING.match(operation.name):  # it lists what it does not find beside what it finds
        kind = "accepted"
    elif refusal.put_off:
        kind = "rejected-state"
    return Outcome(kind, code, refusal.message, complaints, outcome.status, in_band=True)


def _unparsed(answer: Answer) -> Outcome:
    if answer.status == 501:
        return Outcome("not-implemented", status=501)
    if answer.status in (429, 503):
        # A front end that is overloaded answers in a form of its own.
        return Outcome("throttled", status=answer.status)
    if answer.status >= 500:
        return Outcome("crashed", status=answer.status, detail="the body is not of the protocol")
    return Outcome("malformed", status=answer.status, detail="the body is not of the protocol")


def _rejection(status: int, error: ErrorAnswer, is_declared: bool) -> Outcome:
    message = error.message or ""
    complaints = complaints_in(message)
    is_own = is_declared and error.code not in CREDENTIAL_CODES
    kind = _kind(status, error.code, message, bool(complaints), is_own)
    return Outcome(kind, error.code, error.message, complaints, status)


def _kind(status: int, code: str | None, message: str, complains: bool, is_own: bool) -> OutcomeClass:
    if status == 501 or NOT_IMPLEMENTED_PHRASES.search(message):
        return "not-implemented"
    named = None if code is None else class_of_code(code)
    if named == "rejected-auth" and is_own:
        named = None
    if status >= 500 and named not in ("not-implemented", "throttled"):
        return "crashed"
    if complains:
        return "rejected-validation"
    if named in _AMBIGUOUS or named is None:
        if STATE_PHRASES.search(message):
            return "rejected-state"
        if named is None:
            return "rejected-state" if is_own and status in (401, 403) else _by_status(status)
    return named or "rejected-validation"


def class_of_code(code: str) -> OutcomeClass | None:
    """The class that the code of an error says by itself; None for one that says nothing."""
    return next((kind for pattern, kind in OUTCOMES_BY_CODE if pattern.search(code)), None)


def _by_status(status: int) -> OutcomeClass:
    return {401: "rejected-auth", 403: "rejected-auth", 429: "throttled"}.get(  # type: ignore[return-value]
        status, "rejected-state" if status in (301, 307, 308, 404, 405, 409, 410, 412, 423) else "rejected-validation"
    )


def complaints_in(message: str) -> tuple[Complaint, ...]:
    """The violations that a message in AWS's validation grammar names; none for other messages."""
    return tuple(
        Complaint(match["path"], _constraint(match["constraint"])) for match in VALIDATION_GRAMMAR.finditer(message)
    )


def _constraint(text: str) -> str | None:
    lowered = text.lower()
    return next((name for words, name in CONSTRAINT_WORDS if words in lowered), None)


def complaint_is_about(complaint: Complaint, path: str) -> bool:
    """Whether a complaint may be about the place `path` (shape form).

    AWS writes member names in lower camel case, list indices from 1 and `.member`, and sometimes the input shape before
    them. Only names are compared, and a complaint about a place above or below `path` counts.
    """
    theirs = [
        part.lower()
        for part in re.split(r"[./\[\]]+", complaint.path)
        if not part.isdigit() and part not in ("", "member")
    ]
    if len(theirs) > 1 and theirs[0].endswith(_INPUT_SHAPES):
        theirs = theirs[1:]
    ours = [part.lower() for part in re.findall(r"[^/\[\]{}]+|\{\}", path.replace(KEY, ""))]
    return _agree(theirs, ours) or _agree(theirs, [part for part in ours if part != VALUE])


def _agree(theirs: list[str], ours: list[str]) -> bool:
    return all(part in (name, VALUE) for name, part in zip(theirs, ours, strict=False))
