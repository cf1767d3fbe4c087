"""Names that do not meet: every case calls its things by names of its own.

An input member that carries a handle of a resource is either the name of the thing that the operation makes, or a
reference to a thing that must be there before. Names that the client chooses get a token that is derived from the
run's seed and the case's id, so that the same seed gives the same names and two cases never share one; handles that
only the answer to the creating call tells become bindings.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from conformance.cases import patterns
from conformance.cases.case import Binding
from conformance.cases.samples import length_bounds
from conformance.specs.model import STRING_TYPES, Member, Operation, Service, Shape
from conformance.specs.overlay.entries import Overlay
from conformance.specs.places import shape_at
from conformance.specs.resources.handle_references import KnownHandle, References
from conformance.specs.resources.resource import Handle, Resource, Source
from conformance.values.paths import Edit, Key, Path, apply, get

NameLength = Literal["typical", "shortest", "longest"]


def token_for(seed: int, case: str) -> str:
    """Eight lower-case letters, the same for the same seed and case; letters, because some names allow no digits."""
    digest = hashlib.sha256(f"{seed}/{case}".encode()).digest()
    return "c" + "".join(chr(ord("a") + byte % 26) for byte in digest[:7])


# Members that name a thing which copies and the like make, in operations that are not named for what they make.
_NEW = re.compile(r"(Target|New|Destination)\w*(Name|Identifier)")


@dataclass(frozen=True, slots=True)
class NamePlace:
    """A place in params that holds a handle: the path, its shape, the resource and which of its handles.

    Both are None for idempotency tokens and for names that nothing is known of but that they are new.
    """

    path: Path
    shape: Shape
    resource: Resource | None = None
    handle: Handle | None = None

    @property
    def is_generated(self) -> bool:
        """Whether only the answer to the creating call tells what belongs here."""
        return self.handle is not None and self.handle.source.side == "answer"


@dataclass(slots=True)
class ResourceNamer:
    """Finds and fills the names in the params of one service's operations.

    `learned` are resources beside those of the overlay, of which it was found out in a run what refers to them.
    """

    service: Service
    overlay: Overlay
    learned: tuple[Resource, ...] = ()
    _references: References = field(init=False)

    def __post_init__(self) -> None:
        self._references = References((*self.learned, *self.overlay.resources.values()))

    def preferring(self, resource: Resource) -> ResourceNamer:
        """A namer that takes members that several resources go by to mean this one: the ARN that tags are put on."""
        return ResourceNamer(self.service, self.overlay, (resource, *self.learned))

    def resource_of_member(
        self, operation: str, member: str, shape: str = "", *, listed: bool = False
    ) -> KnownHandle | None:
        """The resource that an input member refers to, and by which handle; `listed` ones are named in the plural."""
        return self._references.refers(operation, member, shape, listed=listed)

    def name_places(self, operation: Operation, params: Mapping[str, Any]) -> tuple[NamePlace, ...]:
        """Every place in `params` that holds a handle."""
        return tuple(self._places_in(operation.name, self.service.input_of(operation), params, ()))

    def _places_in(self, operation: str, shape: Shape, value: Any, path: Path) -> Iterator[NamePlace]:
        if shape.type == "structure" and isinstance(value, Mapping):
            for name, member in shape.members.items():
                if value.get(name) is not None:
                    yield from self._member(operation, name, member, value[name], (*path, name))
        elif shape.type == "list" and shape.element is not None and isinstance(value, list):
            for index, item in enumerate(value):
                yield from self._places_in(operation, self.service.target(shape.element), item, (*path, index))
        elif shape.type == "map" and shape.value is not None and isinstance(value, Mapping):
            for key, item in value.items():
                yield from self._places_in(operation, self.service.target(shape.value), item, (*path, Key(key)))

    def _member(self, operation: str, name: str, member: Member, value: Any, path: Path) -> Iterator[NamePlace]:
        target = self.service.target(member)
        if target.type in STRING_TYPES:
            known = (
                None
                if target.enum
                else self.resource_of_member(operation, name, member.shape) or self._own(operation, path)
            )
            if known is not None or member.idempotency_token or (_NEW.fullmatch(name) and not target.enum):
                yield NamePlace(path, target, *(known or ()))
            return
        if target.type == "blob":
            told = self.resource_of_member(operation, name, member.shape)
            if told is not None and told[1].source.side == "answer":
                yield NamePlace(path, target, *told)
            return
        element = self.service.target(target.element) if target.type == "list" and target.element is not None else None
        if element is None or element.type not in STRING_TYPES or not isinstance(value, list):
            yield from self._places_in(operation, target, value, path)
            return
        known = self.resource_of_member(operation, name, target.element.shape if target.element else "", listed=True)
        if known is not None and not element.enum:
            yield from (NamePlace((*path, index), element, *known) for index in range(len(value)))

    def _own(self, operation: str, path: Path) -> KnownHandle | None:
        """What an operation makes, where a member of its input is the name that it gets, though nothing asks for it."""
        made = self.overlay.created_by(operation)
        return (made, Handle("name", Source("request", path))) if made is not None and path in made.labels else None

    def created_by(self, operation: Operation) -> Resource | None:
        """The resource that the operation makes."""
        return self.overlay.created_by(operation.name)

    def is_own_name(self, operation: Operation, spot: NamePlace) -> bool:
        """Whether a spot names what the operation makes, rather than something that must exist."""
        made = self.created_by(operation)
        if made is None or spot.resource is None or spot.resource.name != made.name:
            return False
        handles = (*made.handles, *filter(None, [spot.handle]))
        chosen = any(each.source == Source("request", spot.path) for each in handles)
        return chosen or (spot.is_generated and len(spot.path) == 1)

    def references(self, operation: Operation, params: Mapping[str, Any]) -> tuple[Resource, ...]:
        """The resources that must exist for `params`, each once, in the order of their appearance."""
        found: dict[str, Resource] = {}
        for spot in self.name_places(operation, params):
            if spot.resource is not None and not self.is_own_name(operation, spot):
                found.setdefault(spot.resource.name, spot.resource)
        return tuple(found.values())

    def bindings(self, operation: Operation, params: Mapping[str, Any], *, all_: bool = False) -> tuple[Binding, ...]:
        """The places in `params` whose values the answers to creating calls tell; with `all_` those that a client
        chose, too."""
        return tuple(
            Binding(spot.path, spot.resource.name, spot.handle.source)
            for spot in self.name_places(operation, params)
            if spot.resource and spot.handle and (all_ or spot.is_generated) and not self.is_own_name(operation, spot)
        )

    def with_names(
        self,
        operation: Operation,
        params: Mapping[str, Any],
        token: str,
        *,
        reference_token: str | None = None,
        keep: tuple[Path, ...] = (),
        longest: tuple[Path, ...] = (),
    ) -> Mapping[str, Any]:
        """`params` with every name that a client chooses, derived from `token`.

        References get the name that belongs to `reference_token` where that is given. Names at the paths in `keep` stay
        as they are, those at the paths in `longest` get the greatest length that their shape allows.
        """
        edits = []
        for spot in self.name_places(operation, params):
            if spot.path in keep or spot.is_generated:
                continue
            refers = spot.resource is not None and not self.is_own_name(operation, spot)
            chosen = reference_token if reference_token is not None and refers else token
            if spot.resource is None:
                chosen = chosen[::-1]  # another name than those of the things that it may be made of
            length: NameLength = "longest" if spot.path in longest else "typical"
            edits.append(Edit("set", spot.path, self.name_for(spot, chosen, length)))
        named: Mapping[str, Any] = apply(params, edits)
        return named

    def name_for(self, spot: NamePlace, token: str, length: NameLength = "typical") -> str:
        """The name of a spot's resource in the case with that token.

        Without room for the token (a name of three characters) the shape's own sample has to do.
        """
        shape = self._chosen_shape(spot) or spot.shape
        minimum, maximum = length_bounds(shape)
        try:
            name = patterns.with_token(shape.pattern, minimum, maximum, token, length)
            return name if name is not None else patterns.typical(shape.pattern, minimum, maximum)
        except patterns.PatternError:
            return token

    def _chosen_shape(self, spot: NamePlace) -> Shape | None:
        # The creator's shape is the strictest: others often allow ARNs beside names.
        create = self.service.operations.get(spot.resource.create) if spot.resource else None
        if create is None or spot.handle is None or spot.is_generated:
            return None
        found = shape_at(self.service, self.service.input_of(create), spot.handle.source.path)
        return None if found is None else found[0]


def requested_name(resource: Resource, params: Mapping[str, Any], edits: tuple[Edit, ...]) -> str | None:
    """The name under which a create request, edits included, asks for its resource; None where it gives none."""
    if resource.chosen is None:
        return None
    try:
        name = get(apply(params, edits), resource.chosen.source.path)
    except LookupError:
        return None
    return name if isinstance(name, str) else None
