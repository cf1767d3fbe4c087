"""Clauses about idempotency tokens: a request that is sent twice with one token creates one resource.

CreateThing/idempotency/ClientToken#same-result      same token, same input
CreateThing/idempotency/ClientToken#other-input      same token, other input: an error, where the model has one
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.specs.clauses.clause import Clause, Section, model_clause
from conformance.specs.model import STRING_TYPES, Operation, Service, Spec
from conformance.specs.overlay.entries import Overlay
from conformance.specs.resources.resource import Resource

SECTION: Section = "idempotency"

SAME_RESULT, OTHER_INPUT = "same-result", "other-input"

NAMES = (SAME_RESULT, OTHER_INPUT)

# Names of errors that say that a token was used before with other input.
MISMATCH = re.compile(
    r"Idempoten|Client(Request)?Token(Conflict|Mismatch)|InvalidClient(Request)?Token(Exception)?$|TokenInUse", re.I
)


def idempotency_clauses(spec: Spec, operation: Operation, overlay: Overlay) -> Iterator[Clause]:
    """The clauses about idempotency tokens that an operation owns."""
    if created_resource(operation, overlay) is None:
        return
    service, name = spec.service, operation.name
    mismatches = mismatch_codes(service, operation)
    for member in tokens_of(service, operation):
        same = f"{name} sent twice with the same {member} and input creates one resource"
        yield model_clause(spec, operation.name, SECTION, member, SAME_RESULT, same)
        if mismatches:
            other = f"{name} with a {member} that was sent with other input before is answered with {mismatches[0]}"
            yield model_clause(spec, operation.name, SECTION, member, OTHER_INPUT, other)


def created_resource(operation: Operation, overlay: Overlay) -> Resource | None:
    """The resource that an operation creates."""
    return overlay.created_by(operation.name)


def tokens_of(service: Service, operation: Operation) -> tuple[str, ...]:
    """The members of an input that are idempotency tokens."""
    return tuple(
        name
        for name, member in service.input_of(operation).members.items()
        if member.idempotency_token and service.target(member).type in STRING_TYPES
    )


def mismatch_codes(service: Service, operation: Operation) -> tuple[str, ...]:
    """The codes of the declared errors that answer a token which was used with other input."""
    return tuple(
        shape.error.code
        for shape in service.errors_of(operation)
        if shape.error is not None and MISMATCH.search(shape.name)
    )
