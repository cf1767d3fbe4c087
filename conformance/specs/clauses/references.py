"""Clauses about references: an operation does not do with a thing what cannot be done because it was never made.

    sagemaker:CreateEndpoint/state/EndpointConfigName#not-found
    ecs:ListServices/state/cluster#not-found

Spoken of is what every request of the operation refers to, and the optional members that refer to what the operation
declares an error for, or belongs to the family of. That its own read does not find a thing is a clause of the
resource's life.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.specs.clauses.clause import Clause
from conformance.specs.model import Operation, Service, Spec
from conformance.specs.overlay.entries import Overlay
from conformance.specs.resources.error_codes import MISSING, declared
from conformance.specs.resources.handle_references import Reference, References


def references_clauses(spec: Spec, operation: Operation, overlay: Overlay) -> Iterator[Clause]:
    """The clauses about what an operation's input refers to."""
    source = f"model: botocore {spec.provenance.botocore}"
    for reference in references(spec.service, operation, overlay):
        statement = (
            f"{operation.name} fails where {reference.path} refers to {reference.resource.one} that is not there"
        )
        yield Clause(spec.service.name, operation.name, "state", reference.path, "not-found", statement, source)


def references(service: Service, operation: Operation, overlay: Overlay) -> Iterator[Reference]:
    """What an operation's input refers to and a clause speaks of, each resource once."""
    found = References(overlay.resources.values())
    passed = {
        resource.name
        for resource in overlay.resources.values()
        if resource.create == operation.name
        or (resource.read is not None and resource.read.operation == operation.name)
    }
    for reference in found.required(service, operation):
        if reference.resource.name not in passed and _is_meant(operation, reference):
            passed.add(reference.resource.name)
            yield reference
    for reference in found.optional(service, operation):
        resource = reference.resource
        known = operation.name in resource.operations or declared(service, operation, MISSING, resource) == "for it"
        if resource.name not in passed and known and _is_meant(operation, reference):
            passed.add(resource.name)
            yield reference


# Operations of these verbs make things, too, beside those that create is for: out of a file, a backup, another thing.
_MAKING = re.compile(r"(Import|Restore|Copy|Clone)(?![a-z])")
_FORMER = re.compile(r"source|original|parent|from", re.IGNORECASE)

# Members that have a name in their own name, and mean any that begins with it or comes after it.
_LOOSE = re.compile(r"prefix|suffix|contains|substring|pattern|exclusive|starting|marker|filter", re.IGNORECASE)


def _is_meant(operation: Operation, reference: Reference) -> bool:
    """Whether a reference is one to a thing that has to be there, rather than to one that the operation makes."""
    name, made = reference.path, operation.name.startswith(reference.resource.create) or _MAKING.match(operation.name)
    if _LOOSE.search(name):
        return False
    return reference.handle.source.side != "request" or not made or _FORMER.search(name) is not None
