"""Values of a call that come from earlier calls, such as ids that a target has chosen.

    step: makes "Ship" -----------------> CallValues: its params, and the output that answered it
    later step: bound to "Ship", .Id ---> value(side, source), at the binding's path

One mechanism for three users: a run fills in what the target has answered, a replay what it answers now, and a script
keeps the value in a variable.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from conformance.record.steps import Step
from conformance.values.paths import Path, parse_path, value_at
from conformance.values.vocabulary import Side

# An id that is answered with the collection that it is in, and asked for without it: /hostedzone/Z123. AWS's own
# clients cut such ids, too.
_IN_COLLECTION = re.compile(r"/[a-z]+/([^/]+)")


@dataclass(frozen=True, slots=True)
class StepBinding:
    """A value of a step's params that comes from the call that created a resource.

    `path` is where it is in the params, `source` where it was in that call's request or answer.
    """

    path: Path
    resource: str
    side: Side
    source: Path


@dataclass(frozen=True, slots=True)
class CallValues:
    """What a call was given, and the output that answered it; None where there was none."""

    params: Any
    output: Any

    def value(self, side: Side, source: Path) -> Any:
        """The value that a binding stands for, as requests refer to it; None where there is none."""
        if side == "request":
            return value_at(self.params, source)
        return without_collection(value_at(self.output, source))


def bindings_of(step: Step) -> Iterator[StepBinding]:
    """The bindings of a recorded step; those whose paths cannot be read are left out."""
    for each in step.bound:
        try:
            path, source = parse_path(each.path), parse_path(each.source)
        except ValueError:
            continue
        yield StepBinding(path, each.resource, each.side, source)


def without_collection(value: Any) -> Any:
    """An id without the collection that it was answered with; any other value as it is."""
    found = _IN_COLLECTION.fullmatch(value) if isinstance(value, str) else None
    return value if found is None else found[1]
