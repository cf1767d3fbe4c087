"""Groups operations by noun: those that create, describe, list, change and remove one kind of resource.

    CreateThing ---.
    DescribeThings |
    ListThings     |-- verb, noun in the singular or plural --> Family Thing
    UpdateThing    |
    DeleteThings --'

Only names count here; `drafts.py` finds out whether an operation can be called for one resource.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from conformance.specs.model import Service
from conformance.specs.resources.inference.name_words import (
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
    noun_after,
    plurals,
    singulars,
    split_words,
    unversioned,
    wider_nouns,
)


@dataclass(frozen=True, slots=True)
class OperationFamily:
    """The operations of a noun, by what they do; of each kind the likeliest first."""

    noun: str
    create: str
    deletes: tuple[str, ...]
    reads: tuple[str, ...]
    lists: tuple[str, ...]
    updates: tuple[str, ...]
    kind: str
    others: tuple[str, ...] = ()

    @property
    def nouns(self) -> tuple[str, ...]:
        """What its things are called, in the singular too."""
        plain = (self.noun, self.kind, unversioned(self.noun))
        return tuple(dict.fromkeys((*plain, *(single for noun in plain for single in singulars(noun)))))

    @property
    def is_sort(self) -> bool:
        """Whether its things are only a sort of what its operations are about: LocationEfs, a Location."""
        return self.kind != self.noun and self.noun.startswith(self.kind)

    @property
    def operations(self) -> tuple[str, ...]:
        """All of them, each once."""
        every = (self.create, *self.deletes, *self.reads, *self.lists, *self.updates, *self.others)
        return tuple(dict.fromkeys(every))


def operation_families(service: Service) -> Mapping[str, OperationFamily]:
    """The families of a service, by the operation that makes their things, in the order of its name."""
    nouns = dict(_created(service))
    taken = set(nouns.values()) | {form for noun in nouns.values() for form in singulars(noun)}
    found = {create: _family(service, create, noun, taken) for create, noun in nouns.items()}
    for create, noun, enders in _made_otherwise(service):
        if noun not in taken:
            family = _family(service, create, noun, taken, enders)
            settles = create.startswith(SETTERS)
            if (
                family.deletes
                and (family.reads or (family.lists and not settles))
                and not (settles and singulars(noun))
            ):
                found.setdefault(create, family)
                taken.add(noun)
    others = _others(service, found)
    return MappingProxyType({each: replace(found[each], others=others.get(each, ())) for each in sorted(found)})


def _others(service: Service, found: Mapping[str, OperationFamily]) -> dict[str, tuple[str, ...]]:
    """The operations that no family has yet, by the creator of the family whose noun their names have in them.

    The longest noun counts: AttachVpcEndpointPolicy is about a VpcEndpoint, and not about a Vpc.
    """
    known = {name for family in found.values() for name in family.operations}
    forms: dict[tuple[str, ...], str] = {}
    for create, family in found.items():
        for form in (family.noun, *plurals(family.noun)):
            forms.setdefault(split_words(form), create)
    others: dict[str, tuple[str, ...]] = {}
    for name in service.operations:
        creator = _about(split_words(name)[1:], forms) if name not in known else None
        if creator is not None:
            others[creator] = (*others.get(creator, ()), name)
    return others


def _about(said: tuple[str, ...], forms: Mapping[tuple[str, ...], str]) -> str | None:
    for length in range(len(said), 0, -1):
        for start in range(len(said) - length + 1):
            creator = forms.get(said[start : start + length])
            if creator is not None:
                return creator
    return None


def _created(service: Service) -> Iterator[tuple[str, str]]:
    for name in service.operations:
        noun = noun_after(CREATE, name)
        if noun:
            yield name, noun


def _made_otherwise(service: Service) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Operation, noun and enders of what is made by another verb than the usual one."""
    for verb, enders in MAKERS.items():
        for name in service.operations:
            noun = noun_after(verb, name)
            if noun:
                yield name, _single(service, noun, enders), enders


def _single(service: Service, noun: str, enders: tuple[str, ...]) -> str:
    """The noun in the singular, where operations that end a thing have it so: RunInstances -> Instance."""
    for form in singulars(noun):
        if any(verb + rest in service.operations for verb in (*enders, *READS) for rest in (form,)):
            return form
    return next(iter(singulars(noun)), noun) if any(verb + noun in service.operations for verb in enders) else noun


def _family(
    service: Service, create: str, noun: str, taken: set[str], enders: tuple[str, ...] = DELETES
) -> OperationFamily:
    base = unversioned(noun)
    deletes = _deletes(service, noun, enders) or _deletes(service, base, enders)
    reads = _reads(service, noun) or _reads(service, base)
    if not deletes and enders is DELETES:
        for other in wider_nouns(noun):
            if other not in taken and (found := _deletes(service, other, enders)):
                return _of(service, create, noun, other, found, reads or _reads(service, other))
    return _of(service, create, noun, noun, deletes, reads)


def _of(
    service: Service, create: str, noun: str, kind: str, deletes: tuple[str, ...], reads: tuple[str, ...]
) -> OperationFamily:
    lists = [verb + form for form in dict.fromkeys((*plurals(kind), kind)) for verb in LISTS]
    updates = [verb + kind + tail for tail in ("", *UPDATE_TAILS) for verb in UPDATES]
    return OperationFamily(
        noun=noun,
        create=create,
        deletes=deletes,
        reads=reads,
        lists=tuple(each for each in lists if each in service.operations),
        updates=tuple(each for each in updates if each in service.operations and each != create),
        kind=kind,
    )


def _deletes(service: Service, noun: str, enders: tuple[str, ...]) -> tuple[str, ...]:
    forms = dict.fromkeys((noun, *singulars(noun), *plurals(noun)))
    tried = [verb + form for verb in enders for form in forms]
    tried += [f"{SCHEDULE}{noun}Deletion", f"{enders[0]}{noun}s", *(f"BatchDelete{form}" for form in plurals(noun))]
    return tuple(dict.fromkeys(each for each in tried if each in service.operations))


def _reads(service: Service, noun: str) -> tuple[str, ...]:
    forms = dict.fromkeys((noun, *plurals(noun), *singulars(noun)))
    tried = [verb + form for form in forms for verb in READS]
    tried += [verb + noun + tail for tail in READ_TAILS for verb in READS]
    return tuple(dict.fromkeys(each for each in tried if each in service.operations))
