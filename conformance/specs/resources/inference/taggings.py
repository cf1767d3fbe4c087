"""Finds how a resource is tagged: at creation, by operations of its own, or by operations that tag any resource.

TagThing, AddTagsToThing, ListTagsForThing      its own
TagResource, ListTagsForResource, CreateTags    any resource, by its ARN or id
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from conformance.specs.model import STRING_TYPES, Service, Shape
from conformance.specs.resources.inference.drafts import ResourceDraft
from conformance.specs.resources.inference.name_words import plurals
from conformance.specs.resources.inference.required_inputs import InputMember, optional_members, required_members
from conformance.specs.resources.resource import Reading, Source, Tagging
from conformance.specs.resources.tag_values import is_taggable, tag_members
from conformance.values.paths import EACH, Path

_MEMBERS = ("tags", "taglist", "tag", "tagset", "resourcetags", "tagstoadd", "taggings", "hostedzonetags")
_KEYS = ("tagkeys", "tagkeylist", "keys", "tagstoremove", "removetagkeys", "tags", "taglist", "tagkeystoremove")

_ADD = ("Tag{}", "AddTagsTo{}", "Add{}Tags", "Create{}Tags", "Set{}Tags")
_REMOVE = ("Untag{}", "RemoveTagsFrom{}", "Remove{}Tags", "Delete{}Tags", "DeleteTagsFrom{}")
_READ = (
    "ListTagsFor{}",
    "List{}Tags",
    "Get{}Tags",
    "ListTagsOf{}",
    "Describe{}Tags",
    "GetTagsFor{}",
    "ListTags{}",
    "ListTags",
)
_ANYTHING = ("Resource", "Resources", "")

# Members that hold a handle of any tagged resource, with the kinds of handles, the likeliest first.
_TAGGED = {
    "resourcearn": ("arn",),
    "arn": ("arn",),
    "resourceid": ("id", "arn", "name"),
    "resourceidentifier": ("arn", "id"),
    "resourcename": ("arn",),
    "resource": ("arn", "id"),
    "resources": ("id", "arn"),
    "resourcearns": ("arn",),
    "resourceids": ("id", "arn"),
    "taggableresourcearn": ("arn",),
}


def infer_tagging(
    service: Service, draft: ResourceDraft, read: Reading | None, described: Shape | None
) -> tuple[Tagging | None, dict[tuple[str, str], Source]]:
    """How a resource is tagged, and the members of the tagging operations that hold its handle."""
    names: dict[tuple[str, str], Source] = {}
    creator = service.input_of(service.operations[draft.family.create])
    given = next((name for name in creator.members if _is_tags(service, creator, name)), None)
    shown = (
        next((name for name in described.members if _is_tags(service, described, name)), None) if described else None
    )
    if given is None and shown is None:
        return None, {}
    add, add_at = _operation(service, draft, _ADD, _tags_at, names)
    remove, remove_at = _operation(service, draft, _REMOVE, _keys_at, names)
    listed, read_at = _operation(service, draft, _READ, _tags_answered, names)
    if listed is None and read is not None and shown is not None:
        listed, read_at = read.operation, (*read.at, shown)
    if given is None and add is None:
        return None, {}
    shape = creator if given is not None else service.input_of(service.operations[add or ""])
    form, key, value = _form(service, shape, given if given is not None else str(add_at[0]))
    return Tagging(given, form, key, value, listed, read_at, add, add_at, remove, remove_at), names


def _form(service: Service, shape: Shape, name: str) -> tuple[Literal["list", "map"], str, str]:
    """The form of tags in a member: a list of pairs with the names of the pair's members, or a map."""
    target = service.target(shape.members[name])
    element = service.target(target.element) if target.element is not None else None
    names = tag_members(element.members) if element is not None else None
    return ("list", *names) if names is not None else ("map", "Key", "Value")


_Finder = Callable[[Service, str], "Path | None"]


def _operation(
    service: Service,
    draft: ResourceDraft,
    templates: tuple[str, ...],
    place: _Finder,
    names: dict[tuple[str, str], Source],
) -> tuple[str | None, Path]:
    """The first operation with these names whose input identifies the resource, and the path of the tags."""
    forms = [form for noun in draft.family.nouns for form in (noun, *plurals(noun))]
    tried = [template.format(form) for group in (forms, _ANYTHING) for form in group for template in templates]
    for name in dict.fromkeys(tried):
        at = place(service, name) if name in service.operations and name != draft.family.create else None
        found = _named(service, draft, name) if at is not None else None
        if at is not None and found is not None:
            member, source = found
            if member:
                names[name, member] = source
            return name, at
    return None, ()


def _named(service: Service, draft: ResourceDraft, name: str) -> tuple[str, Source] | None:
    """The member that holds a handle of the resource, and that handle; no member name if the noun is in the name."""
    operation = service.operations[name]
    for need in (*required_members(service, operation), *optional_members(service, operation)):
        if need.path[-1] in (*_MEMBERS, *_KEYS) or not need.text:
            continue
        own = draft.source_of(need)
        if own is not None and need.name.lower() in draft.anywhere:
            return "", own
        source = _generic(draft, need)
        if source is not None:
            return need.names[0], source
    return None


def _generic(draft: ResourceDraft, need: InputMember) -> Source | None:
    kinds = draft.kinds
    for kind in _TAGGED.get(need.name.lower(), ()):
        if kind in kinds:
            return kinds[kind]
    return None


def _tags_at(service: Service, operation: str) -> Path | None:
    shape = service.input_of(service.operations[operation])
    return next(((name,) for name in shape.members if _is_tags(service, shape, name)), None)


def _keys_at(service: Service, operation: str) -> Path | None:
    shape = service.input_of(service.operations[operation])
    for name, member in shape.members.items():
        target = service.target(member)
        if name.lower() not in _KEYS or target.type != "list" or target.element is None:
            continue
        element = service.target(target.element)
        if element.type in STRING_TYPES or any(each.lower() in ("key", "tagkey") for each in element.members):
            return (name,)
    return None


def _tags_answered(service: Service, operation: str) -> Path | None:
    shape = service.output_of(service.operations[operation])
    for name in shape.members:
        if _is_tags(service, shape, name):
            return (name,)
    for name, member in shape.members.items():
        target = service.target(member)
        inner = service.target(target.element) if target.type == "list" and target.element is not None else target
        path: Path = (name, EACH) if inner is not target else (name,)
        found = next((each for each in inner.members if _is_tags(service, inner, each)), None)
        if found is not None:
            return (*path, found)
    return None


def _is_tags(service: Service, shape: Shape, name: str) -> bool:
    return name.lower() in _MEMBERS and is_taggable(service, service.target(shape.members[name]))
