"""Things are found by what a call names, without looking at all of them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.run.cleanup.created_thing import CreatedThing, RemovalCall
from conformance.run.cleanup.thing_index import ThingIndex, removes

NAMES = st.sampled_from(["a", "b", "arn:aws:sqs:x:a", "https://h/q/a", "q/a", "", "b/"])
PARAMS = st.dictionaries(st.sampled_from(["Url", "Name", "Ids"]), st.one_of(NAMES, st.lists(NAMES), st.booleans()))


def thing(number: int, *removals: RemovalCall, **others: Any) -> CreatedThing:
    return CreatedThing(number, "sqs", "eu-west-1", None, "Queue", "CreateQueue", {}, removals=removals, **others)


@given(removing=st.lists(PARAMS, max_size=4), params=PARAMS)
def test_the_index_finds_what_comparing_everything_finds(
    removing: list[dict[str, Any]], params: dict[str, Any]
) -> None:
    index = ThingIndex()
    things = [thing(number, RemovalCall("DeleteQueue", each)) for number, each in enumerate(removing)]
    for each in reversed(things):
        index.put(each)
    wanted = [each for each in things if removes(each.removals[0], params)]
    assert index.removed_by("sqs", None, "DeleteQueue", params) == wanted


@pytest.mark.parametrize("name", ["a", "https://h/1/a", "arn:aws:sqs:x:a"])
def test_a_name_stands_for_what_ends_in_it(name: str) -> None:
    index = ThingIndex()
    index.put(thing(1, RemovalCall("DeleteQueue", {"QueueUrl": "https://h/1/a"})))
    found = index.removed_by("sqs", None, "DeleteQueue", {"QueueUrl": name})
    assert [each.number for each in found] == ([1] if name != "arn:aws:sqs:x:a" else [])
    assert index.removed_by("sqs", None, "DeleteQueue", {"QueueUrl": "https://h/1/aa"}) == []
    assert index.removed_by("sqs", "111122223333", "DeleteQueue", {"QueueUrl": name}) == []


def test_what_replaces_a_thing_is_found_by_its_own_names_only() -> None:
    index = ThingIndex()
    index.put(thing(1, RemovalCall("DeleteQueue", {"QueueUrl": "old"}), parents=frozenset({("Bus", "one")})))
    index.put(thing(1, RemovalCall("DeleteQueue", {"QueueUrl": "new"}), parents=frozenset({("Bus", "two")})))
    by_name = {name: index.removed_by("sqs", None, "DeleteQueue", {"QueueUrl": name}) for name in ("old", "new")}
    assert {name: len(found) for name, found in by_name.items()} == {"old": 0, "new": 1}
    bus = CreatedThing(2, "sqs", "eu-west-1", None, "Bus", "CreateBus", {}, names=frozenset({"one"}))
    assert index.inside(bus) == []
    index.pop(1)
    assert index.removed_by("sqs", None, "DeleteQueue", {"QueueUrl": "new"}) == []
    assert 1 not in index
