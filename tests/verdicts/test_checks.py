"""Every check has an answer that it must catch and one that it must not blame."""

from __future__ import annotations

import json
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from conformance.specs.model import Member, Operation, Shape
from conformance.specs.overlay.entries import Expectation, Overlay, Rule
from conformance.values.vocabulary import Intent
from conformance.verdicts.answer_checks import check_output, check_protocol
from conformance.verdicts.check_results import CheckResult, Contradiction, Satisfied, Undecided
from conformance.verdicts.clause_ledger import run_checks
from conformance.verdicts.error_checks import check_error
from conformance.verdicts.request_checks import check_request
from conformance.verdicts.rule_checks import check_answer_rules, check_broken_rule
from conformance.verdicts.severity import SEVERITY_BY_CODE
from doubles.event_streams import event
from doubles.handmade_exchanges import answered, case, codes, failed, held, left_open, unanswered
from doubles.handmade_shapes import service

PAGE = b"<!doctype html><title>hello</title>"
HTML = {"content-type": "text/html"}


def put(**output: Any) -> bytes:
    return json.dumps({"Id": "abc", **output}).encode()


# ---------------------------------------------------------------- the protocol


def test_an_answer_as_it_should_be_holds_every_statement_of_the_protocol() -> None:
    notes = list(check_protocol(answered(case())))
    assert codes(notes) == []
    assert held(notes) == {"protocol#body", "protocol#content-type", "protocol#headers", "protocol#request-id"}


@pytest.mark.parametrize(("status", "body"), [(200, PAGE), (200, b"{"), (404, PAGE), (302, b"")])
def test_what_is_not_of_the_protocol_is_malformed(status: int, body: bytes) -> None:
    found = codes(check_protocol(answered(case(), status, body, headers=HTML)))
    assert found == [("malformed-answer", "protocol#body")]


def test_a_crash_is_told_elsewhere_and_silence_has_no_bytes_to_judge() -> None:
    assert list(check_protocol(answered(case(), 500, PAGE, headers=HTML))) == []
    assert list(check_protocol(unanswered(case()))) == []


def test_a_wrong_content_type_and_a_missing_request_id_are_seen() -> None:
    found = codes(check_protocol(answered(case(), headers={"content-type": "text/plain"})))
    assert found == [("wrong-content-type", "protocol#content-type"), ("no-request-id", "protocol#request-id")]


def test_an_empty_body_needs_no_content_type() -> None:
    notes = list(check_protocol(answered(case(), body=b"", headers={"x-amzn-requestid": "1"})))
    assert codes(notes) == []
    assert "protocol#content-type" not in held(notes)


# ---------------------------------------------------------------- outputs

OUTPUTS = (
    ("wrong-type", "output/Count#type", put(Count="5"), put(Count=5)),
    ("wrong-type", "output/Parts#type", put(Parts={}), put(Parts=[{"Size": 1}])),
    ("duplicate-member", "output/Count#type", b'{"Id": "abc", "Count": 1, "Count": 2}', put(Count=1)),
    ("missing-member", "output/Id#required", b"{}", put()),
    ("missing-member", "output/Parts[]/Size#required", put(Parts=[{}]), put(Parts=[{"Size": 1}])),
    ("unknown-member", "output#members", put(Stranger=1), put()),
    ("not-in-enum", "output/Kind#enum", put(Kind="TINY"), put(Kind="SMALL")),
    ("not-in-enum", "output/Kind#enum", put(Kind=""), put(Kind="BIG")),
    ("enum-spelling", "output/Kind#enum", put(Kind="small"), put(Kind="SMALL")),
    ("enum-spelling", "output/Kind#enum", put(Kind="B-I_g"), put(Kind="BIG")),
    ("out-of-bounds", "output/Count#min", put(Count=0), put(Count=1)),
    ("out-of-bounds", "output/Count#max", put(Count=11), put(Count=10)),
    ("breaks-pattern", "output/Id#pattern", put(Id="ABC"), put(Id="abc")),
    ("breaks-union", "output/Choice#union", put(Choice={}), put(Choice={"Left": "ab"})),
    ("out-of-bounds", "output/Tags{key}#min", put(Tags={"a": 1}), put(Tags={"ab": 1})),
    ("out-of-bounds", "output/Tags{}#max", put(Tags={"ab": 11}), put(Tags={"ab": 10})),
)


@pytest.mark.parametrize(("code", "clause", "bad", "good"), OUTPUTS)
def test_an_output_is_held_against_every_constraint(code: str, clause: str, bad: bytes, good: bytes) -> None:
    assert codes(check_output(answered(case(), body=bad))) == [(code, clause)]
    notes = list(check_output(answered(case(), body=good)))
    assert codes(notes) == []
    assert clause in held(notes)


def test_null_is_seen_where_nothing_would_do() -> None:
    found = codes(check_output(answered(case(), body=put(Parts=[None]))))
    assert ("null-member", "output/Parts[]#type") in found
    assert codes(check_output(answered(case(), body=put(Count=None)))) == [("null-member", "output/Count#type")]


def test_a_value_of_the_wrong_type_keeps_no_bounds() -> None:
    notes = list(check_output(answered(case(), body=put(Count="5"))))
    assert not {clause for clause in held(notes) if clause.startswith("output/Count")}


def test_what_is_not_there_holds_nothing() -> None:
    assert held(check_output(answered(case()))) == {
        "protocol#status", "output/Id#required", "output/Id#type", "output/Id#min", "output/Id#max",
        "output/Id#pattern", "output#members",
    }  # fmt: skip


@pytest.mark.parametrize(("status", "right"), [(200, True), (204, True), (202, False), (206, False)])
def test_a_success_has_the_status_of_the_model(status: int, right: bool) -> None:
    found = [code for code, clause in codes(check_output(answered(case(), status))) if clause == "protocol#status"]
    assert found == ([] if right else ["other-success-status"])


def test_a_status_that_the_model_gives_is_the_one() -> None:
    model = service("json", operations=(Operation("PutThing", input="PutRequest", output="PutAnswer", status=202),))
    assert codes(check_output(answered(case(), 202, model=model))) == []
    assert codes(check_output(answered(case(), 200, model=model))) == [("other-success-status", "protocol#status")]


def test_an_operation_that_answers_its_status_as_a_member_may_have_several() -> None:
    output = Shape("PutAnswer", "structure", members={"Code": Member("Count", location="statusCode")})
    thing = Operation("PutThing", "POST", "/things", input="PutRequest", output="PutAnswer", status=200)
    model = service("rest-json", output, Shape("Count", "integer"), operations=(thing,))
    assert codes(check_output(answered(case(), 206, b"", model=model))) == []


def streamed(body: bytes) -> list[CheckResult]:
    """What is said of an answer that is a stream of parts; each part needs a size."""
    members = {"Id": Member("Name", location="header", location_name="id"), "Events": Member("Events")}
    output = Shape("PutAnswer", "structure", members=members, required=("Id", "Events"), payload="Events")
    part = Shape("Part", "structure", members={"Size": Member("Count")}, required=("Size",), event=True)
    events = Shape("Events", "structure", members={"Part": Member("Part")}, event_stream=True)
    thing = Operation("PutThing", "POST", "/things", input="PutRequest", output="PutAnswer")
    model = service("rest-json", output, events, part, Shape("Count", "integer", maximum=10), operations=(thing,))
    return list(check_output(answered(case(), body=body, model=model)))


def test_an_event_stream_that_was_not_read_leaves_its_clauses_open() -> None:
    notes = streamed(b"")
    assert codes(notes) == [("missing-member", "output/Id#required")]
    assert {each.clause.partition("/")[2] for each in notes if isinstance(each, Undecided)} == {
        "output/Events#required",
        "output/Events#type",
    }


def test_every_event_of_a_stream_is_held_against_the_model() -> None:
    good = streamed(event("Part", b'{"Size": 1}'))
    assert codes(good) == [("missing-member", "output/Id#required")]
    assert {"output/Events#required", "output/Events/Part/Size#required", "output/Events/Part/Size#max"} <= held(good)
    bad = codes(streamed(event("Part", b'{"Size": 1}') + event("Part", b"{}") + event("Part", b'{"Size": 11}')))
    assert ("missing-member", "output/Events/Part/Size#required") in bad
    assert ("out-of-bounds", "output/Events/Part/Size#max") in bad


@pytest.mark.parametrize("status", [400, 500])
def test_an_error_has_no_output(status: int) -> None:
    assert list(check_output(answered(case(), status))) == []


def test_what_follows_from_an_accepted_fault_is_not_another_finding() -> None:
    assert list(check_output(answered(case("invalid", "input/Count#min"), body=put(Count=0)))) == []


# ---------------------------------------------------------------- the ARN of what was created


def created(body: bytes, intent: Intent = "valid") -> list[CheckResult]:
    """What is told of an answer of an operation whose whole output is the ARN of what it created."""
    output = Shape("MadeAnswer", "structure", members={"ThingArn": Member("Arn")})
    thing = Operation("CreateThing", input="PutRequest", output="MadeAnswer")
    model = service("json", output, Shape("Arn", "string"), operations=(thing,))
    context = answered(case(intent), body=body, model=model, operation="CreateThing")
    return [each for each in check_output(context) if each.clause.endswith("#answered")]


def test_a_creator_that_does_not_tell_what_it_created_is_seen() -> None:
    found = created(b"{}")
    assert [(type(each), each.clause) for each in found] == [
        (Contradiction, "things:CreateThing/output/ThingArn#answered")
    ]
    assert [type(each) for each in created(b'{"ThingArn": "arn:aws:things:::thing"}')] == [Satisfied]


@pytest.mark.parametrize("intent", ["recorded", "scenario", "probe", "invalid"])
def test_only_what_a_run_asked_for_has_to_be_answered_whole(intent: Intent) -> None:
    assert created(b"{}", intent) == []


# ---------------------------------------------------------------- errors


def test_a_declared_error_in_its_shape_and_status_holds() -> None:
    body = b'{"__type": "Taken", "message": "mine", "Owner": "abc", "Count": 1}'
    notes = list(check_error(answered(case(), 409, body)))
    assert codes(notes) == []
    assert held(notes) == {"errors#envelope", "errors#status", "errors#declared", "errors/Taken#shape"}


ERRORS = (
    ("no-error-code", "errors#envelope", 400, b'{"message": "something"}'),
    ("undeclared-code", "errors#declared", 400, b'{"__type": "NoSuchThing"}'),
    ("wrong-error-shape", "errors/Taken#shape", 409, b'{"__type": "Taken", "Count": "five"}'),
)


@pytest.mark.parametrize(("code", "clause", "status", "body"), ERRORS)
def test_an_error_is_held_against_the_model(code: str, clause: str, status: int, body: bytes) -> None:
    assert codes(check_error(answered(case(), status, body))) == [(code, clause)]


REST_ERRORS = {
    "rest-json": b'{"__type": "Taken"}',
    "rest-xml": b"<ErrorResponse><Error><Code>Taken</Code></Error></ErrorResponse>",
    "query": b"<ErrorResponse><Error><Code>Taken</Code></Error></ErrorResponse>",
}


@pytest.mark.parametrize("protocol", list(REST_ERRORS))
def test_the_status_of_an_error_is_that_of_the_model(protocol: str) -> None:
    model = service(
        protocol, operations=(Operation("PutThing", "POST", "/things", input="PutRequest", errors=("Taken",)),)
    )
    headers = {"content-type": "application/json" if protocol == "rest-json" else "text/xml"}
    found = [
        codes(check_error(answered(case(), status, REST_ERRORS[protocol], headers=headers, model=model)))
        for status in (400, 409)
    ]
    assert found == [[("wrong-error-status", "errors#status")], []]


@pytest.mark.parametrize("status", [400, 404, 409])
def test_over_json_aws_answers_errors_with_other_statuses_than_the_models(status: int) -> None:
    notes = list(check_error(answered(case(), status, b'{"__type": "Taken"}')))
    assert codes(notes) == []
    assert "errors#status" in held(notes)


@pytest.mark.parametrize("code", ["ValidationException", "ThrottlingException", "AccessDeniedException"])
def test_codes_that_any_operation_may_answer_need_no_declaration(code: str) -> None:
    assert codes(check_error(failed(case(), code))) == []


@pytest.mark.parametrize("status", [500, 501, 200])
def test_neither_a_crash_nor_a_missing_operation_is_an_error_answer(status: int) -> None:
    assert list(check_error(failed(case(), "InternalFailure", "oh", status))) == []


def test_an_answer_to_head_has_no_body_to_hold_a_code() -> None:
    model = service("rest-json", operations=(Operation("PutThing", "HEAD", "/things", input="PutRequest"),))
    assert list(check_error(answered(case(), 404, b"", headers={}, model=model))) == []


# ---------------------------------------------------------------- valid requests


def test_acceptance_of_a_valid_request_holds_its_clause() -> None:
    assert held(check_request(answered(case()))) == {"input#accepted"}


def test_acceptance_of_an_edge_proves_nothing_of_the_constraint() -> None:
    assert list(check_request(answered(case("boundary", "input/Count#max")))) == []


COMPLAINT = "1 validation error detected: Value '{}' at '{}' failed to satisfy constraint: {}"


def test_a_rejected_edge_whose_error_names_it_contradicts_the_model() -> None:
    result = COMPLAINT.format(10, "count", "Member must have value less than or equal to 9")
    edge = case("boundary", "input/Count#max")
    assert codes(check_request(failed(edge, "ValidationException", result))) == [("rejects-valid", "input/Count#max")]
    assert codes(check_request(failed(edge, "ValidationException", "not today"))) == [
        ("rejects-unusual", "input/Count#max")
    ]


def test_a_rejected_valid_request_is_unusual_at_the_most() -> None:
    assert codes(check_request(failed(case(), "ValidationException", "no"))) == [("rejects-unusual", "input#accepted")]


def test_a_claim_about_what_was_not_sent_is_a_need_and_no_constraint() -> None:
    result = COMPLAINT.format("null", "count", "Member must have value less than or equal to 9")
    assert codes(check_request(failed(case(params={}), "ValidationException", result))) == [
        ("rejects-unusual", "input#accepted")
    ]
    assert codes(check_request(failed(case(params={"Count": 10}), "ValidationException", result))) == [
        ("rejects-unusual", "input#accepted"),
        ("rejects-valid", "input/Count#max"),
    ]


def test_a_member_that_the_model_lacks_is_to_be_ignored() -> None:
    unknown = case("boundary", "protocol#unknown-members")
    assert held(check_request(answered(unknown))) == {"protocol#unknown-members"}
    found = codes(check_request(failed(unknown, "SerializationException")))
    assert found == [("rejects-unknown-member", "protocol#unknown-members")]


@pytest.mark.parametrize("intent", ["valid", "boundary"])
def test_a_missing_state_is_no_rejection(intent: Any) -> None:
    ((_, word, reason),) = left_open(check_request(failed(case(intent), "NoSuchThing", "thing does not exist")))
    assert word == "unreached"
    assert "lacks something" in reason


def test_an_edge_whose_base_was_rejected_says_nothing() -> None:
    edge = case("boundary", "input/Count#max", base="things:PutThing/valid/with/Count")
    notes = list(check_request(failed(edge, "ValidationException", "no", base_accepted=False)))
    assert codes(notes) == []
    assert left_open(notes)[0][1] == "unreached"


@pytest.mark.parametrize("intent", ["valid", "boundary", "invalid"])
def test_a_crash_is_one_whatever_the_request(intent: Any) -> None:
    found = codes(check_request(answered(case(intent, "input/Count#min"), 500, PAGE, headers=HTML)))
    assert found == [("crash", "input/Count#min")]


def test_a_connection_that_is_cut_is_told() -> None:
    found = codes(check_request(unanswered(case(), "closed")))
    assert found == [("connection-closed", "input#accepted")]


@pytest.mark.parametrize(
    ("code", "status", "word"),
    [
        ("AccessDeniedException", 403, "unreached"),
        ("ThrottlingException", 400, "errored"),
        ("NotImplemented", 501, "unreached"),
    ],
)
@pytest.mark.parametrize("intent", ["valid", "boundary", "invalid"])
def test_what_says_nothing_of_the_request_leaves_its_clauses_open(
    intent: Any, code: str, status: int, word: str
) -> None:
    notes = list(check_request(failed(case(intent, "input/Count#min"), code, "no", status)))
    assert codes(notes) == []
    assert held(notes) == set()
    assert [each[1] for each in left_open(notes)] == [word]


def test_neither_silence_nor_garbage_is_a_pass_or_a_rejection() -> None:
    for context in (unanswered(case()), answered(case(), 200, PAGE, headers=HTML)):
        notes = list(check_request(context))
        assert (codes(notes), held(notes), len(left_open(notes))) == ([], set(), 1)


# ---------------------------------------------------------------- invalid requests

FAULTY = case("invalid", "input/Count#min", name="Count#min/below")


def test_an_accepted_fault_is_a_finding() -> None:
    assert codes(check_request(answered(FAULTY))) == [("accepts-invalid", "input/Count#min")]


def test_an_accepted_body_that_does_not_parse_is_another() -> None:
    broken = case("invalid", "protocol#malformed-body", broken_body=True)
    assert codes(check_request(answered(broken))) == [("accepts-malformed", "protocol#malformed-body")]
    assert held(check_request(failed(broken, "SerializationException"))) == {"protocol#malformed-body"}


def test_a_fault_that_is_rejected_as_such_is_a_pass() -> None:
    result = COMPLAINT.format(0, "count", "Member must have value greater than or equal to 1")
    assert held(check_request(failed(FAULTY, "ValidationException", result))) == {"input/Count#min"}
    assert held(check_request(failed(FAULTY, "ValidationException", "Count is too low"))) == {"input/Count#min"}


def test_a_rejection_for_a_state_is_never_a_pass() -> None:
    answers = (("NoSuchThing", "x", 400), ("ValidationException", "Could not find thing", 400), ("Taken", "x", 409))
    for code, message, status in answers:
        notes = list(check_request(failed(FAULTY, code, message, status)))
        assert held(notes) == set()
        assert "state" in left_open(notes)[0][2]


def test_a_complaint_of_another_member_is_never_a_pass() -> None:
    result = COMPLAINT.format("A", "kind", "Member must satisfy enum value set: [SMALL, BIG]")
    notes = list(check_request(failed(FAULTY, "ValidationException", result)))
    assert (held(notes), codes(notes)) == (set(), [])
    assert "something else" in left_open(notes)[0][2]


@pytest.mark.parametrize("reply", ["accepted", "rejected", "crashed"])
def test_without_its_base_an_invalid_request_says_nothing(reply: str) -> None:
    context = {
        "accepted": answered(FAULTY, base_accepted=False),
        "rejected": failed(FAULTY, "ValidationException", "no", base_accepted=False),
        "crashed": answered(FAULTY, 500, PAGE, headers=HTML, base_accepted=False),
    }[reply]
    notes = list(check_request(context))
    assert (codes(notes), held(notes)) == ([], set())
    assert left_open(notes) == [("input/Count#min", "unreached", "its valid counterpart was not accepted")]


def test_a_recorded_answer_says_nothing_of_requests() -> None:
    assert list(check_request(answered(case("recorded")))) == []


# ---------------------------------------------------------------- rules

RULE = Rule(
    "T-01",
    ("PutThing",),
    "Count is even",
    "the documentation",
    "RECORDED",
    expect=Expectation(codes=("ValidationException",), message="even"),
)
OF_RULE = case("invalid", "rule#T-01", rule=RULE)


def test_a_broken_rule_must_be_rejected_as_it_was_recorded() -> None:
    assert codes(check_broken_rule(answered(OF_RULE))) == [("accepts-broken-rule", "rule#T-01")]
    assert codes(check_broken_rule(answered(OF_RULE, 500, PAGE, headers=HTML))) == [("crash", "rule#T-01")]
    assert codes(check_broken_rule(failed(OF_RULE, "OtherException", "must be even"))) == [
        ("wrong-error-code", "rule#T-01")
    ]
    assert codes(check_broken_rule(failed(OF_RULE, "ValidationException", "odd"))) == [
        ("wrong-error-message", "rule#T-01")
    ]
    assert held(check_broken_rule(failed(OF_RULE, "ValidationException", "Count must be even"))) == {"rule#T-01"}


def test_a_broken_rule_says_nothing_without_its_base_or_for_another_reason() -> None:
    assert left_open(check_broken_rule(answered(OF_RULE, base_accepted=False)))[0][1] == "unreached"
    assert left_open(check_broken_rule(failed(OF_RULE, "NoSuchThing", "x")))[0][1] == "unreached"
    assert left_open(check_broken_rule(failed(OF_RULE, "ThrottlingException", "x")))[0][1] == "errored"
    assert list(check_broken_rule(answered(FAULTY))) == []
    assert list(check_request(answered(OF_RULE))) == []


def test_a_reference_to_nothing_must_be_rejected_for_that_state() -> None:
    missing = Rule("T-02", ("PutThing",), "it exists", "docs", "RECORDED", expect=Expectation("rejected-state"))
    of_missing = case("invalid", "rule#T-02", rule=missing)
    assert held(check_broken_rule(failed(of_missing, "NoSuchThing", "no"))) == {"rule#T-02"}
    assert codes(check_broken_rule(answered(of_missing))) == [("accepts-broken-rule", "rule#T-02")]


def laid(condition: str) -> Overlay:
    rule = Rule("T-03", ("PutThing",), "echoes the name", "docs", "DOC-MUST", answer=condition)
    return Overlay("things", MappingProxyType({}), MappingProxyType({}), (rule,), MappingProxyType({}))


def test_a_rule_of_answers_is_held_against_request_and_answer() -> None:
    echo = laid("answer.Id == request.Name")
    found = codes(check_answer_rules(answered(case(), overlay=echo)))
    assert found == [("breaks-rule", "rule#T-03")]
    assert held(check_answer_rules(answered(case(), body=put(Id="ab"), overlay=echo))) == {"rule#T-03"}


def test_a_rule_of_answers_asks_nothing_of_errors_and_faults() -> None:
    echo = laid("answer.Id == request.Name")
    assert list(check_answer_rules(failed(case(), "ValidationException", overlay=echo))) == []
    assert list(check_answer_rules(answered(case("invalid", "input/Count#min"), overlay=echo))) == []


def test_a_rule_that_cannot_be_told_is_left_open() -> None:
    broken = laid("lower(answer.Missing) == 'x'")
    ((_, word, _),) = left_open(check_answer_rules(answered(case(), overlay=broken)))
    assert word == "errored"


# ---------------------------------------------------------------- all together


def test_a_target_that_says_yes_to_everything_earns_no_pass_by_it() -> None:
    notes = run_checks(answered(case(), accepts_anything=True))
    assert not {clause for clause in held(notes) if clause.startswith(("protocol", "input"))}
    assert any("2xx even to an operation" in reason for _, _, reason in left_open(notes))
    assert "input#accepted" in held(run_checks(answered(case())))


def test_what_the_front_door_answers_says_nothing_of_the_operation() -> None:
    for code in ("AccessDeniedException", "ThrottlingException"):
        notes = run_checks(failed(case(), code, "no"))
        assert (codes(notes), held(notes)) == ([], set())


# Codes that no check gives: they follow from more than one exchange.
OF_A_WHOLE_RUN = {"not-implemented", "poisons-state"}

# An error that is not of the protocol is classified as malformed before it is looked at as an error.
GUARDED = {"malformed-error"}


# What only a watched client shows: the tests of `guarding` see these.
OF_MOCKS = {
    "invented-member",
    "invented-code",
    "no-error-message",
    "takes-unknown-member",
    "token-after-last-page",
    "never-waited",
    "only-on-the-wire",
}


def test_every_code_that_has_a_severity_was_seen_in_these_tests() -> None:
    text = "".join(each.read_text(encoding="utf-8") for each in Path(__file__).parent.glob("test_*.py"))
    assert {code for code in SEVERITY_BY_CODE if f'"{code}"' not in text} == set()
    assert SEVERITY_BY_CODE.keys() >= OF_A_WHOLE_RUN | GUARDED | OF_MOCKS
