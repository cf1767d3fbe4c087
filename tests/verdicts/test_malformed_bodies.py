"""Bodies that are JSON and no object, and requests after which a target is gone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.cases.case import Case
from conformance.run.conclusion import ends_target_finding
from conformance.verdicts.request_checks import check_request
from doubles.handmade_exchanges import ACCEPTED, answered, case, clauses, codes, failed, held, unanswered

CLAUSE = "protocol#malformed-body"


def sent(body: bytes) -> Case:
    of = case("invalid", CLAUSE)
    return replace(of, call=replace(of.call, body=body))


@pytest.mark.parametrize("body", [b"null", b"[]", b"7"])
def test_a_body_that_is_no_object_is_to_be_refused(body: bytes) -> None:
    assert held(check_request(failed(sent(body), "SerializationException"))) == {CLAUSE}
    assert codes(check_request(failed(sent(body), "InternalFailure", status=500))) == [("crash", CLAUSE)]
    # null may stand for an object without members
    expected = [] if body == b"null" else [("accepts-no-object", CLAUSE)]
    assert codes(check_request(answered(sent(body)))) == expected


def test_what_ends_a_target_is_a_finding_on_the_clause_of_its_case() -> None:
    exchange = unanswered(case(), "closed").exchange
    finding = ends_target_finding("things:PutThing/valid/smallest", (ACCEPTED,), exchange, clauses())
    assert finding is not None
    assert (finding.code, finding.severity, finding.clause) == ("ends-target", "error", ACCEPTED)
    assert finding.operation == "PutThing"
    without = ends_target_finding(
        "things:PutThing/valid/smallest", ("things:Other/input#accepted",), exchange, clauses()
    )
    assert without is not None
    assert without.clause == "things:PutThing/protocol#implemented"
    assert ends_target_finding("things:PutThing/valid/smallest", (), exchange, {}) is None
