"""What a switch is, and how the double asks after the switches that are on.

The double asks `faults.checks(name)` before each of its duties; a switch names the duties that it has it forget. A few
switches need more: they change an answer, or the HTTP reply that carries it.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

Answer: TypeAlias = "dict[str, Any]"
Needs: TypeAlias = Literal["one-request", "scenario"]


@dataclass(frozen=True)
class Reply:
    """An answer as HTTP."""

    status: int
    body: bytes
    headers: Mapping[str, str]

    def with_header(self, name: str, value: str | None) -> Reply:
        """The reply with a header set, or without it."""
        kept = {each: text for each, text in self.headers.items() if each != name}
        return Reply(self.status, self.body, kept if value is None else {**kept, name: value})


def _matches(clause: str, glob: str) -> bool:
    return fnmatch.fnmatchcase(clause, glob.replace("[", "[[]"))


@dataclass(frozen=True)
class Switch:
    """One thing that a broken implementation gets wrong.

    `clauses` are globs of clause ids, in which brackets stand for themselves: the first is what must be blamed for it,
    the others may be as well. `operations` are those to ask, and `needs` says whether one request and its answer show
    it, or only several.
    """

    breaks: str
    clauses: tuple[str, ...]
    operations: tuple[str, ...]
    forgets: frozenset[str] = frozenset()
    answer: Callable[[Answer], Answer | None] | None = None
    reply: Callable[[Reply], Reply] | None = None
    needs: Needs = "one-request"

    def names(self, clause: str) -> bool:
        """Whether a clause is one that must be blamed."""
        return _matches(clause, self.clauses[0])

    def allows(self, clause: str) -> bool:
        """Whether a clause is one that may be blamed."""
        return any(_matches(clause, glob) for glob in self.clauses)


@dataclass(frozen=True)
class Faults:
    """The switches that are on."""

    switches: tuple[Switch, ...] = ()
    _forgotten: frozenset[str] = field(init=False, default=frozenset())

    def __post_init__(self) -> None:
        forgotten = frozenset(name for switch in self.switches for name in switch.forgets)
        object.__setattr__(self, "_forgotten", forgotten)

    def checks(self, duty: str) -> bool:
        """Whether the double does that duty."""
        return duty not in self._forgotten

    def on_answer(self, operation: str, answer: Answer | None) -> Answer | None:
        """A success as it is answered."""
        for switch in self.switches:
            if switch.answer is not None and answer is not None and operation in switch.operations:
                answer = switch.answer(answer)
        return answer

    def on_reply(self, operation: str, reply: Reply) -> Reply:
        """A reply as it is sent."""
        for switch in self.switches:
            if switch.reply is not None and operation in switch.operations:
                reply = switch.reply(reply)
        return reply
