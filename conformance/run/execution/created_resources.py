"""The resources that were created for a case, and how later calls refer to them.

    Creation --sent--> Exchange --source path--> the value that a binding asks for

Sample ARNs name an account of AWS's documentation. Where the run's own account is known, they get its number: few
targets let a caller pass a role of another account.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.cases.case import Call, Creation
from conformance.exchanges.exchange import Exchange
from conformance.record.bindings import CallValues
from conformance.values.paths import Edit, apply

# An ARN in samples, up to the account.
_SAMPLE_ARN = re.compile(r"\b(arn:[^:\s]*:[^:\s]*:[^:\s]*:)123456789012(?=:)")


@dataclass(frozen=True, slots=True)
class BoundCall:
    """A call whose bindings are filled in. `problem` says which value is missing: a sample is in its place."""

    call: Call
    problem: str | None = None


@dataclass(slots=True)
class CreatedResources:
    """The creations so far, in order, and by resource name the exchange that created it.

    `account` is the account that they are in, where that is known.
    """

    account: str | None = None
    creations: list[Creation] = field(default_factory=list)
    exchanges: dict[str, Exchange] = field(default_factory=dict)

    def add(self, creation: Creation, exchange: Exchange) -> None:
        """Take note of what an exchange created."""
        self.creations.append(creation)
        self.exchanges[creation.resource] = exchange

    def forget(self, resource: str) -> None:
        """Take note that a resource needs no removal any more; calls that refer to it can still be bound."""
        self.creations = [each for each in self.creations if each.resource != resource]

    def bound(self, call: Call) -> BoundCall:
        """The call with the values that its bindings stand for."""
        edits, problem = [], None
        for binding in call.bindings:
            exchange = self.exchanges.get(binding.resource)
            value = None if exchange is None else _values(exchange).value(binding.source.side, binding.source.path)
            if value is not None:
                edits.append(Edit("set", binding.path, value))
            elif exchange is not None:
                problem = problem or f"the answer of {exchange.call.operation} does not identify its {binding.resource}"
            else:
                problem = problem or f"its {binding.resource} was not created"
        params = apply(call.params, edits) if edits else call.params
        if self.account:
            params = _in_account(params, self.account)
        return BoundCall(call if params is call.params else replace(call, params=params), problem)


def _values(exchange: Exchange) -> CallValues:
    return CallValues(exchange.call.params, exchange.answer.output if exchange.answer is not None else None)


def _in_account(value: Any, account: str) -> Any:
    """A value whose sample ARNs are of an account."""
    if isinstance(value, str):
        return _SAMPLE_ARN.sub(rf"\g<1>{account}", value)
    if isinstance(value, Mapping):
        return {name: _in_account(item, account) for name, item in value.items()}
    return [_in_account(item, account) for item in value] if isinstance(value, list) else value
