"""What one operation writes and another one reads, though neither creates a resource: messages, records, items.

    SendMessage(QueueUrl, MessageBody)       -->  ReceiveMessage(QueueUrl) -> Messages[] {Body}
    PutTargets(Rule, Targets[] {Id, Arn})    -->  ListTargetsByRule(Rule)  -> Targets[] {Id, Arn}
    PutRecord(StreamName, Data)              -->  GetRecords(ShardIterator) -> Records[] {Data}    by GetShardIterator

Two operations are joined by what they share: the noun in their names, the parent that both refer to, and a shape, or
several members of the same names and kinds, which the one takes and the other answers. Of the places that fit, the
outermost is taken, and of those beside each other the one that shares most. Where two places of an answer share
as much, the pair is none: it is not known which of them tells.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, replace

from conformance.specs.model import STRING_TYPES, Member, Operation, Service, Shape
from conformance.specs.places import ELEMENT, Step
from conformance.specs.resources.echoes import Echo, echoes, matching_member

WRITING = re.compile(
    r"(Batch|Bulk)?(Put|Send|Upload|Write|Change|Set|Add|Attach|Register|Import|Post|Associate|Publish|Record)(?=[A-Z])"
)
READING = re.compile(
    r"(Batch|Bulk)?(Get|List|Describe|Receive|Filter|Search|Query|Scan|Head|Select|Poll|Read|Retrieve|Lookup)(?=[A-Z]|$)"
)

# The words of a name; endings that make no other noun of it.
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]+|[a-z]+")
_ENDINGS = re.compile(r"(V\d+|By[A-Z]\w*|For[A-Z]\w*|Batch)$")

# How deep in a request or an answer the thing that flows is looked for, in structures and lists.
DEEPEST = 4

# Members that two operations often have in common and that say nothing about what flows between them.
COMMONPLACE = frozenset({"id", "name", "arn", "type", "status", "description", "tags", "nexttoken", "maxresults"})

# This many members that are no commonplace make two structures alike whose shapes have different names.
ENOUGH = 2


@dataclass(frozen=True, slots=True)
class Flow:
    """What `producer` takes at `given`, `consumer` answers at `told`; ELEMENT in the steps stands for each element.

    `shared` are members of both inputs that name the same thing. `members` are the places inside, as the producer has
    them. `by` is the operation that answers what the consumer needs and the producer does not know, None where there is
    no need of one.
    """

    producer: str
    consumer: str
    shared: tuple[str, ...]
    given: tuple[Step, ...]
    told: tuple[Step, ...]
    members: tuple[Echo, ...]
    by: str | None = None


@dataclass(frozen=True, slots=True)
class _Spot:
    """A structure or a map of structures in a request or an answer."""

    steps: tuple[Step, ...]
    shape: Shape


def flows_of(service: Service) -> tuple[Flow, ...]:
    """Every pair of a producer and a consumer of a service, by the producer's name and then by the consumer's."""
    return tuple(
        flow for _, operation in sorted(service.operations.items()) for flow in flows_from(service, operation)
    )  # fmt: skip


def flows_from(service: Service, producer: Operation) -> tuple[Flow, ...]:
    """The pairs of one producer, by the consumer's name; none where the operation writes nothing."""
    if not WRITING.match(producer.name):
        return ()
    readers = [each for name, each in sorted(service.operations.items()) if READING.match(name)]
    consumers = [each for each in readers if _is_of_one_noun(producer.name, each.name)]
    given = tuple(_spots(service, service.input_of(producer))) if consumers else ()
    found = (
        _flow(service, producer, consumer, given, tuple(_spots(service, service.output_of(consumer))))
        for consumer in consumers
    )
    joined = (_reached(service, flow, readers) for flow in found if flow is not None)
    return tuple(each for each in joined if each is not None)


def _is_of_one_noun(producer: str, consumer: str) -> bool:
    """Whether the nouns of two names are about one thing: all words of the one are in the other, or a verb has none."""
    ours, theirs = (_words(verbs.sub("", name, count=1)) for verbs, name in ((WRITING, producer), (READING, consumer)))
    return bool(ours) and (ours <= theirs or theirs <= ours)


def _words(noun: str) -> frozenset[str]:
    return frozenset(_singular(word) for word in _WORD.findall(_ENDINGS.sub("", noun)))


def _singular(word: str) -> str:
    low = word.lower()
    return f"{low[:-3]}y" if low.endswith("ies") else low.removesuffix("s")


def _spots(service: Service, shape: Shape) -> Iterator[_Spot]:
    """The places of a shape where something can be that flows, the outermost first."""
    waiting: list[tuple[_Spot, tuple[str, ...]]] = [(_Spot((), shape), (shape.name,))]
    while waiting:
        spot, above = waiting.pop(0)
        yield spot
        if len(spot.steps) >= DEEPEST or spot.shape.type != "structure":
            continue
        for name, member in spot.shape.members.items():
            steps, inner = _unwrapped(service, member, (*spot.steps, name))
            if inner.name not in above and inner.type in ("structure", "map"):
                waiting.append((_Spot(steps, inner), (*above, inner.name)))


def _unwrapped(service: Service, member: Member, steps: tuple[Step, ...]) -> tuple[tuple[Step, ...], Shape]:
    """The shape of a member, of a list that of its elements."""
    shape = service.target(member)
    while shape.type == "list" and shape.element is not None:
        steps, shape = (*steps, ELEMENT), service.target(shape.element)
    return steps, shape


def _flow(
    service: Service, producer: Operation, consumer: Operation, given: tuple[_Spot, ...], told: tuple[_Spot, ...]
) -> Flow | None:
    shared = _shared(service, producer, consumer)
    required = service.input_of(producer).required
    best: Flow | None = None
    most, doubtful = (0, False), False
    for ours in given:
        for theirs in told:
            if best is not None and _is_inside(ours, best.given) and _is_inside(theirs, best.told):
                continue
            inside = _inside(service, ours, theirs, frozenset(shared))
            weight = _weight(service, ours, theirs, inside, required)
            # Of places that share as much, a list tells of things; a single one may be a token, or what was asked.
            rank = weight, ELEMENT in theirs.steps
            if weight and rank > most:
                found = Flow(producer.name, consumer.name, shared, ours.steps, theirs.steps, inside)
                best, most, doubtful = found, rank, False
            elif weight and rank == most and best is not None and best.given == ours.steps:
                doubtful = True
    return None if doubtful else best


def _is_inside(spot: _Spot, outer: tuple[Step, ...]) -> bool:
    return spot.steps[: len(outer)] == outer


def _shared(service: Service, producer: Operation, consumer: Operation) -> tuple[str, ...]:
    """The members of both inputs that hold one name of a thing; the producer requires each of them."""
    ours, theirs = service.input_of(producer), service.input_of(consumer)
    return tuple(
        name
        for name in ours.members
        if name in theirs.members
        and name in ours.required
        and all(service.target(shape.members[name]).type in STRING_TYPES for shape in (ours, theirs))
    )


def _inside(service: Service, ours: _Spot, theirs: _Spot, shared: frozenset[str]) -> tuple[Echo, ...]:
    """The places of what flows that both sides have."""
    if ours.shape.type != "structure" or theirs.shape.type != "structure":
        return ()
    full = _full_names(ours.shape, theirs)
    short = {before: ours.shape.members[name] for before, name in full.items()}
    found = echoes(service, replace(ours.shape, members=short), theirs.shape, shared if not ours.steps else frozenset())
    return tuple(
        replace(each, given=(full[str(each.given[0])], *each.given[1:])) for each in found if each.has_clause
    )  # fmt: skip


def _full_names(shape: Shape, theirs: _Spot) -> Mapping[str, str]:
    """The members of a shape by the names that the other side has for them: `MessageBody` is the `Body` of Messages."""
    noun = _singular(next((str(each) for each in reversed(theirs.steps) if each != ELEMENT), ""))
    found: dict[str, str] = {}
    for name in shape.members:
        short = name[len(noun) :] if noun and name.lower().startswith(noun) else ""
        other = short and matching_member(theirs.shape, name) is None and short in theirs.shape.members
        found[short if other else name] = name
    return found


def _weight(
    service: Service, ours: _Spot, theirs: _Spot, inside: tuple[Echo, ...], required: Container[str]
) -> int:  # fmt: skip
    """How much two places have in common; 0 where that may be chance."""
    if ours.shape.type != theirs.shape.type:
        return 0
    if ours.shape.type == "map":
        return _map_weight(service, ours, theirs, required)
    telling = sum(ELEMENT not in each.given and each.path.lower() not in COMMONPLACE for each in inside)
    if ours.shape.name == theirs.shape.name and ours.steps and theirs.steps and inside:
        return ENOUGH + telling
    return telling if telling >= ENOUGH else 0


def _map_weight(service: Service, ours: _Spot, theirs: _Spot, required: Container[str]) -> int:
    """Maps of one kind of structure are one kind of thing, items with their attributes, where a request needs one."""
    values = [service.target(each.shape.value) for each in (ours, theirs) if each.shape.value is not None]
    same = len(values) == 2 and values[0].type == "structure" and values[0].name == values[1].name
    return ENOUGH if same and theirs.steps and ours.steps[:1] and ours.steps[0] in required else 0


def _reached(service: Service, flow: Flow, consumers: list[Operation]) -> Flow | None:
    """The flow, where the consumer can be asked about the thing that the producer named; else None."""
    if flow.shared:
        return flow
    missing = _needed(service, service.operations[flow.consumer])
    for each in consumers:
        answered = {name: service.target(member) for name, member in service.output_of(each).members.items()}
        noun = _words(READING.sub("", each.name, count=1))
        told = all(
            name in answered and answered[name].name == shape.name and _words(name) <= noun
            for name, shape in missing.items()
        )
        shared = _shared(service, service.operations[flow.producer], each)
        if missing and told and (shared or _common_optional(service, flow.producer, each)):
            return Flow(flow.producer, flow.consumer, shared, flow.given, flow.told, flow.members, each.name)
    return None


def _needed(service: Service, operation: Operation) -> Mapping[str, Shape]:
    shape = service.input_of(operation)
    return {name: service.target(shape.members[name]) for name in shape.required}


def _common_optional(service: Service, producer: str, consumer: Operation) -> bool:
    """Whether two operations name a thing by members of one name and shape, which neither has to give."""
    ours, theirs = service.input_of(service.operations[producer]), service.input_of(consumer)
    return any(
        name in theirs.members
        and member.shape == theirs.members[name].shape
        and re.search(r"(Name|Arn|ARN|Id)$", name) is not None
        for name, member in ours.members.items()
    )
