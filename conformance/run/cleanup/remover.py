"""Removes what a run has created and its cases have left: the latest first, children before what they are in.

    thing --removal--> accepted, or not there any more: struck out of the register
       ^         '--> refused --> an obstacle out of the way (parts, settings, children) --.
       '---------------------------------------------------------------------------------'   none left: not removed

Requests and time are bounded. Where things of one kind were refused for one reason several times in spite of everything
that was tried, the next ones are only tried once.
"""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from conformance.cases.case import Call
from conformance.exchanges.exchange import Exchange
from conformance.exchanges.outcome import says_expired
from conformance.run.cleanup.by_products import by_products
from conformance.run.cleanup.created_thing import CreatedThing
from conformance.run.cleanup.obstacles import Obstacles, says_removed
from conformance.run.cleanup.register import Register
from conformance.run.cleanup.service_client import ServiceClient
from conformance.run.cleanup.used_names import UsedNames
from conformance.run.execution.polling import Polling
from conformance.specs.resources.error_codes import MISSING
from conformance.specs.resources.inference import READING
from conformance.wire.message import Inexpressible

# How deep children of children are removed.
DEEPEST = 4

# Things of one kind, refused under one code with every obstacle tried, after which obstacles are looked for no more.
HOPELESS = 3

# Seconds that a removal may take that was accepted, at the pace of AWS.
LONGEST_REMOVAL = 60.0

# Snapshots are left by what a deployment has left.
MOST_GENERATIONS = 3

# Rounds over what was refused, while each of them removes something.
MOST_ROUNDS = 5

# Names that are the same in a path, in a query and in an ARN, of which none is a part of another name.
_PLAIN = re.compile(r"[A-Za-z0-9_.@=+,~-]*|(arn:[\w-]+:[\w-]+:[\w-]*:\d*:|https?:)[A-Za-z0-9_.:/@=+,~-]*")

# Outcomes that say that the thing is as it was.
_NO_ANSWER = frozenset({"unreachable", "malformed", "throttled"})

# Outcomes of a creating request that was answered, but not so that anything follows.
_NOT_SAID = frozenset({"crashed", "malformed"})


@dataclass(frozen=True, slots=True)
class RemovalLimits:
    """How many requests may be sent for one thing and beside that, and how many seconds everything may take."""

    requests_per_thing: int = 6
    requests: int = 1000
    seconds: float = 300.0


@dataclass(frozen=True, slots=True)
class RemovalAttempt:
    """What became of one thing: everything that was sent for it, and the last answer to the call that removes it.

    `last` is None where no call is known or none was sent. `is_gone` says that it is there no longer.
    """

    thing: CreatedThing
    exchanges: tuple[Exchange, ...]
    last: Exchange | None
    is_gone: bool


_Reason: TypeAlias = "tuple[str, str, str]"


class OutOfBudget(Exception):
    """The limits are reached, or the credentials have expired: what is left is not tried."""


@dataclass(slots=True)
class Remover:
    """Removes things of a register. `client` gives what sends the requests of a service, None where it is not known.

    `shown_though_gone` counts, by service and kind, what a list without states shows and a read shows to be gone.
    Once an answer says that the credentials have expired (`has_expired`), nothing more is sent.
    """

    register: Register
    client: Callable[[str], ServiceClient | None]
    polling: Polling
    limits: RemovalLimits = RemovalLimits()
    shown_though_gone: Counter[tuple[str, str]] = field(default_factory=Counter)
    has_expired: bool = field(init=False, default=False)
    _exchanges: list[Exchange] = field(init=False, default_factory=list)
    _last: dict[int, Exchange] = field(init=False, default_factory=dict)
    _obstacles: dict[str, Obstacles] = field(init=False, default_factory=dict)
    _hopeless: Counter[_Reason] = field(init=False, default_factory=Counter)
    _removed: int = field(init=False, default=0)
    _tried_after: dict[int, int] = field(init=False, default_factory=dict)
    _left: int = field(init=False, default=0)
    _is_spent: bool = field(init=False, default=False)
    _over: Callable[[], bool] = field(init=False, default=lambda: False)

    def by_products(self, tested: str | None = None) -> Iterator[RemovalAttempt]:
        """Remove what services have made beside the run's own things, in the account at hand; what that leaves, too.

        Where one service is `tested`, others have only made what its requests need: less is looked for.
        """
        times: Counter[str] = Counter()
        for _ in range(MOST_GENERATIONS):
            for service, names in self.register.take_names().items():
                client = self.client(service)
                if client is None:
                    continue
                self._begin(0)
                obstacles = self._obstacles_of(client)
                found = self._found(obstacles, names, by_ids=tested in (None, service))
                times.update(found.keys())
                new = [each for name, each in found.items() if times[name] == 1]
                added = [self.register.add(each) for each in new if not self._may_be_gone(obstacles, each, names)]
                yield from self.remove(added)
                with contextlib.suppress(OutOfBudget):
                    yield from self._still_there(obstacles, added)

    def _found(self, obstacles: Obstacles, names: UsedNames, *, by_ids: bool) -> dict[str, CreatedThing]:
        """What services have made, once, when nothing that it came with is still being removed: most goes with that."""

        def found() -> dict[str, CreatedThing]:
            return {_identity(each): each for each in by_products(self.register, obstacles, names, by_ids=by_ids)}

        first: dict[str, CreatedThing] = {}
        with contextlib.suppress(OutOfBudget):
            first = found()
            over = self.polling.deadline(min(self.polling.timeout, LONGEST_REMOVAL * self.polling.interval))
            polls = 0
            while (resource := obstacles.being_removed(first.values())) is not None and not over():
                self.polling.sleep(self.polling.delay(resource, polls))
                obstacles.forget_lists()
                polls += 1
            return found() if polls else first
        return first

    def _still_there(self, obstacles: Obstacles, things: Iterable[CreatedThing]) -> Iterator[RemovalAttempt]:
        """What lists show though its removal was accepted, as long as reads may lag behind: it is entered again.

        There may be several things of one name, of which a call removes one, or the same one each time. Where the list
        says nothing of their state, it may show them as gone: a read tells, and a few reads tell of all of a kind.
        """
        over, gone = self.polling.consistency_window(), [each for each in things if not self._is_there(each)]
        shown = [each for each in gone if obstacles.is_shown(each) and not self._was_removed(obstacles, each)]
        while shown and not over():
            self.polling.sleep(self.polling.delay(None))
            obstacles.forget_lists()
            shown = [each for each in shown if obstacles.is_shown(each)]
        for thing in shown:
            entered = self.register.add(thing)
            yield RemovalAttempt(entered, (), self._last.get(thing.number), is_gone=False)

    def _was_removed(self, obstacles: Obstacles, thing: CreatedThing) -> bool:
        """Whether a list shows something that is gone, without its state: a read tells, or those of others before."""
        kind = thing.service, thing.resource
        if obstacles.says_state(thing):
            return False
        if self.shown_though_gone[kind] < HOPELESS:
            if not says_removed(obstacles.observed(thing)):
                return False
            self.shown_though_gone[kind] += 1
        return True

    def _may_be_gone(self, obstacles: Obstacles, thing: CreatedThing, names: UsedNames) -> bool:
        """Whether a list that shows what is gone shows something that the run has made and removed."""
        if self.shown_though_gone[thing.service, thing.resource] >= HOPELESS:
            with contextlib.suppress(OutOfBudget):
                is_made = not thing.names.isdisjoint(names.made.get(thing.resource, ()))
                return is_made and not obstacles.says_state(thing)
        return False

    def remove(self, things: Iterable[CreatedThing]) -> Iterator[RemovalAttempt]:
        """Remove things; yields what became of each, as it is known. Ends where the limits are reached."""
        things = sorted(things, key=_turn)
        self._begin(len(things))
        refused: list[CreatedThing] = []
        for thing in things:
            if self._is_there(thing) and not self._is_spent:
                attempt = self._attempt(thing)
                refused += [] if attempt.is_gone else [thing]
                yield attempt
        yield from self._again(refused)

    def _begin(self, things: int) -> None:
        """Allow as many requests, and as much time, as so many things may take."""
        self._exchanges, self._is_spent = [], False
        self._left = self.limits.requests + self.limits.requests_per_thing * things
        self._over = self.polling.deadline(self.limits.seconds)

    def _again(self, refused: list[CreatedThing]) -> Iterator[RemovalAttempt]:
        """Rounds over what was refused, while they remove something or it may only need a moment.

        Where nothing was removed since, a few stand for all that were refused for the same reason, each round others;
        and where they crash, whatever was removed.
        """
        over, waiting = self.polling.consistency_window(), refused
        for number in range(MOST_ROUNDS):
            waiting = [each for each in waiting if self._is_there(each) and self._may_be_removed_later(each, number)]
            if not waiting or self._is_spent:
                return
            self.polling.sleep(self.polling.delay(None))
            self._hopeless.clear()
            before, tried, failed = self._removed, [], Counter[_Reason]()
            for thing in waiting:
                reason = self._reason(thing)
                is_new = self._removed != self._tried_after.get(thing.number) and not self._has_crashed(thing)
                if self._is_there(thing) and (is_new or failed[reason] < HOPELESS) and not self._is_spent:
                    attempt = self._attempt(thing, is_first=False)
                    tried.append(thing)
                    failed[reason] += not attempt.is_gone
                    yield attempt
            if self._removed == before and over():
                return
            waiting = [*(each for each in waiting if each not in tried), *tried]

    def _reason(self, thing: CreatedThing) -> _Reason:
        """What things have in common that one removal after another leaves: service, operation, and what it answers."""
        last = self._last.get(thing.number)
        answer = "" if last is None else last.outcome.code or last.outcome.kind
        return thing.service, thing.removals[0].operation, answer

    def _may_be_removed_later(self, thing: CreatedThing, rounds: int) -> bool:
        """Whether another request may remove what was refused; what crashes or came with others is asked once more."""
        is_once = self._has_crashed(thing) or thing.is_listed
        return bool(thing.removals) and thing.is_certain and not (is_once and rounds > 0)

    def _has_crashed(self, thing: CreatedThing) -> bool:
        """Whether the last call to remove a thing was answered with a crash."""
        last = self._last.get(thing.number)
        return last is not None and last.outcome.kind == "crashed"

    def _is_there(self, thing: CreatedThing) -> bool:
        return self.register.has(thing)

    def _attempt(self, thing: CreatedThing, *, is_first: bool = True) -> RemovalAttempt:
        self._exchanges = []
        is_gone = False
        try:
            is_gone = self._remove(thing, 0, thorough=thing.is_certain and not thing.is_part and is_first)
        except OutOfBudget:
            self._is_spent = True
        self._tried_after[thing.number] = self._removed
        return RemovalAttempt(thing, tuple(self._exchanges), self._last.get(thing.number), is_gone)

    def _remove(self, thing: CreatedThing, depth: int, *, thorough: bool) -> bool:
        """Remove a thing, with `thorough` also what is in its way; whether it is gone."""
        client = self.client(thing.service)
        if client is None:
            return False
        obstacles = self._obstacles_of(client)
        # No answer says that it was created: it is there only if a list has it, and one list tells that of all.
        is_shown = thing.outcome in _NOT_SAID and obstacles.is_readable(thing)
        # Something of that name may have been there before: it is told, and left.
        is_ours = thing.is_certain or obstacles.is_unmistakable(thing)
        if thing.removals and is_ours and not is_shown and self._remove_known(client, thing, depth, thorough=thorough):
            return True
        if thing.outcome not in _NOT_SAID:
            return False
        found = obstacles.look_up(thing)
        if found is None:
            may_be = obstacles.may_be(thing, self.register.names(thing.service, thing.resource))
            return not may_be and self._struck_out(thing)
        if not is_ours:
            return False
        self.register.enter(found)
        return self._remove_known(client, found, depth, thorough=True)

    def _remove_known(self, client: ServiceClient, thing: CreatedThing, depth: int, *, thorough: bool) -> bool:
        before = self._reason(thing) if thing.number in self._last else None
        last = self._send_removals(client, thing)
        if last is None:
            return False
        reason, crashed = self._reason(thing), last.outcome.kind == "crashed"
        hopeless, refused = self._hopeless[reason] >= HOPELESS, crashed or last.outcome.kind.startswith("rejected")
        if refused and not _says_missing(last) and ((crashed and hopeless) or (reason == before and not thorough)):
            # A read has shown before that such an answer leaves things as they are.
            return False
        if self._is_gone(client, thing, last):
            return self._struck_out(thing)
        if not thorough or depth >= DEEPEST or hopeless or last.outcome.kind in _NO_ANSWER:
            return False
        for moved in self._move_obstacles(client, thing, depth):
            if moved:
                last = self._send_removals(client, thing) or last
                if self._is_gone(client, thing, last):
                    return self._struck_out(thing)
        self._hopeless[reason] += 1
        return False

    def _move_obstacles(self, client: ServiceClient, thing: CreatedThing, depth: int) -> Iterator[bool]:
        """Take obstacles out of the way, kind by kind; yields whether something was moved."""
        obstacles = self._obstacles_of(client)
        parts = [each for each in self.register.things if each.is_part and each.is_in(thing)]
        yield self._remove_all(reversed(parts), depth)
        for call in obstacles.preparations(thing):
            exchange = self._send(client, call)
            yield exchange is not None and exchange.outcome.kind == "accepted"
        for children in obstacles.children(thing):
            yield self._remove_all(children, depth)

    def _remove_all(self, things: Iterable[CreatedThing], depth: int) -> bool:
        moved = [self._remove(each, depth + 1, thorough=True) for each in things]
        return any(moved)

    def _obstacles_of(self, client: ServiceClient) -> Obstacles:
        name = client.service.name
        if name not in self._obstacles:
            self._obstacles[name] = Obstacles(client, lambda call: self._send(client, call), self.register.is_own_name)
        return self._obstacles[name]

    def _send_removals(self, client: ServiceClient, thing: CreatedThing) -> Exchange | None:
        """Send the calls that remove a thing; the first answer that does not say that it is gone, else the last."""
        worst: Exchange | None = None
        for removal in thing.removals:
            exchange = self._send(client, Call(removal.operation, removal.params))
            if exchange is not None and (worst is None or worst.outcome.kind == "accepted" or _says_missing(worst)):
                worst = exchange
        if worst is not None:
            self._last[thing.number] = worst
        return worst

    def _send(self, client: ServiceClient, call: Call) -> Exchange | None:
        if self._left <= 0 or self._over() or self.has_expired:
            raise OutOfBudget
        self._left -= 1
        try:
            exchange = client.exchanger.perform(call, "cleanup")
        except Inexpressible:
            return None
        self._exchanges.append(exchange)
        operation = client.service.operations[call.operation]
        self.has_expired = self.has_expired or says_expired(exchange.outcome, client.service, operation)
        changed = exchange.outcome.kind == "accepted" and not READING.match(call.operation)
        if changed and client.service.name in self._obstacles:
            self._obstacles[client.service.name].forget_lists()
        return exchange

    def _is_gone(self, client: ServiceClient, thing: CreatedThing, last: Exchange) -> bool:
        """Whether an answer to a removing call, or else a read, says that a thing is there no longer."""
        kind = last.outcome.kind
        accepted, missing = kind == "accepted", _says_missing(last)
        if accepted or (missing and (_is_plain(thing) or not thing.is_certain or thing.is_listed)):
            # What a list has shown is looked for there when all of it was asked to go.
            return True
        if kind in _NO_ANSWER or missing:
            return False
        if not thing.is_certain:
            # Whoever is asked to remove it does not know it.
            return thing.outcome not in _NOT_SAID and kind != "crashed"
        obstacles = self._obstacles_of(client)
        seen = obstacles.observed(thing)
        # What neither a removal nor a read finds, and a list shows, is there.
        absent = seen is not None and seen.word == "absent" and not obstacles.is_listed(thing)
        return absent or obstacles.phase(thing, seen) in ("gone", "deleting")

    def _struck_out(self, thing: CreatedThing) -> bool:
        self._removed += 1
        self.register.strike_out(thing)
        return True


def _identity(thing: CreatedThing) -> str:
    """What is the same for two descriptions of one thing, also under another number."""
    return repr(thing.removals or thing.identifiers)


def _turn(thing: CreatedThing) -> tuple[bool, bool, int]:
    """The order of removal: things before parts, the latest first.

    What may never have been created comes last: the lists that tell are read once, because nothing changes any more.
    """
    return thing.outcome in _NOT_SAID, thing.is_part, -thing.number


def _says_missing(exchange: Exchange) -> bool:
    """Whether an error code says that there is no such thing."""
    code = exchange.outcome.code
    return exchange.outcome.kind.startswith("rejected") and code is not None and MISSING.search(code) is not None


def _is_plain(thing: CreatedThing) -> bool:
    """Whether a thing has a name that no client and no server writes in another way.

    A target that does not find what it has just created under another name may have it under a third one.
    """
    return all(_PLAIN.fullmatch(each) for each in thing.identifiers.values())
