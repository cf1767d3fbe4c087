"""What a run may send to an account that is not its own, decided by operation.

    effect_of(operation) --read--> sent
                         --write--> sent with `allow_writes`
                         --guarded--> sent with `allow_writes`, if the operation is named one by one
    creates what only a guarded operation removes --> as guarded, too

Which requests of a permitted write are sent is decided by their values, in `run/safety`.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, TypeAlias

from conformance.specs.effects.operation_effects import Effect, effect_of

RefusalCode: TypeAlias = Literal["needs-allow-writes", "guarded", "removal-guarded"]

REFUSALS = MappingProxyType(
    {
        "needs-allow-writes": "it may change something, and is sent with --allow-writes only",
        "guarded": "it {reason}, and is sent only if it is named: {name}",
        "removal-guarded": "what it creates is removed by {removal} only, which {reason}; it is only sent if named",
    }
)

# Names that a run gives begin with these letters, and four of its own.
PREFIX = "cf"


def new_run_id() -> str:
    """Six lower-case letters, because some names allow nothing else; another for each run."""
    return PREFIX + "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(4))


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an operation is not sent: a code, and the reason in words."""

    code: RefusalCode
    reason: str


@dataclass(frozen=True, slots=True)
class Permissions:
    """What a run may send.

    `run_id` begins every name that the run gives. `named` are the operations that were named one by one, as
    `service:Operation`. `max_resources` is how many things the run may make, `ledger` the file that it lists them in,
    `account` where it sends, if that is known.
    """

    allow_writes: bool = False
    named: frozenset[str] = frozenset()
    max_resources: int | None = None
    ledger: str | os.PathLike[str] | None = None
    account: str | None = None
    run_id: str = field(default_factory=new_run_id)

    def refusal(self, service: str, operation: str, removal: str | None = None) -> Refusal | None:
        """Why an operation is not sent; None where it is. `removal` is the operation that removes what it creates."""
        effect = effect_of(service, operation)
        if effect.kind == "read":
            return None
        name = f"{service}:{operation}"
        if effect.kind == "guarded" and not (self.allow_writes and name in self.named):
            return _refusal("guarded", effect, name=name)
        if not self.allow_writes:
            return _refusal("needs-allow-writes", effect)
        removing = effect_of(service, removal) if removal is not None else effect
        if removing.kind == "guarded" and name not in self.named:
            return _refusal("removal-guarded", removing, removal=removal or "")
        return None


def _refusal(code: RefusalCode, effect: Effect, **values: str) -> Refusal:
    return Refusal(code, REFUSALS[code].format(reason=effect.reason, **values))
