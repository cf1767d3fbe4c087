"""CBOR: the format itself, and answers of Smithy RPC v2."""

from __future__ import annotations

import contextlib
import math
import struct
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.specs.model import Service
from conformance.values.paths import Path
from conformance.wire.cbor_protocol.cbor import NotCbor, Single, Tagged, dump_cbor, parse_cbor
from conformance.wire.json_protocols.jsontext import Fields
from conformance.wire.message import Answer, Inexpressible, Response
from conformance.wire.protocols import codec_for

Things = Callable[[str], Service]

HEADERS = {"content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}

TREES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**64), 2**64 - 1) | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


@given(TREES)
def test_what_is_written_is_read(tree: Any) -> None:
    assert parse_cbor(dump_cbor(tree)) == tree


@given(st.binary(max_size=60))
def test_any_bytes_are_an_item_or_refused(body: bytes) -> None:
    with contextlib.suppress(NotCbor):
        dump_cbor(parse_cbor(body))


@given(TREES, st.integers(0, 40))
def test_a_cut_is_seen(tree: Any, cut: int) -> None:
    body = dump_cbor(tree)
    if cut < len(body):
        with pytest.raises(NotCbor):
            parse_cbor(body[:cut])


# Appendix A of RFC 8949.
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("00", 0),
        ("17", 23),
        ("1818", 24),
        ("1a000f4240", 1000000),
        ("1bffffffffffffffff", 18446744073709551615),
        ("3bffffffffffffffff", -18446744073709551616),
        ("3903e7", -1000),
        ("f93c00", 1.0),
        ("f97c00", math.inf),
        ("fb3ff199999999999a", 1.1),
        ("fa47c35000", 100000.0),
        ("f4", False),
        ("f6", None),
        ("f7", None),
        ("c11a514b67b0", Tagged(1, 1363896240)),
        ("4401020304", b"\1\2\3\4"),
        ("64f0908591", "\U00010151"),
        ("83010203", [1, 2, 3]),
        ("a26161016162820203", {"a": 1, "b": [2, 3]}),
        ("5f42010243030405ff", b"\1\2\3\4\5"),
        ("7f657374726561646d696e67ff", "streaming"),
        ("9f018202039f0405ffff", [1, [2, 3], [4, 5]]),
        ("bf61610161629f0203ffff", {"a": 1, "b": [2, 3]}),
    ],
)
def test_the_examples_of_the_standard(text: str, value: Any) -> None:
    assert parse_cbor(bytes.fromhex(text)) == value


BROKEN = "- ff 1c 18 61 61ff 8201 a161 a10102 0000 9f01 5f6161ff f8ff bf 9bffffffffffffffff"


@pytest.mark.parametrize("text", BROKEN.replace("-", "").split(" "))
def test_broken_items_are_refused(text: str) -> None:
    with pytest.raises(NotCbor):
        parse_cbor(bytes.fromhex(text))


def test_depth_is_bounded() -> None:
    with pytest.raises(NotCbor, match="deep"):
        parse_cbor(b"\x81" * 100_000)


def test_a_key_that_comes_twice_is_known() -> None:
    tree = parse_cbor(bytes.fromhex("a2616101616102"))
    assert isinstance(tree, Fields)
    assert (dict(tree), tree.doubled) == ({"a": 2}, ("a",))


def test_singles_take_four_bytes() -> None:
    assert dump_cbor(Single(1.5)) == b"\xfa" + struct.pack(">f", 1.5)
    assert dump_cbor(Single(math.inf)) == bytes.fromhex("f97c00")
    with pytest.raises(Inexpressible):
        dump_cbor(Single(1e300))


@pytest.mark.parametrize("tree", [object(), {"a": {1, 2}}, 2**64, "\ud800"])
def test_what_has_no_form_is_inexpressible(tree: Any) -> None:
    with pytest.raises(Inexpressible):
        dump_cbor(tree)


def answered(things: Things, tree: Any, *, status: int = 200, **headers: str) -> Answer:
    service = things("smithy-rpc-v2-cbor")
    body = tree if isinstance(tree, bytes) else dump_cbor(tree)
    given_headers = {**HEADERS, **{name.replace("_", "-"): text for name, text in headers.items()}}
    response = Response(status, given_headers, body)
    return codec_for(service).decode_response(service, service.operations["Put"], response)


def faults(answer: Answer) -> list[tuple[str, Path]]:
    return [(problem.name, problem.path) for problem in answer.problems]


@pytest.mark.parametrize(
    ("tree", "value"),
    [
        ({"Name": "a", "Count": -1, "Ratio": 1.5, "On": True}, {"Name": "a", "Count": -1, "Ratio": 1.5, "On": True}),
        ({"Ratio": 2}, {"Ratio": 2}),
        ({"Data": b"\0"}, {"Data": b"\0"}),
        ({"At": Tagged(1, 1577923200)}, {"At": datetime(2020, 1, 2, tzinfo=timezone.utc)}),
        ({"At": Tagged(1, 1577923200.5)}, {"At": datetime(2020, 1, 2, 0, 0, 0, 500000, tzinfo=timezone.utc)}),
        ({"Choice": {"__type": "x", "B": 1}}, {"Choice": {"B": 1}}),
        ({"Holes": [None]}, {"Holes": [None]}),
        (b"", {}),
    ],
)
def test_right_answers_are_not_blamed(things: Things, tree: Any, value: Any) -> None:
    answer = answered(things, tree)
    assert (answer.output, faults(answer)) == (value, [])


@pytest.mark.parametrize(
    ("tree", "fault"),
    [
        ({"At": 1577923200}, ("type", ("At",))),
        ({"At": Tagged(0, "2020-01-02T00:00:00Z")}, ("type", ("At",))),
        ({"Data": "AA=="}, ("type", ("Data",))),
        ({"Count": 1.0}, ("type", ("Count",))),
        ({"Count": "1"}, ("type", ("Count",))),
        ({"Ratio": "NaN"}, ("type", ("Ratio",))),
        ({"Name": b"a"}, ("type", ("Name",))),
        ({"Name": None}, ("null", ("Name",))),
        ({"Names": [None]}, ("null", ("Names", 0))),
        ({"Extra": 1}, ("members", ("Extra",))),
        (bytes.fromhex("a2") + dump_cbor("Name") + b"\x61a" + dump_cbor("Name") + b"\x61b", ("duplicate", ("Name",))),
    ],
)
def test_wrong_answers_are_seen_at_their_place(things: Things, tree: Any, fault: Any) -> None:
    answer = answered(things, tree)
    assert answer.parsed
    assert faults(answer) == [fault]


@pytest.mark.parametrize("status", [200, 400, 500])
@pytest.mark.parametrize("body", [b"<html/>", b'{"Name": "a"}', b"\xbf", dump_cbor([1]), dump_cbor(None)])
def test_what_is_no_map_is_not_the_protocol(things: Things, body: bytes, status: int) -> None:
    answer = answered(things, body, status=status)
    assert (answer.parsed, answer.output, answer.error) == (False, None, None)


def test_headers_are_part_of_the_protocol(things: Things) -> None:
    assert faults(answered(things, {}, content_type="application/json")) == [("content-type", ())]
    assert faults(answered(things, {}, smithy_protocol="rpc-v2-json")) == [("envelope", ())]


def test_errors(things: Things) -> None:
    tree = {"__type": "com.things#Gone", "message": "it is", "Which": {"Size": 1}}
    answer = answered(things, tree, status=404, x_amzn_query_error="Thing.Gone;Sender")
    assert answer.error is not None
    assert (answer.error.code, answer.error.message, answer.error.query_code) == ("Gone", "it is", "Thing.Gone")
    assert answer.error.members == {"message": "it is", "Which": {"Size": 1}}
    assert faults(answer) == []
    assert not answered(things, b"", status=404).parsed
