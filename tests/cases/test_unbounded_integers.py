"""Numbers without a stated maximum stay small: on AWS they count what is made and paid for."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.cases.scalar_strategies import UNBOUNDED_INTEGER_SPAN, _numbers
from conformance.specs.model import Shape


@pytest.mark.parametrize(
    ("low", "high", "least", "most"),
    [(None, None, 0, UNBOUNDED_INTEGER_SPAN), (5, None, 5, 5 + UNBOUNDED_INTEGER_SPAN),
     (-7, None, -7, UNBOUNDED_INTEGER_SPAN), (None, 9, 0, 9), (None, -3, -3, -3),
     (1, 10**6, 1, 10**6)],
)  # fmt: skip
@given(data=st.data())
@settings(max_examples=30, database=None)
def test_whole_numbers_stay_between(
    low: int | None, high: int | None, least: int, most: int, data: st.DataObject
) -> None:
    assert least <= data.draw(_numbers(Shape("N", "integer", minimum=low, maximum=high))) <= most
