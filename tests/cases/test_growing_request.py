"""The largest request that is accepted is found, where some members are refused."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from conformance.cases.request_changes.growing_request import MOST, GrowingRequest

NAMES = st.lists(st.text("abcdef", min_size=1, max_size=3), unique=True, min_size=1, max_size=8)


def search(fullest: Mapping[str, int], refused: set[str]) -> GrowingRequest:
    growing = GrowingRequest.between({"Name": 0}, fullest)
    while (params := growing.next()) is not None:
        growing.answered(None if refused & params.keys() else params)
    return growing


@given(NAMES, st.data())
def test_what_is_accepted_is_in_it_and_what_is_refused_is_not(names: list[str], data: st.DataObject) -> None:
    # The search begins where the request with all of them was refused.
    refused = set(data.draw(st.lists(st.sampled_from(names), unique=True, min_size=1, max_size=2)))
    found = search({"Name": 0, **dict.fromkeys(names, 1)}, refused)
    assert found.number <= MOST
    assert found.accepted.keys() == {"Name", *names} - refused
    assert found.grown == len(names) - len(refused)


def test_the_search_ends_where_everything_is_refused() -> None:
    names = [f"M{number}" for number in range(60)]
    found = search(dict.fromkeys(names, 1), set(names))
    assert found.number == MOST
    assert found.accepted == {"Name": 0}
