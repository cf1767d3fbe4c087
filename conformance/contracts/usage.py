"""A contract: what a test suite has really used of AWS, operation by operation.

    Contract -- services: {name: {operation: OperationUse}}
    OperationUse -- tests        the calls of each test, by node id
                 -- sent         members of requests, by path as in clause ids
                 -- read, given  members of answers: read by name; or handed out as a whole, so that nobody knows
                 -- metadata, errors, waiters, paginator

The dataclasses are the only definition of the file: what reads and writes it and its JSON Schema follow from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal, TypeAlias

from conformance.record.annotations import LEFT_OUT, Rule

FORMAT: Literal[1] = 1
"""The version of the format. Readers ignore fields that they do not know."""

Calls: TypeAlias = Annotated[int, Rule(minimum=1)]
Tests: TypeAlias = Mapping[str, Calls]

_AS_ABOVE = "How many calls of each test, by node id; where it is missing, as of what holds it."


@dataclass(frozen=True, slots=True)
class Use:
    """Something that tests use."""

    tests: Annotated[Tests | None, LEFT_OUT, _AS_ABOVE] = None


@dataclass(frozen=True, slots=True)
class MemberUse:
    """A member of requests or answers that tests use; `values` are those that an enum member had."""

    tests: Annotated[Tests | None, LEFT_OUT, _AS_ABOVE] = None
    values: Annotated[Mapping[str, Use], LEFT_OUT, "The values of an enum member."] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OperationUse:
    """An operation that tests call, and what of it they use. Paths are those of clause ids."""

    tests: Annotated[Tests, "How many calls of each test, by node id."]
    sent: Annotated[Mapping[str, MemberUse], LEFT_OUT, "Members of requests."] = field(default_factory=dict)
    read: Annotated[Mapping[str, MemberUse], LEFT_OUT, "Members of answers that were read by name."] = field(
        default_factory=dict
    )
    given: Annotated[
        Mapping[str, MemberUse],
        LEFT_OUT,
        "Members of answers that were handed out: nothing tells whether they are read.",
    ] = field(default_factory=dict)
    metadata: Annotated[Mapping[str, Use], LEFT_OUT, "Members of ResponseMetadata that were read."] = field(
        default_factory=dict
    )
    errors: Annotated[Mapping[str, Use], LEFT_OUT, "Codes of errors that were raised and caught."] = field(
        default_factory=dict
    )
    waiters: Annotated[Mapping[str, Use], LEFT_OUT, "Waiters that poll the operation."] = field(default_factory=dict)
    paginator: Annotated[Use | None, LEFT_OUT, "Pages that a paginator of botocore asked for."] = None


Operations: TypeAlias = Mapping[str, OperationUse]


@dataclass(frozen=True, slots=True)
class Contract:
    """What an application uses of AWS, by service (in botocore's names) and operation."""

    format: Literal[1] = FORMAT
    services: Mapping[str, Operations] = field(default_factory=dict)

    @property
    def operations(self) -> Iterable[tuple[str, str, OperationUse]]:
        """Service, operation and use of each operation, in order."""
        for service, operations in sorted(self.services.items()):
            for operation, use in sorted(operations.items()):
                yield service, operation, use

    @property
    def calls(self) -> int:
        """How many calls there were."""
        return sum(sum(use.tests.values()) for _, _, use in self.operations)
