"""What scenarios about the life of one resource begin with, and the parts that their scripts share.

Ground -- creation: the call that makes the thing, under names of this scenario's own
       -- setup:    what has to be there before
       -- read:     the call that describes it

settled      reads until the state is one that lasts      absent ones again while reads may lag
vanished     reads until the thing is gone                passing ones again until the deadline
looked_for   turns pages until the thing is listed
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace

from conformance.cases.case import Call, Creation, Omitted
from conformance.cases.naming import token_for
from conformance.cases.planner import Planner
from conformance.cases.samples import Unbuildable
from conformance.cases.scenario import Act, Pace, Reply, Scenario, Script
from conformance.cases.scenarios.sights import Sight, is_passing, sight_of
from conformance.specs.clause import clause_id
from conformance.specs.descriptions import is_listed, known_as
from conformance.specs.listings import paging_of
from conformance.specs.model import Operation
from conformance.specs.paths import Edit, apply
from conformance.specs.resource import Resource

Known = frozenset[str]
Reads = Generator[Act, Reply, Sight]

# Longer lists are not read to their end for the sake of one thing.
MOST_PAGES = 50


@dataclass(frozen=True, slots=True)
class Ground:
    """One resource under the names of one scenario."""

    planner: Planner
    operation: Operation
    resource: Resource
    kind: str
    token: str
    creation: Creation
    setup: tuple[Creation, ...]

    @property
    def identity(self) -> str:
        """The scenario's id."""
        return _identity(self.planner, self.operation, self.kind, self.resource.name)

    @property
    def read(self) -> Call | None:
        """The call that describes the thing."""
        return self.creation.read

    def known(self, made: Reply) -> Known:
        """What the thing is known by after it was made."""
        return known_as(self.resource, self.creation.call.params, made.output)

    def make(self) -> Act:
        """The step that makes the thing."""
        return Act("create", self.creation.call, makes=self.creation)

    def about(self, operation: str, *, smallest: bool = False) -> Call:
        """A call that refers to the thing, or just to what it is made in (`smallest`); raises Unbuildable."""
        asked, params = self.planner.service.operations[operation], None
        if smallest:
            params = self.planner.with_parents(self.resource, asked, self.planner.smallest(asked))
        return self.planner.about(self.resource, operation, self.token, params)

    def needs(self, call: Call) -> tuple[Creation, ...]:
        """What has to be there for the thing, and for a call about it."""
        operation = self.planner.service.operations[call.operation]
        more = self.planner.prerequisites(operation, call.params, self.token, without=(self.resource.name,))
        made = {creation.resource for creation in self.setup}
        return (*self.setup, *(each for each in more if each.resource not in made))

    def scenario(
        self, title: str, names: tuple[str, ...], script: Callable[[Pace], Script], *, beside: tuple[Call, ...] = ()
    ) -> Scenario:
        """The scenario for clauses of the resource's life; `beside` are calls that have needs of their own."""
        setup = self.setup
        for call in beside:
            setup = replace(self, setup=setup).needs(call)
        return Scenario(
            self.identity, self.planner.service.name, self.operation.name, self.kind, title,
            lifecycle_ids(self.planner, self.resource, names), script, setup, self.resource,
            {"created": self.creation.call.params},
        )  # fmt: skip


def lifecycle_ids(planner: Planner, resource: Resource, names: tuple[str, ...]) -> tuple[str, ...]:
    """The ids of clauses of a resource's life."""
    return tuple(clause_id(planner.service.name, resource.name, "lifecycle", "", name) for name in names)


def _identity(planner: Planner, operation: Operation, kind: str, detail: str) -> str:
    return f"{planner.service.name}:{operation.name}/scenario/{kind}/{detail}"


def ground(planner: Planner, operation: Operation, resource: Resource, kind: str) -> Ground:
    """The ground of a scenario; raises Unbuildable."""
    token = token_for(planner.seed, _identity(planner, operation, kind, resource.name))
    creation = planner.maker(resource, token)
    create = planner.service.operations[resource.create]
    setup = planner.prerequisites(create, creation.call.params, token)
    return Ground(planner, operation, resource, kind, token, creation, setup)


Build = Callable[[Ground, tuple[str, ...]], Scenario]


def built(
    planner: Planner, operation: Operation, resource: Resource, kind: str, names: tuple[str, ...], build: Build
) -> Iterator[Scenario | Omitted]:
    """The scenario that puts clauses of those names to the test, or why there is none."""
    if not names:
        return
    try:
        yield build(ground(planner, operation, resource, kind), names)
    except Unbuildable as problem:
        for clause in lifecycle_ids(planner, resource, names):
            yield Omitted(clause, str(problem))


def readable(ground: Ground) -> Call:
    """The call that describes the thing; raises Unbuildable."""
    if ground.read is None:
        raise Unbuildable(f"no request that describes {ground.resource.one} could be built")
    return ground.read


def begun(ground: Ground, pace: Pace) -> Generator[Act, Reply, Reply]:
    """Make the thing: again as long as the making may not yet see what it needs; the last reply."""
    late = pace.window()
    step = ground.make()
    while True:
        made = yield step
        if made.kind != "rejected-state" or not ground.setup or late():
            return made
        step = replace(step, wait=True)


def settled(resource: Resource, read: Call, known: Known, pace: Pace, label: str = "read") -> Reads:
    """Read until the state is one that lasts or takes too long; the last sight."""
    over, late = pace.deadline(), pace.window()
    wait = False
    while True:
        reply = yield Act(label, read, wait=wait)
        sight, wait = sight_of(resource, reply.kind, reply.output, known), True
        lasts = sight.word == "unread" or (sight.word == "there" and not is_passing(resource, sight))
        if lasts or (late() if sight.word == "absent" else over()):
            return sight


def vanished(resource: Resource, read: Call, known: Known, pace: Pace, label: str = "after") -> Reads:
    """Read until the thing is gone or that takes too long; the last sight."""
    over, late = pace.deadline(), pace.window()
    wait = False
    while True:
        reply = yield Act(label, read, wait=wait)
        sight, wait = sight_of(resource, reply.kind, reply.output, known), True
        gone = resource.status is not None and resource.status.phase(sight.status) == "gone"
        if sight.word != "there" or gone:
            return sight
        if over() if is_passing(resource, sight) else late():
            return sight


def looked_for(ground: Ground, call: Call, known: Known, pace: Pace, label: str, *, there: bool) -> Script:
    """Read a list to its end, again while it may lag behind what it should show."""
    late = pace.window()
    wait = False
    while True:
        found = yield from _pages(ground, call, known, label, wait)
        wait = True
        if found is None or found == there or late():
            return


def _pages(ground: Ground, call: Call, known: Known, label: str, wait: bool) -> Generator[Act, Reply, bool | None]:
    """Whether the thing is on a page of a list; None where that is not known."""
    listing, page = ground.resource.listing, call
    paging = paging_of(ground.planner.service, ground.planner.service.operations[call.operation])
    for _ in range(MOST_PAGES):
        reply = yield Act(label, page, wait=wait)
        wait = False
        if not reply.accepted or listing is None:
            return None
        if is_listed(listing, reply.output, known):
            return True
        following = paging.next_of(reply.output or {}) if paging is not None else {}
        if not following:
            return False
        page = replace(call, params={**call.params, **following})
    return None


def with_other_tokens(planner: Planner, call: Call, number: int = 1) -> Call:
    """The same call under other idempotency tokens: what it asks for is asked for anew."""
    operation = planner.service.operations[call.operation]
    edits = [
        Edit("set", (name,), altered(call.params[name], number))
        for name, member in planner.service.input_of(operation).members.items()
        if member.idempotency_token and isinstance(call.params.get(name), str)
    ]
    return replace(call, params=apply(call.params, edits))


def altered(text: str, number: int = 1) -> str:
    """Text of the same form that says something else: its last letters or digits count on.

    Hexadecimal digits stay such, and upper case stays upper.
    """
    wheels = ("0123456789", "abcdef", "ghijklmnopqrstuvwxyz", "ABCDEF", "GHIJKLMNOPQRSTUVWXYZ")
    spots = [index for index, letter in enumerate(text) if any(letter in wheel for wheel in wheels)]
    letters = list(text)
    for index in reversed(spots):
        wheel = next(wheel for wheel in wheels if text[index] in wheel)
        number, step = divmod(number + wheel.index(text[index]), len(wheel))
        letters[index] = wheel[step]
        if number == 0:
            break
    return "".join(letters)


def another(creation: Creation, number: int) -> Creation | None:
    """What a call makes that asks for a thing of the same name again; None where removing the first removes it, too."""
    undo = creation.undo
    if undo is None or not any(each.resource == creation.resource for each in undo.bindings):
        return None
    return renamed(creation, f"{creation.resource}#{number}")


def renamed(creation: Creation, name: str) -> Creation:
    """The creation of another thing of the same kind in the same scenario, known by another name."""

    def bound(call: Call | None) -> Call | None:
        if call is None:
            return None
        changed = (
            replace(each, resource=name) if each.resource == creation.resource else each for each in call.bindings
        )
        return replace(call, bindings=tuple(changed))

    return replace(creation, resource=name, undo=bound(creation.undo), read=bound(creation.read))
