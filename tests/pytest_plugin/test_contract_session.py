"""`pytest --conformance-contract`: what the tests of a small application use of AWS, and who is told of wrong use."""

from __future__ import annotations

import importlib
import json
from typing import Any

import jsonschema
import pytest

from conformance.contracts.contract_schema import schema
from conformance.pytest_plugin.contract_session import ContractSession, without_parameters

for needed in ("boto3", "moto", "moto.sqs", "moto.dynamodb", "conformance.pytest_plugin.contract_session"):
    importlib.import_module(needed)

pytestmark = pytest.mark.usefixtures("clean_aws")

CONFTEST = """
import boto3, pytest
from moto import mock_aws

KEYS = dict(region_name="eu-west-1", aws_access_key_id="testing", aws_secret_access_key="testing")

@pytest.fixture(autouse=True, scope="session")
def aws():
    with mock_aws():
        yield

@pytest.fixture
def sqs():
    return boto3.client("sqs", **KEYS)

@pytest.fixture(scope="session")
def table(aws):
    tables = boto3.client("dynamodb", **KEYS)
    tables.create_table(
        TableName="orders", BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )
    tables.get_waiter("table_exists").wait(TableName="orders")
    yield boto3.resource("dynamodb", **KEYS).Table("orders")
    tables.delete_table(TableName="orders")
"""

APP = """
from botocore.exceptions import ClientError

def url_of(sqs, name):
    try:
        return sqs.get_queue_url(QueueName=name)["QueueUrl"]
    except ClientError:
        made = sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": "5"})
        return made["QueueUrl"]
"""

TESTS = """
import json
import pytest
from botocore.stub import Stubber
from app import url_of

@pytest.mark.parametrize("name", ["one", "two"])
def test_queue_is_made(sqs, name):
    assert url_of(sqs, name).endswith(name)
    assert url_of(sqs, name).endswith(name)

def test_queues(sqs):
    assert "QueueUrls" in sqs.list_queues(QueueNamePrefix="none") or True
    pages = sqs.get_paginator("list_queues").paginate(QueueNamePrefix="none")
    assert [url for page in pages for url in page.get("QueueUrls", [])] == []

def test_orders(table):
    table.put_item(Item={"id": "1", "lines": [{"sku": "a"}]}, ReturnValues="NONE")
    assert table.get_item(Key={"id": "1"})["Item"]["lines"] == [{"sku": "a"}]
    assert table.table_status == "ACTIVE"

def test_with_a_stub(sqs):
    mine = {"MessageId": "1", "MD5OfMessageBody": "2"}
    with Stubber(sqs) as stub:
        stub.add_response("send_message", mine)
        assert sqs.send_message(QueueUrl="https://q", MessageBody="x") is mine
"""

STUBBED = """
import pytest
from botocore.session import get_session
from botocore.stub import Stubber

@pytest.fixture(scope="session")
def url():
    return sent("create_queue", {"QueueUrl": "https://q"}, QueueName="q")["QueueUrl"]

def sent(operation, answer, **params):
    keys = dict(region_name="eu-west-1", aws_access_key_id="testing", aws_secret_access_key="testing")
    client = get_session().create_client("sqs", **keys)
    with Stubber(client) as stub:
        stub.add_response(operation, answer)
        return getattr(client, operation)(**params)

@pytest.mark.parametrize("number", range(4))
def test_message(url, number):
    assert sent("delete_message", {}, QueueUrl=url, ReceiptHandle=str(number)) == {}
"""

FAILING = """
def test_nobody_catches_it(sqs):
    sqs.get_queue_url(QueueName="none")
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(app=APP, test_app=TESTS)
    return pytester


def run(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return project.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:randomly", *arguments)


def contract_of(project: pytest.Pytester, name: str = "contract.json") -> dict[str, Any]:
    """The services of the contract."""
    found = json.loads((project.path / name).read_text("utf-8"))
    assert list(jsonschema.Draft202012Validator(schema()).iter_errors(found)) == []
    services: dict[str, Any] = found["services"]
    return services


def test_a_contract_is_what_was_used(project: pytest.Pytester) -> None:
    result = run(project, "--conformance-contract=contract.json")
    result.assert_outcomes(passed=5)
    result.stdout.fnmatch_lines(["*= conformance contract =*", "* calls of 9 operations of 2 services: *contract.json"])
    found = contract_of(project)
    made, looked_up = found["sqs"]["CreateQueue"], found["sqs"]["GetQueueUrl"]
    assert made["tests"] == {"test_app.py::test_queue_is_made": 2}
    assert set(made["sent"]) == {"QueueName", "Attributes", "Attributes{key}", "Attributes{}"}
    assert made["sent"]["Attributes{key}"]["values"] == {"VisibilityTimeout": {}}
    assert made["read"] == {"QueueUrl": {}}
    assert looked_up["tests"] == {"test_app.py::test_queue_is_made": 4}
    (code,) = looked_up["errors"]
    assert code.endswith("NonExistentQueue")
    assert sum(looked_up["errors"][code]["tests"].values()) == 2
    assert found["sqs"]["ListQueues"]["paginator"] == {"tests": {"test_app.py::test_queues": 1}}
    assert {"QueueUrls", "NextToken"} <= set(found["sqs"]["ListQueues"]["read"])


def test_stubs_are_given_back_and_shared_fixtures_have_their_own_name(project: pytest.Pytester) -> None:
    assert run(project, "--conformance-contract=contract.json").ret == 0
    found = contract_of(project)
    assert set(found["sqs"]["SendMessage"]["given"]) == {"MessageId", "MD5OfMessageBody"}
    assert "read" not in found["sqs"]["SendMessage"]
    tables = found["dynamodb"]
    assert tables["CreateTable"]["tests"] == {"fixture table of conftest.py": 1}
    assert tables["DeleteTable"]["tests"] == {"fixture table of conftest.py": 1}
    assert list(tables["DescribeTable"]["waiters"]) == ["TableExists"]
    assert tables["DescribeTable"]["read"]["Table/TableStatus"]["values"] == {"ACTIVE": {}}
    assert tables["PutItem"]["sent"]["ReturnValues"]["values"] == {"NONE": {}}
    assert {"Item{}/L", "Item{}/M", "Item{}/S"} <= set(tables["PutItem"]["sent"])


@pytest.mark.parametrize(
    ("test", "name"),
    [
        ("a/test_a.py::test_a", "a/test_a.py::test_a"),
        ("a/test_a.py::TestA::test_a[x-[y]::z]", "a/test_a.py::TestA::test_a"),
        ("test_a.py::test_a[]", "test_a.py::test_a"),
        ("fixture url of a[1]", "fixture url of a[1]"),
    ],
)
def test_parameters_are_left_out_of_names(test: str, name: str) -> None:
    assert without_parameters(test) == name


def test_workers_write_the_same_contract(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_app=STUBBED)
    assert run(pytester, "--conformance-contract=one.json").ret == 0
    assert run(pytester, "-n2", "--conformance-contract=two.json").ret == 0
    assert (pytester.path / "one.json").read_bytes() == (pytester.path / "two.json").read_bytes()
    assert contract_of(pytester, "one.json")["sqs"]["CreateQueue"]["tests"] == {"fixture url of test_app.py": 1}


def test_the_guard_may_watch_as_well(project: pytest.Pytester) -> None:
    assert run(project, "--conformance-contract=one.json", "-k", "orders or stub").ret == 0
    assert (
        run(project, "--conformance-contract=two.json", "-k", "orders or stub", "--conformance-guard=report").ret == 0
    )
    assert (project.path / "one.json").read_bytes() == (project.path / "two.json").read_bytes()
    assert (project.path / "reports" / "guard.jsonl").exists()


def test_an_error_that_nobody_catches_is_not_in_it(project: pytest.Pytester) -> None:
    project.makepyfile(test_app=FAILING)
    run(project, "--conformance-contract=contract.json").assert_outcomes(failed=1)
    assert "errors" not in contract_of(project)["sqs"]["GetQueueUrl"]


def test_nothing_is_written_where_nothing_was_called(project: pytest.Pytester) -> None:
    (project.path / "contract.json").write_text("mine", encoding="utf-8")
    result = run(project, "--collect-only", "--conformance-contract=contract.json")
    result.stdout.fnmatch_lines(["no AWS call was seen: *contract.json is not written"])
    assert (project.path / "contract.json").read_text("utf-8") == "mine"


def test_the_file_may_be_named_in_the_configuration(project: pytest.Pytester) -> None:
    project.makeini("[pytest]\nconformance_contract = out/contract.json\n")
    assert run(project, "-k", "stub").ret == 0
    assert set(contract_of(project, "out/contract.json")) == {"sqs"}


def test_a_session_that_is_cut_off_writes_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_app=STUBBED + "    if number == 2:\n        pytest.exit('enough')\n")
    result = run(pytester, "--conformance-contract=contract.json", "-p", "no:xdist")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["the session did not come to its end: *contract.json is not written"])
    assert not (pytester.path / "contract.json").exists()


@pytest.mark.parametrize(("error", "written"), [(None, True), ("worker 'gw0' crashed", False)])
def test_a_lost_worker_cuts_the_session_off(error: str | None, written: bool, pytester: pytest.Pytester) -> None:
    config = pytester.parseconfigure("--conformance-contract=contract.json")
    session = config.pluginmanager.get_plugin("conformance-contract_session")
    assert isinstance(session, ContractSession)
    session.pytest_testnodedown(error)
    assert session.is_cut_off is not written


@pytest.mark.parametrize(
    ("value", "problem"), [(".", "the folder *"), ("app.py/contract.json", "*, and *app.py is no folder *")]
)
def test_a_file_that_cannot_be_written_is_wrong_use(project: pytest.Pytester, value: str, problem: str) -> None:
    result = run(project, f"--conformance-contract={value}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: --conformance-contract is {problem}"])
    assert len(result.stderr.lines) <= 2
