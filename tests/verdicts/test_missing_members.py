"""A request without a required member, refused for a thing that is not there though it names none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.verdicts.request_checks import check_request
from doubles.handmade_exchanges import THINGS, case, codes, failed, held

REQUIRED = "input/Name#required"


@pytest.mark.parametrize("code", ["ResourceNotFoundException", "NoSuchThing", "ThingDoesNotExist"])
def test_nothing_can_be_missed_that_is_not_named(code: str) -> None:
    found = failed(case("invalid", REQUIRED), code)
    assert codes(check_request(found)) == [("misses-unnamed", REQUIRED)]


@pytest.mark.parametrize(
    ("clause", "code"),
    [
        (REQUIRED, "ResourceInUseException"),
        ("input/Name#pattern", "ResourceNotFoundException"),
        ("input/Name#max", "ResourceNotFoundException"),
    ],
)
def test_other_refusals_for_a_state_say_nothing(clause: str, code: str) -> None:
    found = failed(case("invalid", clause), code)
    assert codes(check_request(found)) == []
    assert held(check_request(found)) == set()


def test_a_validation_error_is_right_and_a_base_that_was_refused_shows_nothing() -> None:
    assert held(check_request(failed(case("invalid", REQUIRED), "ValidationException"))) == {REQUIRED}
    refused = failed(case("invalid", REQUIRED), "ResourceNotFoundException", base_accepted=False)
    assert codes(check_request(refused)) == []


def test_services_that_read_forms_are_not_held_to_it() -> None:
    found = failed(case("invalid", REQUIRED), "NoSuchThing")
    assert codes(check_request(replace(found, service=replace(THINGS, protocol="query")))) == []
