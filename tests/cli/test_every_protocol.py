"""`--protocol all`: a run for each protocol of a service, a record each, and what differs between them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conformance.planning.plan import plans_by_protocol
from conformance.planning.selection import ClauseSelection, parse_selection
from conformance.planning.service_specs import load_service
from doubles import faulty_servers
from doubles.command_line import conformance, of_type, rows_of
from doubles.faulty_servers import Received, Reply

pytestmark = pytest.mark.usefixtures("clean_aws")

OPTIONS = ("--seed", "5", "--max-examples", "1")
RUN = ("run", "cloudwatch:DescribeAlarms", "--target", "moto", *OPTIONS)

ALARMS = (
    b'<DescribeAlarmsResponse xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/"><DescribeAlarmsResult/>'
    b"<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></DescribeAlarmsResponse>"
)
NO_ACTION = b"<ErrorResponse><Error><Type>Sender</Type><Code>InvalidAction</Code></Error></ErrorResponse>"
UNKNOWN = b'{"__type": "UnknownOperationException"}'
XML, HTML = (("Content-Type", "text/xml"),), (("Content-Type", "text/html"),)


def two_of_three(request: Received) -> Reply:
    """Speaks forms as it should, JSON as if it were a page, and no CBOR at all."""
    if request.method != "POST" or request.target != "/":
        return Reply(404, b"<h1>Not Found</h1>", HTML)
    if (target := request.headers.get("x-amz-target")) is not None:
        return Reply(200, b"{}", HTML) if target.endswith(".DescribeAlarms") else Reply(400, UNKNOWN, HTML)
    return Reply(200, ALARMS, XML) if b"Action=DescribeAlarms&" in request.body else Reply(400, NO_ACTION, XML)


def sent(folder: Path) -> dict[str, Any]:
    return {row["id"]: row["steps"][-1]["params"] for row in of_type(rows_of(folder), "case") if row["steps"]}


def test_each_protocol_has_its_record_and_differences_are_told(tmp_path: Path) -> None:
    with faulty_servers.answering(two_of_three) as server:
        run = ("run", "cloudwatch:DescribeAlarms", "--target", server.url, *OPTIONS)
        result = conformance(*run, "--protocol", "all", "--out", str(tmp_path))
    assert {folder.name for folder in tmp_path.iterdir()} == {"json", "query", "smithy-rpc-v2-cbor"}
    for folder in tmp_path.iterdir():
        (header,) = of_type(rows_of(folder), "header")
        assert [service["protocol"] for service in header["services"]] == [folder.name]
        assert (folder / "report.html").is_file()
    # A protocol that the target does not speak is told, and the others had their turn all the same.
    assert result.status == 3
    assert "over smithy-rpc-v2-cbor" in result.err
    assert "cloudwatch over json -> query" in result.out
    assert "cloudwatch:DescribeAlarms/protocol#content-type  failed -> passed" in result.out
    # Clauses that only one protocol has are none that differ.
    told = result.out.partition("cloudwatch over json -> query")[2]
    assert "#malformed-body" not in told
    first, second = sent(tmp_path / "json"), sent(tmp_path / "query")
    both = [case for case in first.keys() & second.keys() if "/valid/" in case]
    assert both
    assert all(first[case] == second[case] for case in both)


def test_a_service_with_one_protocol_has_one_run(tmp_path: Path) -> None:
    result = conformance("run", "sts:GetCallerIdentity", *RUN[2:], "--protocol", "all", "--out", str(tmp_path))
    assert [folder.name for folder in tmp_path.iterdir()] == ["query"]
    assert result.status in (0, 1)
    assert " over " not in result.out


def test_services_run_over_what_they_declare() -> None:
    plans = plans_by_protocol(parse_selection(["cloudwatch:ListMetrics", "sts"]), seed=1)
    spoken = {protocol: [each.spec.service.name for each in plan.services] for protocol, plan in plans.items()}
    assert spoken == {"json": ["cloudwatch"], "smithy-rpc-v2-cbor": ["cloudwatch"], "query": ["cloudwatch", "sts"]}
    assert all(each.spec.service.protocol == each.codec.name for plan in plans.values() for each in plan.services)
    assert {plan.seed for plan in plans.values()} == {1}


def test_a_chosen_protocol_is_that_of_the_clauses(tmp_path: Path) -> None:
    assert load_service("cloudwatch", protocol="query").service.protocol == "query"
    conformance(*RUN, "--protocol", "query", "--out", str(tmp_path))
    verdicts = {row["clause"] for row in of_type(rows_of(tmp_path), "verdict")}
    assert "cloudwatch:DescribeAlarms/protocol#content-type" in verdicts
    assert "cloudwatch:DescribeAlarms/protocol#malformed-body" not in verdicts


def test_an_unknown_protocol_is_wrong_use(tmp_path: Path) -> None:
    result = conformance(*RUN, "--protocol", "soap", "--out", str(tmp_path))
    assert result.status == 2
    assert "unknown protocol of cloudwatch 'soap'" in result.err
    assert not list(tmp_path.iterdir())


def test_a_selection_may_be_of_one_protocol_only(tmp_path: Path) -> None:
    plans = plans_by_protocol(parse_selection(["cloudwatch"]), selection=ClauseSelection(only=("*#malformed-body",)))
    assert set(plans) == {"json", "smithy-rpc-v2-cbor"}
    result = conformance(*RUN, "--protocol", "all", "--only", "nothing", "--out", str(tmp_path))
    assert result.status == 2
