"""A request that was not accepted, and what the target answered: what suggestions are made from."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from conformance.cases.feedback.adaptation import Adaptation
from conformance.cases.producers import ProducerIndex
from conformance.cases.request_builder import Params, RequestBuilder
from conformance.specs.model import Operation, Shape
from conformance.specs.overlay.entries import RequestHints
from conformance.specs.places import shape_at
from conformance.specs.resources.resource import Resource
from conformance.values.paths import Edit, Path, leaves


@dataclass(frozen=True, slots=True)
class Rejection:
    """The answer to a request that was not accepted: its outcome class, and the error's code and message.

    `missing` are the names of the resources that the request refers to and that could not be created.
    """

    outcome: str
    code: str = ""
    message: str = ""
    missing: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        """Code and message, the text that suggestions are read from."""
        return f"{self.code} {self.message}"


@dataclass(frozen=True, slots=True)
class RejectedAttempt:
    """A rejected request, and what was known when it was built.

    `accepted` are the operations of which a request was accepted in this run; `known` is what was learned of this
    operation before.
    """

    builder: RequestBuilder
    producers: ProducerIndex
    accepted: AbstractSet[str]
    operation: Operation
    params: Params
    rejection: Rejection
    known: Adaptation

    @property
    def input_shape(self) -> Shape:
        """The shape of the operation's input."""
        return self.builder.service.input_of(self.operation)

    def adaptation(
        self,
        why: str,
        *,
        edits: tuple[Edit, ...] = (),
        depends_on: tuple[str, ...] = (),
        resources: tuple[Resource, ...] = (),
    ) -> Adaptation:
        """What was known, and one change more.

        `edits` are values for the request, `depends_on` operations to call first, `resources` what members refer to.
        """
        hints = self.known.hints
        return Adaptation(
            RequestHints(
                (*hints.edits, *edits), f"{hints.why}, {why}" if hints.why else why, (*hints.depends_on, *depends_on)
            ),
            (*self.known.resources, *resources),
        )

    def unresolved_texts(self) -> Iterator[tuple[Path, str, Shape]]:
        """The texts in the request that are no known reference: path, nearest member name, shape.

        A reference to a resource that could not be created counts as unresolved.
        """
        named = self.builder.namer.name_places(self.operation, self.params)
        resolved = {
            each.path for each in named if each.resource is None or each.resource.name not in self.rejection.missing
        }
        for path, value in leaves(self.params):
            found = shape_at(self.builder.service, self.input_shape, path)
            if isinstance(value, (str, bytes)) and path not in resolved and found is not None and not found[0].enum:
                yield path, member_name(path), found[0]


def member_name(path: Path) -> str:
    """The member name that is nearest to the end of a path; empty where it has none."""
    return next((each for each in reversed(path) if isinstance(each, str)), "")
