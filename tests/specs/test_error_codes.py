"""Which declared errors speak of a resource, and which of anything."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from conformance.specs.model import ErrorTraits, Operation, Shape
from conformance.specs.resources.error_codes import BUSY, MISSING, TAKEN, declared_error
from doubles.handmade_shapes import service
from doubles.lifecycle_service import THING

DECLARED = [
    ("ThingNotFound", MISSING, "Thing", "for it"),
    ("NoSuchThingException", MISSING, "Thing", "for it"),
    ("ThingDoesNotExistFault", MISSING, "BigThing", "for it"),
    ("ResourceNotFoundException", MISSING, "Thing", "for anything"),
    ("NoSuchEntity", MISSING, "Thing", "for anything"),
    ("ServiceNotFoundException", MISSING, "Service", "for it"),
    ("OtherNotFoundException", MISSING, "Thing", None),
    ("ThingNotFound", MISSING, "ThingSnapshot", None),
    ("ThingAlreadyExists", TAKEN, "Thing", "for it"),
    ("DuplicateThingName", TAKEN, "Other", None),
    ("ConflictException", TAKEN, "Thing", "for anything"),
    ("ThingNotFound", TAKEN, "Thing", None),
    ("ResourceInUseException", BUSY, "Thing", "for anything"),
    ("InvalidThingStateFault", BUSY, "Thing", "for it"),
]


@pytest.mark.parametrize(("code", "words", "noun", "expected"), DECLARED)
def test_a_code_says_what_it_is_about(code: str, words: re.Pattern[str], noun: str, expected: str | None) -> None:
    shape = Shape(code, "structure", error=ErrorTraits(code))
    operation = Operation("DoThing", errors=(code,))
    model = service("json", shape, operations=(operation,))
    assert declared_error(model, operation, words, replace(THING, name=noun)) == expected
