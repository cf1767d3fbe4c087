"""How much of all services is understood from the models alone: families, deletes, states, tags.

    python tests/quality/resources_inferred.py [SERVICE...]

A family is a creator, something that reads or removes what it makes, and a handle. A delete is resolved where every
required member of `Delete<Noun>` is a handle of the resource itself or of another, or needs nothing to be there before.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, fields

from conformance.specs import ingest
from conformance.specs.model import Service
from conformance.specs.resources.handle_references import References
from conformance.specs.resources.inference import inferred_resources, input_bindings
from conformance.specs.resources.resource import Resource

MAKE, REMOVE = "Create", "Delete"


@dataclass(slots=True)
class Figures:
    """Counts over services: of what `Create<Noun>` makes, and of what other operations do."""

    services: int = 0
    nouns: int = 0
    families: int = 0
    with_delete: int = 0
    resolved: int = 0
    reads: int = 0
    listings: int = 0
    statuses: int = 0
    tagged: int = 0
    by_other_verbs: int = 0


def measure(services: Iterable[Service]) -> Figures:
    """The figures of services."""
    figures = Figures()
    for service in services:
        figures.services += 1
        found = {each.create: each for each in inferred_resources(service)}
        known = References(found.values())
        for name in service.operations:
            noun = name.removeprefix(MAKE)
            if noun != name and noun[:1].isupper():
                _count(figures, service, known, noun, found.get(name))
        figures.by_other_verbs += sum(1 for name in found if not name.startswith(MAKE))
    return figures


def _count(figures: Figures, service: Service, known: References, noun: str, found: Resource | None) -> None:
    figures.nouns += 1
    if REMOVE + noun in service.operations or (found is not None and found.delete is not None):
        figures.with_delete += 1
        figures.resolved += found is not None and _is_resolved(service, known, found)
    if found is not None:
        figures.families += 1
        figures.reads += found.read is not None
        figures.listings += found.listing is not None
        figures.statuses += found.status is not None
        figures.tagged += found.tagging is not None


def _is_resolved(service: Service, known: References, found: Resource) -> bool:
    if found.delete is None:
        return False
    needed = input_bindings(service, known, found, service.operations[found.delete])
    return all(each.meaning in ("own", "other", "constant") for each in needed)


def main(names: list[str]) -> None:
    models = [ingest.installed_spec(name).service for name in names or ingest.service_names()]
    start = time.perf_counter()
    figures = measure(models)
    seconds = time.perf_counter() - start
    for field in fields(figures):
        print(f"{field.name.replace('_', ' '):16} {getattr(figures, field.name)}")
    if figures.with_delete:
        print(f"{figures.resolved / figures.with_delete:.1%} of the deletes resolved, in {seconds:.1f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
