"""Calls of operations that serve many resources, turned to one of them.

ListTags(ResourceArn)   -->   ListTags(ResourceArn of this thing)
"""

from __future__ import annotations

import re
from dataclasses import replace

from conformance.cases.case import Binding, Call, Creation
from conformance.cases.planner import Planner
from conformance.cases.samples import Unbuildable
from conformance.specs.model import STRING_TYPES, Shape
from conformance.specs.paths import Edit, NoSuchPlace, Path, apply, get
from conformance.specs.resource import Handle, Resource


def turned_to(planner: Planner, creation: Creation, call: Call) -> Call:
    """The call with whatever it names replaced by the thing that a creation makes; raises Unbuildable."""
    resource = creation.what
    operation = planner.service.operations[call.operation]
    spots = planner.namer.spots(operation, call.params)
    if any(spot.resource is not None and spot.resource.name == resource.name for spot in spots):
        return call
    shape = planner.service.input_of(operation)
    for name in (*shape.required, *(each for each in shape.members if each not in shape.required)):
        handle = _named_by(resource, name)
        path = _place(planner, planner.service.target(shape.members[name]), name)
        if handle is not None and path is not None:
            return _bound(call, creation, path, handle)
    raise Unbuildable(f"no member of {operation.name} is known to name {resource.one}")


# Members that name a thing of any kind.
_ANYTHING = re.compile(r"resource_?(arn|id|name|identifier)?s?|arns?", re.IGNORECASE)


def _named_by(resource: Resource, member: str) -> Handle | None:
    """The handle of a resource that a member carries."""
    for handle in resource.handles:
        if member.lower() in (name.lower() for name in (*handle.local, *handle.members)):
            return handle
    if not _ANYTHING.fullmatch(member):
        return None
    wanted = next((kind for kind in ("arn", "id", "name") if kind in member.lower()), "arn")
    return next((handle for handle in resource.handles if handle.kind == wanted), None)


def _place(planner: Planner, shape: Shape, name: str) -> Path | None:
    """Where the handle goes: in the member, or first in the list that it is."""
    if shape.type in STRING_TYPES:
        return (name,)
    element = planner.service.target(shape.element) if shape.element is not None else None
    return (name, 0) if element is not None and element.type in STRING_TYPES else None


def _bound(call: Call, creation: Creation, path: Path, handle: Handle) -> Call:
    others = tuple(each for each in call.bindings if each.path[:1] != path[:1])
    if handle.source.side == "answer":
        sample = [""] if len(path) > 1 else ""
        params = apply(call.params, (Edit("fill", path[:1], sample),))
        return replace(call, params=params, bindings=(*others, Binding(path, creation.resource, handle.source)))
    try:
        name = get(creation.call.params, handle.source.path)
    except NoSuchPlace as problem:
        raise Unbuildable(f"the request that makes {creation.what.one} does not name it") from problem
    value = [name] if len(path) > 1 else name
    return replace(call, params=apply(call.params, (Edit("set", path[:1], value),)), bindings=others)
