"""What was made for a case, and how later calls refer to it.

Creation --sent--> Exchange --source path--> the value that a binding asks for

Samples of ARNs name an account of AWS's documentation; where the run's own account is known, they get its number: few
targets let one pass on the role of a stranger.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.cases.case import Call, Creation
from conformance.exchanges.exchange import Exchange
from conformance.specs.resources.descriptions import at
from conformance.values.paths import Edit, Path, apply

# An id that is told with the collection that it is in, and asked for without it: /hostedzone/Z123. AWS's own clients
# cut such ids, too.
_IN_COLLECTION = re.compile(r"/[a-z]+/([^/]+)")

# An ARN in samples, up to the account.
_SAMPLE_ARN = re.compile(r"\b(arn:[^:\s]*:[^:\s]*:[^:\s]*:)123456789012(?=:)")


@dataclass(frozen=True, slots=True)
class Bound:
    """A call whose bindings are filled in. `problem` says what is missing: its place then holds a sample still."""

    call: Call
    problem: str | None = None


@dataclass(slots=True)
class CreatedResources:
    """What was made so far, in order, and the exchange that made each, by name; in which account, if that is known."""

    account: str | None = None
    creations: list[Creation] = field(default_factory=list)
    of: dict[str, Exchange] = field(default_factory=dict)

    def add(self, creation: Creation, exchange: Exchange) -> None:
        """Take note of what an exchange made."""
        self.creations.append(creation)
        self.of[creation.resource] = exchange

    def drop(self, resource: str) -> None:
        """Forget something that was removed; what refers to it can still be bound."""
        self.creations = [each for each in self.creations if each.resource != resource]

    def bound(self, call: Call) -> Bound:
        """The call with the values that its bindings stand for."""
        edits, problem = [], None
        for binding in call.bindings:
            exchange = self.of.get(binding.resource)
            value = None if exchange is None else _value(exchange, binding.source.side, binding.source.path)
            if value is not None:
                edits.append(Edit("set", binding.path, value))
            elif exchange is not None:
                problem = problem or f"the answer of {exchange.call.operation} does not tell its {binding.resource}"
            else:
                problem = problem or f"its {binding.resource} was not made"
        params = apply(call.params, edits) if edits else call.params
        return Bound(replace(call, params=_at_home(params, self.account) if self.account else params), problem)


def _value(exchange: Exchange, side: str, path: Path) -> Any:
    if side == "request":
        return at(exchange.call.params, path)
    told = at(exchange.answer.output if exchange.answer is not None else None, path)
    collected = _IN_COLLECTION.fullmatch(told) if isinstance(told, str) else None
    return told if collected is None else collected[1]


def _at_home(value: Any, account: str) -> Any:
    """A value of which the ARNs are of an account."""
    if isinstance(value, str):
        return _SAMPLE_ARN.sub(rf"\g<1>{account}", value)
    if isinstance(value, Mapping):
        return {name: _at_home(item, account) for name, item in value.items()}
    return [_at_home(item, account) for item in value] if isinstance(value, list) else value
