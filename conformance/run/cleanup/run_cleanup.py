"""The removal of what a run has left, account by account, and the rows of the record about it.

    ServiceRun, at its end, also after an interruption --remove--> rows of what was sent for each thing
    engine, at the end of the run                      --leftovers--> a row for each thing that is still there

Nothing is sent to a target that was lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from conformance.cases.case import Call, Case
from conformance.record.rows import CaseRow, LeftoverRow, RemovalStep
from conformance.run.cleanup.created_thing import CreatedThing
from conformance.run.cleanup.register import Register
from conformance.run.cleanup.remover import RemovalAttempt, RemovalLimits, Remover
from conformance.run.cleanup.service_client import ServiceClient
from conformance.run.execution.polling import Polling
from conformance.run.run_end import TargetLost
from conformance.run.to_rows import case_row, plain
from conformance.specs.model import Service
from conformance.values.vocabulary import HOW_ANSWERED, LeftoverReason

# Seconds that the removal may take: this many times the longest change of state, and never less than the other.
TIMEOUTS_ALLOWED = 4
SHORTEST = 60.0

Client = Callable[[str], "ServiceClient | None"]


@dataclass(slots=True)
class RunCleanup:
    """Removes what is left at the end of a service's run, and knows at the end what could not be removed.

    `back` returns to the account of that number, as the run has left it; False where accounts are not free to choose.
    """

    register: Register
    polling: Polling
    back: Callable[[int], bool]
    _attempts: dict[int, RemovalAttempt] = field(init=False, default_factory=dict)
    _rows: int = field(init=False, default=0)
    _is_over: bool = field(init=False, default=False)
    _shown_though_gone: Counter[tuple[str, str]] = field(init=False, default_factory=Counter)

    def remove(self, client: Client, account: int, tested: str | None = None) -> Iterator[CaseRow]:
        """Remove everything that is there, then what came with it; yields what was sent.

        The run goes on in the account of that number. `tested` is the service that was run. Ends early where the target
        is lost or the credentials have expired, and nothing is sent from then on.
        """
        if self._is_over:
            return
        try:
            for things in self._by_account(account):
                seconds = max(SHORTEST, TIMEOUTS_ALLOWED * self.polling.timeout)
                limits = RemovalLimits(seconds=seconds)
                remover = Remover(self.register, client, self.polling, limits, self._shown_though_gone)
                for attempt in chain(remover.remove(things), remover.by_products(tested)):
                    self._attempts[attempt.thing.number] = attempt
                    if attempt.exchanges:
                        yield self._row(attempt)
                if remover.has_expired:
                    self._is_over = True
                    return
        except TargetLost:
            self._is_over = True
        finally:
            self.back(account)

    def _by_account(self, account: int) -> Iterator[tuple[CreatedThing, ...]]:
        """What is there, account by account; the target answers for that account meanwhile."""
        things = self.register.things
        if not (things or self.register.accounts) or not self.back(account):
            yield things
            return
        accounts = self.register.accounts | {each.account for each in things}
        for number in range(account + 1):
            self.back(number)
            here = self.register.account()
            if here in accounts:
                yield tuple(each for each in things if each.account == here)

    def leftovers(self) -> Iterator[LeftoverRow]:
        """What is still there, or may be."""
        for thing in self.register.things:
            last = self._last(thing)
            yield LeftoverRow(
                service=thing.service,
                resource=thing.resource,
                operation=thing.operation,
                region=thing.region,
                account=thing.account,
                identifiers=dict(thing.identifiers),
                certain=thing.is_certain,
                reason=_reason(thing, self._attempts.get(thing.number)),
                detail=last or "",
                removals=tuple(RemovalStep(each.operation, plain(each.params)) for each in thing.removals),
            )

    def _last(self, thing: CreatedThing) -> str | None:
        """The last answer to a removing call, in words."""
        attempt = self._attempts.get(thing.number)
        if attempt is None or attempt.last is None:
            return None
        outcome = attempt.last.outcome
        if outcome.kind == "accepted":
            return f"{attempt.last.call.operation} was accepted, and a list still shows it"
        said = ": ".join(filter(None, (outcome.code, outcome.message or outcome.detail)))
        return f"{attempt.last.call.operation} {HOW_ANSWERED[outcome.kind]}{f' ({said})' if said else ''}"

    def _row(self, attempt: RemovalAttempt) -> CaseRow:
        self._rows += 1
        first = attempt.exchanges[0]
        service = first.service.name if isinstance(first.service, Service) else attempt.thing.service
        call: Call = first.call
        identity = f"{service}:{call.operation}/probe/leftover-{self._rows:04d}"
        title = f"what {attempt.thing.operation} added is removed"
        case = Case(identity, service, call.operation, "probe", title, (), call)
        return case_row(case, attempt.exchanges, (attempt.last or first).outcome.kind)


def _reason(thing: CreatedThing, attempt: RemovalAttempt | None) -> LeftoverReason:
    """Why a thing is still there."""
    if thing.is_kept:
        return "kept"
    if not thing.removals:
        return "no-removal" if thing.removed_by is None else "unidentified"
    if attempt is None or attempt.last is None:
        return "not-tried"
    kind = attempt.last.outcome.kind
    return "refused" if kind.startswith("rejected") else "not-answered" if kind == "unreachable" else "failed"
