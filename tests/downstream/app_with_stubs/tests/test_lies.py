"""Tests that pass, with mocks that do what AWS does not do. `lie:` names the code of the finding at that line."""

from __future__ import annotations

import datetime
from typing import Any
from unittest import mock

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from inventory import answer, client

MADE = datetime.datetime(2024, 5, 1, tzinfo=datetime.timezone.utc)
TABLE = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"
QUEUE = "https://sqs.eu-west-1.amazonaws.com/123456789012/q"
ROLE = "arn:aws:iam::123456789012:role/worker"


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Gives every call one answer, and returns what the application makes of it."""

    def give(output: Any) -> Any:
        def call(_client: Any, operation: str, _params: Any) -> Any:
            if isinstance(output, dict) and set(output) == {"code"}:
                raise ClientError({"Error": {"Code": output["code"], "Message": "no"}}, operation)
            if isinstance(output, BaseException):
                raise output
            return output

        monkeypatch.setattr("botocore.client.BaseClient._make_api_call", call)
        if isinstance(output, ClientError):
            return output.response.get("Error", {}).get("Code")
        return output["code"] if isinstance(output, dict) and set(output) == {"code"} else output

    return give


def test_number_as_text(answers: Any) -> None:
    told = answers({"Table": {"TableName": "orders", "ItemCount": "12"}})
    assert answer("dynamodb", "describe_table", TableName="orders") == told  # lie: wrong-type


def test_time_as_text(answers: Any) -> None:
    told = answers({"Table": {"TableName": "orders", "CreationDateTime": "2024-05-01T00:00:00Z"}})
    assert answer("dynamodb", "describe_table", TableName="orders") == told  # lie: wrong-type


def test_time_as_number(answers: Any) -> None:
    told = answers({"Buckets": [{"Name": "logs", "CreationDate": 1714521600}]})
    assert answer("s3", "list_buckets") == told  # lie: wrong-type


def test_id_as_number(answers: Any) -> None:
    told = answers({"Buckets": [], "Owner": {"ID": 7}})
    assert answer("s3", "list_buckets") == told  # lie: wrong-type


def test_list_as_object(answers: Any) -> None:
    told = answers({"Topics": {"TopicArn": "arn:aws:sns:eu-west-1:123456789012:alarms"}})
    assert answer("sns", "list_topics") == told  # lie: wrong-type


def test_object_as_text(answers: Any) -> None:
    told = answers({"Table": "orders"})
    assert answer("dynamodb", "describe_table", TableName="orders") == told  # lie: wrong-type


def test_body_as_text(answers: Any) -> None:
    told = answers({"Plaintext": "secret", "KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab"})
    assert answer("kms", "decrypt", CiphertextBlob=b"x") == told  # lie: wrong-type


def test_text_as_number(answers: Any) -> None:
    told = answers({"Attributes": {"VisibilityTimeout": 30}})
    assert answer("sqs", "get_queue_attributes", QueueUrl=QUEUE) == told  # lie: wrong-type


def test_whole_answer_is_text(answers: Any) -> None:
    told = answers("ok")
    assert answer("sns", "list_topics") == told  # lie: malformed-answer


def test_no_answer_at_all(answers: Any) -> None:
    told = answers(None)
    assert answer("sns", "list_topics") == told  # lie: malformed-answer


def test_impossible_status_of_table(answers: Any) -> None:
    told = answers({"Table": {"TableName": "orders", "TableStatus": "READY"}})
    assert answer("dynamodb", "describe_table", TableName="orders") == told  # lie: not-in-enum


def test_impossible_status_in_a_stub() -> None:
    lambdas = client("lambda")
    with Stubber(lambdas) as stub:
        stub.add_response("get_function", {"Configuration": {"FunctionName": "f", "State": "Running"}})
        assert lambdas.get_function(FunctionName="f")  # lie: not-in-enum


def test_impossible_state_of_instance(answers: Any) -> None:
    told = answers({"Reservations": [{"Instances": [{"InstanceId": "i-0abc", "State": {"Code": 16, "Name": "up"}}]}]})
    assert answer("ec2", "describe_instances") == told  # lie: not-in-enum


def test_impossible_status_of_execution(answers: Any) -> None:
    found = {"executionArn": "arn:aws:states:eu-west-1:123456789012:execution:m:e", "startDate": MADE}
    machine = "arn:aws:states:eu-west-1:123456789012:stateMachine:m"
    told = answers({**found, "stateMachineArn": machine, "status": "DONE"})
    assert answer("stepfunctions", "describe_execution", executionArn=found["executionArn"]) == told  # lie: not-in-enum


def test_extra_member(answers: Any) -> None:
    told = answers({"Topics": [], "Count": 0})
    assert answer("sns", "list_topics") == told  # lie: invented-member


def test_extra_member_below(answers: Any) -> None:
    told = answers({"Buckets": [{"Name": "logs", "Size": 12}]})
    assert answer("s3", "list_buckets") == told  # lie: invented-member


def test_member_in_the_case_of_another_api(answers: Any) -> None:
    told = answers({"queueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/q"})
    assert answer("sqs", "get_queue_url", QueueName="q") == told  # lie: invented-member


def endpoint(**members: Any) -> dict[str, Any]:
    arn = "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/ads"
    return {
        "EndpointName": "Ads",
        "EndpointArn": arn,
        "EndpointStatus": "InService",
        "CreationTime": MADE,
        "LastModifiedTime": MADE,
        **members,
    }


def test_answer_that_breaks_a_rule(answers: Any) -> None:
    told = answers(endpoint(EndpointArn="arn:aws:sagemaker:eu-west-1:123456789012:endpoint/Ads"))
    assert answer("sagemaker", "describe_endpoint", EndpointName="Ads") == told  # lie: breaks-rule


def test_answer_to_another_request(answers: Any) -> None:
    told = answers(endpoint())
    assert answer("sagemaker", "describe_endpoint", EndpointName="Other") == told  # lie: breaks-rule


def test_missing_member(answers: Any) -> None:
    told = answers({"Users": [{"UserName": "ada"}], "IsTruncated": False})
    assert answer("iam", "list_users") == told  # lie: missing-member


def test_missing_member_in_a_stub() -> None:
    iam = client("iam")
    with Stubber(iam) as stub:
        stub.add_response("list_roles", {"IsTruncated": False, "Roles": []})
        stub.add_response("get_user", {"User": {**user(), "UserName": "bob"}})
        iam.list_roles()
        answer_of = iam.get_user(UserName="bob")
    assert answer_of["User"]["UserName"] == "bob"
    with Stubber(iam) as stub, pytest.MonkeyPatch.context() as patch:
        patch.setattr(iam, "_make_api_call", lambda *_: {"IsTruncated": False})
        assert iam.list_roles()  # lie: missing-member


def user() -> dict[str, Any]:
    return {
        "Path": "/",
        "UserName": "ada",
        "UserId": "AIDACKCEVSQ6C2EXAMPLE",
        "Arn": "arn:aws:iam::123456789012:user/ada",
        "CreateDate": MADE,
    }


def test_impossible_error_code(answers: Any) -> None:
    told = answers({"code": "TableMissing"})
    assert answer("dynamodb", "describe_table", TableName="orders") == told  # lie: invented-code


def test_error_code_that_ec2_does_not_document(answers: Any) -> None:
    told = answers({"code": "NoSuchInstance"})
    assert answer("ec2", "describe_instances") == told  # lie: invented-code


def test_error_code_of_another_service() -> None:
    lambdas = client("lambda")
    stub = Stubber(lambdas)
    stub.add_client_error("get_function", "NoSuchEntity")
    with stub, pytest.raises(ClientError):
        lambdas.get_function(FunctionName="f")  # lie: invented-code


def test_error_code_where_the_model_has_none(answers: Any) -> None:
    told = answers({"code": "ResourceMissingException"})
    assert answer("ec2", "describe_vpcs") == told  # lie: invented-code


def test_error_code_in_the_spelling_of_an_exception(answers: Any) -> None:
    told = answers({"code": "SecretNotFound"})
    assert answer("secretsmanager", "get_secret_value", SecretId="db") == told  # lie: invented-code


def test_error_without_a_code(answers: Any) -> None:
    told = answers(ClientError({"Error": {"Message": "no"}}, "ListTopics"))
    assert answer("sns", "list_topics") == told  # lie: no-error-code


def test_error_without_an_error(answers: Any) -> None:
    told = answers(ClientError({"Code": "NotFound"}, "ListTopics"))
    assert answer("sns", "list_topics") == told  # lie: malformed-error


def test_error_code_as_number(answers: Any) -> None:
    told = answers(ClientError({"Error": {"Code": 404, "Message": "no"}}, "ListTopics"))
    assert answer("sns", "list_topics") == told  # lie: no-error-code


def test_error_with_members_of_another(answers: Any) -> None:
    error = {"Error": {"Code": "ResourceNotFoundException", "Message": "no"}, "TableName": "orders"}
    told = answers(ClientError(error, "DescribeTable"))
    assert answer("dynamodb", "describe_table", TableName="orders") == told  # lie: invented-member


def test_token_with_the_last_page(answers: Any) -> None:
    told = answers({"Users": [user()], "IsTruncated": False, "Marker": "more"})
    assert answer("iam", "list_users") == told  # lie: token-after-last-page


def test_more_pages_without_a_token(answers: Any) -> None:
    told = answers({"Users": [user()], "IsTruncated": True})
    assert answer("iam", "list_users") == told  # lie: more-without-token


def test_page_that_leads_to_itself(answers: Any) -> None:
    told = answers({"Topics": [], "NextToken": "a"})
    assert answer("sns", "list_topics", NextToken="a") == told  # lie: endless-pages


def test_name_that_aws_refuses(answers: Any) -> None:
    told = answers({"User": user()})
    assert answer("iam", "get_user", UserName="ada lovelace!") == told  # lie: accepts-invalid


def test_name_that_is_too_long(answers: Any) -> None:
    told = answers(
        {"Role": {"RoleName": "r", "Path": "/", "RoleId": "AROACKCEVSQ6C2EXAMPL", "Arn": ROLE, "CreateDate": MADE}}
    )
    assert answer("iam", "get_role", RoleName="r" * 65) == told  # lie: accepts-invalid


def test_enum_value_that_aws_does_not_take(answers: Any) -> None:
    told = answers({})
    assert answer("dynamodb", "update_table", TableName="orders", BillingMode="FREE") == told  # lie: accepts-invalid


def test_number_that_is_too_large() -> None:
    lambdas = client("lambda")
    with Stubber(lambdas) as stub:
        stub.add_response("list_functions", {"Functions": []})
        assert lambdas.list_functions(MaxItems=100000)  # lie: accepts-invalid


def test_parameter_that_there_is_not(answers: Any) -> None:
    told = answers({"Topics": []})
    assert answer("sns", "list_topics", PageSize=10) == told  # lie: takes-unknown-member


def test_parameter_that_is_missing(answers: Any) -> None:
    told = answers({"Table": {"TableName": "orders"}})
    assert answer("dynamodb", "describe_table") == told  # lie: accepts-invalid


def test_in_a_thread_of_a_client_from_before() -> None:
    import threading

    sns = boto3.client("sns", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="y")

    def work() -> None:
        sns.list_topics()  # lie: invented-member

    with mock.patch("botocore.client.BaseClient._make_api_call", return_value={"Total": 3}):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert not thread.is_alive()
