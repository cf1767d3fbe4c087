"""What counts as judged, as open and as no gap of a run."""

from __future__ import annotations

from conformance.record.rows import OperationRow, Verdict
from quality.clause_reach import clause_reach


def verdict(clause: str, word: str, reason: str | None = None) -> Verdict:
    return Verdict(clause, word, reason)  # type: ignore[arg-type]


def test_clauses_of_requests_stand_apart_from_the_others() -> None:
    found = clause_reach(
        [
            verdict("sqs:CreateQueue/input/QueueName#type", "failed"),
            verdict("sqs:CreateQueue/input#accepted", "passed"),
            verdict("sqs:CreateQueue/input/tags#type", "unreached", "its valid counterpart was not accepted"),
            verdict("sqs:CreateQueue/protocol#status", "passed"),
            verdict("sqs:Queue/lifecycle#read", "unreached", "a step crashed"),
        ]
    )
    assert (found.requests.judged, found.requests.of) == (2, 3)
    assert found.requests.reasons == {"its valid counterpart was not accepted": 1}
    assert found.requests.operations == {"sqs:CreateQueue": 1}
    assert (found.others.judged, found.others.of) == (1, 2)


def test_skipped_clauses_and_values_left_out_are_no_gaps() -> None:
    found = clause_reach(
        [
            verdict("sqs:CreateQueue/input/QueueName#pattern", "skipped", "no text breaks it"),
            verdict("sqs:CreateQueue/output/QueueUrl#type", "unreached", "no answer had a value here"),
        ]
    )
    assert found.requests.of == found.others.of == 0
    assert found.no_value == 1


def test_operations_that_the_target_lacks_do_not_count() -> None:
    found = clause_reach(
        [
            verdict("sqs:CreateQueue/input/QueueName#type", "passed"),
            verdict("sqs:TagQueue/protocol#implemented", "failed"),
            verdict("sqs:TagQueue/input/Tags#type", "unreached", "not implemented"),
            OperationRow("sqs", "CreateQueue", "L3", "L6"),
            OperationRow("sqs", "TagQueue", None, "L6"),
        ]
    )
    assert (found.requests.judged, found.requests.of, found.others.of) == (1, 1, 0)
    assert (found.shown, found.operations) == (1, 1)


def test_sums_of_services() -> None:
    one = clause_reach([verdict("sqs:CreateQueue/input/QueueName#type", "passed")])
    other = clause_reach([verdict("sns:Publish/input/Message#type", "unreached", "a reason")])
    total = one + other
    assert (total.requests.judged, total.requests.of) == (1, 2)
    assert str(total.requests).split() == ["1", "2", "50.0%"]
