"""The handles of a family's things: which text of the creator's request or answer its other operations ask for.

    DeleteThing(thingId)  --says "thing", "Id"-->  answer of CreateThing: Thing.id    told by the service
    DeleteThing(Name)     --------------------->   request of CreateThing: Name       chosen by the client

A name says what it is a handle of in three ways: by the noun (`SecurityGroupId`), by the end of the noun (`GroupId`), or
not at all (`Id`); the last is only understood in the operations of the noun's own family.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from conformance.specs.model import Service
from conformance.specs.resource import HandleKind, Source
from conformance.specs.resources.families import Family
from conformance.specs.resources.leaves import Leaf, given, leaves
from conformance.specs.resources.needs import Need
from conformance.specs.resources.words import ALIASES, BARE, KINDS, SUFFIXES, bare_suffix, suffix_of, trimmed, words

Strength = Literal["noun", "short", "bare", "exact"]

# Where a handle of a suffix is looked for: side and suffix, the likeliest first. `chosen` is what a request calls by
# the noun.
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
        ("request", ""), ("chosen", "Name"), ("answer", ""), ("answer", "Id"), ("answer", "Identifier"), ("request", "Name"),
        ("request", "Identifier"), ("request", "Id"), ("answer", "Arn"), ("answer", "Name"),
    ),
}  # fmt: skip

# Clients choose no ARNs and URLs: under such a name a request refers to what is there.
_NEVER_CHOSEN = ("Arn", "Url", "Uri")


@dataclass(frozen=True, slots=True)
class Place:
    """A text of the creator's request or answer that may be a handle."""

    source: Source
    name: str
    shape: str
    suffix: str | None
    strength: Strength | None


@dataclass(frozen=True, slots=True)
class Match:
    """The place of the text that a member asks for, the name by which it does, and how plainly that says so."""

    place: Place
    name: str
    strength: Strength


@dataclass(slots=True)
class Handles:
    """Finds the handles of one family."""

    service: Service
    family: Family
    nouns: frozenset[str]
    request: tuple[Place, ...] = field(init=False)
    answer: tuple[Place, ...] = field(init=False)

    def __post_init__(self) -> None:
        create = self.service.operations[self.family.create]
        asked, told = self.service.input_of(create), self.service.output_of(create)
        self.request = tuple(self._place("request", leaf) for leaf in given(self.service, asked, self.family.kind))
        self.answer = tuple(self._place("answer", leaf) for leaf in leaves(self.service, told, self.family.kind))

    def _place(self, side: Literal["request", "answer"], leaf: Leaf) -> Place:
        suffix, strength = self.says(leaf.name)
        if strength == "bare" and (not leaf.own or _is_reference(side, leaf.name)):
            suffix, strength = None, None
        if side == "request" and (suffix in _NEVER_CHOSEN or (suffix == "Id" and strength == "short")):
            suffix, strength = None, None
        return Place(Source(side, leaf.path), leaf.name, leaf.shape, suffix, strength)

    def says(self, name: str) -> tuple[str | None, Strength | None]:
        """Which handle of the noun a name speaks of, and how plainly."""
        for noun in self.family.nouns:
            suffix = suffix_of(name, noun)
            if suffix is not None:
                return suffix, "bare" if name.lower() in BARE else "noun"
        bare = bare_suffix(name)
        if bare is not None:
            return bare, "bare"
        for noun in self.family.nouns:
            for short in trimmed(noun):
                suffix = suffix_of(name, short)
                if suffix and (short not in self.nouns or suffix == "Name"):
                    return suffix, "short"
        return None, None

    def own(self, need: Need) -> Match | None:
        """The place that a member asks for by a name that says so; None where its name does not."""
        for name, is_shape in (*((each, False) for each in need.names), (need.shape, True)):
            suffix, strength = self.says(name)
            if suffix is None or strength is None or (is_shape and strength == "bare"):
                continue
            found = self._named(need.names, strength) or self._sought(suffix)
            if found is not None:
                return Match(found, need.name if is_shape else name, strength)
        return None

    def _named(self, names: Iterable[str], strength: Strength) -> Place | None:
        low = {name.lower() for name in names}
        every = [each for each in (*self.request, *self.answer) if each.name.lower() in low and each.suffix is not None]
        return every[0] if every else None

    def _sought(self, suffix: str) -> Place | None:
        for side, wanted in _SOUGHT[suffix]:
            places = self.answer if side == "answer" else self.request
            found = [each for each in places if each.suffix == wanted and (side != "chosen" or each.strength == "noun")]
            if found:
                return min(found, key=lambda each: _PLAINNESS[each.strength])
        return None

    def exact(self, need: Need, side: Literal["request", "answer"]) -> Place | None:
        """The place of the very name of a member, whatever that says."""
        low = {ALIASES.get(name.lower(), name.lower()) for name in need.names}
        places = self.request if side == "request" else self.answer
        return next((each for each in places if each.name.lower() in low), None)

    def sole(self, need: Need) -> Place | None:
        """The place of the only handle that a member can mean which is called by another noun than its family."""
        last = (words(need.names[0]) or ("",))[-1].lower()
        suffix = next((each for each in SUFFIXES if each.lower() == last), None)
        if (
            suffix is None
            or self.exact(need, "answer") is not None
            or any(suffix_of(name, noun) for name in need.names for noun in self.nouns)
        ):
            return None
        found = self._sought(suffix)
        return found if found is not None and found.source.side == "answer" else None

    def arn(self) -> Place | None:
        """The ARN of a new thing in the answer of its creator."""
        found = [each for each in self.answer if each.suffix == "Arn"]
        return min(found, key=lambda each: _PLAINNESS[each.strength]) if found else None


_PLAINNESS: dict[Strength | None, int] = {"noun": 0, "short": 1, "bare": 2, "exact": 3, None: 4}


def _is_reference(side: str, name: str) -> bool:
    """Whether a bare name of a request refers to something else: resourceId, but not Id."""
    return side == "request" and name.lower() not in ("id", "name", "identifier")


def kind_of(place: Place) -> HandleKind:
    """What sort of handle is at a place."""
    suffix = (place.suffix or "").lower()
    if suffix in KINDS:
        return KINDS[suffix]
    if place.strength is None:
        return "other"
    return "name" if place.source.side == "request" else "id"


def noun_names(family: Family, kinds: dict[HandleKind, Source]) -> Iterator[tuple[str, Source]]:
    """Every name, in lower case, that says by the noun which of the handles it means."""
    for noun in family.nouns:
        stem = noun.lower()
        for suffix, kind in (("name", "name"), ("id", "id"), ("arn", "arn"), ("url", "url"), ("uri", "url")):
            if kind in kinds:
                yield f"{stem}{suffix}", kinds[kind]
        whole = [kinds[kind] for kind in ("name", "id", "other") if kind in kinds]
        if len(whole) == 1 or (not whole and kinds):
            yield f"{stem}identifier", (whole or list(kinds.values()))[0]
