"""Errata of models: each covers what AWS answers, and nothing else."""

from __future__ import annotations

import pytest

from conformance.specs.errata import Erratum, all_errata, errata_of
from conformance.values.conditions import compile_condition

ABSENT = Erratum("things", ("List*/output/Marker#required",), "somewhere")
NEW = Erratum("things", ("*/State#enum",), "somewhere", values=("NEW", 0))
BUSY = Erratum("things", ("Get/output/Date#required",), "somewhere", when="Status == 'BUSY'")


@pytest.mark.parametrize(
    ("erratum", "clause", "value", "output", "covered"),
    [
        (ABSENT, "ListThings/output/Marker#required", None, {}, True),
        (ABSENT, "ListThings/output/Items#required", None, {}, False),
        (ABSENT, "GetThing/output/Marker#required", None, {}, False),
        (NEW, "Get/output/Things[]/State#enum", "NEW", {}, True),
        (NEW, "Get/output/Things[]/State#enum", "OLD", {}, False),
        (NEW, "Get/output/Things[]/State#enum", 0, {}, True),
        (NEW, "Get/output/Things[]/State#enum", False, {}, False),
        (BUSY, "Get/output/Date#required", None, {"Status": "BUSY"}, True),
        (BUSY, "Get/output/Date#required", None, {"Status": "DONE"}, False),
        (BUSY, "Get/output/Date#required", None, {}, False),
    ],
)
def test_an_erratum_covers_its_clause_value_and_condition(
    erratum: Erratum, clause: str, value: object, output: object, covered: bool
) -> None:
    assert erratum.covers(clause, value, output) is covered


@pytest.mark.parametrize("erratum", all_errata(), ids=lambda each: f"{each.service}:{each.clauses[0]}")
def test_each_entry_has_a_source_and_says_what_it_covers(erratum: Erratum) -> None:
    assert len(erratum.source) > 10
    assert erratum in errata_of(erratum.service)
    assert all("#" in glob and "/" in glob for glob in erratum.clauses)
    # A bound or an enum that any value could break is no erratum but no constraint at all.
    assert erratum.values or all(glob.endswith("#required") for glob in erratum.clauses)
    if erratum.when is not None:
        compile_condition(erratum.when)
