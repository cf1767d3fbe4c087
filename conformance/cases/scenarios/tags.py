"""Scenarios of tags: given, added, overwritten, removed.

given       create with two tags, list
added       create, add two, list, add one of them with another value and a third, list
removed     create, add two, remove one, list

Operations that tag serve many resources; the one that takes the least to make stands for them.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from conformance.cases.case import Call, Creation, Omitted
from conformance.cases.planner import Planner
from conformance.cases.samples import Unbuildable
from conformance.cases.scenario import Act, Pace, Reply, Scenario, Script
from conformance.cases.scenarios.grounds import Ground, ground, settled
from conformance.specs.clause import clause_id
from conformance.specs.model import Operation
from conformance.specs.paths import Edit, Path, apply
from conformance.specs.resource import Resource, Tagging
from conformance.specs.statements.tags import (
    ADDED,
    GIVEN,
    OVERWRITTEN,
    REMOVED,
    SECTION,
    adds,
    removes,
    shape_of,
    takes_tags,
)
from conformance.specs.tagged import tags_at, written, written_keys

KINDS = ("tags-given", "tags-added", "tags-removed")

FIRST: Mapping[str, str] = {"conformance-a": "one", "conformance-b": "two"}
SECOND: Mapping[str, str] = {"conformance-a": "three", "conformance-c": "four"}
TAKEN_AWAY = "conformance-a"

Build = Callable[[Ground, Tagging], "Callable[[Pace], Script]"]


def plan(planner: Planner, operation: Operation) -> Iterator[Scenario | Omitted]:
    """The scenarios about tags of what an operation makes, adds or removes."""
    service, name = planner.service, operation.name
    for resource in planner.overlay.resources.values():
        if resource.create == name and takes_tags(service, resource):
            yield from _cheapest(planner, operation, [resource], KINDS[0], resource.name, (GIVEN,), _given)
    taggable = [each for each in planner.overlay.resources.values() if adds(service, each, name)]
    yield from _cheapest(planner, operation, taggable, KINDS[1], name, (ADDED, OVERWRITTEN), _added)
    untaggable = [each for each in planner.overlay.resources.values() if removes(service, each, name)]
    yield from _cheapest(planner, operation, untaggable, KINDS[2], name, (REMOVED,), _removed)


def _cheapest(
    planner: Planner, operation: Operation, resources: list[Resource], kind: str, subject: str,
    names: tuple[str, ...], build: Build,
) -> Iterator[Scenario | Omitted]:  # fmt: skip
    """The scenario with the resource that takes the least to make, among those for which one can be built."""
    clauses = tuple(clause_id(planner.service.name, subject, SECTION, "", name) for name in names)
    found, problem = [], ""
    for resource in resources:
        try:
            at = ground(planner, operation, resource, kind)
            assert resource.tagging is not None
            found.append((_price(at), _scenario(at, kind, clauses, build(at, resource.tagging), resource.tagging)))
        except Unbuildable as reason:
            problem = str(reason)
    if found:
        yield min(found, key=lambda each: each[0])[1]
    elif resources:
        yield from (Omitted(clause, problem) for clause in clauses)


def _price(at: Ground) -> tuple[int, bool, int, str]:
    status = at.resource.status
    return len(at.setup), status is not None and bool(status.creating), len(at.resource.unclear), at.resource.name


def _scenario(
    at: Ground, kind: str, clauses: tuple[str, ...], script: Callable[[Pace], Script], tagging: Tagging
) -> Scenario:
    about = {"read_at": tagging.read_at, "first": FIRST, "second": SECOND, "removed": TAKEN_AWAY}
    setup = at.setup
    for call in (at.read, at.about(tagging.read or "")):
        setup = replace(at, setup=setup).needs(call) if call is not None else setup
    return Scenario(
        at.identity, at.planner.service.name, at.operation.name, kind, f"tags of a {at.resource.name}", clauses,
        script, setup, at.resource, about,
    )  # fmt: skip


def _given(at: Ground, tagging: Tagging) -> Callable[[Pace], Script]:
    creation = _with_tags(at, tagging, FIRST)
    listed = Listed(at.about(tagging.read or ""), tagging.read_at)

    def script(pace: Pace) -> Script:
        made = yield Act("create", creation.call, makes=creation)
        if made.accepted:
            yield from listed.until(pace, "listed", lambda tags: FIRST.items() <= tags.items())

    return script


def _with_tags(at: Ground, tagging: Tagging, tags: Mapping[str, str]) -> Creation:
    """The creation with tags in its request."""
    path: Path = (tagging.given or "",)
    return replace(at.creation, call=_tagged(at, at.creation.call, path, tags))


def _tagged(at: Ground, call: Call, path: Path, tags: Mapping[str, str]) -> Call:
    shape = shape_of(at.planner.service, call.operation, path)
    assert shape is not None
    return replace(call, params=apply(call.params, (Edit("set", path, written(at.planner.service, shape, tags)),)))


def _added(at: Ground, tagging: Tagging) -> Callable[[Pace], Script]:
    add = at.about(tagging.add or "")
    first, second = (_tagged(at, add, tagging.add_at, tags) for tags in (FIRST, SECOND))
    listed = Listed(at.about(tagging.read or ""), tagging.read_at)

    def script(pace: Pace) -> Script:
        made = yield from _made(at, pace)
        if not made.accepted:
            return
        added = yield Act("add", first)
        if not added.accepted:
            return
        yield from listed.until(pace, "listed", lambda tags: FIRST.items() <= tags.items())
        again = yield Act("overwrite", second)
        if again.accepted:
            expected = {**FIRST, **SECOND}.items()
            yield from listed.until(pace, "overwritten", lambda tags: expected <= tags.items())

    return script


def _removed(at: Ground, tagging: Tagging) -> Callable[[Pace], Script]:
    service = at.planner.service
    add = _tagged(at, at.about(tagging.add or ""), tagging.add_at, FIRST)
    bare = at.about(tagging.remove or "")
    shape = shape_of(service, bare.operation, tagging.remove_at)
    assert shape is not None
    keys = Edit("set", tagging.remove_at, written_keys(service, shape, (TAKEN_AWAY,)))
    remove = replace(bare, params=apply(bare.params, (keys,)))
    listed = Listed(at.about(tagging.read or ""), tagging.read_at)

    def script(pace: Pace) -> Script:
        made = yield from _made(at, pace)
        if not made.accepted:
            return
        added = yield Act("add", add)
        if not added.accepted:
            return
        yield from listed.until(pace, "listed", lambda tags: FIRST.items() <= tags.items())
        removed = yield Act("remove", remove)
        if removed.accepted:
            yield from listed.until(pace, "left", lambda tags: TAKEN_AWAY not in tags)

    return script


def _made(at: Ground, pace: Pace) -> Generator[Act, Any, Reply]:
    """Make the thing and wait until it can be tagged."""
    made: Reply = yield at.make()
    if made.accepted and at.read is not None:
        yield from settled(at.resource, at.read, at.known(made), pace)
    return made


@dataclass(frozen=True, slots=True)
class Listed:
    """The call that lists tags, and where they are in its answer."""

    call: Call
    at: Path

    def until(self, pace: Pace, label: str, enough: Callable[[Mapping[str, str]], bool]) -> Script:
        """List until what is listed is enough, or lists may no longer lag."""
        late, wait = pace.window(), False
        while True:
            reply: Reply = yield Act(label, self.call, wait=wait)
            if not reply.accepted or enough(tags_at(reply.output, self.at)) or late():
                return
            wait = True
