"""What removes what an operation adds, and where the values of the removing request come from."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.specs.overlay.entries import EMPTY_OVERLAY
from conformance.specs.resources.child_listings import ChildListings
from conformance.specs.resources.inference import with_inferred
from conformance.specs.resources.removal_data import removal_data
from conformance.specs.resources.removals import Removals
from conformance.values.paths import format_path
from doubles.stored_specs import stored_service

# service, operation, what removes it, and its members: r(equest) or a(nswer) and the place there, or a constant
REMOVED: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("s3", "CreateBucket", "DeleteBucket", {"Bucket": "r Bucket"}),
    (
        "s3",
        "PutObject",
        "DeleteObject",
        {"Bucket": "r Bucket", "Key": "r Key", "VersionId": "a VersionId", "BypassGovernanceRetention": True},
    ),
    (
        "events",
        "PutTargets",
        "RemoveTargets",
        {"Rule": "r Rule", "EventBusName": "r EventBusName", "Ids": "r Targets[*].Id", "Force": True},
    ),
    ("ecs", "RunTask", "StopTask", {"cluster": "r cluster", "task": "a tasks[*].taskArn"}),
    ("ecs", "CreateService", "DeleteService", {"cluster": "r cluster", "service": "r serviceName", "force": True}),
    (
        "iam",
        "AddRoleToInstanceProfile",
        "RemoveRoleFromInstanceProfile",
        {"InstanceProfileName": "r InstanceProfileName", "RoleName": "r RoleName"},
    ),
    ("sns", "Subscribe", "Unsubscribe", {"SubscriptionArn": "a SubscriptionArn"}),
    (
        "rds",
        "RestoreDBInstanceFromDBSnapshot",
        "DeleteDBInstance",
        {
            "DBInstanceIdentifier": "a DBInstance.DBInstanceIdentifier",
            "SkipFinalSnapshot": True,
            "DeleteAutomatedBackups": True,
        },
    ),
    ("rds", "CopyDBSnapshot", "DeleteDBSnapshot", {"DBSnapshotIdentifier": "a DBSnapshot.DBSnapshotIdentifier"}),
    (
        "ec2",
        "RequestSpotInstances",
        "CancelSpotInstanceRequests",
        {"SpotInstanceRequestIds": "a SpotInstanceRequests[*].SpotInstanceRequestId"},
    ),
    (
        "ec2",
        "RequestSpotFleet",
        "CancelSpotFleetRequests",
        {"SpotFleetRequestIds": "a SpotFleetRequestId", "TerminateInstances": True},
    ),
    ("ec2", "AssociateAddress", "DisassociateAddress", {"AssociationId": "a AssociationId"}),
    (
        "cloudformation",
        "CreateStackInstances",
        "DeleteStackInstances",
        {
            "Accounts": "r Accounts",
            "CallAs": "r CallAs",
            "DeploymentTargets": "r DeploymentTargets",
            "OperationPreferences": "r OperationPreferences",
            "Regions": "r Regions",
            "RetainStacks": False,
            "StackSetName": "r StackSetName",
        },
    ),
    ("ec2", "EnableCapacityManager", "DisableCapacityManager", {}),
    ("cloudwatch", "PutMetricAlarm", "DeleteAlarms", {"AlarmNames": "r AlarmName"}),
    ("kms", "CreateKey", "ScheduleKeyDeletion", {"KeyId": "a KeyMetadata.KeyId", "PendingWindowInDays": 7}),
)


def removals(service: str) -> Removals:
    model = stored_service(service)
    return Removals(model, with_inferred(model, EMPTY_OVERLAY))


def test_what_is_in_a_thing_is_removed_with_every_list_of_what_it_is_called() -> None:
    known = removals("cloudformation")
    found = ChildListings(known).of(known.overlay.resources["StackSet"])
    members = next(each.members for each in found if each.list == "ListStackInstances")
    assert {each.name: each.at for each in members} == {
        "Accounts": ("Account",),
        "Regions": ("Region",),
        "RetainStacks": None,
        "StackSetName": None,
    }


@pytest.mark.parametrize(("service", "operation", "delete", "members"), REMOVED, ids=lambda each: str(each)[:40])
def test_what_is_added_is_removed_by(service: str, operation: str, delete: str, members: dict[str, object]) -> None:
    found = removals(service).of(operation)
    assert found is not None
    assert found.delete == delete
    written = {
        each.name: f"{each.source.side[0]} {format_path(each.source.path)}"
        if each.source is not None
        else each.constant
        for each in found.members
    }
    assert written == members


@pytest.mark.parametrize(
    ("service", "operation"),
    [("s3", "GetObject"), ("s3", "DeleteObject"), ("s3", "PutBucketAcl"), ("ec2", "RestoreSnapshotTier")],
)
def test_what_adds_nothing_of_its_own_has_no_removal(service: str, operation: str) -> None:
    assert removals(service).of(operation) is None


def test_what_existed_before_is_not_removed_for_what_was_made_of_it() -> None:
    for operation in ("CopyImage", "CopySnapshot", "CopyVolumes"):
        found = removals("ec2").of(operation)
        assert found is not None
        assert all(each.source is None or each.source.side == "answer" for each in found.members)


def test_every_entry_of_the_data_has_a_source() -> None:
    data = removal_data()
    assert data.verbs
    sources = [*(each.source for each in data.verbs), *(each.source for each in data.flags)]
    assert all((*sources, *(each.source for each in data.pairs.values())))
