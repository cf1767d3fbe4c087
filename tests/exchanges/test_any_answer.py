"""Whatever a target answers, every codec reads it, and it has an outcome: no exception, in bounded time."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.exchanges.outcome import OUTCOMES_BY_CODE, classify
from conformance.wire.message import Response
from conformance.wire.protocols import CODECS
from doubles.handmade_shapes import service

KINDS = {kind for _, kind in OUTCOMES_BY_CODE} | {"accepted", "crashed", "malformed", "rejected-state"}

ODD = (
    b"", b"null", b"[]", b"7", b"NaN", b"[1e20, Infinity]", b"[" * 200_000, b'{"a":' * 5_000, b'"\\ud800"',
    b"\xff\xfe",
    b"<a>" * 5_000, b"<a/>", b"<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", b"\xbf", b"\x9f" * 5_000,
    b"\xfb\x7f\xf8" * 9,
    b'{"__type": 5, "message": []}', b'{"Error": "text"}', b"<Error>text</Error>", b"\x1f\x8b\x08",
)  # fmt: skip
WORDS = (
    '{"__type":', '"Taken"', "{", "}", "[", "]", ",", ":", '"Id"', '"Count"', "1e400", "-0", "null", "<ErrorResponse>",
    "<Error>", "<Code>", "</Code>", "</Error>", "</ErrorResponse>", "<PutThingResponse>", "<PutThingResult>", "&#0;",
    "\ud800",
)  # fmt: skip

bodies = st.one_of(
    st.sampled_from(ODD),
    st.binary(max_size=60),
    st.lists(st.sampled_from(WORDS), max_size=12).map(lambda words: "".join(words).encode("utf-8", "surrogatepass")),
)
headers = st.dictionaries(
    st.sampled_from(("content-type", "x-amzn-errortype", "smithy-protocol", "x-amzn-query-error", "location")),
    st.text(max_size=12),
    max_size=3,
)


@pytest.mark.parametrize("protocol", sorted(CODECS))
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(body=bodies, headers=headers, status=st.sampled_from((100, 200, 204, 304, 307, 400, 403, 404, 500, 501, 503)))
def test_any_answer_is_read_and_classified(protocol: str, body: bytes, headers: dict[str, str], status: int) -> None:
    things = service(protocol)
    answer = CODECS[protocol].decode_response(things, things.operations["PutThing"], Response(status, headers, body))
    assert answer.status == status
    assert classify(answer).kind in KINDS
