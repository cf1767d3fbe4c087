"""The identifier that a creating operation answers though its model does not require it.

    CreateThing -> {"ThingArn": ...}        the whole answer, and all that tells what was created

Models of AWS mark few members of outputs as required. Where the output of an operation that creates or registers a
thing has one member, and that is an ARN, an answer without it tells nothing. Identifiers of other forms are left out:
some are tokens that an operation answers only where work has begun.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.specs.clauses.clause import Clause, model_clause
from conformance.specs.model import Operation, Service, Spec

NAME = "answered"

_CREATES = re.compile(r"(?:Create|Register)(?=[A-Z])")
_ARN = re.compile(r"(?:.*[a-z])?A(?:rn|RN)|arn")


def answered_member(service: Service, operation: Operation) -> str | None:
    """The ARN that is the whole answer of an operation that creates a thing; None where the answer is another."""
    output = service.output_of(operation)
    if len(output.members) != 1 or not _CREATES.match(operation.name):
        return None
    ((name, member),) = output.members.items()
    # A member that the model requires has a clause of its own.
    if name in output.required or not _ARN.fullmatch(name) or service.target(member).type != "string":
        return None
    return name


def answered_clause(spec: Spec, operation: Operation) -> Iterator[Clause]:
    """The clause that the ARN of what was created is answered, where it is the whole answer."""
    name = answered_member(spec.service, operation)
    if name is not None:
        yield model_clause(
            spec, operation.name, "output", name, NAME, f"{name}, which is all there is to answer, is answered"
        )
