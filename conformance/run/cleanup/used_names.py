"""The names that a run has used in one service and account: what was made, and what may be there though nobody says so.

CreateQueue("one") accepted                made        "one"
CreateGateway() accepted, GatewayId=g-01   made        "g-01", which the service has generated: nobody else's
CreateGateway() crashed                    nameless    a gateway may be there
CreateBaseline("two") refused              suspected   "two": some targets refuse what they have made already
CreateZone(DelegationSetId="three")        suspected   "three": accepted though nothing of that name was made
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.run.cleanup.created_thing import CreatedThing
from conformance.specs.resources.removal_data import Companion
from conformance.values.paths import every_at, leaves

# An id that a service generates is long and has digits: "1" and "default" may stand for anything.
_GENERATED = re.compile(r"(?=.*[0-9]).{8,}", re.DOTALL)
_PARTS = re.compile(r"[/:]")


@dataclass(slots=True)
class UsedNames:
    """Names by family, also those of what is gone."""

    made: dict[str, set[str]] = field(default_factory=dict)
    generated: dict[str, set[str]] = field(default_factory=dict)
    refused: dict[str, set[str]] = field(default_factory=dict)
    referred: dict[str, set[str]] = field(default_factory=dict)
    companions: dict[Companion, set[str]] = field(default_factory=dict)
    nameless: Counter[str] = field(default_factory=Counter)
    refused_nameless: Counter[str] = field(default_factory=Counter)

    def enter(self, thing: CreatedThing) -> None:
        """Take note of what was created, and what its request referred to."""
        if not thing.is_part and not thing.names:
            self.nameless[thing.resource] += 1
        elif not thing.is_part:
            self.made.setdefault(thing.resource, set()).update(thing.names)
            self.generated.setdefault(thing.resource, set()).update(_generated(thing))
        for family, name in thing.parents:
            self.referred.setdefault(family, set()).add(name)

    def refuse(self, thing: CreatedThing, names: Collection[str]) -> None:
        """Take note of names that a refused request gave to what it was to create, or that it gave none."""
        if not names:
            self.refused_nameless[thing.resource] += 1
            return
        self.refused.setdefault(thing.resource, set()).update(names)

    def accompany(self, companion: Companion, output: Any) -> None:
        """Take note of what an answer says of something that was made beside a thing."""
        found = {each for each in every_at(output, companion.answer) if isinstance(each, str)}
        self.companions.setdefault(companion, set()).update(found)

    @property
    def suspected(self) -> Mapping[str, frozenset[str]]:
        """The names under which something may be there of which no answer says that it was made."""
        families = {**self.refused, **self.referred}
        found = {
            family: frozenset(self.refused.get(family, set()) | self.referred.get(family, set()))
            - self.made.get(family, set())
            for family in families
        }
        return {family: names for family, names in found.items() if names}


def is_generated(name: str) -> bool:
    """Whether a name looks like an id that a service generates."""
    return _GENERATED.fullmatch(name) is not None


def _generated(thing: CreatedThing) -> Iterator[str]:
    """The names of a thing that its service has chosen: no text of the request is one, or ends it."""
    if not thing.is_certain:
        return
    # What a list has shown has no request.
    params = {} if thing.is_listed else thing.params
    given = {each for _, each in leaves(params) if isinstance(each, str)}
    for name in thing.names:
        if is_generated(name) and given.isdisjoint((name, _PARTS.split(name)[-1])):
            yield name
