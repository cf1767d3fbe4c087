"""Which values of a recorded request are others now, because the target has chosen them.

What a step is bound to comes from the answer to the step that created it. Of all else that answers contain and later
requests repeat, such as page tokens, the new text takes the place of the old one where it is the whole value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from conformance.record.bindings import CallValues, bindings_of
from conformance.record.steps import Step
from conformance.run.replay.recorded_request import Change
from conformance.specs.model import Operation, Service
from conformance.specs.places import shape_at
from conformance.values.paths import Edit, Path, apply, leaves, value_at


def with_changes(params: Any, changes: tuple[Change, ...]) -> Any:
    """The params with the values of now."""
    return apply(params, [Edit("set", change.path, change.now) for change in changes]) if changes else params


@dataclass(slots=True)
class ChangedValues:
    """What the target has chosen so far, then and now."""

    _created: dict[str, CallValues] = field(default_factory=dict)
    _texts: dict[str, str] = field(default_factory=dict)
    _requested: set[str] = field(default_factory=set)

    def changes(self, step: Step, service: Service, operation: Operation) -> Iterator[Change]:
        """What is to be changed in the params of a step: what is bound, then what repeats."""
        params, bound = step.params, set[Path]()
        for binding in bindings_of(step):
            created, then = self._created.get(binding.resource), value_at(params, binding.path)
            now = None if created is None else created.value(binding.side, binding.source)
            bound.add(binding.path)
            if now is not None and then is not None and now != then:
                yield Change(binding.path, then, now)
        shape = service.input_of(operation)
        for path, value in leaves(params):
            if path in bound or not isinstance(value, str) or value not in self._texts:
                continue
            found = shape_at(service, shape, path)
            if found is None or not found[0].enum:
                yield Change(path, value, self._texts[value])

    def note(self, step: Step, changes: tuple[Change, ...], then: Any, now: Any) -> None:
        """Take note of the output that answered a step, then and now."""
        params = step.params
        self._requested.update(value for _, value in leaves(params) if isinstance(value, str))
        if step.makes:
            self._created[step.makes] = CallValues(with_changes(params, changes), now)
        for path, value in leaves(then):
            other = value_at(now, path)
            if isinstance(value, str) and isinstance(other, str) and value != other and value not in self._requested:
                self._texts.setdefault(value, other)
