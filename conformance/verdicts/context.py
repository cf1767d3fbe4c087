"""The input of a check: a case, its exchange, and the spec that both are compared with."""

from __future__ import annotations

from dataclasses import dataclass, field

from conformance.cases.case import Case
from conformance.exchanges.exchange import Exchange
from conformance.exchanges.outcome import Outcome
from conformance.specs.clauses.clause import clause_id
from conformance.specs.model import Operation, Service
from conformance.specs.overlay.entries import Overlay


@dataclass(frozen=True, slots=True)
class Context:
    """One case and its exchange, for the checks. Provisional.

    `base_accepted` says whether the valid request that the case differs from was accepted by the same target; it
    is None for cases without a base. `accepts_anything` is true of a target that answers 2xx to an operation that
    does not exist: its acceptance proves nothing.
    """

    service: Service
    operation: Operation
    overlay: Overlay
    case: Case
    exchange: Exchange
    base_accepted: bool | None = None
    accepts_anything: bool = False
    facts: dict[str, str] = field(default_factory=dict)

    @property
    def outcome(self) -> Outcome:
        """The outcome of the exchange."""
        return self.exchange.outcome

    def clause(self, section: str, path: str, name: str) -> str:
        """The id of a clause of the operation."""
        return clause_id(self.service.name, self.operation.name, section, path, name)
