"""Structures that are unions by their documentation alone: requests give one member, and the clause is there."""

from __future__ import annotations

import pytest
import yaml

from conformance.cases.samples import Sampler
from conformance.planning.service_specs import load_service
from conformance.specs import ingest
from conformance.specs.clauses.catalog import clauses_of
from conformance.specs.overlay.one_of_structures import FILE
from conformance.specs.store.files import shared_data

PATH = shared_data(FILE)
assert PATH is not None
TABLE = yaml.safe_load(PATH.read_text("utf-8"))["services"]
SHAPES = [(service, shape) for service, entry in TABLE.items() for shape in entry["shapes"]]


@pytest.mark.parametrize(("name", "shape"), SHAPES)
def test_the_model_has_them_and_does_not_call_them_unions(name: str, shape: str) -> None:
    given = ingest.installed_spec(name).service.shapes[shape]
    assert given.type == "structure"
    assert not given.union
    assert not given.required
    read = load_service(name, resources=False).service
    assert read.shapes[shape].union
    assert len(Sampler(read, full=True).build(read.shapes[shape])) == 1


def test_each_entry_has_its_source() -> None:
    assert all(entry["source"].strip() for entry in TABLE.values())


def test_giving_two_members_breaks_a_clause() -> None:
    found = load_service("dynamodb")
    ids = clauses_of(found.loaded.spec, found.overlay)
    assert "dynamodb:PutItem/input/Item{}#union" in ids
    assert "dynamodb:TransactWriteItems/input/TransactItems[]#union" in ids
    assert "dynamodb:CreateTable/input/KeySchema[]#union" not in ids
