"""Event streams: every message is read, and what is not whole is no message."""

from __future__ import annotations

import datetime
import json
import struct
import zlib
from typing import Any

import pytest
from botocore.eventstream import EventStreamBuffer

from conformance.specs import ingest
from conformance.wire.eventstream import messages
from conformance.wire.message import Answer, Response
from conformance.wire.protocols import codec_for
from doubles.event_streams import event, frame


def answered(service: str, operation: str, body: bytes, protocol: str | None = None) -> Answer:
    model = ingest.installed_spec(service).service
    return codec_for(model, protocol).decode_response(model, model.operations[operation], Response(200, {}, body))


def test_the_first_message_of_a_stream() -> None:
    whole = frame({":event-type": "initial-response", "a": "b"}, b"{}")
    assert messages(whole) == ([({":event-type": "initial-response", "a": "b"}, b"{}")], "")
    for broken in (whole[:-1], whole[:20] + b"x" + whole[21:], b"x" + whole[1:], b"<html></html>" * 3):
        found, problem = messages(broken)
        assert found == []
        assert problem


def test_messages_end_where_the_stream_is_cut() -> None:
    whole = frame({":event-type": "A"}, b"1") + frame({":event-type": "B"}, b"2")
    assert [payload for _, payload in messages(whole)[0]] == [b"1", b"2"]
    found, problem = messages(whole[:-3])
    assert [payload for _, payload in found] == [b"1"]
    assert problem == "the lengths do not fit"


def test_a_stream_that_breaks_off_is_not_of_its_type() -> None:
    first, second = event("Records", b"a,b"), event("End", b"")
    for body in (first + second[:-3], first + second[:-1] + b"x", first + b"more"):
        answer = answered("s3", "SelectObjectContent", body)
        assert answer.output == {"Payload": [{"Records": {"Payload": b"a,b"}}]}
        assert [(each.name, each.path) for each in answer.problems] == [("type", ("Payload",))]


HEADERS = (
    b"\x01t\x00"
    b"\x01f\x01"
    b"\x01b\x02\xff"
    b"\x01s\x03\x01\x00"
    b"\x01i\x04\x00\x00\x00\x07"
    b"\x01l\x05\x00\x00\x00\x00\x00\x00\x00\x08"
    b"\x01y\x06\x00\x02ab"
    b"\x01x\x07\x00\x02cd"
    b"\x01m\x08\x00\x00\x00\x00\x00\x00\x03\xe8"
    b"\x01u\x09" + bytes(16)
)


def test_headers_of_every_type_are_read_as_botocore_reads_them() -> None:
    prelude = struct.pack(">II", 16 + len(HEADERS), len(HEADERS))
    head = prelude + struct.pack(">I", zlib.crc32(prelude)) + HEADERS
    body = head + struct.pack(">I", zlib.crc32(head))
    ((ours, _),), _ = messages(body)
    buffer = EventStreamBuffer()
    buffer.add_data(body)
    theirs = next(iter(buffer)).headers
    assert {name: ours[name] for name in "tfbsilyx"} == {name: theirs[name] for name in "tfbsilyx"}
    assert ours["m"] == datetime.datetime(1970, 1, 1, 0, 0, 1, tzinfo=datetime.timezone.utc)
    assert ours["u"] == "00000000-0000-0000-0000-000000000000"


def test_events_of_rest_xml() -> None:
    stats = b"<Stats><BytesScanned>5</BytesScanned></Stats>"
    body = event("Records", b"a,b") + event("Stats", stats) + event("End", b"")
    answer = answered("s3", "SelectObjectContent", body)
    assert answer.output == {
        "Payload": [{"Records": {"Payload": b"a,b"}}, {"Stats": {"Details": {"BytesScanned": 5}}}, {"End": {}}]
    }
    assert answer.problems == ()


def test_events_of_rest_json() -> None:
    chunk = json.dumps({"bytes": "e30="}).encode()
    answer = answered("bedrock-runtime", "InvokeModelWithResponseStream", event("chunk", chunk))
    assert answer.output == {"body": [{"chunk": {"bytes": b"{}"}}]}


def test_an_rpc_stream_starts_with_the_other_members() -> None:
    shard: dict[str, Any] = {"Records": [], "ContinuationSequenceNumber": "1", "MillisBehindLatest": 0}
    body = event("initial-response", b"{}") + event("SubscribeToShardEvent", json.dumps(shard).encode())
    answer = answered("kinesis", "SubscribeToShard", body, "json")
    assert (answer.parsed, answer.problems) == (True, ())
    assert answer.output == {"EventStream": [{"SubscribeToShardEvent": shard}]}
    assert not answered("kinesis", "SubscribeToShard", b"<html/>", "json").parsed


def test_what_a_stream_gets_wrong_has_its_place() -> None:
    odd = event("Nothing", b"{}") + event("SubscribeToShardEvent", b'{"MillisBehindLatest": "soon"}')
    found = answered("kinesis", "SubscribeToShard", odd, "json").problems
    assert [(each.name, each.path) for each in found] == [
        ("members", ("EventStream", "Nothing")),
        ("type", ("EventStream", "SubscribeToShardEvent", "MillisBehindLatest")),
    ]
    unreadable = answered("kinesis", "SubscribeToShard", event("SubscribeToShardEvent", b"<x/>"), "json")
    assert [(each.name, each.path) for each in unreadable.problems] == [
        ("type", ("EventStream", "SubscribeToShardEvent")),
    ]


@pytest.mark.parametrize("body", [b"", event("initial-response", b"{}")])
def test_without_events_there_is_nothing_to_judge(body: bytes) -> None:
    answer = answered("kinesis", "SubscribeToShard", body, "json")
    assert answer.parsed
    assert not (answer.output or {}).get("EventStream")


def test_an_answer_that_is_no_stream_is_not_of_the_protocol() -> None:
    assert not answered("s3", "SelectObjectContent", b"a,b\n" * 9).parsed
