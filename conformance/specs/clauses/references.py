"""Clauses about references: an operation fails where it refers to a resource that was never created.

    sagemaker:CreateEndpoint/state/EndpointConfigName#not-found
    ecs:ListServices/state/cluster#not-found
    sagemaker:Endpoint/lifecycle#not-found               owned by the read of the resource itself

A clause is stated for what every request of the operation refers to. For an optional member it is stated where the
operation declares an error for the resource, or belongs to the family of the resource.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from conformance.specs.clauses import lifecycle
from conformance.specs.clauses.clause import Clause, Section, model_clause
from conformance.specs.model import Operation, Service, Spec
from conformance.specs.overlay.entries import Overlay
from conformance.specs.resources.error_codes import MISSING, declared_error
from conformance.specs.resources.handle_references import Reference, References

SECTION: Section = "state"

NOT_FOUND = "not-found"

NAMES = (NOT_FOUND,)


def references_clauses(spec: Spec, operation: Operation, overlay: Overlay) -> Iterator[Clause]:
    """The clauses about what an operation's input refers to."""
    for resource in overlay.resources.values():
        if resource.read is not None and resource.read.operation == operation.name:
            statement = f"{operation.name} does not find {resource.one} that was never created"
            yield model_clause(spec, resource.name, lifecycle.SECTION, "", NOT_FOUND, statement)
    for reference in references(spec.service, operation, overlay):
        one, documented = reference.resource.one, _documented(operation, reference, overlay)
        happens = "fails" if documented is None else "succeeds"
        statement = f"{operation.name} {happens} where {reference.path} refers to {one} that does not exist"
        clause = model_clause(spec, operation.name, SECTION, reference.path, NOT_FOUND, statement)
        yield clause if documented is None else replace(clause, source=f"docs: {documented}")


def _documented(operation: Operation, reference: Reference, overlay: Overlay) -> str | None:
    """The source that an operation succeeds without what it refers to; None where none says so."""
    own = operation.name == reference.resource.delete
    missing = overlay.behaviour.missing.get(operation.name) if own else None
    return missing or overlay.behaviour.lists_nothing(operation.name)


def references(service: Service, operation: Operation, overlay: Overlay) -> Iterator[Reference]:
    """The references in an operation's input that a clause is stated for, each resource once."""
    found = References(overlay.resources.values())
    passed = {
        resource.name
        for resource in overlay.resources.values()
        if resource.create == operation.name
        or (resource.read is not None and resource.read.operation == operation.name)
    }
    for reference in found.required(service, operation):
        if reference.resource.name not in passed and _must_exist(operation, reference):
            passed.add(reference.resource.name)
            yield reference
    for reference in found.optional(service, operation):
        resource = reference.resource
        known = (
            operation.name in resource.operations or declared_error(service, operation, MISSING, resource) == "for it"
        )
        if resource.name not in passed and known and _must_exist(operation, reference):
            passed.add(resource.name)
            yield reference


# Operations with these verbs create, too: out of a file, a backup or another resource.
_CREATING = re.compile(r"(Import|Restore|Copy|Clone)(?![a-z])")
_EXISTING = re.compile(r"source|original|parent|from", re.IGNORECASE)

# Members that select by a part of a name, or by the names after it, refer to no single resource.
_SELECTING = re.compile(r"prefix|suffix|contains|substring|pattern|exclusive|starting|marker|filter", re.IGNORECASE)


def _must_exist(operation: Operation, reference: Reference) -> bool:
    """Whether a reference is to a resource that has to exist, rather than to one that the operation creates."""
    name, create = reference.path, reference.resource.create
    if _SELECTING.search(name):
        return False
    creates = operation.name.startswith(create) or _CREATING.match(operation.name)
    return reference.handle.source.side != "request" or not creates or _EXISTING.search(name) is not None
