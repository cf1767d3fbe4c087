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
    """Gives every call one answer."""

    def give(output: Any) -> None:
        def call(_client: Any, operation: str, _params: Any) -> Any:
            if isinstance(output, dict) and set(output) == {"code"}:
                raise ClientError({"Error": {"Code": output["code"], "Message": "no"}}, operation)
            if isinstance(output, BaseException):
                raise output
            return output

        monkeypatch.setattr("botocore.client.BaseClient._make_api_call", call)

    return give


def test_number_as_text(answers: Any) -> None:
    answers({"Table": {"TableName": "orders", "ItemCount": "12"}})
    answer("dynamodb", "describe_table", TableName="orders")  # lie: wrong-type


def test_time_as_text(answers: Any) -> None:
    answers({"Table": {"TableName": "orders", "CreationDateTime": "2024-05-01T00:00:00Z"}})
    answer("dynamodb", "describe_table", TableName="orders")  # lie: wrong-type


def test_time_as_number(answers: Any) -> None:
    answers({"Buckets": [{"Name": "logs", "CreationDate": 1714521600}]})
    answer("s3", "list_buckets")  # lie: wrong-type


def test_id_as_number(answers: Any) -> None:
    answers({"Buckets": [], "Owner": {"ID": 7}})
    answer("s3", "list_buckets")  # lie: wrong-type


def test_list_as_object(answers: Any) -> None:
    answers({"Topics": {"TopicArn": "arn:aws:sns:eu-west-1:123456789012:alarms"}})
    answer("sns", "list_topics")  # lie: wrong-type


def test_object_as_text(answers: Any) -> None:
    answers({"Table": "orders"})
    answer("dynamodb", "describe_table", TableName="orders")  # lie: wrong-type


def test_body_as_text(answers: Any) -> None:
    answers({"Plaintext": "secret", "KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab"})
    answer("kms", "decrypt", CiphertextBlob=b"x")  # lie: wrong-type


def test_text_as_number(answers: Any) -> None:
    answers({"Attributes": {"VisibilityTimeout": 30}})
    answer("sqs", "get_queue_attributes", QueueUrl=QUEUE)  # lie: wrong-type


def test_whole_answer_is_text(answers: Any) -> None:
    answers("ok")
    answer("sns", "list_topics")  # lie: malformed-answer


def test_no_answer_at_all(answers: Any) -> None:
    answers(None)
    answer("sns", "list_topics")  # lie: malformed-answer


def test_impossible_status_of_table(answers: Any) -> None:
    answers({"Table": {"TableName": "orders", "TableStatus": "READY"}})
    answer("dynamodb", "describe_table", TableName="orders")  # lie: not-in-enum


def test_impossible_status_in_a_stub() -> None:
    lambdas = client("lambda")
    with Stubber(lambdas) as stub:
        stub.add_response("get_function", {"Configuration": {"FunctionName": "f", "State": "Running"}})
        lambdas.get_function(FunctionName="f")  # lie: not-in-enum


def test_impossible_state_of_instance(answers: Any) -> None:
    answers({"Reservations": [{"Instances": [{"InstanceId": "i-0abc", "State": {"Code": 16, "Name": "up"}}]}]})
    answer("ec2", "describe_instances")  # lie: not-in-enum


def test_impossible_status_of_execution(answers: Any) -> None:
    found = {"executionArn": "arn:aws:states:eu-west-1:123456789012:execution:m:e", "startDate": MADE}
    machine = "arn:aws:states:eu-west-1:123456789012:stateMachine:m"
    answers({**found, "stateMachineArn": machine, "status": "DONE"})
    answer("stepfunctions", "describe_execution", executionArn=found["executionArn"])  # lie: not-in-enum


def test_extra_member(answers: Any) -> None:
    answers({"Topics": [], "Count": 0})
    answer("sns", "list_topics")  # lie: invented-member


def test_extra_member_below(answers: Any) -> None:
    answers({"Buckets": [{"Name": "logs", "Size": 12}]})
    answer("s3", "list_buckets")  # lie: invented-member


def test_member_in_the_case_of_another_api(answers: Any) -> None:
    answers({"queueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/q"})
    answer("sqs", "get_queue_url", QueueName="q")  # lie: invented-member


def test_missing_member(answers: Any) -> None:
    answers({"Users": [{"UserName": "ada"}], "IsTruncated": False})
    answer("iam", "list_users")  # lie: missing-member


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
        iam.list_roles()  # lie: missing-member


def user() -> dict[str, Any]:
    return {
        "Path": "/",
        "UserName": "ada",
        "UserId": "AIDACKCEVSQ6C2EXAMPLE",
        "Arn": "arn:aws:iam::123456789012:user/ada",
        "CreateDate": MADE,
    }


def test_impossible_error_code(answers: Any) -> None:
    answers({"code": "TableMissing"})
    answer("dynamodb", "describe_table", TableName="orders")  # lie: invented-code


def test_error_code_of_another_service() -> None:
    lambdas = client("lambda")
    stub = Stubber(lambdas)
    stub.add_client_error("get_function", "NoSuchEntity")
    with stub, pytest.raises(ClientError):
        lambdas.get_function(FunctionName="f")  # lie: invented-code


def test_error_code_in_the_spelling_of_an_exception(answers: Any) -> None:
    answers({"code": "SecretNotFound"})
    answer("secretsmanager", "get_secret_value", SecretId="db")  # lie: invented-code


def test_error_without_a_code(answers: Any) -> None:
    answers(ClientError({"Error": {"Message": "no"}}, "ListTopics"))
    answer("sns", "list_topics")  # lie: no-error-code


def test_error_without_an_error(answers: Any) -> None:
    answers(ClientError({"Code": "NotFound"}, "ListTopics"))
    answer("sns", "list_topics")  # lie: malformed-error


def test_error_code_as_number(answers: Any) -> None:
    answers(ClientError({"Error": {"Code": 404, "Message": "no"}}, "ListTopics"))
    answer("sns", "list_topics")  # lie: no-error-code


def test_error_with_members_of_another(answers: Any) -> None:
    error = {"Error": {"Code": "ResourceNotFoundException", "Message": "no"}, "TableName": "orders"}
    answers(ClientError(error, "DescribeTable"))
    answer("dynamodb", "describe_table", TableName="orders")  # lie: invented-member


def test_token_with_the_last_page(answers: Any) -> None:
    answers({"Users": [user()], "IsTruncated": False, "Marker": "more"})
    answer("iam", "list_users")  # lie: token-after-last-page


def test_more_pages_without_a_token(answers: Any) -> None:
    answers({"Users": [user()], "IsTruncated": True})
    answer("iam", "list_users")  # lie: more-without-token


def test_page_that_leads_to_itself(answers: Any) -> None:
    answers({"Topics": [], "NextToken": "a"})
    answer("sns", "list_topics", NextToken="a")  # lie: endless-pages


def test_name_that_aws_refuses(answers: Any) -> None:
    answers({"User": user()})
    answer("iam", "get_user", UserName="ada lovelace!")  # lie: accepts-invalid


def test_name_that_is_too_long(answers: Any) -> None:
    answers({"Role": {"RoleName": "r", "Path": "/", "RoleId": "AROACKCEVSQ6C2EXAMPL", "Arn": ROLE, "CreateDate": MADE}})
    answer("iam", "get_role", RoleName="r" * 65)  # lie: accepts-invalid


def test_enum_value_that_aws_does_not_take(answers: Any) -> None:
    answers({})
    answer("dynamodb", "update_table", TableName="orders", BillingMode="FREE")  # lie: accepts-invalid


def test_number_that_is_too_large() -> None:
    lambdas = client("lambda")
    with Stubber(lambdas) as stub:
        stub.add_response("list_functions", {"Functions": []})
        lambdas.list_functions(MaxItems=100000)  # lie: accepts-invalid


def test_parameter_that_there_is_not(answers: Any) -> None:
    answers({"Topics": []})
    answer("sns", "list_topics", PageSize=10)  # lie: takes-unknown-member


def test_parameter_that_is_missing(answers: Any) -> None:
    answers({"Table": {"TableName": "orders"}})
    answer("dynamodb", "describe_table")  # lie: accepts-invalid


def test_in_a_thread_of_a_client_from_before() -> None:
    import threading

    sns = boto3.client("sns", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="y")

    def work() -> None:
        sns.list_topics()  # lie: invented-member

    with mock.patch("botocore.client.BaseClient._make_api_call", return_value={"Total": 3}):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
