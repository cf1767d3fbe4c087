"""Turns drafts into resources: handles with their member names, and everything else that is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from conformance.specs.model import Service
from conformance.specs.resources.echoes import described_shape
from conformance.specs.resources.inference.drafts import ResourceDraft, ResourceDrafts, draft_resources
from conformance.specs.resources.inference.handles import handle_names, kind_of
from conformance.specs.resources.inference.name_words import CREATE, OF_THE_REQUEST, SCHEDULE
from conformance.specs.resources.inference.readings import identifies_one, infer_listing, infer_reading
from conformance.specs.resources.inference.required_inputs import InputMember, optional_members, required_members
from conformance.specs.resources.inference.statuses import client_set_shapes, infer_status
from conformance.specs.resources.inference.taggings import infer_tagging
from conformance.specs.resources.resource import Handle, Reading, Resource, Source


def inferred_resources(service: Service) -> Iterator[Resource]:
    """The resources that can be inferred from a model, in the order of their creating operations' names."""
    drafts = draft_resources(service)
    names = _Names(drafts)
    seen: set[str] = set()
    for draft in drafts.every.values():
        if draft.family.noun not in seen and (found := _resource(drafts, draft, names)) is not None:
            seen.add(found.name)
            yield found


def unresolved_creators(service: Service) -> Iterator[tuple[str, str]]:
    """The operations whose name says that they create a resource that could not be inferred, each with the reason."""
    drafts = draft_resources(service)
    understood = {resource.create for resource in inferred_resources(service)}
    for create, draft in drafts.every.items():
        if create in understood or not create.startswith(CREATE):
            continue
        tried = [name for name in (draft.delete, draft.read) if name is not None]
        if not tried:
            yield create, f"no operation that reads or removes a {draft.family.noun} was found"
        else:
            yield create, f"the input of {' and '.join(tried)} does not identify a {draft.family.noun}"


@dataclass(slots=True)
class _Names:
    """The names of handles that count in every operation, in the spelling of the members and shapes."""

    drafts: ResourceDrafts
    spelled: dict[str, str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        service = self.drafts.service
        for operation in service.operations.values():
            for name, member in service.input_of(operation).members.items():
                self.spelled.setdefault(name.lower(), name)
                self.spelled.setdefault(member.shape.lower(), member.shape)
        for shape in service.shapes.values():
            for name in shape.members:
                self.spelled.setdefault(name.lower(), name)

    def of(self, draft: ResourceDraft) -> dict[str, Source]:
        """Every name that refers to a handle of the draft in every operation."""
        create = draft.family.create
        found = {name: source for name, source in draft.anywhere.items() if self.drafts.claims.get(name) == create}
        for name, source in handle_names(draft.family.nouns, draft.kinds):
            if self.drafts.claims.get(name) == create and self._occurs(name):
                found.setdefault(name, source)
        return {self._written(draft, name): source for name, source in found.items()}

    def _occurs(self, name: str) -> bool:
        return name in self.spelled or f"{name}s" in self.spelled

    def _written(self, draft: ResourceDraft, name: str) -> str:
        plural = self.spelled.get(f"{name}s", "")
        return self.spelled.get(name) or draft.spelled.get(name) or plural[:-1] or name


def _resource(drafts: ResourceDrafts, draft: ResourceDraft, names: _Names) -> Resource | None:
    family, service = draft.family, drafts.service
    delete = draft.delete if _identifies_one(drafts, draft, draft.delete) else None
    read = infer_reading(drafts, draft, draft.read)
    update = draft.update if _identifies_one(drafts, draft, draft.update) else None
    if delete is None and read is None:
        return None
    bare = Resource(family.noun, family.create, (), delete, read, update)
    described = described_shape(service, bare)
    tags, tag_names = infer_tagging(service, draft, read, described)
    handles = tuple(_handles(draft, names.of(draft), tag_names)) or tuple(_shared(drafts, draft))
    if not handles:
        return None
    makers = (family.create, *filter(None, (update,)))
    return Resource(
        name=family.noun,
        create=family.create,
        handles=handles,
        delete=delete,
        read=read,
        update=update,
        listing=infer_listing(drafts, draft) if draft.places else None,
        status=infer_status(
            service,
            read,
            family.nouns,
            client_set_shapes(service, makers),
            delayed=delete is not None and delete.startswith(SCHEDULE),
        ),
        tagging=tags,
        operations=tuple(dict.fromkeys((*_family(draft, delete, read, update), *(name for name, _ in tag_names)))),
        unclear=tuple(_unclear(drafts, draft, delete, read, update)),
        labels=tuple(path for path in draft.handles.labels() if path not in {each.source.path for each in handles}),
    )


def _family(draft: ResourceDraft, delete: str | None, read: Reading | None, update: str | None) -> Iterator[str]:
    family = draft.family
    yield family.create
    yield from filter(None, (delete, read.operation if read else None, update))
    yield from (*family.deletes, *family.reads, *family.updates, *family.lists, *family.others)


def _identifies_one(drafts: ResourceDrafts, draft: ResourceDraft, operation: str | None) -> bool:
    return operation is not None and identifies_one(drafts, draft, operation)


def _handles(draft: ResourceDraft, names: dict[str, Source], tagged: dict[tuple[str, str], Source]) -> Iterator[Handle]:
    """The handles, the best one first."""
    plain = {name.lower() for name in names}
    for source, place in draft.places.items():
        members = tuple(name for name, each in names.items() if each == source)
        local = [draft.spelled.get(name, name) for name, each in draft.local.items() if each == source]
        local += [draft.spelled.get(name, name) for name, each in draft.anywhere.items()
                  if each == source and name not in plain]  # fmt: skip
        local += [name for (_, name), each in tagged.items() if each == source]
        yield Handle(kind_of(place), source, members, tuple(dict.fromkeys(local)))


def _shared(drafts: ResourceDrafts, draft: ResourceDraft) -> Iterator[Handle]:
    """The handle of a resource without one of its own: that of its parent, as the creating request has it.

    Only if no other member of the creating request could distinguish two such resources.
    """
    service = drafts.service
    for operation in filter(None, (draft.delete, draft.read)) if draft.family.create.startswith(CREATE) else ():
        asked = service.operations[operation]
        needs = required_members(service, asked)
        if any(drafts.by(draft, need) not in ("parent", "constant") for need in needs) or any(
            draft.handles.takes(need)
            for need in optional_members(service, asked)
            if not OF_THE_REQUEST.fullmatch(need.name)
        ):
            return
        for need in reversed(needs):
            place = draft.handles.exact(need, "request")
            if drafts.by(draft, need) == "parent" and place is not None:
                yield Handle(kind_of(place), place.source)
                return


def _unclear(
    drafts: ResourceDrafts, draft: ResourceDraft, delete: str | None, read: Reading | None, update: str | None
) -> Iterator[str]:
    known = {"delete": delete, "read": read.operation if read else None, "update": update}
    tried = {"delete": draft.delete, "read": draft.read, "update": draft.update}
    for role, name in tried.items():
        if name is None:
            if role != "update":
                yield f"no operation to {role} it was found"
        elif known[role] is None:
            yield f"the input of {name} does not identify a {draft.family.noun}"
        elif role != "update":
            needs = required_members(drafts.service, drafts.service.operations[name])
            doubtful = [need for need in needs if drafts.by(draft, need) in ("given", "unknown")]
            yield from (_doubt(drafts, draft, name, need) for need in doubtful)


def _doubt(drafts: ResourceDrafts, draft: ResourceDraft, operation: str, need: InputMember) -> str:
    if drafts.by(draft, need) == "given":
        return f"{operation} needs {need.name}: taken from the request of {draft.family.create}"
    return f"{operation} needs {need.name}: no source for it is known"
