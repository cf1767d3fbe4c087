"""Whether a target has an operation at all.

    smallest request --answer--> routed?  --no--> other requests (`probing`) --no answer differs--> absent
          '-- control to a sub-resource that does not exist: the same answer --> absent

There are targets that answer an operation that they do not have and a crash with one and the same page. So one answer
is not enough to say that an operation is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from conformance.cases.case import Call, Case
from conformance.cases.enumeration import deterministic_cases
from conformance.cases.request_builder import RequestBuilder
from conformance.cases.samples import Unbuildable
from conformance.exchanges.exchange import Exchange, Exchanger
from conformance.exchanges.fingerprint import Fingerprint, same_answer
from conformance.run.execution.executor import Execution, nothing_before
from conformance.run.probing import Params, other_requests
from conformance.specs.model import Operation
from conformance.wire.message import Inexpressible

# Outcomes that another request will hardly change.
FINAL = frozenset({"not-implemented", "throttled", "rejected-auth"})

# Outcomes that say nothing of the operation: the request did not get to it.
NOT_ASKED = frozenset({"unreachable", "throttled", "rejected-auth"})


@dataclass(frozen=True, slots=True)
class Presence:
    """What is known of an operation's presence.

    `routed`: some answer is of the operation itself. `parsed`: one of those was in the protocol. `absent`: the answer
    that shows that the operation is not there.
    """

    routed: bool = False
    parsed: bool = False
    absent: Exchange | None = None

    def after(self, exchange: Exchange, fingerprint: Fingerprint) -> Presence:
        """The presence that is known after one more answer."""
        kind = exchange.outcome.kind
        if exchange.response is None or kind in NOT_ASKED or kind == "not-implemented":
            return self
        if kind == "malformed" and not fingerprint.speaks_protocol:
            return self
        if fingerprint.looks_unimplemented(exchange):
            return self
        parsed = self.parsed or (exchange.answer is not None and exchange.answer.parsed)
        return replace(self, routed=True, parsed=parsed)

    def after_control(self, exchange: Exchange, control: Exchange) -> Presence:
        """The presence that is known when a sub-resource that does not exist was asked for as well.

        An answer that is the same for both is none of the operation.
        """
        if not same_answer(exchange, control):
            return replace(self, routed=True)
        return Presence(absent=exchange) if exchange.outcome.kind == "accepted" else self


@dataclass(frozen=True, slots=True)
class PresenceProbe:
    """Looks for an operation of one service at one target. `region` is that of sample ARNs.

    `earlier` gives the answer to a probe before the run was interrupted.
    """

    builder: RequestBuilder
    exchanger: Exchanger
    fingerprint: Fingerprint
    region: str
    earlier: Callable[[Case], Exchange | None] = nothing_before

    def look(
        self, operation: Operation, smallest: Execution, known: Presence
    ) -> tuple[Presence, list[tuple[Case, Exchange]]]:
        """What the smallest request adds to what is known, and, where that is nothing, other requests; with these.

        A crash on the smallest request looks just like a missing operation where both are answered with the same page,
        but an operation that is there will hardly crash on every request; and one whose prerequisites cannot be created
        can still be asked without them.
        """
        presence, latest, probes = self._first_look(smallest, known), smallest.exchange, []
        if presence.absent is not None:
            return presence, []
        if latest is None or latest.outcome.kind not in FINAL:
            for case in self._cases(operation, smallest.case.call.params):
                if presence.routed:
                    break
                try:
                    latest = self.earlier(case) or self.exchanger.perform(case.call, "probe")
                except Inexpressible:
                    continue
                presence = presence.after(latest, self.fingerprint)
                probes.append((case, latest))
        answered = latest is not None and latest.response is not None and latest.outcome.kind not in NOT_ASKED
        if not presence.routed and answered:
            presence = replace(presence, absent=latest)
        return presence, probes

    def _first_look(self, smallest: Execution, known: Presence) -> Presence:
        if smallest.exchange is None:
            return known
        presence = known.after(smallest.exchange, self.fingerprint)
        return presence if smallest.control is None else presence.after_control(smallest.exchange, smallest.control)

    def _cases(self, operation: Operation, smallest: Params) -> Iterator[Case]:
        service = self.builder.service

        def fullest() -> Params | None:
            try:
                return self.builder.fullest(operation)
            except Unbuildable:
                return None

        others = other_requests(service, service.input_of(operation), smallest, fullest, self.region)
        for number, params in enumerate(others, start=1):
            identity = f"{service.name}:{operation.name}/probe/{number}"
            call = Call(operation.name, params)
            yield Case(identity, service.name, operation.name, "probe", "is the operation there at all?", (), call)


def speaks_protocol(builder: RequestBuilder, exchanger: Exchanger, operation: Operation) -> bool:
    """Whether the smallest request, sent without its prerequisites, is answered in the protocol."""
    first = next(deterministic_cases(builder, operation))
    try:
        exchange = exchanger.perform(first.call, "probe") if isinstance(first, Case) else None
    except Inexpressible:
        return False
    return exchange is not None and exchange.answer is not None and exchange.answer.parsed
