"""A step of a case in a record: a request, what came back, and how it hangs together with the steps before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

from conformance.record.annotations import LEFT_OUT, Rule
from conformance.values.vocabulary import OutcomeClass, Role, Side

_BODY_RULES: Mapping[str, Any] = {"dependentRequired": {"body_digest": ["body_size"]}}

# The headers of `redaction.SECRET_HEADERS` that sign a request, in any letter case.
_NO_SIGNATURE = Rule(
    propertyNames={
        "not": {
            "pattern": "^([Aa][Uu][Tt][Hh][Oo][Rr][Ii][Zz][Aa][Tt][Ii][Oo][Nn]|[Xx]-[Aa][Mm][Zz]-"
            "([Ss][Ee][Cc][Uu][Rr][Ii][Tt][Yy]-[Tt][Oo][Kk][Ee][Nn]|[Dd][Aa][Tt][Ee]))$"
        }
    }
)
_DIGEST = Rule(pattern="^sha256:[0-9a-f]{64}$")
_BASE64 = Rule(contentEncoding="base64")
_NOT_NEGATIVE = Rule(minimum=0)


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """A request as it was sent, without what signs it.

    The body is text, or base64, or digest and size of what was too big to keep; none of them: it is empty.
    """

    rules: ClassVar[Mapping[str, Any]] = _BODY_RULES

    method: str
    path: Annotated[str, "Percent-encoded, without the query."]
    query: Annotated[tuple[tuple[str, str], ...], "Not percent-encoded."] = ()
    host_prefix: Annotated[str, LEFT_OUT] = ""
    headers: Annotated[Mapping[str, str], _NO_SIGNATURE] = field(default_factory=dict)
    body: Annotated[str | None, LEFT_OUT] = None
    body_base64: Annotated[str | None, LEFT_OUT, _BASE64] = None
    body_digest: Annotated[str | None, LEFT_OUT, _DIGEST] = None
    body_size: Annotated[int | None, LEFT_OUT, _NOT_NEGATIVE] = None


@dataclass(frozen=True, slots=True)
class RecordedResponse:
    """An answer as it came back; its body is written like that of a request."""

    rules: ClassVar[Mapping[str, Any]] = _BODY_RULES

    status: int
    headers: Annotated[Mapping[str, str], _NO_SIGNATURE] = field(default_factory=dict)
    repeated: Annotated[
        tuple[str, ...], LEFT_OUT, "The headers that came more than once; their values are joined."
    ] = ()
    body: Annotated[str | None, LEFT_OUT] = None
    body_base64: Annotated[str | None, LEFT_OUT, _BASE64] = None
    body_digest: Annotated[str | None, LEFT_OUT, _DIGEST] = None
    body_size: Annotated[int | None, LEFT_OUT, _NOT_NEGATIVE] = None


@dataclass(frozen=True, slots=True)
class RecordedBinding:
    """A value of a step's params that comes from an earlier step: from its params, or from its answer."""

    path: Annotated[str, "Where the value is in the params."]
    resource: Annotated[str, "The `makes` of the earlier step."]
    side: Side
    source: Annotated[str, "Where the value is on that side of the earlier step."]


@dataclass(frozen=True, slots=True)
class StepService:
    """The service of a step that is not of the service of its case."""

    service: str
    protocol: Annotated[str, LEFT_OUT] = ""
    signing_name: Annotated[str, LEFT_OUT] = ""
    cli_name: Annotated[str, LEFT_OUT] = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One exchange of a case. Without a `response` none came, and `failure` says why."""

    role: Role
    operation: str
    request: RecordedRequest
    service: Annotated[StepService | None, LEFT_OUT] = None
    label: Annotated[str, LEFT_OUT, "What the step is in its scenario."] = ""
    state: Annotated[str, LEFT_OUT, "The state of the scenario's resource that the step shows."] = ""
    params: Annotated[Any, 'Input as JSON, before edits of the wire form; bytes as {"$base64": ...}.'] = None
    makes: Annotated[str, LEFT_OUT, "The name under which later steps refer to what this step creates."] = ""
    bound: Annotated[tuple[RecordedBinding, ...], LEFT_OUT] = ()
    response: RecordedResponse | None = None
    failure: Annotated[str | None, "Why there is no response."] = None
    outcome: OutcomeClass | None = None
    code: Annotated[str, LEFT_OUT, "The code of the error that came back."] = ""
    crash: Annotated[str, LEFT_OUT, "The exception behind a 5xx and its place in the target's code, where known."] = ""
    throttled: Annotated[int, _NOT_NEGATIVE, "How often the request was throttled and sent again before."] = 0
    elapsed: Annotated[float | None, LEFT_OUT, _NOT_NEGATIVE, "Seconds."] = None
