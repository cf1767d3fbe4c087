"""In which account a run will be, and as whom: asked before anything else is sent.

identity_operation (data) --Exchanger--> Caller(account, ARN) | Caller(problem) | CredentialsRefused
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from conformance.cases.case import Call
from conformance.cases.constraints import abbreviated
from conformance.exceptions import CredentialsRefused, TargetError
from conformance.exchanges.exchange import Exchanger, Sender
from conformance.exchanges.outcome import DENIED_CODES, Outcome
from conformance.planning.plan import Plan
from conformance.specs.effects.identity_operation import identity_operation

# Statuses of answers to credentials that are wrong; no permission is needed for what is asked.
REFUSED = frozenset({401, 403})


@dataclass(frozen=True, slots=True)
class Caller:
    """The account that requests are sent in, and the ARN of the caller; `problem` says why they are not known."""

    account: str | None = None
    arn: str | None = None
    problem: str = ""


def ask_caller(plan: Plan, sender: Sender) -> Caller:
    """The caller; raises CredentialsRefused where the credentials are wrong or have expired."""
    asked = identity_operation()
    service = plan.other_service(asked.service) if asked is not None else None
    if asked is None or service is None:
        return Caller(problem="it is not known how to ask for it")
    exchanger = Exchanger(service.spec.service, service.codec, sender)
    try:
        exchange = exchanger.perform(Call(asked.operation, {}), "probe")
    except TargetError as problem:
        return Caller(problem=problem.message)
    outcome = exchange.outcome
    if exchange.response is not None and exchange.response.status in REFUSED and outcome.code not in DENIED_CODES:
        body = exchange.response.body.decode("utf-8", "replace")
        said = _text(outcome) if outcome.code else f"HTTP {exchange.response.status} {abbreviated(body, 160)}"
        raise CredentialsRefused(
            f"the credentials are refused: {said}", hint="are they complete, right and still valid?"
        )
    output: Any = exchange.answer.output if outcome.kind == "accepted" and exchange.answer is not None else {}
    account, arn = output.get(asked.account), output.get(asked.caller)
    name = f"{asked.service} {asked.operation}"
    return Caller(account, arn, "" if account else f"{name}: {_text(outcome)}")


def _text(outcome: Outcome) -> str:
    parts = (outcome.code or outcome.detail or outcome.kind, outcome.message)
    return ": ".join(part for part in parts if part)
