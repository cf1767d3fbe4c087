"""Whether the refusal of a valid request says what it lacks, and errors that come with a success."""

from __future__ import annotations

import pytest

from conformance.cases.case import Call
from conformance.exchanges.exchange import Exchange
from conformance.exchanges.outcome import classify
from conformance.verdicts.error_checks import check_error
from conformance.verdicts.refusals import Refusals, says_why
from conformance.verdicts.severity import SEVERITY_BY_CODE
from conformance.wire.message import Answer, ErrorAnswer, Request
from doubles.handmade_exchanges import THINGS, answered, case, codes, failed
from doubles.handmade_shapes import service


@pytest.mark.parametrize(
    ("code", "message", "expected"),
    [
        ("Taken", "no", True),
        ("InvalidParameterValue", "no", False),
        ("InvalidParameterValue", "Unknown kind", True),
        ("InvalidParameterValue", "either Tags or Parts has to be given", True),
        ("InvalidParameterValue", "'some-value' is not right", True),
        ("InvalidParameterValue", "the request is not valid", False),
        ("MalformedXML", "not against our schema", True),
    ],
)
def test_an_answer_says_why_if_it_names_a_member_a_value_or_an_error_of_its_own(
    code: str, message: str, expected: bool
) -> None:
    answer = Answer(400, parsed=True, error=ErrorAnswer(code, message))
    call = Call("PutThing", {"Name": "some-value"})
    exchange = Exchange("case", call, Request("POST", "/"), None, answer, classify(answer))
    assert says_why(THINGS, exchange) is expected


def test_what_explains_that_nothing_was_accepted_excuses_the_operation() -> None:
    assert SEVERITY_BY_CODE["never-accepts"] == "warning"
    of = case()
    plain, state = failed(of, "ValidationException", "no"), failed(of, "ResourceNotFoundException", "no")
    for context, excused in ((plain, False), (state, True)):
        refusals = Refusals()
        refusals.see(THINGS, of, context.exchange)
        assert refusals.excused is excused
    blocked = Refusals()
    blocked.see_blocked()
    assert blocked.excused
    refused = Refusals([(of, plain.exchange)])
    refused.see_blocked()  # a later request lacks something; the smallest one did not
    assert not refused.excused


def test_an_error_in_a_success_is_one() -> None:
    body = b"<Error><Code>Taken</Code><Message>no</Message></Error>"
    context = answered(case(), 200, body, headers={"content-type": "text/xml"}, model=service("rest-xml"))
    assert context.outcome.kind != "accepted"
    assert ("error-with-success", "errors#status") in codes(check_error(context))
    assert ("error-with-success", "errors#status") not in codes(check_error(failed(case(), "Taken")))
