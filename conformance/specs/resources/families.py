"""Families of operations: what makes, describes, lists, changes and removes things of one noun.

    CreateThing ---.
    DescribeThings |
    ListThings     |-- verb, noun in the singular or plural --> Family Thing
    UpdateThing    |
    DeleteThings --'

Only names are looked at here; whether a member of the family can be asked about one thing is for `needs.py` to find out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from conformance.specs.model import Service
from conformance.specs.resources.words import (
    CREATE,
    DELETES,
    LISTS,
    MAKERS,
    READ_TAILS,
    READS,
    SCHEDULE,
    SETTERS,
    UPDATE_TAILS,
    UPDATES,
    after,
    plurals,
    singulars,
    wider,
)


@dataclass(frozen=True, slots=True)
class Family:
    """The operations of a noun, by what they do; of each kind the likeliest first."""

    noun: str
    create: str
    deletes: tuple[str, ...]
    reads: tuple[str, ...]
    lists: tuple[str, ...]
    updates: tuple[str, ...]
    others: tuple[str, ...]
    kind: str = ""

    @property
    def nouns(self) -> tuple[str, ...]:
        """What its things are called, in the singular too."""
        return tuple(dict.fromkeys((self.noun, self.kind, *singulars(self.noun), *singulars(self.kind))))

    @property
    def operations(self) -> tuple[str, ...]:
        """All of them, each once."""
        every = (self.create, *self.deletes, *self.reads, *self.lists, *self.updates, *self.others)
        return tuple(dict.fromkeys(every))


@dataclass(slots=True)
class Names:
    """The operations of a service, by what their names say after the verb."""

    service: Service
    _by_rest: dict[str, list[tuple[str, str]]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.service.operations:
            for cut in range(1, len(name)):
                if name[cut].isupper() and not name[cut - 1].isupper():
                    self._by_rest.setdefault(name[cut:], []).append((name[:cut], name))

    def about(self, noun: str) -> tuple[tuple[str, str], ...]:
        """Verb and name of every operation about things of a noun, in the singular or plural."""
        found = (each for form in (noun, *plurals(noun)) for each in self._by_rest.get(form, ()))
        return tuple(dict.fromkeys(found))

    def exists(self, name: str) -> bool:
        """Whether there is an operation of this name."""
        return name in self.service.operations


def families(service: Service) -> Mapping[str, Family]:
    """The families of a service, by the operation that makes their things, in the order of its name."""
    names = Names(service)
    nouns = dict(_created(service))
    taken = set(nouns.values()) | {form for noun in nouns.values() for form in singulars(noun)}
    found = {create: _family(names, create, noun, taken) for create, noun in nouns.items()}
    for create, noun, enders in _made_otherwise(service):
        if noun not in taken:
            family = _family(names, create, noun, taken, enders)
            settles = create.startswith(SETTERS)
            if (
                family.deletes
                and (family.reads or (family.lists and not settles))
                and not (settles and singulars(noun))
            ):
                found.setdefault(create, family)
                taken.add(noun)
    return MappingProxyType({create: found[create] for create in sorted(found)})


def _created(service: Service) -> Iterator[tuple[str, str]]:
    for name in service.operations:
        noun = after(CREATE, name)
        if noun:
            yield name, noun


def _made_otherwise(service: Service) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Operation, noun and enders of what is made by another verb than the usual one."""
    for verb, enders in MAKERS.items():
        for name in service.operations:
            noun = after(verb, name)
            if noun:
                yield name, _single(service, noun, enders), enders


def _single(service: Service, noun: str, enders: tuple[str, ...]) -> str:
    """The noun in the singular, where operations that end a thing have it so: RunInstances -> Instance."""
    for form in singulars(noun):
        if any(verb + rest in service.operations for verb in (*enders, *READS) for rest in (form,)):
            return form
    return next(iter(singulars(noun)), noun) if any(verb + noun in service.operations for verb in enders) else noun


def _family(names: Names, create: str, noun: str, taken: set[str], enders: tuple[str, ...] = DELETES) -> Family:
    deletes = _deletes(names, noun, enders)
    reads = _reads(names, noun)
    if not deletes and not reads and enders is DELETES:
        for other in wider(noun):
            if other not in taken and (found := _deletes(names, other, enders)):
                return _of(names, create, noun, other, found, _reads(names, other))
    return _of(names, create, noun, noun, deletes, reads)


def _of(names: Names, create: str, noun: str, kind: str, deletes: tuple[str, ...], reads: tuple[str, ...]) -> Family:
    lists = [verb + form for form in dict.fromkeys((*plurals(kind), kind)) for verb in LISTS]
    updates = [verb + kind + tail for tail in ("", *UPDATE_TAILS) for verb in UPDATES]
    known = {create, *deletes, *reads, *lists, *updates}
    return Family(
        noun=noun,
        create=create,
        deletes=deletes,
        reads=reads,
        lists=tuple(each for each in lists if names.exists(each)),
        updates=tuple(each for each in updates if names.exists(each) and each != create),
        others=tuple(name for _, name in names.about(kind) if name not in known),
        kind=kind,
    )


def _deletes(names: Names, noun: str, enders: tuple[str, ...]) -> tuple[str, ...]:
    forms = dict.fromkeys((noun, *singulars(noun), *plurals(noun)))
    tried = [verb + form for verb in enders for form in forms]
    tried += [f"{SCHEDULE}{noun}Deletion", f"{enders[0]}{noun}s", *(f"BatchDelete{form}" for form in plurals(noun))]
    return tuple(dict.fromkeys(each for each in tried if names.exists(each)))


def _reads(names: Names, noun: str) -> tuple[str, ...]:
    forms = dict.fromkeys((noun, *plurals(noun), *singulars(noun)))
    tried = [verb + form for form in forms for verb in READS]
    tried += [verb + noun + tail for tail in READ_TAILS for verb in READS]
    return tuple(dict.fromkeys(each for each in tried if names.exists(each)))
