"""The contract of an application that is tested on moto: what it says, and what moto makes of it.

The application is `tests/downstream/app_with_moto`; a few of its tests are enough.
"""

from __future__ import annotations

import importlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from conformance.contracts.contract_file import read_contract
from doubles.command_line import conformance

APP = Path(__file__).resolve().parent.parent / "downstream" / "app_with_moto"

for needed in ("boto3", "moto", "moto.sns", "moto.sqs", "conformance.pytest_plugin.contract_session"):
    importlib.import_module(needed)

pytestmark = pytest.mark.usefixtures("clean_aws")


def test_the_contract_of_an_application_is_checked_without_its_tests(pytester: pytest.Pytester) -> None:
    shutil.copytree(APP, pytester.path, dirs_exist_ok=True)
    arguments = ("-p", "no:cacheprovider", "-p", "no:randomly", "--conformance-contract=contract.json")
    tests = ("tests/test_messages.py", "-k", "message_arrives or purged or no_queue")
    assert pytester.runpytest_inprocess(*arguments, *tests).ret == 0
    contract = pytester.path / "contract.json"
    queue = read_contract(contract).services["sqs"]
    assert {"MessageBody", "QueueUrl"} <= set(queue["SendMessage"].sent)
    assert {"Messages", "Messages[]", "Messages[]/Body"} <= set(queue["ReceiveMessage"].read)
    result = conformance("contract", "check", str(contract), "--target", "moto", "--seed", "1", "--format", "json")
    found: dict[str, Any] = json.loads(result.out)
    assert {each["operation"] for each in found["operations"] if each["service"] == "sqs"} == set(queue)
    totals = found["totals"]
    assert totals["works"] > len(found["operations"]) / 2
    assert result.status == (1 if totals["deviates"] + totals["not-implemented"] else 0), result.err
