"""Clauses named on the command line by the ids of their tests, as pytest prints and takes them.

    pytest 'conformance::sqs::CreateQueue::sqs:CreateQueue/input/QueueName#pattern'
    pytest conformance::sqs::CreateQueue

Pytest takes ids of files only, so these are taken out of its arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pytest

from conformance.pytest_plugin.collection import ClauseTest
from conformance.pytest_plugin.options import NODE_IDS


def node_ids_in(arguments: Iterable[str]) -> tuple[str, ...]:
    """The arguments that are ids of clauses, operations or services."""
    return tuple(each for each in arguments if each.startswith(NODE_IDS))


def selection_of(node_ids: Sequence[str]) -> tuple[str, ...]:
    """The operations that ids name, as a selection: `sqs:CreateQueue`."""
    return tuple(dict.fromkeys(":".join(each.split("::")[1:3]) for each in node_ids))


def without_other_clauses(tests: Iterable[pytest.Item], node_ids: Sequence[str]) -> list[pytest.Item]:
    """The tests without those of other clauses; raises pytest.UsageError for an id that no test has."""
    found: set[str] = set()
    kept: list[pytest.Item] = []
    for test in tests:
        named = [each for each in node_ids if f"{test.nodeid}::".startswith(f"{each}::")]
        if named or not isinstance(test, ClauseTest):
            kept.append(test)
        found.update(named)
    for each in node_ids:
        if each not in found:
            raise pytest.UsageError(f"not found: {each} (no clause of the selection has this id)")
    return kept
