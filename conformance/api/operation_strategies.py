"""Hypothesis strategies of an operation: requests that it takes or refuses, answers and errors that it may give.

No target takes part: they serve whoever tests an implementation, a wrapper or a mock with tools of their own.
"""

from __future__ import annotations

import builtins
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from botocore.exceptions import ClientError
from botocore.response import StreamingBody
from hypothesis import reject
from hypothesis import strategies as st

from conformance.api.services import checked_text, load_service
from conformance.cases.patterns import PatternError
from conformance.cases.request_builder import RequestBuilder
from conformance.cases.request_changes.broken_requests import Breakable, RequestBreaker
from conformance.cases.request_changes.overrides import Override, overrides_for
from conformance.cases.samples import Unbuildable
from conformance.cases.strategies import ShapeStrategies
from conformance.exceptions import UnknownName, UsageError
from conformance.planning.service_specs import LoadedService, operation_of
from conformance.specs.clauses.clause import clause_glob
from conformance.specs.model import Operation, Service, Shape
from conformance.verdicts.error_checks import PROTOCOLS_WITH_MODELLED_STATUS

Draw: TypeAlias = Callable[[st.SearchStrategy[Any]], Any]

if TYPE_CHECKING:

    class Streaming:
        """What botocore, which has no types, calls StreamingBody."""

        def __init__(self, raw: io.BytesIO, length: int) -> None: ...

else:
    Streaming = StreamingBody

# Of so many constraints, one is broken alone with next to certainty.
_ATTEMPTS = 20

# Errors that any operation of a protocol may answer, with their status; JSON-RPC answers 400 where REST answers 403 or
# 429. Sources:
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CommonErrors.html (query),
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html (JSON),
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html (EC2).
# Services over REST with XML agree on two codes only.
_FAILURES = (("InternalFailure", 500), ("ServiceUnavailable", 503))
_OF_JSON = (*_FAILURES, ("AccessDeniedException", 400), ("ThrottlingException", 400))
_OF_PROTOCOL: Mapping[str, tuple[tuple[str, int], ...]] = {
    "query": (*_FAILURES, ("AccessDenied", 403), ("Throttling", 400)),
    "ec2": (
        ("InternalError", 500),
        ("Unavailable", 503),
        ("UnauthorizedOperation", 403),
        ("RequestLimitExceeded", 503),
    ),
    "rest-json": (*_FAILURES, ("AccessDeniedException", 403), ("ThrottlingException", 429)),
    "rest-xml": (("ServiceUnavailable", 503), ("AccessDenied", 403)),
}

# Members of errors that hold the text that botocore gives as `Message`.
_MESSAGES = ("message", "Message", "errorMessage")

# Texts of errors: what a person reads, so plain characters.
_TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=60)


def requests(
    service: str | LoadedService,
    operation: str,
    *,
    breaking: str | Callable[..., Any] | None = None,
    overrides: Mapping[str, Any] | None = None,
    required_only: bool = False,
    seed: int = 0,
) -> st.SearchStrategy[dict[str, Any]]:
    """A Hypothesis strategy of requests: what boto3's method of the operation takes as keyword arguments.

    Provisional.

    The requests satisfy the model (types, required members, bounds, patterns, enums) and the rules of the overlay, and
    they shrink. Members that refer to other resources have well-formed values; whether such a resource exists is up to
    the caller. `operation` may be spelled as in the API or the AWS CLI. `seed` chooses the names in what breaks a rule.

    With `breaking` each request breaks exactly one constraint, and nothing else. It is a glob of clause ids, whole or
    from the path on, as in `EndpointName#pattern`, `*#enum` or `rule#CFG-02`; the function `any` stands for all of
    them. The requests are dicts whose `clause` is the id of the broken clause, and `how` the way, as in `too-long`.

    `overrides` has values for places, by paths as clause ids write them (`ProductionVariants[]/ModelName`): strategies,
    or constants. They are taken as they are, also where they are not valid. `required_only` leaves optional members
    out, except those that a rule or an override asks for.

    Raises UnknownName for a service, operation, constraint or place that does not exist, UsageError where no valid
    request can be built, or the constraint cannot be broken alone.
    """
    loaded, chosen = _found(service, operation)
    name = loaded.service.name
    builder = RequestBuilder(loaded.loaded.spec, loaded.overlay, seed)
    shape = loaded.service.input_of(chosen)
    drawn = _DrawnRequest(
        builder,
        chosen,
        _values(loaded.service, shape, f"request of {chosen.name}", required_only),
        _overrides(loaded.service, shape, overrides),
        RequestBreaker(builder, chosen),
    )
    drawn.breakable = drawn.chosen(breaking) if breaking is not None else ()
    options = {"breaking": breaking, "overrides": overrides, "required_only": required_only}
    return _shown("requests", drawn.draw, name, chosen.name, options)


def responses(
    service: str | LoadedService,
    operation: str,
    *,
    overrides: Mapping[str, Any] | None = None,
    required_only: bool = False,
) -> st.SearchStrategy[dict[str, Any]]:
    """A Hypothesis strategy of valid answers: what boto3's method of the operation may return, so what a mock may.

    Provisional.

    The answers satisfy the model, as far as AWS does: members, types, enums, bounds and patterns. They are in the form
    that boto3 gives (aware datetimes, bytes, a `StreamingBody` for what is streamed) without `ResponseMetadata`;
    botocore's Stubber takes them. A stream of events is a list of events, which can be iterated like boto3's, but which
    the Stubber does not take. Arguments are those of `requests`.

    Raises UnknownName for a service, operation or place that does not exist, UsageError where no answer can be built.
    """
    loaded, chosen = _found(service, operation)
    shape = loaded.service.output_of(chosen)
    drawn = _DrawnAnswer(
        loaded.service,
        shape,
        _values(loaded.service, shape, f"answer of {chosen.name}", required_only),
        _overrides(loaded.service, shape, overrides),
    )
    options = {"overrides": overrides, "required_only": required_only}
    return _shown("responses", drawn.draw, loaded.service.name, chosen.name, options)


def errors(
    service: str | LoadedService, operation: str, *, codes: str | Iterable[str] = "*"
) -> st.SearchStrategy[ClientError]:
    """A Hypothesis strategy of the errors that an operation may answer, as boto3 raises them: botocore's ClientError.

    Provisional.

    These are the errors that the operation declares, with the status that AWS gives them and their own members, and a
    few that every operation of its protocol may answer: no access, throttling, a failure. `codes` are globs of the
    codes to draw. The code is `error.response["Error"]["Code"]`, the status
    `error.response["ResponseMetadata"]["HTTPStatusCode"]`.

    Raises UnknownName for a service or operation that does not exist, and for a code that the operation does not have.
    """
    loaded, chosen = _found(service, operation)
    known = dict(_errors(loaded.service, chosen))
    globs = (codes,) if isinstance(codes, str) else tuple(codes)
    picked: dict[str, _Error] = {}
    for glob in globs:
        matching = {
            code: each for code, each in known.items() if clause_glob(checked_text("codes", glob)).fullmatch(code)
        }
        if not matching:
            raise UnknownName("error code", glob, known)
        picked.update(matching)
    strategies = [each.strategy(loaded.service, chosen) for each in picked.values()]
    return _shown("errors", lambda draw: draw(st.one_of(strategies)), loaded.service.name, chosen.name, {})


# ---------------------------------------------------------------- requests and answers


@dataclass(slots=True)
class _DrawnRequest:
    builder: RequestBuilder
    operation: Operation
    values: st.SearchStrategy[Any]
    overrides: tuple[Override, ...]
    breaker: RequestBreaker
    breakable: tuple[Breakable, ...] = ()

    def draw(self, draw: Draw) -> dict[str, Any]:
        try:
            params = self.builder.repaired(self.operation, draw(self.values))
        except Unbuildable:  # no repair makes these keep the rules: Hypothesis draws others
            return reject()
        params = _overridden(params, self.overrides, draw)
        if not self.breakable:
            return dict(params)
        first = draw(st.integers(0, len(self.breakable) - 1))
        for number in range(min(_ATTEMPTS, len(self.breakable))):
            chosen = self.breakable[(first + number) % len(self.breakable)]
            broken = self.breaker.broken(params, chosen, lambda ways: draw(st.sampled_from(ways)))
            if broken is not None:
                return broken
        return reject()

    def chosen(self, breaking: str | Callable[..., Any]) -> tuple[Breakable, ...]:
        """The constraints that a glob names; raises UnknownName, and UsageError for one that is never broken alone."""
        known = self.breaker.constraints()
        if breaking is builtins.any:
            breaking = "*"
        glob = checked_text("breaking", breaking)
        if not known:
            raise UsageError(f"{self.operation.name} takes nothing that a request could break")
        found = tuple(each for each in known if _is_named(each.clause, glob))
        if not found:
            raise UnknownName("constraint", glob, (_local(each.clause) for each in known))
        smallest = self.builder.smallest(self.operation)
        if all(self.breaker.broken(smallest, each, lambda ways: ways[0]) is None for each in found):
            named = found[0].clause if len(found) == 1 else f"one of the {len(found)} constraints of '{glob}'"
            raise UsageError(f"no request breaks {named} and nothing else")
        return found


@dataclass(slots=True)
class _DrawnAnswer:
    service: Service
    shape: Shape
    values: st.SearchStrategy[Any]
    overrides: tuple[Override, ...]
    streams: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        members = self.shape.members.items()
        blobs = [(name, each) for name, each in members if self.service.target(each).type == "blob"]
        self.streams = tuple(name for name, each in blobs if each.streaming or self.service.target(each).streaming)

    def draw(self, draw: Draw) -> dict[str, Any]:
        answer = dict(_overridden(draw(self.values), self.overrides, draw))
        for name in self.streams:
            content = answer.get(name, b"")  # botocore gives what is streamed always, empty or not
            answer[name] = _Body(content) if isinstance(content, bytes) else content
        return answer


class _Body(Streaming):
    """A body that boto3 streams, and that shows what it holds."""

    def __init__(self, content: bytes) -> None:
        super().__init__(io.BytesIO(content), len(content))
        self._shown = content

    def __repr__(self) -> str:
        return f"StreamingBody({self._shown!r})"


def _overridden(params: Mapping[str, Any], overrides: tuple[Override, ...], draw: Draw) -> Mapping[str, Any]:
    def value_of(value: Any) -> Any:
        return draw(value) if isinstance(value, st.SearchStrategy) else value

    for each in overrides:
        params = each.apply(params, value_of)
    return params


def _values(service: Service, shape: Shape, what: str, required_only: bool) -> st.SearchStrategy[Any]:
    try:
        return ShapeStrategies(service, required_only=required_only).of(shape)
    except (Unbuildable, PatternError) as problem:
        raise UsageError(f"no valid {what} can be built: {problem}") from problem


def _overrides(service: Service, shape: Shape, overrides: Mapping[str, Any] | None) -> tuple[Override, ...]:
    if overrides is not None and not isinstance(overrides, Mapping):
        raise UsageError(f"overrides is {overrides!r:.60}, not a mapping of places to values")
    try:
        return overrides_for(service, shape, overrides or {})
    except Unbuildable as problem:
        raise UsageError(f"nothing can have a value there: {problem}") from problem


def _found(service: str | LoadedService, operation: str) -> tuple[LoadedService, Operation]:
    loaded = service if isinstance(service, LoadedService) else load_service(service)
    return loaded, operation_of(loaded.service, checked_text("operation", operation))


def _is_named(clause: str, glob: str) -> bool:
    """Whether a glob names a clause: by its whole id, from its section on, or from its path on."""
    section = clause.partition("/")[2]
    expression = clause_glob(glob)
    return any(expression.fullmatch(each) for each in (clause, section, _local(clause)))


def _local(clause: str) -> str:
    return clause.partition("/")[2].removeprefix("input/")


def _shown(
    function: str, drawing: Callable[[Draw], Any], service: str, operation: str, options: Mapping[str, Any]
) -> st.SearchStrategy[Any]:
    """A strategy that is shown as the call that made it."""

    def definition(draw: st.DrawFn, /, *_call: str, **_options: Any) -> Any:
        return drawing(draw)

    definition.__name__ = definition.__qualname__ = function
    given = {name: value for name, value in options.items() if value}
    return st.composite(definition)(service, operation, **given)


# ---------------------------------------------------------------- errors


@dataclass(frozen=True, slots=True)
class _Error:
    code: str
    status: int
    shape: Shape | None = None

    def strategy(self, service: Service, operation: Operation) -> st.SearchStrategy[ClientError]:
        members: st.SearchStrategy[Mapping[str, Any]] = st.just({})
        if self.shape is not None:
            members = ShapeStrategies(service).of(self.shape)
        return st.builds(self._error, st.just(operation.name), _TEXTS, members)

    def _error(self, operation: str, message: str, members: Mapping[str, Any]) -> ClientError:
        own = {name: value for name, value in members.items() if name not in _MESSAGES}
        told = {name: message for name in members if name in _MESSAGES}
        response: Any = {
            "Error": {"Code": self.code, "Message": message},
            "ResponseMetadata": {
                "HTTPStatusCode": self.status,
                "HTTPHeaders": {},
                "RetryAttempts": 0,
                "RequestId": _ID,
            },
            **told,
            **own,
        }
        return ClientError(response, operation)


_ID = "00000000-0000-4000-8000-000000000000"


def _errors(service: Service, operation: Operation) -> Iterator[tuple[str, _Error]]:
    """The errors of an operation by code: those that it declares last, so that they stay."""
    for code, status in _OF_PROTOCOL.get(service.protocol, _OF_JSON):
        yield code, _Error(code, status)
    for shape in service.errors_of(operation):
        if shape.error is not None:
            yield shape.error.code, _Error(shape.error.code, _status(service, shape), shape)


def _status(service: Service, shape: Shape) -> int:
    """The status with which AWS answers an error; over JSON protocols it is 400, whatever the model says."""
    assert shape.error is not None
    if service.protocol in PROTOCOLS_WITH_MODELLED_STATUS and shape.error.status is not None:
        return shape.error.status
    return 500 if shape.error.fault == "server" else 400
