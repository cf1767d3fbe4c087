"""Things that runs left behind, and said nothing of."""

from __future__ import annotations

from conformance.exchanges.target import resolve
from conformance.planning.plan import plan_of
from conformance.planning.selection import ClauseSelection, parse_selection
from conformance.record.rows import LeftoverRow
from conformance.run import run
from conformance.run.events import Event
from quality.instance import Instance

# What cases of an operation added, and what the removal of it was blocked by.
LEFT = (
    ("s3:PutObject", "objects blocked the removal of their buckets"),
    ("events:PutTargets", "targets blocked the removal of their rules"),
    ("iam:AttachRolePolicy", "policies blocked the removal of their roles"),
    ("kms:CancelKeyDeletion", "a deletion that was called off was taken for done"),
    ("ecs:RunTask", "tasks and services blocked the removal of their clusters"),
)


def _left_by(selection: str) -> str | None:
    plan = plan_of(
        parse_selection([selection]),
        selection=ClauseSelection(("*/input#accepted",)),
        seed=1,
        max_examples=0,
        poll_interval=0,
        poll_timeout=2,
    )
    with resolve("moto", seed=1, timeout=60).open() as connection:
        rows: list[Event] = list(run(plan, connection))
    left = [row for row in rows if isinstance(row, LeftoverRow)]
    return None if not left else "; ".join(f"{row.service} {row.resource}: {row.detail}" for row in left)


def _instance(selection: str, what: str) -> Instance:
    return Instance(f"left-behind/{selection.replace(':', '-').lower()}", what, lambda: _left_by(selection))


INSTANCES = tuple(_instance(selection, what) for selection, what in LEFT)
