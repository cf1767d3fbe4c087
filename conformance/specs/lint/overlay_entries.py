"""Checks that the entries of an overlay refer to what its spec has: operations, members, names in conditions.

    overlay_problems -- resources, requests, rules -- (where, what), ...
                                             '-- refines, steps: overlay_sequences.py

A rule is checked only if it holds for the version of the spec.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.specs.lint.overlay_places import ConditionNames, edits_problems, path_problems, shape_at_path
from conformance.specs.lint.overlay_sequences import refines_problems, steps_problems
from conformance.specs.model import Service, Shape, Spec
from conformance.specs.overlay.entries import Overlay, Rule
from conformance.specs.resources.resource import Resource
from conformance.values.paths import Path, format_path

EntryProblems = Iterator[tuple[str, str]]


def overlay_problems(spec: Spec, overlay: Overlay) -> EntryProblems:
    """The entries of an overlay that refer to nothing in `spec`, as pairs of place and problem."""
    service = spec.service
    if overlay.service != service.name:
        yield "service", f"is for {overlay.service}, not for {service.name}"
    for name, resource in overlay.resources.items():
        yield from ((f"resources {name}", what) for what in _resource(service, resource))
    for name, hints in overlay.requests.items():
        if name not in service.operations:
            yield f"requests {name}", "no such operation"
            continue
        shape = service.input_of(service.operations[name])
        yield from ((f"requests {name}", what) for what in edits_problems(service, shape, hints.edits))
        yield from (
            (f"requests {name}", f"depends_on: no such operation: {one}")
            for one in hints.depends_on
            if one not in service.operations
        )
        for named in hints.keys.values():
            if named not in overlay.resources or overlay.resources[named].chosen is None:
                yield f"requests {name}", f"keys: no resource whose name a client chooses: {named}"
        for made, edits in hints.created_with.items():
            thing = overlay.resources.get(made)
            if thing is None:
                yield f"requests {name}", f"created_with: no such resource: {made}"
            else:
                created = service.input_of(service.operations[thing.create])
                yield from ((f"requests {name}", what) for what in edits_problems(service, created, edits))
    seen: set[str] = set()
    for rule in overlay.rules:
        if rule.id in seen:
            yield f"rules {rule.id}", "there are two rules of this id"
        seen.add(rule.id)
        if rule.holds_for(spec.provenance.botocore):
            problems = (
                *_rule(service, overlay, rule),
                *refines_problems(spec, overlay, rule),
                *steps_problems(spec, overlay, rule),
            )
            yield from ((f"rules {rule.id}", what) for what in dict.fromkeys(problems))


def _resource(service: Service, resource: Resource) -> Iterator[str]:
    reading = resource.read
    named = {
        "create": resource.create,
        "delete": resource.delete,
        "update": resource.update,
        "read": reading.operation if reading else None,
        "list": resource.listing.operation if resource.listing else None,
    }
    for role, name in (
        *named.items(),
        *(("unrelated_in", name) for name in resource.unrelated_in),
        *(("operations", name) for name in resource.operations),
    ):
        if name is not None and name not in service.operations:
            yield f"{role}: no such operation: {name}"
    yield from _handles(service, resource)
    asked = service.operations.get(reading.operation) if reading else None
    if reading and asked:
        answer = service.output_of(asked)
        yield from path_problems(service, answer, reading.at, "read")
        if resource.status:
            yield from path_problems(service, answer, (*reading.at, *resource.status.path), "status")
            yield from _values(service, answer, (*reading.at, *resource.status.path), resource.status.values)
    if resource.listing and resource.listing.operation in service.operations:
        listed = service.output_of(service.operations[resource.listing.operation])
        yield from path_problems(service, listed, (*resource.listing.items, 0, *resource.listing.handle), "list")


def _handles(service: Service, resource: Resource) -> Iterator[str]:
    creating = service.operations.get(resource.create)
    if creating is None:
        return
    for handle in resource.handles:
        shape = service.input_of(creating) if handle.source.side == "request" else service.output_of(creating)
        if shape_at_path(service, shape, handle.source.path) is None:
            where = "no member" if handle.source.side == "request" else "nothing in its answer at"
            yield f"identifier: {resource.create} has {where} {format_path(handle.source.path)}"
        for name in (*handle.members, *handle.operation_members):
            if not _anywhere(service, name):
                yield f"aliases: no request has a member {name}"


def _values(service: Service, shape: Shape, path: Path, values: tuple[str, ...]) -> Iterator[str]:
    found = shape_at_path(service, shape, path)
    if found is not None and found.enum:
        yield from (f"status: {found.name} has no value {value}" for value in values if value not in found.enum)


def _anywhere(service: Service, member: str) -> bool:
    return member in service.shapes or any(member in shape.members for shape in service.shapes.values())


def _rule(service: Service, overlay: Overlay, rule: Rule) -> Iterator[str]:
    if rule.must_exist is not None and rule.must_exist not in overlay.resources:
        yield f"must_exist: no such resource: {rule.must_exist}"
    asked = ConditionNames()
    for name in rule.operations:
        operation = service.operations.get(name)
        if operation is None:
            yield f"no such operation: {name}"
            continue
        request, answer = service.input_of(operation), service.output_of(operation)
        edits = [*rule.repair]
        for violation in rule.violations:
            edits += (*violation.base, *violation.broken)
        yield from (f"{name}: {what}" for what in edits_problems(service, request, tuple(edits)))
        for condition in filter(None, (rule.request, rule.answer)):
            names = {"request": request, "answer": answer, "region": None, "account": None}
            asked.ask(service, condition, names)
    yield from asked.problems()
