"""Real AWS: what was sent unguarded, and requests that failed for want of the service's name."""

from __future__ import annotations

from typing import Any

from conformance.cases.case import Call
from conformance.exchanges.exchange import NotSent
from conformance.exchanges.fingerprint import take_fingerprint
from conformance.planning.permissions import Permissions
from conformance.planning.plan import plan_of
from conformance.planning.selection import ServiceSelection
from conformance.run.safety.rate_limiter import RateLimiter
from conformance.run.safety.request_guard import RequestGuard
from conformance.specs.effects.operation_effects import effect_of
from conformance.wire.message import Request, Response
from quality.instance import Instance


class _Asked:
    """Answers `{}`, and keeps how it was asked."""

    account: str | None = None

    def __init__(self) -> None:
        self.services: list[str] = []

    def identity(self) -> dict[str, Any]:
        return {"kind": "aws", "identity": "AWS", "url": None, "region": "eu-west-1"}

    def use_account(self, n: int) -> bool:
        return False

    def send(self, request: Request, *, service: str = "", **_options: Any) -> Response:
        self.services.append(service)
        return Response(200, {}, b"{}")


def _probes_name_the_service() -> str | None:
    asked, plan = _Asked(), plan_of([ServiceSelection("sqs", ("ListQueues",))], seed=1)
    take_fingerprint(plan.services[0].spec.service, plan.services[0].codec, asked)
    return None if set(asked.services) == {"sqs"} else f"probes are sent to {asked.services}"


def _refused(operation: str, **params: Any) -> str | None:
    """The code by which a write is refused, although writes are allowed; None where it is sent."""
    plan = plan_of([ServiceSelection("sqs", ("CreateQueue",))], seed=1)
    guard = RequestGuard(_Asked(), plan, Permissions(allow_writes=True, run_id="cfabcd"), RateLimiter())
    try:
        guard.send(
            Request("POST", "/"),
            service="sqs",
            signing_name="sqs",
            signature_version="v4",
            call=Call(operation, params),
        )
    except NotSent as refused:
        return refused.code
    return None


def _of_others() -> str | None:
    code = _refused("DeleteQueue", QueueUrl="https://sqs.eu-west-1.amazonaws.com/111122223333/orders")
    return None if code == "not-ours" else "a queue of somebody else is deleted"


def _own() -> str | None:
    code = _refused("DeleteQueue", QueueUrl="https://sqs.eu-west-1.amazonaws.com/111122223333/cfabcdone")
    return None if code is None else f"the run's own queue is not deleted: {code}"


GUARDED = (
    "ec2:PurchaseHostReservation",
    "organizations:CreateAccount",
    "kms:ScheduleKeyDeletion",
    "route53domains:RegisterDomain",
    "service-quotas:RequestServiceQuotaIncrease",
    "sts:AssumeRole",
)


def _guarded() -> str | None:
    sent = [each for each in GUARDED if effect_of(*each.split(":")).kind != "guarded"]
    return f"sent unasked: {sent}" if sent else None


INSTANCES = (
    Instance(
        "aws/probes-name-the-service", "the first request to AWS is sent to an endpoint", _probes_name_the_service
    ),
    Instance("aws/what-others-made", "a write touches only what the run made", _of_others),
    Instance("aws/what-the-run-made", "what the run made is removed", _own),
    Instance("aws/guarded-operations", "purchases, accounts and the like are not sent unasked", _guarded),
)
