"""Faults that the toolkit once had: none of them is back. The same table as `quality/known_contradictions.py`."""

from __future__ import annotations

import pytest

from quality.instance import Instance
from quality.known_contradictions import instances, wrong_with

ALL = tuple(instances())


@pytest.mark.usefixtures("clean_aws")
@pytest.mark.parametrize("instance", ALL, ids=lambda instance: instance.id)
def test_it_is_still_right(instance: Instance) -> None:
    assert wrong_with(instance) is None


def test_every_instance_has_an_id_of_its_own() -> None:
    assert len({each.id for each in ALL}) == len(ALL)
