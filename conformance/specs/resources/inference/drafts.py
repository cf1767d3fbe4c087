"""Matches the input members of each operation family with the texts of the creating request and its answer.

1  each family by itself:  a name with the family's noun, or without any noun, refers to the family's own resource
2  all families together:  a name with another family's noun refers to a parent
3  what is left:           the same name in the creating answer or request; else its source is unknown
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from conformance.specs.model import Service
from conformance.specs.resources.inference.handles import HandleFinder, HandlePlace, handle_names, kind_of
from conformance.specs.resources.inference.name_words import ABOUT_ANOTHER, GENERIC_NAMES, OF_THE_REQUEST, bare_suffix
from conformance.specs.resources.inference.required_inputs import (
    InputMember,
    ValueOrigin,
    optional_members,
    required_members,
)
from conformance.specs.resources.inference.resource_families import OperationFamily, operation_families
from conformance.specs.resources.resource import HandleKind, Source

# A member that the creating operations of so many families have belongs to the request (an account, a catalog).
SHARED = 3


@dataclass(slots=True)
class ResourceDraft:
    """What is known of a family so far: its operations, and the names of its handles.

    `anywhere` are names with the noun, which refer to the resource in every operation; `local` are the others.
    """

    family: OperationFamily
    handles: HandleFinder
    delete: str | None = None
    read: str | None = None
    update: str | None = None
    places: dict[Source, HandlePlace] = field(default_factory=dict)
    anywhere: dict[str, Source] = field(default_factory=dict)
    local: dict[str, Source] = field(default_factory=dict)
    spelled: dict[str, str] = field(default_factory=dict)

    @property
    def kinds(self) -> dict[HandleKind, Source]:
        """The first handle of each kind."""
        found: dict[HandleKind, Source] = {}
        for source, place in self.places.items():
            found.setdefault(kind_of(place), source)
        return found

    def bind(self, name: str, place: HandlePlace, *, plain: bool) -> None:
        """Record that members with a name hold the value of a place; `plain` names do so in every operation."""
        self.places.setdefault(place.source, place)
        where = self.anywhere if plain and name.lower() not in GENERIC_NAMES else self.local
        if name.lower() not in self.anywhere and name.lower() not in self.local:
            where[name.lower()] = place.source
            self.spelled[name.lower()] = name

    def source_of(self, need: InputMember) -> Source | None:
        """The handle of this family that a member of one of its operations holds; None if it holds none."""
        for name in need.names:
            found = self.local.get(name.lower()) or self.anywhere.get(name.lower())
            if found is not None:
                return found
        return self.anywhere.get(need.shape.lower())


@dataclass(frozen=True, slots=True)
class ResourceDrafts:
    """The drafts of a service by creating operation, and the family to which each name refers in every operation."""

    service: Service
    every: Mapping[str, ResourceDraft]
    claims: Mapping[str, str]

    def by(self, draft: ResourceDraft, need: InputMember) -> ValueOrigin:
        """Where the value of a member of one of a draft's operations comes from."""
        if not need.text:
            given = draft.handles.takes(need)
            return "constant" if need.fixed else "given" if given else "unknown"
        if draft.source_of(need) is not None:
            return "own"
        if self.parent(draft, need) is not None:
            return "parent"
        if OF_THE_REQUEST.fullmatch(need.name):
            return "constant"
        return "given" if draft.handles.exact(need, "request") is not None else "unknown"

    def parent(self, draft: ResourceDraft, need: InputMember) -> ResourceDraft | None:
        """The other family to whose resource a member of a draft's operation refers; None if there is none."""
        for name in (*need.names, need.shape):
            creator = self.claims.get(name.lower())
            if creator is not None and creator != draft.family.create:
                return self.every[creator]
        return None


def draft_resources(service: Service) -> ResourceDrafts:
    """The drafts of every family of a service."""
    found = operation_families(service)
    nouns = frozenset(family.noun for family in found.values())
    every = {create: _alone(service, family, nouns) for create, family in found.items()}
    drafts = ResourceDrafts(service, every, _claims(every))
    shared = _shared(drafts)
    for draft in every.values():
        _left_over(service, drafts, draft, shared)
        arn = draft.handles.arn()
        if arn is not None and draft.places:
            draft.places.setdefault(arn.source, arn)
    return drafts


# ---------------------------------------------------------------- a family by itself


def _alone(service: Service, family: OperationFamily, nouns: frozenset[str]) -> ResourceDraft:
    draft = ResourceDraft(family, HandleFinder(service, family, nouns))
    draft.delete = _chosen(service, draft, family.deletes)
    draft.read = _chosen(service, draft, family.reads)
    draft.update = _chosen(service, draft, family.updates, more=not draft.places)
    if not draft.places:
        _bind_sole(service, draft)
    if family.kind != family.noun and not draft.places:
        draft.delete = None
    return draft


def _chosen(service: Service, draft: ResourceDraft, candidates: tuple[str, ...], *, more: bool = True) -> str | None:
    """The first operation whose input identifies the resource, else the first; its members are bound.

    Unless `more` is set, they are bound only to handles that are known already.
    """
    for name in candidates:
        if _bound(service, draft, name, more):
            return name
    return candidates[0] if candidates else None


def _bind_sole(service: Service, draft: ResourceDraft) -> None:
    for name in filter(None, (draft.delete, draft.read)):
        needs = [need for need in required_members(service, service.operations[name]) if need.text]
        place = draft.handles.sole(needs[0]) if len(needs) == 1 else None
        if place is not None:
            draft.bind(needs[0].names[0], place, plain=True)


def _bound(service: Service, draft: ResourceDraft, name: str, more: bool) -> bool:
    operation = service.operations[name]
    for needs in (required_members(service, operation), optional_members(service, operation)):
        known = tuple(draft.places.values())
        found = ((need, draft.handles.own(need, known)) for need in needs if need.text)
        matches = [(need, match) for need, match in found if match and (more or match.place in known)]
        top = [each for each in matches if len(each[0].path) == 1]
        for _, match in top or matches:
            draft.bind(match.name, match.place, plain=match.strength != "bare")
        if matches:
            return True
    return False


# ---------------------------------------------------------------- all families together


def _claims(every: Mapping[str, ResourceDraft]) -> dict[str, str]:
    """The family to which each name refers: the one whose noun it has, else the only one whose operations have it."""
    ranks: tuple[dict[str, str | None], ...] = ({}, {}, {})
    for create, draft in every.items():
        family = draft.family
        exact, others = (family.noun,), [noun for noun in family.nouns if noun != family.noun]
        names = (
            [name for name, _ in handle_names(exact, draft.kinds)],
            [name for name, _ in handle_names(others, draft.kinds)],
            list(draft.anywhere),
        )
        for claimed, known in zip(names, ranks, strict=True):
            for name in claimed:
                known[name] = create if known.get(name, create) == create else None
    found: dict[str, str] = {}
    for known in reversed(ranks):
        found.update(
            {name: create for name, create in known.items() if create is not None and name not in GENERIC_NAMES}
        )
    return found


def _shared(drafts: ResourceDrafts) -> frozenset[str]:
    """Names, in lower case, of members that the creating operations of several families have."""
    counts: dict[str, int] = {}
    for draft in drafts.every.values():
        for name in {place.name.lower() for place in draft.handles.request}:
            counts[name] = counts.get(name, 0) + 1
    return frozenset(name for name, count in counts.items() if count >= SHARED)


# ---------------------------------------------------------------- what is left


def _left_over(service: Service, drafts: ResourceDrafts, draft: ResourceDraft, shared: frozenset[str]) -> None:
    for name in filter(None, (draft.delete, draft.read)):
        for need in required_members(service, service.operations[name]):
            if drafts.by(draft, need) in ("given", "unknown"):
                place = _exact(draft, need, shared)
                if place is not None:
                    draft.bind(need.names[0], place, plain=False)


def _exact(draft: ResourceDraft, need: InputMember, shared: frozenset[str]) -> HandlePlace | None:
    asked = draft.handles.exact(need, "request")
    if asked is None:
        return draft.handles.exact(need, "answer")
    return None if draft.family.is_sort or _is_about_another(asked.name) or asked.name.lower() in shared else asked


def _is_about_another(name: str) -> bool:
    """Whether a member without a noun of the service is no name of a resource: accountId, SourceArn, ResourceType."""
    return bare_suffix(name) is not None or name.endswith(ABOUT_ANOTHER)
