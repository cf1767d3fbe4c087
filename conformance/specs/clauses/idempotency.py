"""Tokens that make a request idempotent: sent twice with one token, a thing is made once.

CreateThing/idempotency/ClientToken#same-result      same token, same input
CreateThing/idempotency/ClientToken#other-input      same token, other input: an error, where one is modelled
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.specs.clauses.clause import Clause, Section
from conformance.specs.model import STRING_TYPES, Operation, Service, Spec
from conformance.specs.overlay.entries import Overlay
from conformance.specs.resources.resource import Resource

SECTION: Section = "idempotency"

SAME_RESULT, OTHER_INPUT = "same-result", "other-input"

# Errors of the models that say in their name that a token was used before, for something else.
MISMATCH = re.compile(
    r"Idempoten|Client(Request)?Token(Conflict|Mismatch)|InvalidClient(Request)?Token(Exception)?$|TokenInUse", re.I
)


def idempotency_clauses(spec: Spec, operation: Operation, overlay: Overlay) -> Iterator[Clause]:
    """The clauses about idempotency tokens that an operation owns."""
    if made_by(operation, overlay) is None:
        return
    service, name = spec.service, operation.name
    mismatches = mismatch_codes(service, operation)
    for member in tokens_of(service, operation):
        same = f"{name} sent twice with the same {member} and input makes one thing"
        yield _clause(spec, operation, member, SAME_RESULT, same)
        if mismatches:
            other = f"{name} with a {member} that came with other input before is answered with {mismatches[0]}"
            yield _clause(spec, operation, member, OTHER_INPUT, other)


def _clause(spec: Spec, operation: Operation, member: str, name: str, statement: str) -> Clause:
    source = f"model: botocore {spec.provenance.botocore}"
    return Clause(spec.service.name, operation.name, SECTION, member, name, statement, source)


def made_by(operation: Operation, overlay: Overlay) -> Resource | None:
    """The resource that an operation makes."""
    return overlay.created_by(operation.name)


def tokens_of(service: Service, operation: Operation) -> tuple[str, ...]:
    """The members of an input that are idempotency tokens."""
    return tuple(
        name
        for name, member in service.input_of(operation).members.items()
        if member.idempotency_token and service.target(member).type in STRING_TYPES
    )


def mismatch_codes(service: Service, operation: Operation) -> tuple[str, ...]:
    """The codes, of those that an operation declares, by which it answers a token that was used for something else."""
    return tuple(
        shape.error.code
        for shape in service.errors_of(operation)
        if shape.error is not None and MISMATCH.search(shape.name)
    )
