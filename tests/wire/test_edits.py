"""Edits of requests: the fault must be in the bytes, and nothing but the fault."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any
from urllib.parse import parse_qsl

import pytest

from conformance.specs.model import Service
from conformance.values.paths import Edit, Key, NoSuchPlace, Path, parse_path
from conformance.wire.message import Decoded, Inexpressible, Request
from conformance.wire.protocols import codec_for

Things = Callable[[str], Service]

PARAMS: dict[str, Any] = {
    "Name": "one",
    "Count": 1,
    "At": datetime(2020, 1, 2, tzinfo=timezone.utc),
    "Names": ["a", "b"],
    "Tags": {"k": "v"},
    "Node": {"Name": "n", "Next": {"Size": 2}},
}
REST = {**PARAMS, "Bucket": "here", "Limit": 5, "Owner": "me", "Level": 3}
ALL = ["json", "query", "ec2", "rest-json", "rest-xml", "smithy-rpc-v2-cbor"]
TREES = ["json", "rest-json", "smithy-rpc-v2-cbor"]
TEXT = ["query", "ec2", "rest-xml"]


def params_of(protocol: str) -> dict[str, Any]:
    return REST if protocol.startswith("rest-") else PARAMS


def sent(things: Things, protocol: str, *edits: Edit) -> tuple[Request, Decoded]:
    service = things(protocol)
    operation = service.operations["Put"]
    codec = codec_for(service)
    request = codec.encode(service, operation, params_of(protocol), edits)
    return request, codec.decode_request(service, operation, request)


def put(path: str, value: Any) -> Edit:
    return Edit("set", parse_path(path), value)


def drop(path: str) -> Edit:
    return Edit("remove", parse_path(path))


def faults(decoded: Decoded) -> list[tuple[str, Path]]:
    return [(problem.name, problem.path) for problem in decoded.problems]


@pytest.mark.parametrize("protocol", ALL)
def test_nothing_is_wrong_without_edits(things: Things, protocol: str) -> None:
    _, decoded = sent(things, protocol)
    assert decoded == Decoded(params_of(protocol))


@pytest.mark.parametrize("protocol", ALL)
def test_a_removed_member_is_absent(things: Things, protocol: str) -> None:
    _, decoded = sent(things, protocol, drop("Name"), drop("Node.Next"), drop("Tags"))
    assert faults(decoded) == []
    expected = {key: value for key, value in params_of(protocol).items() if key not in ("Name", "Tags")}
    assert decoded.value == {**expected, "Node": {"Name": "n"}}


@pytest.mark.parametrize("protocol", ALL)
def test_a_changed_text_is_that_text(things: Things, protocol: str) -> None:
    _, decoded = sent(things, protocol, put("Name", "two & <three>"), put("Names[1]", ""), put("Tags{k}", "w"))
    assert faults(decoded) == []
    assert (decoded.value["Name"], decoded.value["Names"]) == ("two & <three>", ["a", ""])
    assert decoded.value["Tags"] == {"k": "w"}


@pytest.mark.parametrize("protocol", ALL)
def test_words_for_a_number_are_of_a_wrong_type(things: Things, protocol: str) -> None:
    _, decoded = sent(things, protocol, put("Node.Next.Size", "many"))
    assert faults(decoded) == [("type", ("Node", "Next", "Size"))]
    assert decoded.value["Node"]["Next"]["Size"] == "many"


@pytest.mark.parametrize("protocol", ALL)
def test_an_unknown_member_is_there(things: Things, protocol: str) -> None:
    _, decoded = sent(things, protocol, put("Unheard", "of"))
    assert faults(decoded) == [("members", ("Unheard",))]
    assert decoded.value == params_of(protocol)


@pytest.mark.parametrize("protocol", ALL)
def test_a_list_may_grow_beyond_its_bounds(things: Things, protocol: str) -> None:
    many = [f"n{number}" for number in range(30)]
    _, decoded = sent(things, protocol, put("Names", many), put("Nodes", [{"Name": "x", "Size": 4}]))
    assert faults(decoded) == []
    assert decoded.value["Names"] == many
    assert decoded.value["Nodes"] == [{"Name": "x", "Size": 4}]


@pytest.mark.parametrize("protocol", ALL)
def test_a_wrong_timestamp_stays_a_wrong_timestamp(things: Things, protocol: str) -> None:
    _, decoded = sent(things, protocol, put("At", "yesterday"))
    assert faults(decoded) == [("type", ("At",))]


@pytest.mark.parametrize("protocol", ALL)
def test_moments_and_bytes_are_written_as_in_their_places(things: Things, protocol: str) -> None:
    time = datetime(1999, 1, 1, tzinfo=timezone.utc)
    _, decoded = sent(things, protocol, put("At", time), put("Data", b"\0\1"))
    assert faults(decoded) == []
    assert (decoded.value["At"], decoded.value["Data"]) == (time, b"\0\1")


@pytest.mark.parametrize("protocol", ALL)
def test_later_edits_see_earlier_ones(things: Things, protocol: str) -> None:
    _, decoded = sent(things, protocol, put("Node", {"Name": "m"}), put("Node.Size", "5"), drop("Node.Name"))
    assert decoded.value["Node"] in ({"Size": 5}, {"Size": "5"})


@pytest.mark.parametrize("protocol", ALL)
def test_an_edit_of_nothing_is_a_mistake_of_the_caller(things: Things, protocol: str) -> None:
    with pytest.raises(NoSuchPlace):
        sent(things, protocol, put("Node.Next.Next.Name", "x"))


@pytest.mark.parametrize("protocol", TREES)
@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        ("Name", 5, ("type", ("Name",))),
        ("Name", ["one"], ("type", ("Name",))),
        ("Count", "1", ("type", ("Count",))),
        ("Count", 1.5, ("type", ("Count",))),
        ("Count", True, ("type", ("Count",))),
        ("On", "true", ("type", ("On",))),
        ("On", 1, ("type", ("On",))),
        ("Names", {"0": "a"}, ("type", ("Names",))),
        ("Names", "a", ("type", ("Names",))),
        ("Node", ["a"], ("type", ("Node",))),
        ("Tags", [], ("type", ("Tags",))),
        ("Names[0]", None, ("null", ("Names", 0))),
    ],
)
def test_wrong_types_in_trees(things: Things, protocol: str, path: str, value: Any, fault: Any) -> None:
    _, decoded = sent(things, protocol, put(path, value))
    assert faults(decoded) == [fault]


@pytest.mark.parametrize("protocol", TREES)
def test_null_members_are_null_and_no_problem(things: Things, protocol: str) -> None:
    _, decoded = sent(things, protocol, put("Node.Next", None), put("Holes", ["a", None]))
    assert faults(decoded) == []
    assert decoded.value["Node"] == {"Name": "n", "Next": None}
    assert decoded.value["Holes"] == ["a", None]


@pytest.mark.parametrize("protocol", TEXT)
@pytest.mark.parametrize(
    ("path", "value"),
    [("Name", 5), ("Name", True), ("Name", None), ("Name", {"a": "b"}), ("Names[0]", None), ("Unheard", {"a": 1})],
)
def test_what_text_cannot_say_is_inexpressible(things: Things, protocol: str, path: str, value: Any) -> None:
    with pytest.raises(Inexpressible):
        sent(things, protocol, put(path, value))


@pytest.mark.parametrize("protocol", TEXT)
@pytest.mark.parametrize(("path", "value"), [("Node", "flat"), ("Names", "flat"), ("Tags", "flat"), ("On", 1)])
def test_text_in_place_of_a_composite_is_a_wrong_type(things: Things, protocol: str, path: str, value: Any) -> None:
    _, decoded = sent(things, protocol, put(path, value))
    assert ("type", (path,)) in faults(decoded)


def test_the_wire_form_is_what_the_edit_says(things: Things) -> None:
    request, _ = sent(things, "json", put("Count", "x"), drop("At"), put("Free", {"a": [None]}))
    assert json.loads(request.body)["Count"] == "x"
    assert "At" not in json.loads(request.body)
    form, _ = sent(things, "query", put("Count", "x"), drop("At"), put("Names", []))
    fields = dict(parse_qsl(form.body.decode(), keep_blank_values=True))
    assert fields == {
        "Action": "Put",
        "Version": "2020-01-01",
        "Name": "one",
        "Count": "x",
        "Names": "",
        "Tags.entry.1.key": "k",
        "Tags.entry.1.value": "v",
        "Node.Name": "n",
        "Node.Next.Size": "2",
    }


@pytest.mark.parametrize("protocol", ["rest-json", "rest-xml"])
@pytest.mark.parametrize(("name", "value"), [("Limit", "many"), ("Level", "high"), ("Since", "2020-01-01")])
def test_places_outside_the_body_hold_wrong_types(things: Things, protocol: str, name: str, value: str) -> None:
    request, decoded = sent(things, protocol, put(name, value))
    assert faults(decoded) == [("type", (name,))]
    assert value in [text for _, text in (*request.query, *request.headers)]


@pytest.mark.parametrize("protocol", ["rest-json", "rest-xml"])
@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("Bucket", ""),
        ("Bucket", ".."),
        ("Bucket", "."),
        ("Bucket", None),
        ("Bucket", ["a"]),
        ("Owner", "two\nlines"),
        ("Owner", "snowman ☃"),
        ("Owner", " led"),
        ("Owner", 5),
        ("Notes", "text"),
        ("Notes", {"not a name": "x"}),
    ],
)
def test_places_outside_the_body_refuse_what_http_cannot_carry(
    things: Things, protocol: str, path: str, value: Any
) -> None:
    with pytest.raises(Inexpressible):
        sent(things, protocol, put(path, value))


@pytest.mark.parametrize("protocol", ["rest-json", "rest-xml"])
def test_a_missing_label_is_inexpressible_and_other_places_may_be_empty(things: Things, protocol: str) -> None:
    with pytest.raises(Inexpressible, match="Bucket"):
        sent(things, protocol, drop("Bucket"))
    request, decoded = sent(things, protocol, drop("Owner"), drop("Limit"), put("Kinds", ["a", "b"]))
    assert faults(decoded) == []
    assert request.query == (("put", ""), ("kind", "a"), ("kind", "b"))
    assert decoded.value["Kinds"] == ["a", "b"]
    assert "Owner" not in decoded.value


def test_an_operation_without_a_body_has_no_place_for_a_stranger(things: Things) -> None:
    service = things("rest-json")
    with pytest.raises(Inexpressible, match="Unheard"):
        codec_for(service).encode(service, service.operations["Get"], {"Bucket": "b"}, [put("Unheard", "x")])


@pytest.mark.parametrize("protocol", ALL)
def test_params_that_the_model_does_not_know_are_refused(things: Things, protocol: str) -> None:
    service = things(protocol)
    with pytest.raises(Inexpressible):
        codec_for(service).encode(service, service.operations["Put"], {**params_of(protocol), "Unheard": "of"})


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b'{"Name": "a", "Name": "b"}', ("duplicate", ("Name",))),
        (b'{"Tags": {"k": "a", "k": "b"}}', ("duplicate", ("Tags", Key("k")))),
        (b'{"Free": {"k": {"x": 1, "x": 2}}}', ("duplicate", ("Free", Key("k"), Key("x")))),
        (b'{"Name": ', ("body", ())),
        (b'{"Ratio": NaN}', ("body", ())),
        (b'{"Name": "\\ud800"}', ("body", ())),
        (b'{"Name": "\xff"}', ("body", ())),
        (b"[]", ("type", ())),
    ],
)
def test_broken_json_requests_are_seen(things: Things, body: bytes, fault: Any) -> None:
    service = things("json")
    request = Request("POST", "/", body=body)
    decoded = codec_for(service).decode_request(service, service.operations["Put"], request)
    assert faults(decoded) == [fault]


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ("Name=a&Name=b", ("duplicate", ("Name",))),
        ("Names.member.1=a&Names.member.3=b", ("type", ("Names",))),
        ("Tags.entry.1.key=a", ("type", ("Tags",))),
        ("Names.item.1=a", ("members", ("Names", "item", "1"))),
        ("Count=1.0", ("type", ("Count",))),
        ("Count", ("body", ())),
    ],
)
def test_broken_forms_are_seen(things: Things, fields: str, fault: Any) -> None:
    service = things("query")
    request = Request("POST", "/", body=f"Action=Put&Version=2020-01-01&{fields}".encode())
    decoded = codec_for(service).decode_request(service, service.operations["Put"], request)
    assert fault in faults(decoded)


def test_a_form_for_another_operation_is_seen(things: Things) -> None:
    service = things("query")
    request = Request("POST", "/", body=b"Action=Drop&Version=2020-01-01&Name=a")
    decoded = codec_for(service).decode_request(service, service.operations["Put"], request)
    assert faults(decoded) == [("envelope", ())]
    assert decoded.value == {"Name": "a"}
