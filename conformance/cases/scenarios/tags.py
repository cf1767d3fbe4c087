"""Scenarios of tags: given, added, overwritten, removed.

given       create with two tags --> list
added       create --> add two tags --> list --> add one of them with another value, and a third --> list
removed     create --> add two tags --> list --> remove one --> list

Operations for tags serve many kinds of resources. The one with the smallest setup represents them; where it cannot be
created, others without a setup are tried.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from conformance.cases.case import Call, Omitted
from conformance.cases.families import KindName, Label, Tags
from conformance.cases.fixtures.fixture import Fixture, fixture_for, read_until_settled
from conformance.cases.fixtures.retargeting import retarget
from conformance.cases.request_builder import RequestBuilder
from conformance.cases.samples import Unbuildable
from conformance.cases.scenario import Pace, Reply, Scenario, Script, Send, SendTogether
from conformance.specs.clauses.clause import clause_id
from conformance.specs.clauses.tags import (
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
from conformance.specs.model import Operation
from conformance.specs.resources.resource import Resource, Tagging
from conformance.specs.resources.tag_values import tag_keys_for_request, tags_at, tags_for_request
from conformance.values.paths import Edit, Path, apply

FIRST: Mapping[str, str] = {"conformance-a": "one", "conformance-b": "two"}
SECOND: Mapping[str, str] = {"conformance-a": "three", "conformance-c": "four"}
TAKEN_AWAY = "conformance-a"

# How many resources are tried until one can be created.
MOST_RESOURCES = 6

Turn = Generator["Send | SendTogether", Any, bool]
Build = Callable[[Fixture], "Callable[[Pace], Turn]"]


def tags_scenarios(builder: RequestBuilder, operation: Operation) -> Iterator[Scenario | Omitted]:
    """The scenarios of the tags that an operation gives, adds or removes."""
    service, name = builder.service, operation.name
    for resource in builder.overlay.resources.values():
        if resource.create == name and takes_tags(service, resource):
            yield from _cheapest(builder, operation, [resource], "tags-given", resource.name, (GIVEN,), _given)
    taggable = [each for each in builder.overlay.resources.values() if adds(service, each, name)]
    yield from _cheapest(builder, operation, taggable, "tags-added", name, (ADDED, OVERWRITTEN), _added)
    untaggable = [each for each in builder.overlay.resources.values() if removes(service, each, name)]
    yield from _cheapest(builder, operation, untaggable, "tags-removed", name, (REMOVED,), _removed)


def _cheapest(
    builder: RequestBuilder, operation: Operation, resources: list[Resource], kind: KindName, subject: str,
    names: tuple[str, ...], build: Build,
) -> Iterator[Scenario | Omitted]:  # fmt: skip
    """The scenario with the resources of the smallest setup, tried in order until one is created."""
    clauses = tuple(clause_id(builder.service.name, subject, SECTION, "", name) for name in names)
    found, problem = [], ""
    for number, resource in enumerate(resources):
        try:
            at = fixture_for(builder, operation, resource, kind)
            found.append((*_price(at), number, _Turn(at, build(at))))
        except Unbuildable as reason:
            problem = str(reason)
    if found:
        turns = [each[-1] for each in sorted(found, key=lambda each: each[:-1])]
        yield _scenario(turns, kind, clauses)
    elif resources:
        yield from (Omitted(clause, problem) for clause in clauses)


def _price(at: Fixture) -> tuple[int, bool, int]:
    status = at.resource.status
    return len(at.setup), status is not None and bool(status.creating), len(at.resource.unclear)


@dataclass(frozen=True, slots=True)
class _Turn:
    """A resource that may represent all, and its script, which returns whether the resource was created."""

    at: Fixture
    script: Callable[[Pace], Turn]

    @property
    def tagging(self) -> Tagging:
        """How it is tagged."""
        assert self.at.resource.tagging is not None
        return self.at.resource.tagging


def _scenario(turns: list[_Turn], kind: KindName, clauses: tuple[str, ...]) -> Scenario:
    first = turns[0]
    alike = [each for each in turns if each.tagging.read_at == first.tagging.read_at and not each.at.setup]
    tried = alike[:MOST_RESOURCES] if not first.at.setup else [first]

    def script(pace: Pace) -> Script:
        for turn in tried:
            created = yield from turn.script(pace)
            if created:
                return

    at, about = first.at, {"first": FIRST, "second": SECOND, "removed": TAKEN_AWAY, "read_at": first.tagging.read_at}
    setup = at.needs(at.read) if at.read is not None else at.setup
    return Scenario(
        at.identity, at.builder.service.name, at.operation.name, kind, f"tags of {at.resource.one}", clauses,
        script, setup, at.resource, about,
    )  # fmt: skip


def _given(at: Fixture) -> Callable[[Pace], Turn]:
    tagging = _tagging(at)
    call = _tagged(at, at.creation.call, (tagging.given or "",), FIRST)
    creation, listed = replace(at.creation, call=call), _listed(at)

    def script(pace: Pace) -> Turn:
        created = yield Send(Tags.CREATE, creation.call, creates=creation)
        if created.accepted:
            yield from listed.until(pace, Tags.LISTED, _has(FIRST))
        return bool(created.accepted)

    return script


def _added(at: Fixture) -> Callable[[Pace], Turn]:
    add = _about(at, _tagging(at).add)
    first, second = (_tagged(at, add, _tagging(at).add_at, tags) for tags in (FIRST, SECOND))
    listed = _listed(at)

    def script(pace: Pace) -> Turn:
        created = yield from _create(at, pace)
        if not created.accepted:
            return False
        added = yield Send(Tags.ADD, first)
        if added.accepted:
            yield from listed.until(pace, Tags.LISTED, _has(FIRST))
            again = yield Send(Tags.OVERWRITE, second)
            if again.accepted:
                yield from listed.until(pace, Tags.OVERWRITTEN, _has({**FIRST, **SECOND}))
        return True

    return script


def _removed(at: Fixture) -> Callable[[Pace], Turn]:
    service, tagging = at.builder.service, _tagging(at)
    add = _tagged(at, _about(at, tagging.add), tagging.add_at, FIRST)
    bare = _about(at, tagging.remove)
    shape = shape_of(service, bare.operation, tagging.remove_at)
    assert shape is not None
    keys = Edit("set", tagging.remove_at, tag_keys_for_request(service, shape, (TAKEN_AWAY,)))
    remove, listed = replace(bare, params=apply(bare.params, (keys,))), _listed(at)

    def script(pace: Pace) -> Turn:
        created = yield from _create(at, pace)
        if not created.accepted:
            return False
        added = yield Send(Tags.ADD, add)
        if added.accepted:
            yield from listed.until(pace, Tags.LISTED, _has(FIRST))
            removed = yield Send(Tags.REMOVE, remove)
            if removed.accepted:
                yield from listed.until(pace, Tags.REMAINING, lambda tags: TAKEN_AWAY not in tags)
        return True

    return script


def _tagging(at: Fixture) -> Tagging:
    assert at.resource.tagging is not None
    return at.resource.tagging


def _about(at: Fixture, operation: str | None) -> Call:
    """A call of an operation for tags, about this resource; raises Unbuildable."""
    if operation is None:
        raise Unbuildable(f"no operation is known to tag {at.resource.one}")
    return retarget(at.builder, at.creation, at.about(operation))


def _listed(at: Fixture) -> Listed:
    return Listed(_about(at, _tagging(at).read), _tagging(at).read_at)


def _tagged(at: Fixture, call: Call, path: Path, tags: Mapping[str, str]) -> Call:
    """The call with tags in it."""
    shape = shape_of(at.builder.service, call.operation, path)
    assert shape is not None
    return replace(
        call, params=apply(call.params, (Edit("set", path, tags_for_request(at.builder.service, shape, tags)),))
    )


def _has(tags: Mapping[str, str]) -> Callable[[Mapping[str, str]], bool]:
    return lambda found: tags.items() <= found.items()


def _create(at: Fixture, pace: Pace) -> Generator[Send, Any, Reply]:
    """Create the resource and wait until it can be tagged."""
    created: Reply = yield at.create()
    if created.accepted and at.read is not None:
        yield from read_until_settled(at.resource, at.read, at.known(created), pace, Tags.READ)
    return created


@dataclass(frozen=True, slots=True)
class Listed:
    """The call that lists tags, and where they are in its answer."""

    call: Call
    at: Path

    def until(self, pace: Pace, label: Label, enough: Callable[[Mapping[str, str]], bool]) -> Script:
        """List the tags until they are enough, or the consistency window is over."""
        late, wait = pace.window(), False
        while True:
            reply: Reply = yield Send(label, self.call, wait=wait)
            if not reply.accepted or enough(tags_at(reply.output, self.at)) or late():
                return
            wait = True
