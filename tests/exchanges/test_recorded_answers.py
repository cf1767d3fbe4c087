"""Recordings: what the recorder changed is not held against the service, what the service answered is."""

from __future__ import annotations

import base64
import datetime
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from conformance.cases.constraints import violations
from conformance.exceptions import BadFile
from conformance.exchanges.recordings.recorded_answers import RecordedAnswer
from conformance.exchanges.recordings.recording_file import read_recording
from conformance.exchanges.recordings.sdk_output import answer_from_sdk_output
from conformance.planning.plan import Plan, service_plan
from conformance.planning.service_specs import load_service
from conformance.run import judge_recording
from conformance.specs import ingest
from conformance.specs.model import Member, Shape
from doubles.command_line import lines_of
from doubles.handmade_shapes import service

RECORDINGS = Path(__file__).parents[3] / "shared" / "recordings"
THINGS = service(
    "json",
    Shape("Deep", "structure", members={"Text": Member("Name", jsonvalue=True), "Flag": Member("Flag")}),
    Shape("Out", "structure", members={
        "Id": Member("Name"), "Count": Member("Count"), "When": Member("When"), "Data": Member("Data"),
        "Parts": Member("Parts"), "Tags": Member("Tags"), "Flag": Member("Flag"), "Ratio": Member("Ratio"),
        "Kind": Member("Kind"), "Deep": Member("Deep"), "Free": Member("Free"), "Text": Member("Text"),
        "CodeSize": Member("Count"), "StartDate": Member("When"), "Times": Member("Times"), "Pairs": Member("Pairs"),
        "Json": Member("Json"),
    }),
    Shape("Text", "string"),
    Shape("Json", "string", pattern=r"[\u0020-\u00ff]+", minimum=2),
    Shape("Times", "list", element=Member("When")),
    Shape("Pairs", "list", element=Member("Pair")),
    Shape("Pair", "structure", members={"Key": Member("Text"), "Value": Member("Text")}, required=("Key",)),
)  # fmt: skip
NOON = datetime.datetime(2024, 1, 2, 12, tzinfo=datetime.timezone.utc)


def seen(output: Any) -> tuple[Any, list[tuple[str, tuple[Any, ...]]]]:
    """What an SDK's view of an output stands for, and the problems with it."""
    recorded = RecordedAnswer("things", "PutThing", "here", 200, output=output)
    answer = answer_from_sdk_output(THINGS, THINGS.shapes["Out"], recorded)
    return answer.output, [(problem.name, problem.path) for problem in answer.problems]


@pytest.mark.parametrize(
    ("output", "value"),
    [
        ({"Id": "abc", "Count": 5, "Flag": False}, {"Id": "abc", "Count": 5, "Flag": False}),
        ({"Ratio": 1.5}, {"Ratio": 1.5}),
        ({"Count": 5.0}, {"Count": 5}),
        ({"When": "2024-01-02T12:00:00+00:00"}, {"When": NOON}),
        ({"When": "2024-01-02T12:00:00Z"}, {"When": NOON}),
        ({"When": "2024-01-02T12:00:00.000000Z"}, {"When": NOON}),
        ({"When": "2024-01-02 12:00:00+00:00"}, {"When": NOON}),
        ({"When": NOON.timestamp()}, {"When": NOON}),
        ({"Data": "text"}, {"Data": b"text"}),
        ({"Tags": {"ab": 1}}, {"Tags": {"ab": 1}}),
        ({"Free": {"any": ["thing"]}}, {"Free": {"any": ["thing"]}}),
        ({"Id": None}, {"Id": None}),
        ({"ResponseMetadata": {"RequestId": "x"}}, {}),
        (None, {}),
        ({"Deep": {"Text": {"a": 1}}}, {"Deep": {"Text": '{"a": 1}'}}),
    ],
)  # fmt: skip
def test_values_are_read_in_the_types_of_their_shapes(output: Any, value: Any) -> None:
    assert seen(output) == (value, [])


@pytest.mark.parametrize(
    ("output", "member", "kind"),
    [
        ({"Count": "<count:1>"}, "Count", int),
        ({"CodeSize": "code-size"}, "CodeSize", int),
        ({"CodeSize": "timestamp"}, "CodeSize", int),
        ({"When": "datetime"}, "When", datetime.datetime),
        ({"When": "<timestamp>"}, "When", datetime.datetime),
        ({"StartDate": "start-date"}, "StartDate", datetime.datetime),
        ({"Times": "timestamp"}, "Times", list),
        ({"Id": "<thing-name:1>"}, "Id", str),
        ({"Text": "arn:aws:things:<region>:1:thing/<ArnPart_0idx>"}, "Text", str),
        ({"Kind": "<kind:1>"}, "Kind", str),
        ({"Parts": "<parts:1>"}, "Parts", list),
        ({"Pairs": {"env": "production"}}, "Pairs", list),
        ({"Tags": "<tags:1>"}, "Tags", dict),
        ({"Text": {"expanded": "JSON"}}, "Text", str),
        ({"Json": [{"expanded": "JSON"}]}, "Json", str),
        ({"Data": {"expanded": "JSON"}}, "Data", bytes),
    ],
)
def test_what_the_recorder_replaced_becomes_a_sample_value(output: Any, member: str, kind: type) -> None:
    value, problems = seen(output)
    assert problems == []
    assert isinstance(value[member], kind)
    assert "<" not in str(value[member])
    assert list(violations(THINGS, THINGS.shapes["Out"], value)) == []


def test_placeholders_that_are_keys_become_sample_keys() -> None:
    value, problems = seen({"Tags": {"<tag:1>": 1, "<tag:2>": 2}})
    assert (len(value["Tags"]), problems) == (2, [])
    assert list(violations(THINGS, THINGS.shapes["Out"], value)) == []


@pytest.mark.parametrize(
    ("output", "problem"),
    [
        ({"Count": "five"}, ("type", ("Count",))),
        ({"Count": 1.5}, ("type", ("Count",))),
        ({"Count": True}, ("type", ("Count",))),
        ({"Count": "count"}, ("type", ("Count",))),
        ({"Count": "update-failed"}, ("type", ("Count",))),
        ({"Count": "outdated"}, ("type", ("Count",))),
        ({"Count": "a <count:1> or so"}, ("type", ("Count",))),
        ({"Flag": "true"}, ("type", ("Flag",))),
        ({"Flag": "timestamp"}, ("type", ("Flag",))),
        ({"Id": 5}, ("type", ("Id",))),
        ({"Id": {"the": "pattern allows no JSON"}}, ("type", ("Id",))),
        ({"Kind": ["SMALL"]}, ("type", ("Kind",))),
        ({"Kind": {"SMALL": True}}, ("type", ("Kind",))),
        ({"When": "yesterday"}, ("type", ("When",))),
        ({"When": "update-failed"}, ("type", ("When",))),
        ({"Times": "update-failed"}, ("type", ("Times",))),
        ({"Parts": {"Size": 1}}, ("type", ("Parts",))),
        ({"Parts": "datetime"}, ("type", ("Parts",))),
        ({"Parts": [{"Size": "1"}]}, ("type", ("Parts", 0, "Size"))),
        ({"Pairs": {"env": 1}}, ("type", ("Pairs",))),
        ({"Tags": []}, ("type", ("Tags",))),
        ({"Stranger": 1}, ("members", ("Stranger",))),
        ({"Parts": [{"Stranger": 1}]}, ("members", ("Parts", 0, "Stranger"))),
    ],
)
def test_what_the_service_did_is_kept(output: Any, problem: tuple[str, tuple[Any, ...]]) -> None:
    assert seen(output)[1] == [problem]


@pytest.mark.parametrize("value", ["small <x>", "<>", "<kind"])
def test_an_enum_is_replaced_as_a_whole(value: str) -> None:
    assert seen({"Kind": value}) == ({"Kind": value}, [])


def test_an_error_keeps_its_code_and_message() -> None:
    for given in ({"Code": "Taken", "Message": "mine"}, {"Code": "Taken", "message": "mine"}):
        answer = answer_from_sdk_output(
            THINGS, THINGS.shapes["Out"], RecordedAnswer("things", "PutThing", "here", 409, error=given)
        )
        assert answer.error is not None
        assert (answer.error.code, answer.error.message, answer.status) == ("Taken", "mine", 409)


# ---------------------------------------------------------------- files

LINE = {"service": "things", "operation": "PutThing", "http_status": 200, "error": None, "output": {"Id": "abc"}}


def written(folder: Path, *lines: object) -> Path:
    path = folder / "answers.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), "utf-8")
    return path


def test_a_recording_has_one_answer_a_line(tmp_path: Path) -> None:
    found = read_recording(written(tmp_path, LINE, "", {**LINE, "where": "test_a.py"}))
    assert [(each.operation, each.status, each.where) for each in found] == [
        ("PutThing", 200, "line 1"),
        ("PutThing", 200, "test_a.py"),
    ]


def test_a_record_of_a_run_is_one_too(tmp_path: Path) -> None:
    body = base64.b64encode(b"\xff\xfe").decode()
    steps = [
        {"role": "setup", "response": {"status": 200, "body": "{}"}},
        {"role": "case", "params": {"Name": "ab"}, "response": {"status": 200, "body": '{"Id": "abc"}', "headers": {}}},
        {"role": "case", "response": {"status": 500, "body_base64": body}},
        {"role": "case", "response": {"status": 200, "body_digest": "sha256:0"}},
        {"role": "case", "response": None},
    ]
    case = {
        "type": "case",
        "id": "things:PutThing/valid/x",
        "service": "things",
        "operation": "PutThing",
        "steps": steps,
    }
    first, second = read_recording(written(tmp_path, {"type": "header"}, case, {"type": "footer"}))
    assert first.response is not None
    assert second.response is not None
    assert (first.response.body, first.params, first.where) == (b'{"Id": "abc"}', {"Name": "ab"}, case["id"])
    assert (second.status, second.response.body) == (500, b"\xff\xfe")


@pytest.mark.parametrize(
    "lines",
    [("{",), ("[]",), ('{"service": "things"}',), ("",), ({**LINE, "http_status": "soon"},), ({"type": "header"},)],
)
def test_a_file_that_is_no_recording_is_told(tmp_path: Path, lines: tuple[object, ...]) -> None:
    with pytest.raises(BadFile) as caught:
        read_recording(written(tmp_path, *lines))
    assert "answers.jsonl" in str(caught.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="cannot be read"):
        read_recording(tmp_path / "missing.jsonl")
    binary = tmp_path / "binary.jsonl"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadFile):
        read_recording(binary)


# ---------------------------------------------------------------- answers of AWS


def recordings() -> list[str]:
    return sorted(path.stem for path in RECORDINGS.glob("*.jsonl"))


def judged(name: str) -> list[dict[str, Any]]:
    """The lines that a service's recording comes to."""
    found = load_service(name, "installed")
    plan = Plan((service_plan(found.loaded.spec, found.overlay, found.service.operations.values()),))
    return lines_of(judge_recording(plan, read_recording(RECORDINGS / f"{name}.jsonl"), name))


@pytest.mark.skipif(not recordings(), reason="there are no recordings here")
@pytest.mark.slow
def test_hardly_any_recorded_answer_of_aws_is_called_an_error() -> None:
    answers, errors = 0, Counter[str]()
    for name in sorted(set(recordings()) & set(ingest.service_names())):
        rows = judged(name)
        answers += sum(row["type"] == "case" for row in rows)
        for row in rows:
            if row["type"] == "finding" and row["severity"] == "error":
                errors[row["clause"]] += row["count"]
    assert answers > 5000
    assert sum(errors.values()) <= 0.005 * answers, errors


@pytest.mark.skipif(not recordings(), reason="there are no recordings here")
def test_no_recorded_answer_of_sagemaker_is_called_an_error() -> None:
    rows = judged("sagemaker")
    assert sum(row["type"] == "case" for row in rows) > 50
    assert [row for row in rows if row["type"] == "finding" and row["severity"] == "error"] == []
