"""The names that a run has used in one service and account: what was made, and what may be there though nobody says so.

CreateQueue("one") accepted                made        "one"
CreateBaseline("two") refused              suspected   "two": some targets refuse what they have made already
CreateZone(DelegationSetId="three")        suspected   "three": accepted though nothing of that name was made
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from conformance.run.cleanup.created_thing import CreatedThing


@dataclass(slots=True)
class UsedNames:
    """Names by family, also those of what is gone."""

    made: dict[str, set[str]] = field(default_factory=dict)
    refused: dict[str, set[str]] = field(default_factory=dict)
    referred: dict[str, set[str]] = field(default_factory=dict)

    def enter(self, thing: CreatedThing) -> None:
        """Take note of what was created, and what its request referred to."""
        if not thing.is_part:
            self.made.setdefault(thing.resource, set()).update(thing.names)
        for family, name in thing.parents:
            self.referred.setdefault(family, set()).add(name)

    def refuse(self, thing: CreatedThing, names: Iterable[str]) -> None:
        """Take note of names that a refused request gave to what it was to create."""
        self.refused.setdefault(thing.resource, set()).update(names)

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
