"""A run that goes on where its record stops.

    Record --Resumption--> kept rows: header, operations that were finished
                       '-> recorded executions: what else was sent, taken from the record in place of sending it again

The run is carried out as if from its beginning, except that a case that is in the record is answered by the record,
once. So what operations learn from each other is the same as without the interruption. Operations that were finished
keep their rows; of these only the openings are gone through, because others depend on what was learned in them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.cases.case import Case
from conformance.cases.scenario import Scenario
from conformance.exchanges.exchange import Exchange
from conformance.planning.plan import Plan, ServicePlan
from conformance.record.rows import CaseRow, HeaderRow, Record, Row
from conformance.run.continuation.recorded_executions import RecordedExecutions
from conformance.run.continuation.recorded_plan import NotTheSame
from conformance.run.execution.executor import Execution
from conformance.run.scenario_player import PlayedScenario
from conformance.specs.model import Operation


@dataclass(slots=True)
class Resumption:
    """What is known from a record of the run that goes on."""

    record: Record
    plan: Plan
    finished: frozenset[tuple[str, str]] = field(init=False)
    _rows: dict[str, CaseRow] = field(init=False)
    _readers: dict[str, RecordedExecutions] = field(init=False)

    def __post_init__(self) -> None:
        self.finished = frozenset((row.service, row.operation) for row in self.record.operations if not row.cut)
        self._rows = dict(self.record.cases)
        self._readers = {
            each.spec.service.name: RecordedExecutions(each, self.plan.other_service) for each in self.plan.services
        }

    @property
    def header(self) -> HeaderRow:
        """The header of the record."""
        return self.record.header

    @property
    def sent(self) -> int:
        """The requests that were sent before."""
        if self.record.footer is not None:
            return self.record.footer.requests
        return sum(len(case.steps) for case in self.record.cases.values())

    @property
    def seconds(self) -> float:
        """How long it took before, as far as the record tells."""
        if self.record.footer is not None:
            return self.record.footer.duration
        return sum(step.elapsed or 0.0 for case in self.record.cases.values() for step in case.steps)

    def is_finished(self, service: str, operation: str) -> bool:
        """Whether an operation was finished before."""
        return (service, operation) in self.finished

    def kept(self) -> Iterator[Row]:
        """The rows of the operations that were finished, and what was left behind."""
        clauses = self._clauses()
        for row in self.record.rows():
            if isinstance(row, HeaderRow) or row.type == "footer":
                continue
            known = row.clause in clauses if row.type == "verdict" else self.is_finished(row.service, row.operation)
            if known or row.type == "leftover":
                yield row

    def check_target(self, identity: Mapping[str, Any]) -> None:
        """Raise NotTheSame for another target than that of the record."""
        then = self.header.target
        known = {"kind": then.kind, "identity": then.identity, "url": then.url, "region": then.region}
        for name, value in known.items():
            if identity.get(name) != value:
                problem = f"its target was {then.identity} in {then.region}"
                raise NotTheSame(
                    f"the record is of another run: {problem}, this is {identity.get('identity')} in "
                    f"{identity.get('region')}",
                    hint="name the same target, or start a new run",
                )

    def execution(self, case: Case) -> Execution | None:
        """A case as it was carried out before; None where it is to be carried out now."""
        found = self._taken(case.service, case.id)
        return None if found is None else found[0].execution(case, found[1])

    def played(self, scenario: Scenario) -> PlayedScenario | None:
        """A scenario as it was played before; None where it is to be played now."""
        found = self._taken(scenario.service, scenario.id)
        return None if found is None else found[0].played(scenario, found[1])

    def probe(self, case: Case) -> Exchange | None:
        """The answer to a probe before; None where it is to be asked now."""
        found = self._taken(case.service, case.id)
        return None if found is None else found[0].probe(found[1])

    def _taken(self, service: str, identity: str) -> tuple[RecordedExecutions, CaseRow] | None:
        """A row and what reads it; the same case is carried out anew when it comes again."""
        row = self._rows.pop(identity, None)
        reader = self._reader(service)
        return None if row is None or reader is None else (reader, row)

    def _reader(self, service: str) -> RecordedExecutions | None:
        if service not in self._readers:
            known = self.plan.other_service(service)
            if known is None:
                return None
            self._readers[service] = RecordedExecutions(known, self.plan.other_service)
        return self._readers[service]

    def _clauses(self) -> frozenset[str]:
        """The clauses of the operations that were finished."""
        return frozenset(
            clause
            for service in self.plan.services
            for operation in service.operations
            if self._has_finished(service, operation)
            for clause in service.clauses_of(operation)
        )

    def _has_finished(self, service: ServicePlan, operation: Operation) -> bool:
        return self.is_finished(service.spec.service.name, operation.name)
