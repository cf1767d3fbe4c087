"""Requests that pass the guard of an account, and those that do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import pytest

from conformance.cases.case import Call
from conformance.exchanges.exchange import Exchanger, NotSent
from conformance.planning.permissions import Permissions
from conformance.planning.plan import Plan, plan_of
from conformance.planning.selection import ServiceSelection
from conformance.run import run
from conformance.run.cleanup.created_thing import CreatedThing
from conformance.run.run_end import TargetLost
from conformance.run.safety.rate_limiter import RateLimiter
from conformance.run.safety.request_guard import RequestGuard
from conformance.specs.effects.operation_effects import effect_of
from conformance.wire.message import Request, Response

RUN = "cfabcd"
OK = Response(200, {"content-type": "application/x-amz-json-1.0"}, b"{}")


@dataclass
class Account:
    """An account that answers everything alike, and remembers what it was asked."""

    answer: Response = OK
    asked: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    account: str | None = None

    def identity(self) -> Mapping[str, Any]:
        return {"kind": "aws", "identity": "AWS eu-west-1", "url": None, "region": "eu-west-1"}

    def use_account(self, n: int) -> bool:
        return False

    def send(self, request: Request, *, call: Call | None = None, **_options: Any) -> Response:
        assert call is not None
        self.asked.append((call.operation, call.params))
        return self.answer


@lru_cache
def plan_for(service: str, *operations: str) -> Plan:
    return plan_of([ServiceSelection(service, operations)], seed=1, max_examples=0)


@dataclass
class Guarded:
    """A guard before an account, and calls through it."""

    service: str
    permissions: Permissions
    account: Account = field(default_factory=Account)
    pauses: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        plan = plan_for(self.service, {"sqs": "CreateQueue", "ec2": "CreateVpc", "kms": "CreateKey"}[self.service])
        self.guard = RequestGuard(self.account, plan, self.permissions, RateLimiter(sleep=self.pauses.append))
        one = plan.services[0]
        self.exchanger = Exchanger(one.spec.service, one.codec, self.guard, lambda _: None)

    def send(self, operation: str, **params: Any) -> str | None:
        """The code by which a call is refused; None where it is sent."""
        try:
            self.exchanger.perform(Call(operation, params), "case")
        except NotSent as refused:
            return refused.code
        return None

    def made(self, *names: str, resource: str = "Thing") -> None:
        """Enter what an answer said that was made."""
        thing = CreatedThing(
            1, self.service, "eu-west-1", None, resource, "Create", {}, names=frozenset(names), outcome="accepted"
        )
        self.guard.ownership.created(thing)


def reading(service: str = "sqs") -> Guarded:
    return Guarded(service, Permissions(run_id=RUN))


def writing(service: str = "sqs", **permissions: Any) -> Guarded:
    return Guarded(service, Permissions(allow_writes=True, run_id=RUN, **permissions))


def test_only_reads_are_sent_unless_writes_are_allowed() -> None:
    guarded = reading()
    assert guarded.send("ListQueues") is None
    assert guarded.send("CreateQueue", QueueName=f"{RUN}one") == "needs-allow-writes"
    assert guarded.send("ReceiveMessage", QueueUrl=f"https://sqs/{RUN}one") == "needs-allow-writes"
    assert [operation for operation, _ in guarded.account.asked] == ["ListQueues"]


def test_what_is_not_known_is_not_sent() -> None:
    guarded = writing()
    with pytest.raises(NotSent):
        guarded.guard.send(Request("POST", "/"), service="sqs", signing_name="sqs", signature_version="v4")
    with pytest.raises(NotSent):
        guarded.guard.send(
            Request("POST", "/"),
            service="nonsense",
            signing_name="",
            signature_version="v4",
            call=Call("ListQueues", {}),
        )
    assert guarded.account.asked == []


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("CreateQueue", {"QueueName": f"{RUN}one"}),
        ("DeleteQueue", {"QueueUrl": f"https://sqs.eu-west-1.amazonaws.com/111122223333/{RUN}one"}),
        ("TagQueue", {"QueueUrl": f"https://sqs/{RUN}one", "Tags": {"a": "b"}}),
    ],
)
def test_what_bears_the_id_of_the_run_is_its_own(operation: str, params: dict[str, Any]) -> None:
    assert writing().send(operation, **params) is None


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("CreateQueue", {"QueueName": "orders"}),
        ("DeleteQueue", {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/111122223333/orders"}),
        ("DeleteQueue", {"QueueUrl": ""}),
        ("PurgeQueue", {}),
        ("StartMessageMoveTask", {"SourceArn": "arn:aws:sqs:eu-west-1:111122223333:orders"}),
        ("TagQueue", {"QueueUrl": "https://sqs/orders", "Tags": {RUN: RUN}}),
    ],
)
def test_what_somebody_else_made_is_left_alone(operation: str, params: dict[str, Any]) -> None:
    guarded = writing()
    assert guarded.send(operation, **params) == "not-ours"
    assert guarded.account.asked == []


def test_an_identifier_is_the_runs_if_its_own_creation_was_answered_with_it() -> None:
    guarded, vpc = writing("ec2"), "vpc-0a1b2c3d4e5f60718"
    assert guarded.send("DeleteVpc", VpcId=vpc) == "not-ours"
    assert guarded.send("CreateVpc", CidrBlock="10.0.0.0/16") is None
    guarded.made(vpc, resource="Vpc")
    assert guarded.send("DeleteVpc", VpcId=vpc) is None
    assert guarded.send("DeleteVpc", VpcId="vpc-0ffffffffffffffff") == "not-ours"
    assert guarded.send("CreateTags", Resources=[vpc], Tags=[{"Key": "a", "Value": "b"}]) is None
    both = [vpc, "vpc-0ffffffffffffffff"]
    assert guarded.send("CreateTags", Resources=both, Tags=[]) == "not-ours"


def test_what_a_read_discovered_is_not_the_runs() -> None:
    body = b'{"QueueUrls": ["https://sqs/111122223333/orders-2024"]}'
    guarded = writing()
    guarded.account.answer = Response(200, {"content-type": "application/x-amz-json-1.0"}, body)
    assert guarded.send("ListQueues") is None
    guarded.account.answer = OK
    discovered = "https://sqs/111122223333/orders-2024"
    assert guarded.send("CreateQueue", QueueName=f"{RUN}two", Attributes={"RedrivePolicy": "{}"}) is None
    policy = {"QueueName": f"{RUN}three", "tags": {"url": discovered}}
    assert guarded.send("CreateQueue", **policy) == "not-ours"


def test_what_is_in_a_thing_of_the_run_is_the_runs() -> None:
    guarded, inner = writing(), "https://sqs/111122223333/inner-2024"
    guarded.account.answer = Response(
        200, {"content-type": "application/x-amz-json-1.0"}, b'{"queueUrls": ["%s"]}' % inner.encode()
    )
    assert guarded.send("ListDeadLetterSourceQueues", QueueUrl=f"https://sqs/{RUN}one") is None
    guarded.account.answer = OK
    assert guarded.send("CreateQueue", QueueName=f"{RUN}three", tags={"url": inner}) is None


def test_settings_of_the_account_are_left_alone() -> None:
    """An operation that names nothing acts on the account itself; this one is in no table."""
    guarded = writing("ec2")
    assert effect_of("ec2", "EnableFastLaunch").kind == "write"
    assert guarded.send("EnableFastLaunch", ImageId="ami-0123456789abcdef0") == "not-ours"
    assert guarded.send("DeleteSecurityGroup", GroupName="default") == "not-ours"


def test_guarded_operations_are_sent_only_if_they_are_named() -> None:
    offering = {"OfferingId": f"{RUN}x", "HostIdSet": [f"{RUN}h"]}
    assert writing("ec2").send("PurchaseHostReservation", **offering) == "guarded"
    named = frozenset({"ec2:PurchaseHostReservation"})
    assert Guarded("ec2", Permissions(named=named, run_id=RUN)).send("PurchaseHostReservation", **offering) == "guarded"
    assert writing("ec2", named=named).send("PurchaseHostReservation", **offering) is None


def test_what_only_a_guarded_operation_removes_is_not_made() -> None:
    assert writing("kms").send("CreateKey", Description=RUN) == "removal-guarded"
    assert writing("kms", named=frozenset({"kms:CreateKey"})).send("CreateKey", Description=RUN) is None


def test_no_more_is_made_than_may_be() -> None:
    guarded = writing(max_resources=2)
    codes = [guarded.send("CreateQueue", QueueName=f"{RUN}{number}") for number in range(4)]
    assert codes == [None, None, "max-resources", "max-resources"]
    assert guarded.send("DeleteQueue", QueueUrl=f"https://sqs/{RUN}1") is None


def test_throttling_slows_down_and_is_over_some_time() -> None:
    guarded = reading()
    guarded.account.answer = Response(400, {"retry-after": "7"}, b'{"__type": "ThrottlingException", "message": "x"}')
    assert guarded.send("ListQueues") is None
    assert max(guarded.pauses) > 6
    assert guarded.guard.limiter.gap > 1
    guarded.account.answer = OK
    for _ in range(80):
        guarded.send("ListQueues")
    assert guarded.guard.limiter.gap == 0


@pytest.mark.parametrize("code", ["ExpiredTokenException", "ExpiredToken", "RequestExpired"])
def test_expired_credentials_end_the_run(code: str) -> None:
    guarded = reading()
    guarded.account.answer = Response(403, {}, b'{"__type": "%s", "message": "x"}' % code.encode())
    with pytest.raises(TargetLost) as lost:
        guarded.send("ListQueues")
    assert lost.value.end.code == "credentials-expired"


def test_denied_operations_do_not_end_the_run() -> None:
    guarded = reading()
    guarded.account.answer = Response(403, {}, b'{"__type": "AccessDeniedException", "message": "x"}')
    assert guarded.send("ListQueues") is None


def test_every_request_of_a_run_at_aws_passes_the_guard() -> None:
    """Even where nobody asked for it: this run was given no permissions at all."""
    account = Account(Response(400, {}, b'{"__type": "QueueDoesNotExist", "message": "x"}'))
    rows = list(run(plan_for("sqs", "GetQueueUrl", "CreateQueue", "DeleteQueue", "ListQueues"), account))
    asked = {operation for operation, _ in account.asked if operation != "NoSuchOperationForConformance"}
    assert asked == {"GetQueueUrl", "ListQueues"}
    verdicts = {row.verdict for row in rows if row.type == "verdict" and row.clause.startswith("sqs:CreateQueue/")}
    assert verdicts == {"skipped"}
