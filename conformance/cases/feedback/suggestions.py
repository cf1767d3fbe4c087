"""What to try next after a valid request was not accepted: one lesson after the other, the likeliest first.

    "The parameter CidrBlock is missing"        --mentioned--> the request with CidrBlock
    "must be one of [mysql, postgres]"          --offered----> the request with mysql in the place that is blamed
    "The volume 'example' does not exist"       --unbound----> a volume made first, and its handle in that place
                                                --abroad-----> a thing of another service, a role or a key
                                                --produced---> an operation that answers a member of that name
                                                --earlier----> an operation that does what this one undoes
    anything else                               --everything-> the request with every optional member

Lessons are guesses from names and texts; whether one is right is for the target to say. Each holds everything that
the one before it held which the target got further with.
"""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.cases.feedback import error_text
from conformance.cases.feedback.adaptation import Adaptation
from conformance.cases.producers import ProducerIndex
from conformance.cases.request_builder import Params, RequestBuilder
from conformance.cases.samples import Unbuildable, is_valid_text, path_in_sample
from conformance.specs.model import INTEGER_TYPES, STRING_TYPES, Operation, Shape
from conformance.specs.overlay.entries import RequestHints
from conformance.specs.places import places, shape_at
from conformance.specs.resources.other_services import OtherServiceReference, other_service_reference
from conformance.specs.resources.resource import Handle, Resource, Source
from conformance.specs.sample_values import sample_value_for
from conformance.values.paths import Edit, Path, format_path, get, has, leaves

# Members further down are seldom what a request lacks.
DEEPEST_MENTION = 4

# How many guesses of one kind are worth a request each.
GUESSES = 3


@dataclass(frozen=True, slots=True)
class RejectedRequest:
    """What a target said to a request that it did not accept: the outcome class, and the error's code and text.

    `lacking` are the resources that the request refers to and that could not be made.
    """

    kind: str
    code: str = ""
    message: str = ""
    lacking: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        """Everything that was said."""
        return f"{self.code} {self.message}"


@dataclass(slots=True)
class Suggester:
    """Makes lessons for the operations of one planner; `accepted` are those of which a request was accepted."""

    builder: RequestBuilder
    accepted: set[str] = field(default_factory=set)
    _producers: ProducerIndex = field(init=False)

    def __post_init__(self) -> None:
        self._producers = ProducerIndex(self.builder.service)

    def lessons(self, operation: Operation, params: Params, said: RejectedRequest) -> Iterator[Adaptation]:
        """What to try after `params`, planned with what is known of the operation, were answered so."""
        known = self.builder.lesson(operation.name)
        asked = _Asked(self.builder, self._producers, self.accepted, operation, params, said, known)
        return itertools.chain.from_iterable(guess(asked) for guess in GUESSERS.get(said.kind, ()))


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request that was not accepted, what was said, and what was known of the operation then."""

    builder: RequestBuilder
    producers: ProducerIndex
    accepted: set[str]
    operation: Operation
    params: Params
    said: RejectedRequest
    known: Adaptation

    def lesson(
        self,
        why: str,
        *,
        given: tuple[Edit, ...] = (),
        after: tuple[str, ...] = (),
        resources: tuple[Resource, ...] = (),
    ) -> Adaptation:
        """What was known, and this."""
        hints = self.known.hints
        return Adaptation(
            RequestHints(
                (*hints.edits, *given), f"{hints.why}, {why}" if hints.why else why, (*hints.depends_on, *after)
            ),
            (*self.known.resources, *resources),
        )

    @property
    def root(self) -> Shape:
        return self.builder.service.input_of(self.operation)

    def texts(self) -> Iterator[tuple[Path, str, Shape]]:
        """The text in the request of which nobody knows what it refers to: path, nearest member name, shape."""
        spots = self.builder.namer.spots(self.operation, self.params)
        known = {each.path for each in spots if each.resource is None or each.resource.name not in self.said.lacking}
        for path, value in leaves(self.params):
            found = shape_at(self.builder.service, self.root, path)
            if isinstance(value, (str, bytes)) and path not in known and found is not None and not found[0].enum:
                yield path, next((each for each in reversed(path) if isinstance(each, str)), ""), found[0]


def _mentioned(asked: _Asked) -> Iterator[Adaptation]:
    """Members that the text names and the request lacks."""
    found = []
    for place in places(asked.builder.service, asked.root):
        names = [step for step in place.steps if step[0] not in "[{"]
        score = error_text.mentioned_path(place.name, asked.said.text) if place.steps[-1] == place.name else None
        if score is not None and len(names) <= DEEPEST_MENTION:
            found.append((score, len(names), place.steps))
    for _, _, steps in sorted(found):
        try:
            built = asked.builder.sampler().build(asked.root, steps)
        except Unbuildable:
            continue
        path = path_in_sample(steps, built)
        lacking = next((path[:size] for size in range(1, len(path) + 1) if not has(asked.params, path[:size])), None)
        if lacking is not None:
            yield asked.lesson(f"with {format_path(path)}", given=(Edit("set", lacking, get(built, lacking)),))


def _offered(asked: _Asked) -> Iterator[Adaptation]:
    """Values that the text offers, in the place that it blames."""
    offers = tuple(each for each in error_text.offered_values(asked.said.message) if each not in asked.root.members)
    if not offers:
        return
    blamed = [
        (path, shape)
        for path, value in leaves(asked.params)
        if (shape := _scalar(asked, path)) is not None and _is_blamed(asked, path, value)
    ]
    for path, shape in blamed or [(path, shape) for path, _, shape in itertools.islice(asked.texts(), 1)]:
        for value in itertools.islice((each for each in _fitting(shape, offers) if each != get(asked.params, path)), 2):
            yield asked.lesson(f"with {value!r} as {format_path(path)}", given=(Edit("set", path, value),))


def _scalar(asked: _Asked, path: Path) -> Shape | None:
    found = shape_at(asked.builder.service, asked.root, path)
    return found[0] if found is not None and found[0].type in (*STRING_TYPES, *INTEGER_TYPES) else None


def _is_blamed(asked: _Asked, path: Path, value: Any) -> bool:
    name = next((each for each in reversed(path) if isinstance(each, str)), "")
    told = isinstance(value, str) and len(value) > 2 and value in asked.said.message
    return told or error_text.mentioned_path(name, asked.said.text) is not None


def _fitting(shape: Shape, offers: tuple[str, ...]) -> Iterator[Any]:
    for offer in offers:
        if shape.type in STRING_TYPES and is_valid_text(shape, offer):
            yield offer
        elif shape.type in INTEGER_TYPES and re.fullmatch(r"\d{1,9}", offer):
            yield int(offer)


def _unbound(asked: _Asked) -> Iterator[Adaptation]:
    """Things of the service that text in the request may refer to."""
    guesses: list[tuple[bool, int, int, str, Resource]] = []
    for number, (_, name, _) in enumerate(asked.texts()):
        for resource in asked.builder.overlay.resources.values():
            rank = error_text.name_similarity(name, resource.name, asked.operation.name, asked.said.text)
            if rank is None or resource.create == asked.operation.name or resource.name in asked.said.lacking:
                continue
            bound = _bound(asked, resource, name)
            guesses.extend([(resource.create not in asked.accepted, rank, number, name, bound)] if bound else [])
    guesses.sort(key=lambda each: each[:3])
    for _, _, _, name, resource in guesses[:GUESSES]:
        yield asked.lesson(f"with a {resource.name} as {name}", resources=(resource,))


def _referring(asked: _Asked) -> Iterator[Adaptation]:
    """Optional members that refer to things of the service, those first of which the text speaks."""
    text = re.sub(r"[^a-z]", "", asked.said.text.lower())
    found = []
    for name, member in asked.root.members.items():
        if name in asked.params or asked.builder.service.target(member).type not in STRING_TYPES:
            continue
        known = asked.builder.namer.refers(asked.operation.name, name, member.shape)
        if known is not None and known[0].create != asked.operation.name:
            found.append(
                (known[0].name.lower() not in text, error_text.handle_kind(name) == "arn", name, known[0].name)
            )
    for _, _, name, thing in sorted(found)[:GUESSES]:
        with contextlib.suppress(Unbuildable):
            value = asked.builder.sampler().build(asked.root, (name,))[name]
            yield asked.lesson(f"with a {thing} as {name}", given=(Edit("set", (name,), value),))


def _bound(asked: _Asked, resource: Resource, name: str) -> Resource | None:
    """The resource, by which the operation's member of that name refers to it; None where no handle will do."""
    service, wanted = asked.builder.service, error_text.handle_kind(name)
    create = service.input_of(service.operations[resource.create])
    given = next((each for each in create.members if each.lower() == name.lower()), None)
    kinds = [each.kind for each in resource.handles]
    handles = [replace(each, operation_members=()) for each in resource.handles]
    if wanted in kinds:
        best = kinds.index(wanted)
        handles[best] = replace(handles[best], operation_members=(name,))
    elif given is not None:
        handles.insert(0, Handle("name", Source("request", (given,)), (), (name,)))
    elif kinds and wanted != "arn":
        handles[0] = replace(handles[0], operation_members=(name,))
    else:
        return None
    return replace(resource, handles=tuple(handles), operations=(asked.operation.name,), unrelated_in=())


def _other_services(asked: _Asked) -> Iterator[Adaptation]:
    """Things of other services, in every place whose name tells of one."""
    found: dict[str, Resource] = {}
    for _, name, _ in asked.texts():
        what = other_service_reference(name)
        if what is None or what.service == asked.builder.service.name:
            continue
        resource = _there(asked, what)
        if resource is not None:
            there = found.get(resource.name)
            names = (*(there.handles[0].operation_members if there else ()), name)
            handle = replace(resource.handles[0], members=(), operation_members=tuple(dict.fromkeys(names)))
            found[resource.name] = replace(
                resource, handles=(handle,), operations=(asked.operation.name,), unrelated_in=()
            )
    if found:
        yield asked.lesson(f"with {' and '.join(found)}", resources=tuple(found.values()))


def _there(asked: _Asked, what: OtherServiceReference) -> Resource | None:
    """The resource of another service, with the one handle by which it is referred to."""
    other = asked.builder.other_service(what.service)
    create = other.service.operations.get(what.create) if other is not None else None
    known = other.namer.creates(create) if other is not None and create is not None else None
    handle = next((each for each in known.handles if each.kind == what.handle), None) if known is not None else None
    if known is None or handle is None:
        return None
    return replace(known, name=f"{what.service}:{known.name}", handles=(handle,), service=what.service)


def _produced_near(asked: _Asked) -> Iterator[Adaptation]:
    """Operations about the same whose answers have a member of the name under which the request has made-up text."""
    yield from _produced(asked, near=True)


def _produced_far(asked: _Asked) -> Iterator[Adaptation]:
    """Other operations whose answers have such a member."""
    yield from _produced(asked, near=False)


def _produced(asked: _Asked, *, near: bool) -> Iterator[Adaptation]:
    for _, name, _ in itertools.islice(asked.texts(), GUESSES):
        for producer, path in itertools.islice(asked.producers.of(name, asked.operation.name, near=near), GUESSES - 1):
            made = asked.builder.namer.creates(asked.builder.service.operations[producer])
            base = made or Resource(producer, producer, ())
            handle = Handle("other", Source("answer", path), (), (name,))
            others = tuple(replace(each, operation_members=()) for each in base.handles)
            resource = replace(base, handles=(*others, handle), operations=(asked.operation.name,), unrelated_in=())
            yield asked.lesson(f"with the {name} that {producer} tells", resources=(resource,))
            first = next((each for each in asked.producers.before(producer, "") if each != asked.operation.name), None)
            if first is not None:
                why = f"with the {name} that {producer} tells, after {first}"
                yield asked.lesson(why, after=(first,), resources=(resource,))


def _earlier(asked: _Asked) -> Iterator[Adaptation]:
    """Operations that have to come first, by their names."""
    there = {each.create for each in asked.builder.namer.references(asked.operation, asked.params)}
    guesses = asked.producers.before(asked.operation.name, asked.said.text)
    for name in itertools.islice((each for each in guesses if each not in there), GUESSES):
        if name not in asked.known.hints.depends_on:
            yield asked.lesson(f"after {name}", after=(name,))


def _filled(asked: _Asked) -> Iterator[Adaptation]:
    """Something in the structures that the request has for nothing."""
    given = []
    for path, value in leaves(asked.params):
        found = shape_at(asked.builder.service, asked.root, path)
        if value == {} and found is not None and found[0].members:
            with contextlib.suppress(Unbuildable):
                given.append(Edit("set", path, asked.builder.sampler(full=True).build(found[0])))
    if given:
        where = " and ".join(format_path(each.path) for each in given)
        yield asked.lesson(f"with something in {where}", given=tuple(given))


def _singly(asked: _Asked) -> Iterator[Adaptation]:
    """One optional member, those first of which the operation's name or the text has a word."""
    said = frozenset(error_text.name_words(asked.operation.name)) | frozenset(asked.said.message.lower().split())
    optional = [name for name in asked.root.members if name not in asked.params]
    likely = sorted(
        optional, key=lambda name: (said.isdisjoint(error_text.name_words(name)), not sample_value_for(name))
    )
    for name in likely[:GUESSES]:
        with contextlib.suppress(Unbuildable):
            value = asked.builder.sampler().build(asked.root, (name,))[name]
            yield asked.lesson(f"with {name}", given=(Edit("set", (name,), value),))


def _everything(asked: _Asked) -> Iterator[Adaptation]:
    """Every optional member."""
    try:
        fullest = asked.builder.fullest(asked.operation)
    except Unbuildable:
        return
    given = tuple(Edit("set", (name,), value) for name, value in fullest.items() if name not in asked.params)
    if given:
        yield asked.lesson("with every optional member", given=given)


Guess = Callable[[_Asked], Iterator[Adaptation]]

GUESSERS: Mapping[str, tuple[Guess, ...]] = {
    "rejected-validation": (
        _mentioned, _offered, _unbound, _other_services, _referring, _produced_near, _earlier, _filled, _singly,
        _everything,
    ),
    "rejected-state": (
        _other_services, _produced_near, _unbound, _referring, _earlier, _produced_far, _mentioned, _offered, _filled,
        _singly,
        _everything,
    ),
    "crashed": (
        _unbound, _other_services, _filled, _singly, _referring, _produced_near, _earlier, _everything,
    ),
}  # fmt: skip
