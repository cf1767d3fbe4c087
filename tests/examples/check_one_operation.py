"""Check one operation of an implementation with the Python API: run it, read what came out, compare two runs.

    python check_one_operation.py FOLDER

It tests the moto that is embedded in this process; any target of `conformance run --target` does as well.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import conformance
from conformance.extending import Context, Match, Mismatch

OPERATION = "sqs:CreateQueue"


# A check of your own: a function that sees every answer of the operations that it names.
@conformance.register_check(
    name="url-has-name",
    statement="a queue's URL ends with the queue's name",
    source="docs: Amazon SQS Developer Guide, Queue and message identifiers",
    operations=OPERATION,
)
def url_has_name(context: Context) -> Iterator[Match | Mismatch]:
    if context.outcome.kind != "accepted" or context.exchange.answer is None:
        return
    name = str(context.exchange.call.params["QueueName"])
    url = str(context.exchange.answer.output.get("QueueUrl"))
    if url.endswith(f"/{name}"):
        yield Match()
    else:
        yield Mismatch("QueueUrl", f".../{name}", url)


def run(record: Path, max_examples: int) -> None:
    """Run the cases of the operation, print the findings as they come, and keep a record."""
    events = conformance.run_cases(OPERATION, target="moto", seed=1, max_examples=max_examples, record=record)
    for event in events:
        if isinstance(event, conformance.Finding):
            print(f"{event.severity} {event.clause}: expected {event.expected}, got {event.got}")
        elif event.type == "operation":
            print(f"{event.name} reached {event.level} of {event.reachable}")


def main(folder: Path) -> None:
    """Run twice, and print what differs."""
    clauses = conformance.clauses(OPERATION)
    print(f"{len(clauses)} clauses, one of them {next(each.id for each in clauses if each.section == 'check')}")
    run(folder / "few.jsonl", max_examples=1)
    run(folder / "more.jsonl", max_examples=5)
    for difference in conformance.compare_records(folder / "few.jsonl", folder / "more.jsonl"):
        print(f"{difference.change}: {difference.clause} {difference.before} -> {difference.after}")
    verdicts = {each.clause: each.verdict for each in conformance.read_record(folder / "more.jsonl").verdicts}
    print(f"own check: {verdicts[f'{OPERATION}/check#url-has-name']}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
