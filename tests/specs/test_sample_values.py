"""Values by the names of members: text of the form that services look for, within what the model allows."""

from __future__ import annotations

import json
import re

import pytest
import yaml

from conformance.cases.samples import Sampler
from conformance.specs import ingest
from conformance.specs.model import Shape
from conformance.specs.sample_values import FILE, sample_keys_for, sample_value_for
from conformance.specs.store.files import shared_data
from doubles.handmade_shapes import service, structure


def sample(name: str, shape: Shape, region: str = "us-east-1") -> object:
    model = service("json", structure("Root", (name,), **{name: "Held"}), shape)
    return Sampler(model, region=region).build(model.shapes["Root"])[name]


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("RoleArn", r"arn:aws:iam::\d{12}:role/.+"),
        ("CidrBlock", r"10\.0\.0\.0/16"),
        ("AvailabilityZone", "us-east-1[a-z]"),
        ("ScheduleExpression", r"rate\(.*\)"),
        ("NotificationEmail", r".+@example\.com"),
        ("TargetArn", "arn:aws:things:us-east-1:.*"),
        ("Nickname", "example-name"),
    ],
)
def test_text_has_the_form_that_the_name_asks_for(name: str, form: str) -> None:
    assert re.fullmatch(form, str(sample(name, Shape("Held", "string"))))


@pytest.mark.parametrize("name", ["PolicyDocument", "AssumeRolePolicyDocument", "TemplateBody", "EventPattern"])
def test_documents_are_json(name: str) -> None:
    assert json.loads(str(sample(name, Shape("Held", "string"))))


def test_the_region_is_the_targets() -> None:
    assert sample("AvailabilityZone", Shape("Held", "string"), "eu-west-1") == "eu-west-1a"


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        (Shape("Held", "string", maximum=5), "examp"),
        (Shape("Held", "string", enum=("A", "B")), "A"),
        (Shape("Held", "string", pattern="[a-z]+", maximum=8), "example"),
        (Shape("Held", "integer", minimum=1), 1),
    ],
)
def test_the_model_comes_first(shape: Shape, expected: object) -> None:
    assert sample("RoleArn", shape) == expected


def test_the_name_of_a_shape_counts_where_it_says_more_than_its_type() -> None:
    assert sample_value_for("Execution", "RoleArn") == sample_value_for("RoleArn")
    assert sample_value_for("Execution", "String") == ()


def test_what_ends_ends_after_it_began() -> None:
    model = service(
        "json",
        structure("Root", ("StartTime", "EndTime"), StartTime="When", EndTime="When"),
        Shape("When", "timestamp"),
    )
    built = Sampler(model).build(model.shapes["Root"])
    assert built["StartTime"] < built["EndTime"]


def test_keys_are_known_by_the_name_of_the_map() -> None:
    assert sample_keys_for("ExpressionAttributeNames") == ("#n",)
    assert sample_keys_for("Expression") == ()
    assert sample_keys_for("") == ()
    shape = ingest.installed_spec("dynamodb").service.shapes["PutItemInput"]
    built = Sampler(ingest.installed_spec("dynamodb").service, full=True).build(shape)
    assert list(built["ExpressionAttributeValues"]) == [":v"]


def test_every_name_ends_where_its_pattern_ends() -> None:
    path = shared_data(FILE)
    assert path is not None
    document = yaml.safe_load(path.read_text("utf-8"))
    names = [entry["name"] for section in ("free_keys", "keys", "values") for entry in document[section]]
    assert [name for name in names if not all(part.endswith("$") for part in _alternatives(name))] == []


def _alternatives(pattern: str) -> list[str]:
    """The alternatives of a pattern that stand in no group."""
    parts, depth = [""], 0
    for character in pattern:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return parts


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("SessionPolicyArn", "SessionPolicy"),
        ("SslPolicy", "Policy"),
        ("FirewallPolicyArn", "PolicyArn"),
        ("StackPolicyBody", "TemplateBody"),
        ("ObjectLambdaAccessPointArn", "LambdaArn"),
        ("tableBucketARN", "BucketArn"),
        ("DeliveryStreamArn", "StreamARN"),
        ("jobQueueArn", "QueueArn"),
        ("TopicReassignmentOperationArn", "TopicArn"),
        ("SubnetCidrReservationId", "CidrBlock"),
        ("CidrIpv6", "CidrBlock"),
        ("awsAccountRegion", "awsAccountId"),
        ("subdomain", "domain"),
    ],
)
def test_a_longer_name_is_that_of_another_thing(name: str, other: str) -> None:
    assert sample_value_for(other)
    assert sample_value_for(name) != sample_value_for(other)


@pytest.mark.parametrize("name", ["lifecyclePolicyText", "StackPolicyBody", "Body"])
def test_documents_of_other_forms_are_json(name: str) -> None:
    assert json.loads(str(sample(name, Shape("Held", "string"))))
