"""A watched call, held against the clauses of its operation.

    WatchedCall --spec of the client's botocore--> Context --checks of answers-----> CheckResult ...
                                                           '-checks of mocks ('mock_checks')

Where bytes came back, they are read as in a run; where a mock gave an output, that is judged as it is. A request that
breaks a clause is contradicted only by its acceptance: a test may want to see it refused.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias, TypeGuard

from botocore.exceptions import ClientError

from conformance.cases.case import Call, Case
from conformance.cases.constraints import violations
from conformance.exceptions import ConformanceError
from conformance.exchanges.exchange import Exchange
from conformance.exchanges.outcome import Outcome, classify, declared_codes
from conformance.guarding.boto3_form import Boto3Form
from conformance.guarding.mock_checks import check_mocked_error, check_mocked_output
from conformance.planning.service_specs import LoadedService, load_service
from conformance.specs.model import Operation, Shape
from conformance.specs.overlay import rules
from conformance.specs.store.loading import INSTALLED
from conformance.values.paths import Path, format_path
from conformance.verdicts.answer_checks import check_output, check_protocol
from conformance.verdicts.check_results import CheckResult, Contradiction, Satisfied
from conformance.verdicts.context import Context
from conformance.verdicts.error_checks import check_error
from conformance.verdicts.rule_checks import check_rules_of_answer
from conformance.watching.garbage_collection import paused_collection
from conformance.watching.watched_call import WatchedCall
from conformance.wire.message import Answer, ErrorAnswer, Request
from conformance.wire.protocols import codec_for

# Codes about what only HTTP shows: a mock's author does not choose it, because the Stubber has a default.
HTTP_ONLY_CODES = frozenset({"wrong-error-status", "error-with-success", "other-success-status"})

# Codes about bytes that botocore reads as it reads those of AWS: its parser drops null members, looks at no content
# type, and at no name of what is around an output. No caller can see any of it, so none can be misled.
UNSEEN_CODES = frozenset({"malformed-answer", "null-member", "repeated-header", "wrong-content-type", "wrong-envelope"})

# Answers of equal bytes and headers are read once: tests get many. So many are known.
MOST_KEPT = 2000

# Longer bodies are known by their digests.
LONGEST_KEPT = 64

_Headers: TypeAlias = tuple[tuple[str, str], ...]
_Bytes: TypeAlias = tuple[str, str, int, bytes, _Headers]

# Headers that differ from answer to answer, and of which only the presence is judged.
_OF_ONE_ANSWER = re.compile(r"date|x-amz-id-2|.*request-?id")

# The status of an error whose author gave none: that of botocore's Stubber.
DEFAULT_ERROR_STATUS = 400


@dataclass(frozen=True, slots=True)
class JudgedCall:
    """A call with what the checks say of it."""

    call: WatchedCall
    context: Context
    results: tuple[CheckResult, ...]


@dataclass(slots=True)
class CallJudge:
    """Judges calls; the specs of their services are loaded once, from the botocore that the clients are of."""

    _services: dict[str, LoadedService | None] = field(default_factory=dict)
    _codes: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    _read: dict[_Bytes, tuple[Answer, tuple[Contradiction, ...]]] = field(default_factory=dict)
    _forms: set[tuple[str, str, object]] = field(default_factory=set)
    _judged: int = 0

    def service(self, name: str, model: Mapping[str, Any] | None = None) -> LoadedService | None:
        """A service as calls are judged by it; None for one that botocore does not have, but a loader of the user's.

        `model` is the document of its model, where that has been read already.
        """
        if name not in self._services:
            try:
                with paused_collection():
                    self._services[name] = load_service(name, INSTALLED, resources=False, is_checked=True, model=model)
            except ConformanceError:
                self._services[name] = None
        return self._services[name]

    def judge(self, call: WatchedCall, prefix: str = "") -> JudgedCall | None:
        """What the checks say of a call; None where nothing can be said of it."""
        loaded = self.service(call.service, call.model)
        operation = loaded.service.operations.get(call.operation) if loaded is not None else None
        if loaded is None or operation is None:
            return None
        key = _bytes_of(call)
        known = None if key is None else self._read.get(key)
        answer = known[0] if known is not None else _answer(loaded, operation, call)
        if answer is None:
            return None
        self._judged += 1
        declared = self._codes.get((call.service, call.operation))
        if declared is None:
            declared = self._codes[call.service, call.operation] = declared_codes(loaded.service, operation)
        outcome = _outcome(call, answer, declared)
        context = _context(loaded, operation, call, answer, outcome, f"{prefix}{self._judged:05d}")
        results = tuple(check_accepted(context, call)) if call.error is None else ()
        if known is not None:
            return JudgedCall(call, context, (*results, *known[1]))
        about_answer = tuple(_answer_results(context, call, is_new=self._is_new(call, answer)))
        if key is not None and len(self._read) < MOST_KEPT:
            found = tuple(each for each in about_answer if isinstance(each, Contradiction))
            self._read[key] = replace(answer, output=None), found
        return JudgedCall(call, context, (*results, *about_answer))

    def _is_new(self, call: WatchedCall, answer: Answer) -> bool:
        """Whether an output is of another form than those before: only then it may satisfy other clauses."""
        if len(self._forms) >= MOST_KEPT:
            return True
        before = len(self._forms)
        self._forms.add((call.service, call.operation, form_of(answer.output)))
        return len(self._forms) > before


def form_of(value: object) -> object:
    """At which members a value has something; the same for values that differ in texts and numbers only."""
    if isinstance(value, dict):
        return tuple([(name, form_of(item)) for name, item in value.items() if item is not None])
    return frozenset(map(form_of, value)) if isinstance(value, (list, tuple)) else None


def _bytes_of(call: WatchedCall) -> _Bytes | None:
    """What answers are told apart by; None where no bytes came."""
    response = call.response
    if response is None:
        return None
    body = response.body
    body = body if len(body) <= LONGEST_KEPT else hashlib.blake2b(body, digest_size=20).digest()
    headers = tuple([(name, "" if _is_of_one_answer(name) else text) for name, text in response.headers.items()])
    return call.service, call.operation, response.status, body, headers


@functools.lru_cache(maxsize=512)
def _is_of_one_answer(header: str) -> bool:
    return _OF_ONE_ANSWER.fullmatch(header) is not None


def _answer(loaded: LoadedService, operation: Operation, call: WatchedCall) -> Answer | None:
    service = loaded.service
    if call.error is not None and not isinstance(call.error, ClientError):
        return None
    if call.response is not None:
        return codec_for(service).decode_response(service, operation, call.response)
    if call.error is not None:
        return _error_answer(call.error.response)
    shape, form = service.output_of(operation), Boto3Form(service, is_final=call.answered_by == "patch")
    if not isinstance(call.output, Mapping):
        return Answer(operation.status or 200, parsed=True, output=call.output)
    value = form.read(shape, call.output)
    return Answer(operation.status or 200, parsed=True, output=value, problems=tuple(form.problems))


def _error_answer(response: Any) -> Answer:
    given = response if isinstance(response, Mapping) else {}
    error, metadata = given.get("Error"), given.get("ResponseMetadata")
    status = metadata.get("HTTPStatusCode") if isinstance(metadata, Mapping) else None
    status = status if isinstance(status, int) and status >= 300 else DEFAULT_ERROR_STATUS
    if not isinstance(error, Mapping):
        return Answer(status, parsed=False)
    code, message = error.get("Code"), error.get("Message")
    members = {name: item for name, item in given.items() if name not in ("Error", "ResponseMetadata")}
    return Answer(
        status,
        parsed=True,
        error=ErrorAnswer(
            code if isinstance(code, str) and code else None,
            message if isinstance(message, str) else None,
            members=members,
        ),
    )


def _outcome(call: WatchedCall, answer: Answer, declared: frozenset[str]) -> Outcome:
    if call.error is None and call.response is None:
        return Outcome("accepted", status=answer.status)
    return classify(answer, declared)


def _context(
    loaded: LoadedService, operation: Operation, call: WatchedCall, answer: Answer, outcome: Outcome, number: str
) -> Context:
    service = loaded.service
    identity = f"{service.name}:{operation.name}/guard/{number}"
    made = Call(operation.name, call.params)
    case = Case(identity, service.name, operation.name, "recorded", call.test or "a call", (), made)
    exchange = Exchange("case", made, Request(operation.method, operation.uri), call.response, answer, outcome)
    facts = {"botocore": loaded.loaded.spec.provenance.botocore}
    return Context(service, operation, loaded.overlay, case, exchange, facts=facts)


def _answer_results(context: Context, call: WatchedCall, *, is_new: bool) -> Iterator[CheckResult]:
    if call.response is not None:
        about_output = check_output(context, tell_satisfied=is_new)
        for result in (*check_protocol(context), *about_output, *check_error(context)):
            yield replace(result, code="only-on-the-wire") if is_unseen(result) else result
        return
    if call.error is None:
        yield from check_mocked_output(context, call.output)
        return
    mocked = list(check_mocked_error(context))
    dropped = HTTP_ONLY_CODES | (
        {"undeclared-code"} if any(_code(each) == "invented-code" for each in mocked) else set()
    )
    for result in (*check_error(context), *mocked):
        if _code(result) not in dropped:
            yield result


def is_unseen(result: CheckResult) -> TypeGuard[Contradiction]:
    """Whether botocore leaves nothing of a contradiction; null as an item of a list or of a map is returned."""
    if not isinstance(result, Contradiction) or result.code not in UNSEEN_CODES:
        return False
    return not (result.code == "null-member" and result.clause.rpartition("#")[0].endswith(("[]", "{}")))


def _code(result: CheckResult) -> str:
    return result.code if isinstance(result, Contradiction) else ""


def check_accepted(context: Context, call: WatchedCall) -> Iterator[CheckResult]:
    """Check a call that was accepted: its params, and the rules about them and their output."""
    yield from check_accepted_params(context, call)
    if context.overlay.rules and context.outcome.kind == "accepted":
        yield from check_rules_of_answer(context, call.output)


def check_accepted_params(context: Context, call: WatchedCall) -> Iterator[CheckResult]:
    """Check the params of a call that was accepted: AWS would have refused those that break a clause or a rule."""
    service = context.service
    form = Boto3Form(service, is_input=True)
    shape = service.input_of(context.operation)
    params = form.read(shape, call.params)
    for problem in form.problems:
        clause = context.clause("input", "", "validated")
        yield Contradiction(
            clause, "takes-unknown-member", format_path(problem.path), "a refusal by boto3", problem.got
        )
    for violation in violations(service, shape, params):
        if violation.name == "type" and call.from_resource and call.answered_by == "patch":
            continue  # its values are those of the resource, which handlers would have converted
        if violation.name == "required" and _is_filled_in(shape, violation.path):
            continue  # botocore fills it in
        clause = context.clause("input", violation.place, violation.name)
        where, expected = format_path(violation.path), f"a refusal: {violation.expected}"
        yield Contradiction(clause, "accepts-invalid", where, expected, f"accepted: {violation.got}")
    known = list(context.overlay.rules_for(context.operation.name, context.facts["botocore"]))
    if not known:
        return
    broken = {rule.id for rule in rules.broken_rules(known, params)}
    for rule in known:
        clause = context.clause("rule", "", rule.id)
        if rule.id in broken:
            yield Contradiction(clause, "accepts-broken-rule", "request", rule.statement, "accepted")
        elif rule.request is not None:
            yield Satisfied(clause)


def _is_filled_in(shape: Shape, path: Path) -> bool:
    """Whether botocore gives a member a value where its caller does not."""
    member = shape.members.get(str(path[0])) if len(path) == 1 else None
    return member is not None and member.idempotency_token
