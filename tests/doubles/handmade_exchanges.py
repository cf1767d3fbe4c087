"""Exchanges made by hand, for checks: a case, the bytes that answered it, and what is known of the target."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from conformance.cases.case import Call, Case, Fault
from conformance.exchanges.exchange import Exchange
from conformance.exchanges.outcome import Outcome, classify
from conformance.exchanges.transport import FailureKind
from conformance.specs.clauses.catalog import operation_clauses
from conformance.specs.clauses.clause import Clause
from conformance.specs.model import Service
from conformance.specs.overlay.entries import EMPTY_OVERLAY, Overlay, Rule
from conformance.values.vocabulary import Intent
from conformance.verdicts.check_results import CheckResult, Contradiction, Satisfied, Undecided
from conformance.verdicts.context import Context
from conformance.wire.message import Answer, Request, Response
from conformance.wire.protocols import codec_for
from doubles.handmade_shapes import service, spec_of

THINGS = service()
OPERATION = THINGS.operations["PutThing"]
ROOT = "things:PutThing/"
ACCEPTED = ROOT + "input#accepted"
JSON = {"content-type": "application/x-amz-json-1.1", "x-amzn-requestid": "request-1"}


def clauses(overlay: Overlay = EMPTY_OVERLAY, model: Service = THINGS) -> Mapping[str, Clause]:
    """The clauses of PutThing."""
    return operation_clauses(spec_of(model), model.operations["PutThing"], overlay)


def case(
    intent: Intent = "valid",
    clause: str = "input#accepted",
    *,
    name: str = "smallest",
    params: Mapping[str, Any] | None = None,
    base: str | None = None,
    rule: Rule | None = None,
    broken_body: bool = False,
) -> Case:
    """A case for one clause, given without the operation; invalid ones break it."""
    fault = None
    if intent == "invalid":
        place, _, constraint = clause.partition("/")[2].partition("#")
        fault = Fault(constraint or clause.partition("#")[2], place, (place,), "by hand")
    call = Call("PutThing", params or {"Name": "ab"}, broken_body=broken_body)
    identity = f"things:PutThing/{intent}/{name}"
    return Case(identity, "things", "PutThing", intent, "by hand", (ROOT + clause,), call,
                fault=fault, base=base or ("base" if intent == "invalid" else None), rule=rule)  # fmt: skip


def answered(
    of: Case, status: int = 200, body: bytes = b'{"Id": "abc"}', *, headers: Mapping[str, str] = JSON, **more: Any
) -> Context:
    """What the checks see of a case that was answered with those bytes."""
    model: Service = more.pop("model", THINGS)
    operation = model.operations[more.get("operation", "PutThing")]
    response = Response(status, dict(headers), body, repeated=more.pop("repeated", ()))
    answer = codec_for(model).decode_response(model, operation, response)
    return _context(of, model, response, answer, classify(answer), **more)


def unanswered(of: Case, failure: FailureKind = "refused", **more: Any) -> Context:
    """What the checks see of a case that was not answered."""
    outcome = Outcome("unreachable", detail=f"{failure}: nobody is there", failure=failure)
    return _context(of, THINGS, None, None, outcome, **more)


def failed(of: Case, code: str, message: str = "", status: int = 400, **more: Any) -> Context:
    """What the checks see of a case that was answered with an error."""
    result = message.replace('"', '\\"').replace("\n", "\\n")
    return answered(of, status, f'{{"__type": "{code}", "message": "{result}"}}'.encode(), **more)


def _context(
    of: Case, model: Service, response: Response | None, answer: Answer | None, outcome: Outcome,
    overlay: Overlay = EMPTY_OVERLAY, base_accepted: bool | None = None, accepts_anything: bool = False,
    operation: str = "PutThing",
) -> Context:  # fmt: skip
    exchange = Exchange("case", of.call, Request("POST", "/", body=b"{}"), response, answer, outcome)
    if base_accepted is None and of.base is not None:
        base_accepted = True
    facts = {"botocore": "1.0.0", "region": "us-east-1", "account": "123456789012"}
    return Context(model, model.operations[operation], overlay, of, exchange, base_accepted, accepts_anything, facts)


def codes(notes: Iterable[CheckResult]) -> list[tuple[str, str]]:
    """Code and clause, without the operation, of every contradiction."""
    return [(note.code, note.clause.removeprefix(ROOT)) for note in notes if isinstance(note, Contradiction)]


def held(notes: Iterable[CheckResult]) -> set[str]:
    """Every clause that held, without the operation."""
    return {note.clause.removeprefix(ROOT) for note in notes if isinstance(note, Satisfied)}


def left_open(notes: Iterable[CheckResult]) -> list[tuple[str, str, str]]:
    """Clause, word and reason of everything that was left open."""
    return [(note.clause.removeprefix(ROOT), note.word, note.reason) for note in notes if isinstance(note, Undecided)]
