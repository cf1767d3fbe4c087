"""Finds the handles of a family: the texts of the creating request or answer that its other operations need.

    DeleteThing(thingId)  --"thing" + "Id"-->  answer of CreateThing: Thing.id    chosen by the service
    DeleteThing(Name)     ------------------>  request of CreateThing: Name       chosen by the client

A name refers to its resource in three ways: by the noun (`SecurityGroupId`), by a part of it (`GroupId`), or without a
noun (`Id`); the last is only understood in the operations of the resource's own family.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from conformance.specs.model import Service
from conformance.specs.resources.inference.handle_candidates import Candidate, answer_candidates, request_candidates
from conformance.specs.resources.inference.name_words import (
    ALIASES,
    GENERIC_NAMES,
    HANDLE_WORDS,
    KINDS,
    OF_THE_REQUEST,
    STARTERS,
    SUFFIXES,
    bare_suffix,
    noun_beginnings,
    noun_endings,
    split_words,
    suffix_of,
)
from conformance.specs.resources.inference.required_inputs import InputMember
from conformance.specs.resources.inference.resource_families import OperationFamily
from conformance.specs.resources.resource import HandleKind, Source
from conformance.values.paths import Path

Strength = Literal["noun", "short", "bare", "part"]

# Where a handle with a suffix is searched: side and suffix, the likeliest first. `chosen` are request members with the
# noun in their names.
_SOUGHT: dict[str, tuple[tuple[str, str], ...]] = {
    "Id": (("request", "Id"), ("answer", "Id"), ("request", "Identifier"), ("answer", "Identifier"), ("answer", ""),
           ("answer", "Arn")),
    "Name": (("request", "Name"), ("answer", "Name"), ("request", ""), ("request", "Identifier"), ("answer", "")),
    "Arn": (("answer", "Arn"), ("answer", "")),
    "Url": (("answer", "Url"), ("answer", "Uri")),
    "Uri": (("answer", "Uri"), ("answer", "Url")),
    "Identifier": (
        ("request", "Identifier"), ("answer", "Identifier"), ("answer", "Id"), ("request", "Id"), ("answer", "Arn"),
        ("request", "Name"), ("answer", "Name"),
    ),
    "": (
        ("request", ""), ("chosen", "Name"), ("answer", ""), ("answer", "Id"), ("answer", "Identifier"),
        ("request", "Name"),
        ("request", "Identifier"), ("request", "Id"), ("answer", "Arn"), ("answer", "Name"),
    ),
}  # fmt: skip

# Suffixes that leave open which handle is meant.
_ANY = ("", "Identifier")

# Names without a noun that are handles of the new resource itself; others refer to something else.
_OWN = {"request": frozenset({"id", "name", "identifier"}), "answer": HANDLE_WORDS}

# Clients do not choose ARNs and URLs: in a request such a name refers to an existing resource.
_NEVER_CHOSEN = ("Arn", "Url", "Uri")


@dataclass(frozen=True, slots=True)
class HandlePlace:
    """A text of the creating request or answer that may be a handle."""

    source: Source
    name: str
    shape: str
    suffix: str | None
    strength: Strength | None


@dataclass(frozen=True, slots=True)
class HandleMatch:
    """The place that holds the value of a member, the matching name, and how certain the match is."""

    place: HandlePlace
    name: str
    strength: Strength


@dataclass(slots=True)
class HandleFinder:
    """Finds the handles of one family."""

    service: Service
    family: OperationFamily
    nouns: frozenset[str]
    request: tuple[HandlePlace, ...] = field(init=False)
    answer: tuple[HandlePlace, ...] = field(init=False)

    def __post_init__(self) -> None:
        create = self.service.operations[self.family.create]
        asked, answer = self.service.input_of(create), self.service.output_of(create)
        self.request = tuple(
            self._place("request", leaf) for leaf in request_candidates(self.service, asked, self.family.kind)
        )
        self.answer = tuple(
            self._place("answer", leaf) for leaf in answer_candidates(self.service, answer, self.family.kind)
        )

    def _place(self, side: Literal["request", "answer"], leaf: Candidate) -> HandlePlace:
        suffix, strength = self.says(leaf.name)
        if strength == "bare" and (
            not leaf.own or leaf.name.lower() not in _OWN[side] or self._is_of_another(leaf.shape)
        ):
            suffix, strength = None, None
        starts = self.family.create.startswith(STARTERS) and suffix in ("Id", "Identifier")
        if side == "request" and (starts or suffix in _NEVER_CHOSEN or (suffix == "Id" and strength == "short")):
            suffix, strength = None, None
        return HandlePlace(Source(side, leaf.path), leaf.name, leaf.shape, suffix, strength)

    def says(self, name: str) -> tuple[str | None, Strength | None]:
        """The suffix of the handle to which a name refers, and how certain that is; None twice if it refers to none."""
        for noun in self.family.nouns:
            suffix = suffix_of(name, noun)
            if suffix is not None:
                return suffix, "bare" if name.lower() in GENERIC_NAMES and suffix == "Arn" else "noun"
        bare = bare_suffix(name)
        if OF_THE_REQUEST.fullmatch(name):
            return None, None
        if bare is not None:
            return bare, "bare"
        for noun in self.family.nouns:
            for short in noun_endings(noun):
                suffix = suffix_of(name, short)
                if suffix:
                    return suffix, "short" if short not in self.nouns or suffix == "Name" else "part"
            for short in noun_beginnings(noun):
                suffix = suffix_of(name, short)
                if suffix and short not in self.nouns:
                    return suffix, "part"
        return None, None

    def _is_of_another(self, shape: str) -> bool:
        """Whether the name of a shape has another noun of the service."""
        if any(suffix_of(shape, noun) is not None for noun in self.family.nouns):
            return False
        return any(suffix_of(shape, noun) for noun in self.nouns)

    def own(self, need: InputMember, known: Collection[HandlePlace] = ()) -> HandleMatch | None:
        """The place whose value a member needs, by its name; None if the name does not refer to this family.

        A name without a certain suffix refers to the first of the `known` places.
        """
        for name, is_shape in (*((each, False) for each in need.names), (need.shape, True)):
            suffix, strength = self.says(name)
            if (
                suffix is None
                or strength is None
                or (strength == "bare" and (is_shape or self._is_of_another(need.shape)))
            ):
                continue
            found = self._named(need.names)
            if found is None and strength != "part":
                found = next(iter(known), None) if known and suffix in _ANY else self._sought(suffix)
            if found is not None and not self._is_echo(found, need):
                return HandleMatch(found, need.name if is_shape else name, strength)
        return None

    def _is_echo(self, place: HandlePlace, need: InputMember) -> bool:
        """Whether a member repeats a value of the creating request, and is no handle of the new resource."""
        if place.source.side == "request":
            return self.family.is_sort
        return any(each.name.lower() == need.name.lower() for each in self.request)

    def labels(self) -> Iterator[Path]:
        """The places of the creating request that hold a name of the new resource."""
        return (each.source.path for each in self.request if each.suffix == "Name" and each.strength is not None)

    def _named(self, names: Iterable[str]) -> HandlePlace | None:
        low = {name.lower() for name in names}
        every = [each for each in (*self.request, *self.answer) if each.name.lower() in low and each.suffix is not None]
        return every[0] if every else None

    def _sought(self, suffix: str, *, parts: bool = False) -> HandlePlace | None:
        for side, wanted in _SOUGHT[suffix]:
            places = self.answer if side == "answer" else self.request
            found = [
                each
                for each in places
                if each.suffix == wanted
                and (parts or each.strength != "part")
                and (side != "chosen" or each.strength == "noun")
            ]
            if found:
                return min(found, key=lambda each: _PLAINNESS[each.strength])
        return None

    def exact(self, need: InputMember, side: Literal["request", "answer"]) -> HandlePlace | None:
        """The place with the same name as a member."""
        low = {ALIASES.get(name.lower(), name.lower()) for name in need.names}
        places = self.request if side == "request" else self.answer
        return next((each for each in places if each.name.lower() in low), None)

    def takes(self, need: InputMember) -> bool:
        """Whether the creating request has a member with the same name and shape."""
        create = self.service.operations[self.family.create]
        member = self.service.input_of(create).members.get(need.name)
        return member is not None and member.shape == need.shape

    def sole(self, need: InputMember) -> HandlePlace | None:
        """The place of the only handle to which a member with another noun than the family's can refer."""
        last = (split_words(need.names[0]) or ("",))[-1].lower()
        suffix = next((each for each in SUFFIXES if each.lower() == last), None)
        if (
            suffix is None
            or self.exact(need, "answer") is not None
            or any(suffix_of(name, noun) for name in need.names for noun in self.nouns)
        ):
            return None
        found = self._sought(suffix, parts=True)
        return found if found is not None and found.source.side == "answer" else None

    def arn(self) -> HandlePlace | None:
        """The place of the new resource's ARN in the creating answer; None if it has none."""
        found = [each for each in self.answer if each.suffix == "Arn"]
        return min(found, key=lambda each: _PLAINNESS[each.strength]) if found else None


_PLAINNESS: dict[Strength | None, int] = {"noun": 0, "short": 1, "bare": 2, "part": 3, None: 4}


def kind_of(place: HandlePlace) -> HandleKind:
    """The kind of the handle at a place."""
    suffix = (place.suffix or "").lower()
    if suffix in KINDS:
        return KINDS[suffix]
    if place.strength is None:
        return "other"
    return "name" if place.source.side == "request" else "id"


def handle_names(nouns: Iterable[str], kinds: Mapping[HandleKind, Source]) -> Iterator[tuple[str, Source]]:
    """Every name, in lower case, that refers to a handle by one of the nouns."""
    for noun in nouns:
        stem = noun.lower()
        for suffix, kind in KINDS.items():
            if kind in kinds:
                yield f"{stem}{suffix}", kinds[kind]
        whole = [source for kind, source in kinds.items() if kind in ("name", "id", "other")]
        if len(whole) == 1 or (not whole and kinds):
            yield f"{stem}identifier", (whole or list(kinds.values()))[0]
