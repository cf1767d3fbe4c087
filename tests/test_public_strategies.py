"""Strategies for everybody: requests that are valid or break one constraint, answers and errors of a mock."""

from __future__ import annotations

import builtins
import contextlib
from datetime import datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.session import get_session
from botocore.stub import Stubber
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

import conformance
from conformance.cases.constraints import violations
from conformance.cases.request_changes.broken_requests import BrokenRequest
from conformance.exceptions import ConformanceError, UnknownName, UsageError
from conformance.planning.service_specs import LoadedService, operation_of
from conformance.specs.overlay import rules
from conformance.values.conditions import BadCondition
from conformance.verdicts.error_checks import declared_error

pytestmark = pytest.mark.usefixtures("clean_aws")

WRONG: Any = 3
FEW = settings(max_examples=8, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
OPERATIONS = (
    "sagemaker:CreateEndpointConfig",
    "dynamodb:PutItem",
    "s3:PutBucketLifecycleConfiguration",
    "ec2:RunInstances",
)


@pytest.fixture(scope="module")
def services() -> Any:
    known: dict[str, LoadedService] = {}

    def load(name: str) -> LoadedService:
        if name not in known:
            known[name] = conformance.load_service(name)
        return known[name]

    return load


def broken_in(loaded: LoadedService, operation: str, params: Any) -> set[str]:
    """The clauses that a request breaks."""
    chosen = operation_of(loaded.service, operation)
    name = f"{loaded.service.name}:{operation}"
    found = {
        f"{name}/input/{each.place}#{each.name}"
        for each in violations(loaded.service, loaded.service.input_of(chosen), params)
    }
    for rule in loaded.overlay.rules_for(operation, loaded.loaded.spec.provenance.botocore):
        with contextlib.suppress(BadCondition):  # a condition cannot be asked of values of other types
            found |= set() if rules.obeys(rule, params) else {f"{name}/rule#{rule.id}"}
    return found


@pytest.mark.parametrize("place", OPERATIONS)
def test_a_valid_request_breaks_nothing(place: str, services: Any) -> None:
    service, _, operation = place.partition(":")

    @FEW
    @given(conformance.requests(services(service), operation))
    def check(params: dict[str, Any]) -> None:
        assert broken_in(services(service), operation, params) == set()

    check()


@pytest.mark.parametrize("place", OPERATIONS)
def test_a_broken_request_breaks_what_it_says_and_nothing_else(place: str, services: Any) -> None:
    service, _, operation = place.partition(":")

    @FEW
    @given(conformance.requests(services(service), operation, breaking=builtins.any))
    def check(params: BrokenRequest) -> None:
        assert broken_in(services(service), operation, params) == {params.clause}
        assert params.how

    check()


@pytest.mark.parametrize(
    ("breaking", "clauses"),
    [
        ("EndpointConfigName#pattern", {"sagemaker:CreateEndpointConfig/input/EndpointConfigName#pattern"}),
        ("sagemaker:CreateEndpointConfig/input/Tags#max", {"sagemaker:CreateEndpointConfig/input/Tags#max"}),
        ("input/ProductionVariants#required", {"sagemaker:CreateEndpointConfig/input/ProductionVariants#required"}),
        ("rule#CFG-02", {"sagemaker:CreateEndpointConfig/rule#CFG-02"}),
        ("ProductionVariants[]/InstanceType#*", {
            "sagemaker:CreateEndpointConfig/input/ProductionVariants[]/InstanceType#enum",
            "sagemaker:CreateEndpointConfig/input/ProductionVariants[]/InstanceType#type",
        }),
    ],
)  # fmt: skip
def test_what_is_broken_can_be_chosen(breaking: str, clauses: set[str], services: Any) -> None:
    found: set[str] = set()

    @FEW
    @given(conformance.requests(services("sagemaker"), "CreateEndpointConfig", breaking=breaking))
    def check(params: BrokenRequest) -> None:
        found.add(params.clause)
        assert broken_in(services("sagemaker"), "CreateEndpointConfig", params) == {params.clause}

    check()
    assert found == clauses


def test_a_broken_request_is_a_dict_that_shows_what_it_breaks(services: Any) -> None:
    strategy = conformance.requests(services("sqs"), "SendMessage", breaking="QueueUrl#required")
    found = find(strategy, lambda _: True, settings=FEW)
    assert dict(found) == {"MessageBody": ""}
    assert repr(found) == (
        "BrokenRequest({'MessageBody': ''}, clause='sqs:SendMessage/input/QueueUrl#required', how='missing')"
    )


def test_requests_shrink(services: Any) -> None:
    strategy = conformance.requests(services("sagemaker"), "CreateEndpoint")
    smallest = find(strategy, lambda params: len(params.get("Tags", ())) > 1, settings=settings(database=None))
    assert (smallest["EndpointName"], smallest["EndpointConfigName"]) == ("a", "a")
    assert [each["Value"] for each in smallest["Tags"]] == ["", ""]


def test_places_take_the_values_of_the_caller(services: Any) -> None:
    overrides = {
        "EndpointConfigName": st.sampled_from(["mine", "yours"]),
        "ProductionVariants[]/ModelName": "model",
        "DataCaptureConfig/DestinationS3Uri": "not a uri at all",
    }

    @FEW
    @given(conformance.requests(services("sagemaker"), "CreateEndpointConfig", overrides=overrides))
    def check(params: dict[str, Any]) -> None:
        assert params["EndpointConfigName"] in ("mine", "yours")
        assert {each["ModelName"] for each in params["ProductionVariants"]} == {"model"}
        assert params["DataCaptureConfig"]["DestinationS3Uri"] == "not a uri at all"

    check()


def test_a_list_or_map_that_takes_values_of_the_caller_is_not_empty(services: Any) -> None:
    overrides = {"tags{key}": st.just("mine"), "Attributes{}": st.just("yours")}

    @settings(FEW, max_examples=25)
    @given(conformance.requests(services("sqs"), "CreateQueue", overrides=overrides))
    def check(params: dict[str, Any]) -> None:
        assert set(params["tags"]) == {"mine"}
        assert set(params["Attributes"].values()) == {"yours"}

    check()


def test_only_required_members_are_left(services: Any) -> None:
    @FEW
    @given(
        conformance.requests(services("sagemaker"), "CreateEndpoint", required_only=True, overrides={"Tags[]/Key": "k"})
    )
    def check(params: dict[str, Any]) -> None:
        assert set(params) == {"EndpointName", "EndpointConfigName", "Tags"}

    check()


@pytest.mark.parametrize(
    ("place", "method"),
    [
        ("s3:GetObject", "get_object"),
        ("dynamodb:DescribeTable", "describe_table"),
        ("sqs:ReceiveMessage", "receive_message"),
        ("sagemaker:ListEndpoints", "list_endpoints"),
        ("iam:ListUsers", "list_users"),
    ],
)
def test_answers_are_valid_and_what_a_stubber_takes(place: str, method: str, services: Any) -> None:
    service, _, operation = place.partition(":")
    loaded = services(service)
    client = get_session().create_client(
        service, region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    params = {"s3": {"Bucket": "b-b-b", "Key": "k"}, "dynamodb": {"TableName": "table"}, "sqs": {"QueueUrl": "u"}}

    # botocore makes a time of what the model calls a text: `Expires` of an object.
    @FEW
    @given(conformance.responses(loaded, operation, required_only=service == "s3"))
    def check(answer: dict[str, Any]) -> None:
        shape = loaded.service.output_of(operation_of(loaded.service, operation))
        whole = {name: value for name, value in answer.items() if name != "Body"}
        assert [each for each in violations(loaded.service, shape, whole) if each.place != "Body"] == []
        with Stubber(client) as stubber:
            stubber.add_response(method, answer)
            given_back = getattr(client, method)(**params.get(service, {}))
        assert given_back.items() >= whole.items()
        if operation == "GetObject":
            assert isinstance(given_back["Body"].read(), bytes)

    check()


def test_times_of_answers_know_their_zone(services: Any) -> None:
    strategy = conformance.responses(services("sagemaker"), "DescribeEndpoint", required_only=True)
    found = find(strategy, lambda _: True, settings=FEW)
    assert isinstance(found["CreationTime"], datetime)
    assert found["CreationTime"].tzinfo is not None
    assert repr(strategy) == "responses('sagemaker', 'DescribeEndpoint', required_only=True)"


@pytest.mark.parametrize(
    ("place", "codes"),
    [("dynamodb:PutItem", "*"), ("sqs:SendMessage", "*"), ("iam:GetUser", ["NoSuch*", "Throttling"])],
)
def test_errors_are_those_that_the_operation_may_answer(place: str, codes: Any, services: Any) -> None:
    service, _, operation = place.partition(":")
    loaded = services(service)
    seen: set[str] = set()

    @settings(FEW, max_examples=40)
    @given(conformance.errors(loaded, operation, codes=codes))
    def check(error: ClientError) -> None:
        code = error.response["Error"]["Code"]
        shape = declared_error(loaded.service, operation_of(loaded.service, operation), code)
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        assert 400 <= status < 600
        if loaded.service.protocol == "json" and shape is not None:
            assert status in (400, 500)
        assert error.operation_name == operation
        seen.add(code)

    check()
    declared = {
        each.error.code for each in loaded.service.errors_of(operation_of(loaded.service, operation)) if each.error
    }
    assert seen & declared
    assert codes == "*" or seen == {"NoSuchEntity", "Throttling"}


@pytest.mark.parametrize(
    ("place", "code", "status"),
    [
        ("lambda:ListFunctions", "AccessDeniedException", 403),
        ("sqs:SendMessage", "AccessDeniedException", 400),
        ("s3:GetObject", "AccessDenied", 403),
        ("ec2:RunInstances", "RequestLimitExceeded", 503),
    ],
)
def test_an_error_of_any_operation_has_the_status_of_its_protocol(
    place: str, code: str, status: int, services: Any
) -> None:
    service, _, operation = place.partition(":")
    found = find(conformance.errors(services(service), operation, codes=code), lambda _: True, settings=FEW)
    assert found.response["ResponseMetadata"]["HTTPStatusCode"] == status


@pytest.mark.parametrize(("service", "code"), [("s3", "Throttling"), ("ec2", "AccessDenied")])
def test_a_service_does_not_answer_the_codes_of_another_protocol(service: str, code: str, services: Any) -> None:
    operation = {"s3": "GetObject", "ec2": "RunInstances"}[service]
    with pytest.raises(UnknownName):
        conformance.errors(services(service), operation, codes=code)


@pytest.mark.parametrize(
    ("call", "error", "names"),
    [
        (lambda: conformance.requests("sqs", "CreateQueue", breaking="QueueNam#type"), UnknownName, "QueueName#type"),
        (lambda: conformance.requests("sqs", "CreateQueue", breaking=""), UsageError, "breaking is ''"),
        (lambda: conformance.requests("sqs", "CreateQueue", breaking=len), UsageError, "breaking is"),
        (lambda: conformance.requests("sqs", "CreateQueue", overrides={"QueueNam": 1}), UnknownName, "QueueName"),
        (lambda: conformance.requests("sqs", "CreateQueue", overrides=WRONG), UsageError, "overrides is 3"),
        (lambda: conformance.responses("sqs", "CreateQueu"), UnknownName, "CreateQueue"),
        (lambda: conformance.responses("sqs", "CreateQueue", overrides={"Url": 1}), UnknownName, "Url"),
        (
            lambda: conformance.errors("sqs", "CreateQueue", codes="QueueDeletedRecentl"),
            UnknownName,
            "QueueDeletedRecently",
        ),
        (lambda: conformance.errors("sqs", "CreateQueue", codes=[WRONG]), UsageError, "codes is 3"),
        (lambda: conformance.errors("sqz", "CreateQueue"), UnknownName, "sqs"),
    ],
)
def test_a_wrong_argument_is_named(call: Any, error: type[ConformanceError], names: str) -> None:
    with pytest.raises(error) as caught:
        call()
    assert names in f"{caught.value.message} {caught.value.hint}"
