"""A case sent again, two records held against each other, and a recording judged."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from doubles import faulty_servers
from doubles.command_line import MODELS, CommandResult, Row, codes, conformance, of_type, passed, rows_of, verdicts
from doubles.faulty_servers import Received, Reply
from doubles.small_sagemaker import Models, serving_models

pytestmark = pytest.mark.usefixtures("clean_aws")

SELECTED = (MODELS, "--only", "*/ModelName#*", "--only", "*/protocol#*", "--only", "*#accepted", "--max-examples", "2")


def run(models: Models, folder: Path, seed: int = 3) -> tuple[CommandResult, list[Row]]:
    with serving_models(models) as server:
        result = conformance("run", *SELECTED, "--target", server.url, "--seed", str(seed), "--out", str(folder))
    return result, rows_of(folder)


def body_of(request: Row) -> bytes:
    return base64.b64decode(request["body_base64"]) if "body_base64" in request else request.get("body", "").encode()


def test_replay_sends_the_same_bytes(tmp_path: Path) -> None:
    _, rows = run(Models(strict=False), tmp_path)
    cases = of_type(rows, "case")
    assert {case["intent"] for case in cases} >= {"valid", "boundary", "invalid", "scenario"}
    for case in cases[::5]:
        with serving_models(Models(strict=False)) as server:
            result = conformance("replay", str(tmp_path / "record.jsonl"), case["id"], "--target", server.url)
        assert result.status in (0, 1)
        assert result.err == ""
        received = [request for request in server.requests if request.method == "POST"]
        recorded = [step["request"] for step in case["steps"]]
        # What cases share is removed by the last of them; a case that is sent again removes it itself.
        surplus = [request.headers["x-amz-target"] for request in received[len(recorded) :]]
        assert set(surplus) <= {"SageMaker.DeleteModel"}
        assert [request.body for request in received[: len(recorded)]] == [body_of(request) for request in recorded]
        for one, other in zip(received, recorded, strict=False):
            assert (one.method, one.target) == (other["method"], other["path"])
            assert {k.lower(): v for k, v in other["headers"].items()}.items() <= one.headers.items()
            assert "authorization" in one.headers


def test_the_status_of_replay_says_whether_the_answer_is_another_one(tmp_path: Path) -> None:
    _, rows = run(Models(strict=False), tmp_path)
    record = str(tmp_path / "record.jsonl")
    case = next(row["case"] for row in of_type(rows, "finding") if row["clause"].endswith("ModelName#pattern"))
    with serving_models(Models(strict=False)) as server:
        assert conformance("replay", record, case, "--target", server.url).status == 0
    with serving_models(Models(strict=True)) as server:
        result = conformance("replay", record, case, "--target", server.url)
    assert result.status == 1
    assert "then: 200" in result.out
    with faulty_servers.nobody() as nobody:
        result = conformance("replay", record, case, "--target", nobody.url)
    assert result.status == 3
    assert result.error_lines[0].startswith("error: ")


def test_replay_of_an_unknown_case(tmp_path: Path) -> None:
    _, rows = run(Models(), tmp_path)
    known = of_type(rows, "case")[0]["id"]
    result = conformance("replay", str(tmp_path / "record.jsonl"), known[:-1])
    assert result.status == 2
    assert known in result.error_lines[1]


def test_compare(tmp_path: Path) -> None:
    strict, loose, again = (tmp_path / name for name in ("strict", "loose", "again"))
    _, before = run(Models(strict=True), strict)
    _, after = run(Models(strict=False), loose)
    run(Models(strict=True), again, seed=4)
    paths = {folder: str(folder / "record.jsonl") for folder in (strict, loose, again)}
    same = conformance("compare", paths[strict], paths[again])
    assert (same.status, same.err) == (0, "")
    worse = conformance("compare", paths[strict], paths[loose], "--format", "json")
    assert worse.status == 1
    found = {each["clause"] for each in json.loads(worse.out) if each["change"] == "worse"}
    old, new = verdicts(before), verdicts(after)
    assert found == {clause for clause in new if new[clause] == "failed" and old[clause] != "failed"}
    assert found
    better = conformance("compare", paths[loose], paths[strict])
    assert better.status == 0
    assert "passes now" in better.out


def test_a_baseline_excuses_what_is_known(tmp_path: Path) -> None:
    result, _ = run(Models(strict=False), tmp_path / "first")
    assert result.status == 1
    baseline = ("--baseline", str(tmp_path / "first" / "record.jsonl"))
    with serving_models(Models(strict=False)) as server:
        arguments = (*SELECTED, "--target", server.url, "--seed", "9", "--out", str(tmp_path / "second"), *baseline)
        assert conformance("run", *arguments).status == 0
    with serving_models(Models(strict=False, crashes="PrimaryContainer")) as server:
        arguments = (*SELECTED, "--target", server.url, "--seed", "9", "--out", str(tmp_path / "third"), *baseline)
        assert conformance("run", *arguments).status == 1


LIST = {
    "Models": [{"ModelName": "m", "ModelArn": "arn:aws:sagemaker:us-east-1:123456789012:model/m", "CreationTime": 1.0}]
}
RIGHT = {"service": "sagemaker", "operation": "ListModels", "http_status": 200, "output": LIST}
WRONG = {**RIGHT, "output": {"Models": "none"}}
ERROR = {
    "service": "sagemaker", "operation": "DescribeModel", "http_status": 400,
    "error": {"Code": "ValidationException", "Message": 'Could not find model "m".'},
}  # fmt: skip


def judge(lines: list[Row], folder: Path) -> tuple[CommandResult, list[Row]]:
    recording = folder / "recording.jsonl"
    recording.write_text("".join(json.dumps(line) + "\n" for line in lines))
    result = conformance("run", MODELS, "--target", f"recording:{recording}", "--out", str(folder / "out"))
    return result, rows_of(folder / "out")


def test_a_recording_is_judged_without_sending_anything(tmp_path: Path) -> None:
    result, rows = judge([RIGHT, ERROR], tmp_path)
    assert (result.status, result.err) == (0, "")
    assert rows[0]["target"]["kind"] == "recording"
    assert rows[-1]["requests"] == 0
    assert passed(rows, "output")
    assert passed(rows, "input") == []


def test_a_wrong_recorded_answer_is_found(tmp_path: Path) -> None:
    result, rows = judge([WRONG], tmp_path)
    assert result.status == 1
    assert ("wrong-type", "sagemaker:ListModels/output/Models#type") in codes(rows)


def test_a_record_is_a_recording(tmp_path: Path) -> None:
    run(Models(), tmp_path / "first")
    recording = f"recording:{tmp_path / 'first' / 'record.jsonl'}"
    result = conformance("run", MODELS, "--target", recording, "--out", str(tmp_path / "second"))
    assert (result.status, result.err) == (0, "")
    assert passed(rows_of(tmp_path / "second"), "output")


@pytest.mark.parametrize(
    "line", ["nonsense", "[]", '{"service": "sagemaker"}', '{"service": 1, "operation": 2, "http_status": "x"}', ""]
)
def test_a_recording_that_is_none(line: str, tmp_path: Path) -> None:
    (tmp_path / "recording.jsonl").write_text(f"{line}\n")
    recording = f"recording:{tmp_path / 'recording.jsonl'}"
    result = conformance("run", MODELS, "--target", recording, "--out", str(tmp_path / "out"))
    assert result.status == 2
    assert result.error_lines[0].startswith("error: ")
    assert result.error_lines[1].startswith("hint: ")
    assert not (tmp_path / "out" / "record.jsonl").exists()


def test_a_recording_of_other_services_proves_nothing(tmp_path: Path) -> None:
    result, rows = judge([{**RIGHT, "service": "sqs", "operation": "ListQueues"}], tmp_path)
    assert result.status == 3
    assert passed(rows) == []


def test_replay_needs_a_target_for_a_recording(tmp_path: Path) -> None:
    _, rows = judge([RIGHT], tmp_path)
    case = of_type(rows, "case")[0]["id"]
    result = conformance("replay", str(tmp_path / "out" / "record.jsonl"), case)
    assert result.status == 2
    assert "--target" in result.error_lines[1]


def test_an_unknown_member_of_an_answer_is_no_error(tmp_path: Path) -> None:
    def with_surplus(request: Received) -> Reply:
        answer = models.answer(request)
        if answer.status != 200:
            return answer
        return Reply(200, json.dumps({**json.loads(answer.body), "Surplus": 1}).encode(), answer.headers)

    models = Models()
    with faulty_servers.answering(with_surplus) as server:
        conformance("run", *SELECTED, "--only", "*/output#*", "--target", server.url, "--out", str(tmp_path))
    found = [row for row in of_type(rows_of(tmp_path), "finding") if row["code"] == "unknown-member"]
    assert {row["severity"] for row in found} == {"info"}


def test_the_region_of_the_record_does_not_stand_in_the_way_of_another(tmp_path: Path) -> None:
    _, rows = run(Models(strict=False), tmp_path)
    case = of_type(rows, "case")[0]["id"]
    result = conformance("replay", str(tmp_path / "record.jsonl"), case, "--target", "aws:eu-west-1")
    assert result.status == 2
    assert result.error_lines[0] == "error: no credentials for AWS"
