"""One service of a run: the parts that its operations share, and the order in which these run.

    openings of all operations, creating ones first --> each operation's remaining cases and its conclusion

A run that ends early (an interrupt, a lost target) still concludes every operation: its clauses are left open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from conformance.cases.case import Case
from conformance.cases.request_builder import RequestBuilder
from conformance.cases.strategies import ShapeStrategies
from conformance.exchanges.exchange import Exchanger, Sender
from conformance.exchanges.fingerprint import AnswerDigest, Fingerprint
from conformance.exchanges.outcome import DENIED_CODES
from conformance.planning.plan import Plan, ServicePlan
from conformance.planning.refused_operations import refusals
from conformance.record.rows import CaseRow, Finding, OperationRow
from conformance.run.cleanup.run_cleanup import RunCleanup
from conformance.run.cleanup.service_client import ServiceClient
from conformance.run.conclusion import ends_target_finding, undecided_after
from conformance.run.continuation.resumption import Resumption
from conformance.run.control.run_control import RunControl
from conformance.run.events import Event, OperationStarted
from conformance.run.execution.executor import Execution, Executor
from conformance.run.execution.journal import REACHED
from conformance.run.execution.polling import Polling
from conformance.run.execution.provisioning import Provisioner
from conformance.run.feedback_loop import FeedbackLoop
from conformance.run.liveness import Liveness, RunAccounts
from conformance.run.operation_ledger import OperationLedger
from conformance.run.operation_run import OperationRun, ServiceParts, played_row, row_of
from conformance.run.other_service_clients import OtherServiceClients
from conformance.run.presence import PresenceProbe, speaks_protocol
from conformance.run.run_end import INTERRUPTED, RunEnd, TargetLost
from conformance.run.scenario_player import PlayedScenario
from conformance.run.to_rows import Totals
from conformance.specs.clauses.clause import clause_id
from conformance.specs.model import Operation
from conformance.specs.resources.inference import READING
from conformance.values.vocabulary import OutcomeClass

# Operations in a row that are throttled, each after long waits, before the target is given up.
THROTTLED_OPERATIONS = 3

# Operations that a target may not know, before it is said not to speak the protocol at all.
OPERATIONS_ASKED = 12


@dataclass(slots=True)
class ServiceRun:
    """Runs the operations of one service at one target. `end` is set where the run ends early.

    `earlier` is what the record of the run has of it, where it goes on after an interruption.
    """

    plan: ServicePlan
    parts: ServiceParts
    operations: tuple[OperationRun, ...]
    others: OtherServiceClients
    totals: Totals
    control: RunControl
    cleanup: RunCleanup
    end: RunEnd | None = None
    earlier: Resumption | None = None

    @property
    def sent(self) -> int:
        """The requests sent, those to other services included."""
        return self.parts.executor.exchanger.sent + self.others.sent

    def rows(self) -> Iterator[Event]:
        """The rows of every operation, with progress between them."""
        self._note_unanswered_probe()
        yield from self._guarded(self._openings())
        for number, one in enumerate(self.operations, start=1):
            if self._was_finished(one.operation.name):
                continue
            if self.end is None:
                yield from self._guarded(self._remaining(one, number))
            yield from self._concluding(one)
        if self.end is None or self.end.ended != "target-lost":
            yield from self._removing()

    def _removing(self) -> Iterator[Event]:
        """Remove what is left, also after an interruption; a second one ends that, too."""
        is_first = self.end is None
        try:
            yield from self._removal_rows()
        except KeyboardInterrupt:
            self.end = self._stopped
            if is_first:
                yield from self._removing()

    def _removal_rows(self) -> Iterator[Event]:
        clients: dict[str, ServiceClient | None] = {}

        def client(service: str) -> ServiceClient | None:
            if service not in clients:
                clients[service] = self._client(service)
            return clients[service]

        with self.control.removing():
            tested = self.plan.spec.service.name
            yield from self.cleanup.remove(client, self.parts.liveness.accounts.number, tested)

    def _client(self, service: str) -> ServiceClient | None:
        builder, exchanger = self.parts.builder, self.parts.executor.exchanger
        if service == builder.service.name:
            return ServiceClient(builder, exchanger)
        other, sender = self.others.builder(service), self.others.exchanger(service)
        return ServiceClient(other, sender) if other is not None and sender is not None else None

    def _remaining(self, one: OperationRun, number: int) -> Iterator[Event]:
        yield _progress(self.plan, one.operation, number)
        yield from one.remaining()

    def _concluding(self, one: OperationRun) -> Iterator[Event]:
        """The concluding rows of an operation, all of them: an interrupt is heeded after the last."""
        for row in one.concluding(undecided_after(self.end) if self.end else None):
            self.totals.count(row)
            if isinstance(row, OperationRow) and not one.is_finished:
                row = replace(row, cut=True)
            if isinstance(row, Finding):
                self.control.count_failures((row,))
            try:
                yield row
            except KeyboardInterrupt:
                self.end = self._stopped

    def _openings(self) -> Iterator[Event]:
        """The smallest request of every operation, on a state that no invalid request has changed yet."""
        if self.end is not None:
            return
        yield from self._check_protocol()
        order = sorted(self.operations, key=_opening_order)
        for one in order:
            if self.end is None:
                yield from self._new(one.opening())
                _check_reached(order, last=one is order[-1])

    def _was_finished(self, operation: str) -> bool:
        return self.earlier is not None and self.earlier.is_finished(self.plan.spec.service.name, operation)

    def _new(self, rows: Iterator[Event]) -> Iterator[Event]:
        """The rows but those of operations that were finished before the run was interrupted."""
        for row in rows:
            if not isinstance(row, CaseRow) or not self._was_finished(row.operation):
                yield row

    def _check_protocol(self) -> Iterator[Event]:
        """Raise TargetLost where neither the probes nor the likeliest operations are answered in the protocol."""
        fingerprint = self.parts.probe.fingerprint
        first = next((each for each in self.operations if each.ledger.refusal is None), None)
        if first is None or fingerprint.speaks_protocol or self._speaks(first):
            return
        yield from first.without_setup()
        if not first.ledger.presence.parsed:
            raise TargetLost(RunEnd("not-aws", fingerprint.summary))

    def _speaks(self, first: OperationRun) -> bool:
        """Whether any of the operations that a target most likely has is answered: reads that need little.

        They need not be selected: of an operation that crashes, the run is to say that it does.
        """
        service = self.parts.builder.service
        reads = [each for each in service.operations.values() if READING.match(each.name)]
        likeliest = sorted(reads, key=lambda each: len(service.input_of(each).required))[:OPERATIONS_ASKED]
        builder, exchanger = self.parts.builder, self.parts.executor.exchanger
        return any(speaks_protocol(builder, exchanger, each) for each in (*likeliest, first.operation))

    @property
    def _stopped(self) -> RunEnd:
        return self.control.end or INTERRUPTED

    def _guarded(self, rows: Iterator[Event]) -> Iterator[Event]:
        """The rows, unless the run ends in them."""
        try:
            if self.control.is_due():
                self.end = self._stopped
            else:
                yield from rows
        except KeyboardInterrupt:
            self.end = self._stopped
        except TargetLost as lost:
            self.end = lost.end
            yield from self._unanswered()

    def _note_unanswered_probe(self) -> None:
        """Take note of the probe that got no answer when the target was calibrated: it may have ended it."""
        unanswered = self.parts.probe.fingerprint.unanswered
        if unanswered is None:
            return
        service, operation = self.parts.builder.service.name, unanswered.call.operation
        clause = clause_id(service, operation, "protocol", "", "malformed-body")
        identity, title = f"{service}:{operation}/probe/malformed-body", "a body that does not parse"
        case = Case(identity, service, operation, "probe", title, (clause,), unanswered.call)
        self.parts.executor.provisioner.journal.begin(Execution(case, [unanswered], unanswered))

    def _unanswered(self) -> Iterator[Event]:
        """The case of the first request that was not answered; it ended the target if it reached it."""
        found = self.parts.executor.provisioner.journal.first_unanswered()
        if found is None:
            return
        attempt, exchange = found
        is_recorded = attempt.is_recorded
        if not isinstance(attempt, Execution | PlayedScenario):
            return
        row = played_row(attempt) if isinstance(attempt, PlayedScenario) else row_of(attempt)
        if not is_recorded:
            yield row
        one = next((each for each in self.operations if each.operation.name == row.operation), None)
        if one is None or exchange.outcome.failure not in REACHED:
            return
        finding = ends_target_finding(row.id, row.clauses, exchange, one.ledger.clauses)
        if finding is not None:
            one.ledger.ledger.add_finding(finding)


@dataclass(frozen=True, slots=True)
class RunEnvironment:
    """What the services of a run share: the plan, the way to the target, the totals, and where requests go.

    `cleanup` removes what they have created.
    """

    plan: Plan
    sender: Sender
    region: str
    totals: Totals
    accounts: RunAccounts
    account: Callable[[], str | None]
    cleanup: RunCleanup
    facts: Callable[[ServicePlan], dict[str, str]] = field(repr=False)
    control: RunControl = field(default_factory=RunControl)
    earlier: Resumption | None = None
    causes: dict[AnswerDigest, str] = field(default_factory=dict)

    @property
    def names(self) -> int:
        """The seed of the names of resources: another one where nothing else keeps earlier runs apart."""
        return self.plan.seed if self.plan.names is None or self.account() is not None else self.plan.names

    def service_run(self, service: ServicePlan, fingerprint: Fingerprint, end: RunEnd | None) -> ServiceRun:
        """The run of one service; with an `end`, nothing is sent."""
        others = OtherServiceClients(
            self.plan, self.sender, self.region, self.cleanup.register, self.control.sleep, self.names
        )
        parts = self._parts(service, fingerprint, others)
        ledgers = [self._ledger(service, operation, fingerprint) for operation in service.operations]
        for name, refusal in refusals(service, self.plan.permissions).items():
            next(each for each in ledgers if each.operation.name == name).refusal = refusal.reason
        operations = tuple(OperationRun(parts, ledger) for ledger in ledgers)
        return ServiceRun(
            service, parts, operations, others, self.totals, self.control, self.cleanup, end, self.earlier
        )

    def _parts(self, service: ServicePlan, fingerprint: Fingerprint, others: OtherServiceClients) -> ServiceParts:
        plan, model = self.plan, service.spec.service
        builder = RequestBuilder(
            service.spec, service.overlay, self.names, plan.selection.includes, self.region, others.builder, plan.prefix
        )
        provisioner = Provisioner(
            Exchanger(
                model,
                service.codec,
                self.sender,
                self.control.sleep,
                observer=self.cleanup.register.for_service(builder),
            ),
            Polling(plan.poll_interval, plan.poll_timeout, self.control.sleep),
            {each.delete: each for each in service.overlay.resources.values() if each.delete is not None},
            self.account,
            others.exchanger,
            self.control.removing,
            parts_in=self.cleanup.register.parts_in,
        )
        executor, known = Executor(provisioner), {}
        probe = PresenceProbe(builder, provisioner.exchanger, fingerprint, self.region)
        if self.earlier is not None:
            executor.earlier, known["earlier"] = self.earlier.execution, self.earlier.played
            probe = replace(probe, earlier=self.earlier.probe)
        return ServiceParts(
            builder=builder,
            executor=executor,
            strategies=ShapeStrategies(model),
            liveness=Liveness(self.accounts, executor),
            feedback=FeedbackLoop(builder, executor),
            probe=probe,
            max_examples=plan.max_examples,
            seed=plan.seed,
            **known,
        )

    def _ledger(self, service: ServicePlan, operation: Operation, fingerprint: Fingerprint) -> OperationLedger:
        return OperationLedger(
            service=service.spec.service,
            operation=operation,
            overlay=service.overlay,
            clauses=service.clauses_of(operation),
            fingerprint=fingerprint,
            facts=lambda: self.facts(service),
            watch=self.control.count_failures,
            causes=self.causes,
        )


def _opening_order(one: OperationRun) -> tuple[bool, int]:
    """Operations that create resources come first, those with the fewest required members before the rest.

    What error feedback adapts in a creation serves the operations that need the resource.
    """
    builder = one.parts.builder
    creates = builder.namer.created_by(one.operation) is not None
    return not creates, len(builder.service.input_of(one.operation).required) if creates else 0


def _check_reached(runs: list[OperationRun], *, last: bool) -> None:
    """Raise TargetLost where throttling or authentication has stopped every request so far."""
    outcomes = sum((one.ledger.outcomes for one in runs), Counter[OutcomeClass]())
    kinds = set(outcomes)
    if kinds == {"throttled"} and (last or outcomes.total() >= THROTTLED_OPERATIONS):
        raise TargetLost(RunEnd("throttled"))
    if kinds == {"rejected-auth"} and last:
        codes = set[str]().union(*(one.ledger.auth_codes for one in runs))
        if not codes <= DENIED_CODES:
            raise TargetLost(RunEnd("credentials-refused", ", ".join(sorted(codes - DENIED_CODES))))


def _progress(service: ServicePlan, operation: Operation, number: int) -> OperationStarted:
    return OperationStarted(service.spec.service.name, operation.name, number, of=len(service.operations))
