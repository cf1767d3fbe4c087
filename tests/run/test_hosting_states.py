"""The hosting double over time: what a client sees of it, and that each switch of state changes what is seen.

One conversation, asked of the double without sockets; its transcript has times as ranks, so that two are comparable.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from doubles.hosting import SWITCHES
from doubles.hosting.faults import Faults
from doubles.hosting.server import Hosting
from doubles.hosting.store import Polls

IMAGE = {"Image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/serving:1"}
VARIANT = {"VariantName": "one", "ModelName": "Plain", "InstanceType": "ml.m5.large", "InitialInstanceCount": 4}
CANARY = {
    "BlueGreenUpdatePolicy": {
        "TrafficRoutingConfiguration": {
            "Type": "CANARY", "WaitIntervalInSeconds": 0, "CanarySize": {"Type": "INSTANCE_COUNT", "Value": 2},
        }
    }
}  # fmt: skip


ROLLING = {
    "RollingUpdatePolicy": {"MaximumBatchSize": {"Type": "CAPACITY_PERCENT", "Value": 50}, "WaitIntervalInSeconds": 0}
}
SERVERLESS = {"MemorySizeInMB": 1024, "MaxConcurrency": 1}
CAPTURE = {
    "InitialSamplingPercentage": 1, "DestinationS3Uri": "s3://b/c", "CaptureOptions": [{"CaptureMode": "Input"}],
}  # fmt: skip


class Talk:
    """Requests to one double, and what came back."""

    def __init__(self, *switches: str, lag: int = 0) -> None:
        self.service = Hosting(Faults(tuple(SWITCHES[name] for name in switches)), Polls(lag=lag))
        self.heard: list[Any] = []

    def ask(self, operation: str, **params: Any) -> Any:
        headers = {
            "x-amz-target": f"SageMaker.{operation}",
            "content-type": "application/x-amz-json-1.1",
            "authorization": "AWS4-HMAC-SHA256 Credential=AKID/20261120/eu-west-1/sagemaker/aws4_request",
        }
        reply = self.service.respond(headers, json.dumps(params).encode())
        answer = json.loads(reply.body) if reply.body else {}
        self.heard.append((operation, reply.status, answer))
        return answer

    def message(self, operation: str, **params: Any) -> str | None:
        """The text of an error, None for a success."""
        found: str | None = self.ask(operation, **params).get("message")
        return found

    def status(self, name: str) -> str | None:
        """What DescribeEndpoint says of an endpoint."""
        found: str | None = self.ask("DescribeEndpoint", EndpointName=name).get("EndpointStatus")
        return found

    def transcript(self) -> list[Any]:
        """Everything that was heard, each time as its rank among all."""
        times = sorted(set(_times(self.heard)))
        return [_ranked(each, times) for each in self.heard]


def _times(value: Any) -> list[float]:
    if isinstance(value, dict):
        here = [item for name, item in value.items() if name.endswith("Time")]
        return here + [time for item in value.values() for time in _times(item)]
    return [time for item in value for time in _times(item)] if isinstance(value, (list, tuple)) else []


def _ranked(value: Any, times: list[float]) -> Any:
    if isinstance(value, dict):
        return {
            name: times.index(item) if name.endswith("Time") else _ranked(item, times) for name, item in value.items()
        }
    return [_ranked(item, times) for item in value] if isinstance(value, (list, tuple)) else value


def conversation(talk: Talk) -> Talk:
    """The life of a few things, long enough for every switch of state to show."""
    for part in (_models, _configs, _life, _changes, _weights, _refusals, _failures, _failed_update, _lists, _tags):
        part(talk)
    return talk


def _models(talk: Talk) -> None:
    tags = [{"Key": "team", "Value": "one"}]
    talk.ask("CreateModel", ModelName="Plain", PrimaryContainer={**IMAGE, "Environment": {"A": "b"}}, Tags=tags)
    talk.ask("CreateModel", ModelName="Plain", PrimaryContainer=IMAGE)
    talk.ask("CreateModel", ModelName="Broken", PrimaryContainer={"Image": "example.com/serving:broken"})
    for _ in range(2):
        talk.ask("DescribeModel", ModelName="Plain")


def _configs(talk: Talk) -> None:
    talk.ask("CreateEndpointConfig", EndpointConfigName="first", ProductionVariants=[{**VARIANT, "VolumeSizeInGB": 9}],
             KmsKeyId="key")  # fmt: skip
    talk.ask("CreateEndpointConfig", EndpointConfigName="first", ProductionVariants=[VARIANT])
    talk.ask(
        "CreateEndpointConfig", EndpointConfigName="second", ProductionVariants=[{**VARIANT, "InitialInstanceCount": 8}]
    )
    talk.ask(
        "CreateEndpointConfig", EndpointConfigName="broken", ProductionVariants=[{**VARIANT, "ModelName": "Broken"}]
    )
    for name in ("first", "second"):
        talk.ask("DescribeEndpointConfig", EndpointConfigName=name)


def _life(talk: Talk) -> None:
    talk.ask("CreateEndpoint", EndpointName="Upper", EndpointConfigName="first", DeploymentConfig=CANARY)
    talk.ask("CreateEndpoint", EndpointName="uPPER", EndpointConfigName="first")
    talk.ask("CreateEndpoint", EndpointName="Upper", EndpointConfigName="first")
    talk.ask("DeleteEndpoint", EndpointName="Upper")
    for _ in range(4):
        talk.status("Upper")


def _changes(talk: Talk) -> None:
    sizes = [{"VariantName": "one", "DesiredWeight": 2.5, "DesiredInstanceCount": 6}]
    talk.ask("UpdateEndpointWeightsAndCapacities", EndpointName="Upper", DesiredWeightsAndCapacities=sizes)
    talk.ask("UpdateEndpointWeightsAndCapacities", EndpointName="Upper", DesiredWeightsAndCapacities=sizes)
    for _ in range(2):
        talk.status("Upper")
    talk.ask("UpdateEndpoint", EndpointName="Upper", EndpointConfigName="second", RetainAllVariantProperties=True,
             DeploymentConfig=CANARY)  # fmt: skip
    talk.ask("UpdateEndpoint", EndpointName="Upper", EndpointConfigName="first")
    for _ in range(3):
        talk.status("Upper")
    talk.ask("DeleteEndpointConfig", EndpointConfigName="second")
    talk.ask("DescribeEndpointConfig", EndpointConfigName="second")
    talk.ask("UpdateEndpoint", EndpointName="Upper", EndpointConfigName="first")
    for _ in range(2):
        talk.status("Upper")


def _weights(talk: Talk) -> None:
    heavy = {**VARIANT, "InitialVariantWeight": 3.0}
    talk.ask("CreateEndpointConfig", EndpointConfigName="heavy", ProductionVariants=[heavy])
    talk.ask("CreateEndpoint", EndpointName="weighed", EndpointConfigName="first", DeploymentConfig=CANARY)
    resized = {"DesiredWeightsAndCapacities": [{"VariantName": "one", "DesiredWeight": 2.0}]}
    except_weights = {"ExcludeRetainedVariantProperties": [{"VariantPropertyType": "DesiredWeight"}]}
    changes: list[tuple[str, dict[str, Any]]] = [
        ("UpdateEndpointWeightsAndCapacities", resized),
        ("UpdateEndpoint", {"EndpointConfigName": "heavy"}),
        ("UpdateEndpointWeightsAndCapacities", resized),
        ("UpdateEndpoint", {"EndpointConfigName": "heavy", "RetainAllVariantProperties": True, **except_weights}),
    ]
    for operation, params in changes:
        for _ in range(2):
            talk.status("weighed")
        talk.ask(operation, EndpointName="weighed", **params)
    for _ in range(2):
        talk.status("weighed")


def _refusals(talk: Talk) -> None:
    source = {"S3DataSource": {"S3Uri": "s3://b/m/", "S3DataType": "S3Prefix", "CompressionType": "None"}}
    serverless = {"VariantName": "one", "ModelName": "Sourced", "ServerlessConfig": SERVERLESS}
    talk.ask("CreateModel", ModelName="Sourced", PrimaryContainer={**IMAGE, "ModelDataSource": source})
    talk.ask("CreateEndpointConfig", EndpointConfigName="serverless", ProductionVariants=[serverless])
    talk.ask(
        "CreateEndpointConfig", EndpointConfigName="orphan", ProductionVariants=[{**VARIANT, "ModelName": "Sourced"}]
    )
    for _ in range(2):
        talk.ask("DeleteModel", ModelName="Sourced")
    talk.ask("DescribeEndpointConfig", EndpointConfigName="orphan")
    for name, types in (("divided", ["mig-1g.5gb", "mig-2g.10gb"]), ("parted", ["mig-2g.10gb", "mig-1g.5gb"])):
        bare = {each: value for each, value in VARIANT.items() if each != "ModelName"}
        variant = {**bare, "AcceleratorPartitionLayouts": [{"AcceleratorPartitionTypes": types}]}
        more = {"DataCaptureConfig": CAPTURE, "ExecutionRoleArn": "arn:aws:iam::123456789012:role/r"}
        talk.ask("CreateEndpointConfig", EndpointConfigName=name, ProductionVariants=[variant], **more)
    talk.ask(
        "CreateEndpointConfig", EndpointConfigName="renamed", ProductionVariants=[{**VARIANT, "VariantName": "two"}]
    )
    talk.ask("CreateEndpoint", EndpointName="fixed", EndpointConfigName="divided")
    for _ in range(2):
        talk.status("fixed")
    talk.ask("UpdateEndpoint", EndpointName="fixed", EndpointConfigName="parted")
    talk.ask("UpdateEndpoint", EndpointName="weighed", EndpointConfigName="renamed", DeploymentConfig=ROLLING)


def _failed_update(talk: Talk) -> None:
    talk.ask("UpdateEndpoint", EndpointName="weighed", EndpointConfigName="broken")
    for _ in range(2):
        talk.status("weighed")


def _failures(talk: Talk) -> None:
    talk.ask("CreateEndpoint", EndpointName="fails", EndpointConfigName="broken")
    for _ in range(2):
        talk.status("fails")
    talk.ask("UpdateEndpoint", EndpointName="fails", EndpointConfigName="first")
    talk.ask("DeleteEndpoint", EndpointName="fails")
    talk.ask("CreateEndpoint", EndpointName="fails", EndpointConfigName="broken")
    for _ in range(2):
        talk.status("fails")


def _lists(talk: Talk) -> None:
    for number in range(12):
        talk.ask("CreateModel", ModelName=f"m{11 - number}", PrimaryContainer=IMAGE)
        talk.ask("CreateEndpoint", EndpointName=f"e{number}", EndpointConfigName="first")
    talk.ask("DeleteModel", ModelName="m3")
    every = talk.ask("ListModels", MaxResults=100)["Models"]
    middle = every[5]["CreationTime"] if every else 0
    for params in (
        {}, {"SortBy": "Name"}, {"SortOrder": "Ascending"}, {"NameContains": "1"}, {"CreationTimeAfter": middle},
        {"CreationTimeBefore": middle}, {"MaxResults": 5}, {"NextToken": "foreign"},
    ):  # fmt: skip
        talk.ask("ListModels", **params)
    token = talk.ask("ListModels", MaxResults=5).get("NextToken")
    talk.ask("ListModels", MaxResults=5, **({} if token is None else {"NextToken": token}))
    talk.ask("ListEndpoints")
    talk.ask("ListEndpoints", MaxResults=100)
    talk.ask("ListEndpoints", StatusEquals="InService")
    talk.ask("ListEndpoints", LastModifiedTimeAfter=middle + 9999)
    talk.ask("ListEndpoints", LastModifiedTimeBefore=middle - 9999)


def _tags(talk: Talk) -> None:
    arn = "arn:aws:sagemaker:eu-west-1:123456789012:model/plain"
    talk.ask("ListTags", ResourceArn=arn)
    talk.ask("AddTags", ResourceArn=arn, Tags=[{"Key": "team", "Value": "two"}, {"Key": "cost", "Value": "x"}])
    talk.ask("ListTags", ResourceArn=arn)
    talk.ask("AddTags", ResourceArn=arn, Tags=[{"Key": "name", "Value": "y"}])
    talk.ask("ListTags", ResourceArn=arn)
    talk.ask("DeleteTags", ResourceArn=arn, TagKeys=["team"])
    talk.ask("ListTags", ResourceArn=arn)


SEQUENTIAL = [name for name, switch in SWITCHES.items() if switch.needs == "scenario" and name != "taken_at_once"]


@pytest.mark.parametrize("name", SEQUENTIAL)
def test_every_switch_of_state_can_be_seen(name: str) -> None:
    broken = conversation(Talk(name))
    assert broken.transcript() != conversation(Talk()).transcript()
    assert {status for _, status, _ in broken.heard} == {200, 400}, "it breaks more than it says"


def test_the_faithful_one_says_the_same_twice_and_never_crashes() -> None:
    talk = conversation(Talk())
    assert {status for _, status, _ in talk.heard} == {200, 400}
    assert talk.transcript() == conversation(Talk()).transcript()


@pytest.mark.parametrize(("switches", "winners"), [((), 1), (("taken_at_once",), 4)])
def test_of_several_clients_that_take_one_name_one_wins(switches: tuple[str, ...], winners: int) -> None:
    talk = Talk(*switches)
    talk.ask("ListModels")
    with ThreadPoolExecutor(4) as clients:
        for _ in range(4):
            clients.submit(talk.ask, "CreateModel", ModelName="wanted", PrimaryContainer=IMAGE)
    assert [status for operation, status, _ in talk.heard if operation == "CreateModel"].count(200) == winners


def test_a_configuration_may_not_be_seen_at_once() -> None:
    talk = Talk(lag=1)
    talk.ask("CreateModel", ModelName="Plain", PrimaryContainer=IMAGE)
    talk.ask("CreateEndpointConfig", EndpointConfigName="first", ProductionVariants=[VARIANT])
    late = [talk.message("CreateEndpoint", EndpointName="Upper", EndpointConfigName="first") for _ in range(2)]
    assert late == [
        f'Could not find endpoint configuration "{ARN.replace("endpoint/upper", "endpoint-config/first")}".',
        None,
    ]


@pytest.fixture
def served() -> Talk:
    """A double with an endpoint in service."""
    talk = Talk()
    talk.ask("CreateModel", ModelName="Plain", PrimaryContainer=IMAGE)
    talk.ask("CreateEndpointConfig", EndpointConfigName="first", ProductionVariants=[VARIANT])
    talk.ask("CreateEndpoint", EndpointName="Upper", EndpointConfigName="first")
    assert [talk.status("Upper") for _ in range(3)] == ["Creating", "InService", "InService"]
    return talk


ARN = "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/upper"


def test_an_endpoint_is_deleted_in_time_and_its_name_is_taken_until_then(served: Talk) -> None:
    assert served.message("DeleteEndpoint", EndpointName="Upper") is None
    taken = served.message("CreateEndpoint", EndpointName="UPPER", EndpointConfigName="first")
    assert taken == f'Cannot create already existing endpoint "{ARN}".'
    assert served.message("DeleteEndpoint", EndpointName="Upper") == f'Cannot update in-progress endpoint "{ARN}".'
    assert [served.status("Upper") for _ in range(2)] == ["Deleting", None]
    assert served.message("DescribeEndpoint", EndpointName="Upper") == f'Could not find endpoint "{ARN}".'
    assert served.message("CreateEndpoint", EndpointName="Upper", EndpointConfigName="first") is None


def test_an_update_takes_time_and_needs_the_configuration_in_use(served: Talk) -> None:
    served.ask("CreateEndpointConfig", EndpointConfigName="second", ProductionVariants=[VARIANT])
    assert served.message("DeleteEndpointConfig", EndpointConfigName="first") is None
    assert served.status("Upper") == "InService"
    gone = served.message("UpdateEndpoint", EndpointName="Upper", EndpointConfigName="second")
    assert gone == f'Could not find endpoint configuration "{ARN.replace("endpoint/upper", "endpoint-config/first")}".'
    served.ask("CreateEndpointConfig", EndpointConfigName="first", ProductionVariants=[VARIANT])
    assert served.message("UpdateEndpoint", EndpointName="Upper", EndpointConfigName="second") is None
    assert [served.status("Upper") for _ in range(2)] == ["Updating", "InService"]
    assert served.heard[-1][2]["EndpointConfigName"] == "second"


def test_an_update_that_fails_leaves_what_was_there(served: Talk) -> None:
    served.ask("CreateModel", ModelName="Broken", PrimaryContainer={"Image": "example.com/serving:broken"})
    served.ask(
        "CreateEndpointConfig", EndpointConfigName="bad", ProductionVariants=[{**VARIANT, "ModelName": "Broken"}]
    )
    served.ask("UpdateEndpoint", EndpointName="Upper", EndpointConfigName="bad")
    assert [served.status("Upper") for _ in range(2)] == ["Updating", "InService"]
    assert served.heard[-1][2]["EndpointConfigName"] == "first"
    assert "FailureReason" in served.heard[-1][2]


def test_pages_have_everything_once(served: Talk) -> None:
    for number in range(23):
        served.ask("CreateModel", ModelName=f"m{number}", PrimaryContainer=IMAGE)
    names, token = [], None
    while True:
        page = served.ask("ListModels", MaxResults=5, **({"NextToken": token} if token else {}))
        names += [each["ModelName"] for each in page["Models"]]
        token = page.get("NextToken")
        if token is None:
            break
    assert names == [*(f"m{number}" for number in reversed(range(23))), "Plain"]
