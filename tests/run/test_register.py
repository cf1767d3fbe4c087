"""What a run creates is known before its request is sent, and until it is removed."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.cases.case import Call
from conformance.cases.request_builder import RequestBuilder
from conformance.exchanges.exchange import Exchange
from conformance.exchanges.outcome import Outcome
from conformance.planning.service_specs import load_service
from conformance.run.cleanup.created_thing import CreatedThing
from conformance.run.cleanup.register import Register, ServiceRegister
from conformance.wire.message import Answer, Request


class Notes:
    """An observer that keeps what it hears."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, int]] = []

    def creating(self, thing: CreatedThing) -> None:
        self.heard.append(("creating", thing.number))

    def created(self, thing: CreatedThing) -> None:
        self.heard.append(("created", thing.number))

    def not_created(self, thing: CreatedThing) -> None:
        self.heard.append(("not created", thing.number))

    def removed(self, thing: CreatedThing) -> None:
        self.heard.append(("removed", thing.number))


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def register(notes: Notes) -> Register:
    return Register("eu-west-1", lambda: "111122223333", (notes,))


def of(register: Register, service: str) -> ServiceRegister:
    found = load_service(service)
    return register.for_service(RequestBuilder(found.loaded.spec, found.overlay, 1))


def there(register: Register) -> list[CreatedThing]:
    return list(register.things)


def play(
    seen: ServiceRegister,
    operation: str,
    params: Any,
    output: Any = None,
    kind: Any = "accepted",
    body: bytes | None = None,
) -> None:
    """A request that is answered so."""
    call = Call(operation, params, body=body)
    noted = seen.sending(call)
    answer = Answer(200, parsed=True, output=output or {})
    seen.answered(noted, Exchange("case", call, Request("", ""), None, answer, Outcome(kind)))


def test_a_thing_is_announced_created_and_removed(register: Register, notes: Notes) -> None:
    seen, url = of(register, "sqs"), "https://queue/111122223333/one"
    noted = seen.sending(Call("CreateQueue", {"QueueName": "one"}))
    assert [each.params for each in there(register)] == [{"QueueName": "one"}]
    assert noted is not None
    seen.unsent(noted)
    assert there(register) == []
    play(seen, "CreateQueue", {"QueueName": "one"}, {"QueueUrl": url})
    (thing,) = there(register)
    assert (thing.service, thing.region, thing.account) == ("sqs", "eu-west-1", "111122223333")
    assert (thing.resource, thing.operation, thing.identifiers) == ("Queue", "CreateQueue", {"QueueUrl": url})
    assert [(each.operation, each.params) for each in thing.removals] == [("DeleteQueue", {"QueueUrl": url})]
    play(seen, "DeleteQueue", {"QueueUrl": "https://queue/111122223333/another"})
    assert there(register) == [thing]
    play(seen, "DeleteQueue", {"QueueUrl": url})
    assert there(register) == []
    steps = [("creating", 1), ("not created", 1), ("creating", 2), ("created", 2), ("removed", 2)]
    assert notes.heard == steps


def test_what_is_in_a_thing_goes_with_it(register: Register) -> None:
    seen = of(register, "events")
    play(seen, "PutRule", {"Name": "one"})
    play(seen, "PutTargets", {"Rule": "one", "Targets": [{"Id": "a", "Arn": "arn"}, {"Id": "b", "Arn": "arn"}]})
    play(seen, "PutTargets", {"Rule": "other", "Targets": [{"Id": "a", "Arn": "arn"}]})
    rule, targets, others = there(register)
    assert targets.removals[0].params == {"Rule": "one", "Ids": ["a", "b"], "Force": True}
    assert targets.is_part
    assert targets.is_in(rule)
    assert not others.is_in(rule)
    play(seen, "DeleteRule", {"Name": "one"})
    assert there(register) == [others]


def test_what_is_called_like_what_it_was_made_for_does_not_go_with_it(register: Register) -> None:
    rds, s3 = of(register, "rds"), of(register, "s3")
    play(rds, "CreateDBCluster", {"DBClusterIdentifier": "one"}, {"DBCluster": {"DBClusterIdentifier": "one"}})
    group = {"DBShardGroupIdentifier": "one", "DBClusterIdentifier": "one", "MaxACU": 1}
    play(rds, "CreateDBShardGroup", group, {"DBShardGroupIdentifier": "one", "DBClusterIdentifier": "one"})
    play(s3, "CreateBucket", {"Bucket": "one"})
    play(s3, "PutObject", {"Bucket": "one", "Key": "one"})
    play(rds, "DeleteDBCluster", {"DBClusterIdentifier": "one"})
    play(s3, "DeleteBucket", {"Bucket": "one"})
    assert [each.resource for each in there(register)] == ["DBShardGroup"]


def test_refused_requests_create_nothing_and_crashed_ones_may(register: Register) -> None:
    seen = of(register, "sqs")
    play(seen, "CreateQueue", {"QueueName": "one"}, kind="rejected-validation")
    assert there(register) == []
    play(seen, "CreateQueue", {"QueueName": "one"}, kind="crashed")
    assert [each.is_certain for each in there(register)] == [False]


def test_a_request_with_another_body_names_only_what_is_outside_of_it(register: Register) -> None:
    play(of(register, "cloudwatch"), "PutMetricAlarm", {"AlarmName": "one"}, body=b"null")
    concurrency = {"FunctionName": "one", "ReservedConcurrentExecutions": 1}
    play(of(register, "lambda"), "PutFunctionConcurrency", concurrency, body=b"null")
    nameless, named = there(register)
    assert (nameless.identifiers, nameless.removals) == ({}, ())
    assert [each.params for each in named.removals] == [{"FunctionName": "one"}]


def test_names_under_which_something_may_be_are_kept(register: Register) -> None:
    seen = of(register, "dynamodb")
    play(seen, "CreateTable", {"TableName": "made"})
    play(seen, "CreateTable", {"TableName": "refused"}, kind="rejected-state")
    for table in ("made", "unknown"):
        play(seen, "CreateBackup", {"TableName": table, "BackupName": "one"}, {"BackupDetails": {"BackupArn": table}})
    assert register.take_names()["dynamodb"].suspected == {"Table": {"refused", "unknown"}}
    assert register.take_names() == {}


def test_the_same_thing_is_entered_once(register: Register, notes: Notes) -> None:
    seen = of(register, "sqs")
    for _ in range(2):
        play(seen, "CreateQueue", {"QueueName": "one"}, {"QueueUrl": "https://queue/one"})
    assert [each.number for each in there(register)] == [1]
    assert notes.heard[-2:] == [("created", 1), ("not created", 2)]


def test_one_request_may_need_several_removals(register: Register) -> None:
    tasks = [{"taskArn": "arn:task/1"}, {"taskArn": "arn:task/2"}]
    play(of(register, "ecs"), "RunTask", {"taskDefinition": "one", "cluster": "c"}, {"tasks": tasks})
    (thing,) = there(register)
    assert [each.params for each in thing.removals] == [
        {"cluster": "c", "task": "arn:task/1"},
        {"cluster": "c", "task": "arn:task/2"},
    ]


def test_what_gets_another_name_is_removed_under_that(register: Register) -> None:
    seen = of(register, "rds")
    play(seen, "CreateDBInstance", {"DBInstanceIdentifier": "one", "Engine": "mysql"})
    play(seen, "ModifyDBInstance", {"DBInstanceIdentifier": "other", "NewDBInstanceIdentifier": "two"})
    assert [each.params["DBInstanceIdentifier"] for thing in there(register) for each in thing.removals] == ["one"]
    play(seen, "ModifyDBInstance", {"DBInstanceIdentifier": "one", "NewDBInstanceIdentifier": "two"})
    (thing,) = there(register)
    assert thing.identifiers["DBInstanceIdentifier"] == "two"
    assert [each.params["DBInstanceIdentifier"] for each in thing.removals] == ["two", "one"]
    play(seen, "DeleteDBInstance", {"DBInstanceIdentifier": "two"})
    assert there(register) == []


def test_a_removal_that_is_called_off_leaves_the_thing(register: Register) -> None:
    seen = of(register, "kms")
    play(seen, "CreateKey", {}, {"KeyMetadata": {"KeyId": "one"}})
    play(seen, "ScheduleKeyDeletion", {"KeyId": "one"})
    assert there(register) == []
    play(seen, "CancelKeyDeletion", {"KeyId": "one"})
    assert [each.operation for thing in there(register) for each in thing.removals] == ["ScheduleKeyDeletion"]


def test_what_is_made_from_another_thing_does_not_go_with_it(register: Register) -> None:
    seen, backup = of(register, "dynamodb"), "arn:aws:dynamodb:eu-west-1:111122223333:table/one/backup/0123"
    play(seen, "CreateBackup", {"TableName": "one", "BackupName": "two"}, {"BackupDetails": {"BackupArn": backup}})
    restored = {"TableDescription": {"TableName": "three"}}
    play(seen, "RestoreTableFromBackup", {"TargetTableName": "three", "BackupArn": backup}, restored)
    play(seen, "DeleteBackup", {"BackupArn": backup})
    assert [thing.identifiers for thing in there(register)] == [{"TableName": "three"}]


def test_what_has_no_name_goes_only_with_what_its_removal_names(register: Register) -> None:
    tables, rules, backup = of(register, "dynamodb"), of(register, "events"), "arn:aws:dynamodb:eu-west-1:1:backup/one"
    play(tables, "CreateBackup", {"TableName": "one", "BackupName": "two"}, {"BackupDetails": {"BackupArn": backup}})
    play(tables, "RestoreTableFromBackup", {"BackupArn": backup})
    play(tables, "DeleteBackup", {"BackupArn": backup})
    play(rules, "PutRule", {"Name": "one"})
    play(rules, "PutTargets", {"Rule": "one"})
    play(rules, "DeleteRule", {"Name": "one"})
    assert [(each.resource, each.removals) for each in there(register)] == [("Table", ())]


def test_what_has_no_name_is_told_by_what_its_answer_says(register: Register) -> None:
    arn = "arn:aws:cloudformation:us-east-1:1:stack/None/1"
    play(of(register, "cloudformation"), "CreateStack", {"TemplateBody": "{}"}, {"StackId": arn})
    play(of(register, "cloudformation"), "CreateStack", {"StackName": "one"}, {"StackId": arn.replace("None", "one")})
    assert [each.identifiers.get("StackId") for each in there(register)] == [arn, None]
