"""The default seed follows from the specs, in any order, and from nothing else."""

from __future__ import annotations

from dataclasses import replace

from conformance.planning.plan import plan_of
from conformance.planning.seeds import default_seed, random_seed
from conformance.planning.selection import ClauseSelection, ServiceSelection
from doubles.demanding_service import MODEL
from doubles.handmade_shapes import spec_of

ONE = spec_of(MODEL)
CHANGED = replace(ONE, provenance=replace(ONE.provenance, digest="sha256:other"))
OTHER = replace(ONE, service=replace(ONE.service, name="other"))


def test_the_same_specs_give_the_same_seed_and_others_another() -> None:
    assert default_seed([ONE, OTHER]) == default_seed([OTHER, ONE, ONE])
    assert len({default_seed([ONE]), default_seed([CHANGED]), default_seed([OTHER]), default_seed([ONE, OTHER])}) == 4


def test_clauses_and_operations_do_not_change_it() -> None:
    plans = (
        plan_of([ServiceSelection("sqs", ("ListQueues", "CreateQueue"))]),
        plan_of([ServiceSelection("sqs", ("CreateQueue",))], selection=ClauseSelection(("*#required",))),
    )
    assert len({plan.seed for plan in plans}) == 1


def test_a_random_seed_is_another_one() -> None:
    assert random_seed() != random_seed()
