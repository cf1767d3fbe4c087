"""Draws one string from a plan, within a set of lengths; a `Chooser` makes the choices.

The same algorithm serves Hypothesis (choices are draws, and shrink) and the fixed examples (choices follow a rule).
At each part it computes the lengths that still allow the parts after it to fit, so it never has to backtrack.

    draw_string(plan, lengths, chooser) -- Run:  chooser.text(allowed, low, high)
                                        -- Pick: chooser.pick(number of options)
                                        -- Loop: chooser.more()
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from conformance.regexes import lengths as of
from conformance.regexes.charsets import CharSet
from conformance.regexes.drawing_plans import Capture, Join, Loop, Pick, Plan, Repeated, Run
from conformance.regexes.lengths import Lengths


class Chooser(Protocol):
    """Makes the choices that a plan leaves open."""

    def pick(self, count: int) -> int:
        """A number from 0 to `count - 1`."""
        ...

    def more(self) -> bool:
        """Whether to repeat once more."""
        ...

    def text(self, allowed: CharSet, low: int, high: int) -> str:
        """`low` to `high` characters of a set, which is not empty where `high` is above 0."""
        ...


class DeadEnd(Exception):
    """No string can be completed: a back reference has another length than the plan allows."""


def draw_string(plan: Plan, wanted: Lengths, chooser: Chooser) -> str:
    """A string of the plan with one of the wanted lengths, all of which must be among the plan's own; or `DeadEnd`."""
    return _Draw(chooser).draw(plan, wanted)


class _Draw:
    """The state of one draw: the chooser, and the texts that back references can repeat."""

    __slots__ = ("chooser", "kept")

    def __init__(self, chooser: Chooser) -> None:
        self.chooser = chooser
        self.kept: dict[int, str] = {}

    def draw(self, plan: Plan, wanted: Lengths) -> str:
        if not wanted:
            raise DeadEnd
        return _DRAWN[type(plan)](self, plan, wanted)

    def run(self, plan: Run, wanted: Lengths) -> str:
        low, high = wanted[self.chooser.pick(len(wanted))] if len(wanted) > 1 else wanted[0]
        return self.chooser.text(plan.allowed, low, high) if high else ""

    def join(self, plan: Join, wanted: Lengths) -> str:
        drawn: list[str] = []
        for part, rest in zip(plan.parts, plan.rests, strict=True):
            text = self.draw(part, of.intersection(part.lengths, of.differences(wanted, rest)))
            if text:
                drawn.append(text)
                wanted = of.shifted(wanted, len(text))
        return "".join(drawn)

    def pick(self, plan: Pick, wanted: Lengths) -> str:
        fitting = [(option, fit) for option in plan.options if (fit := of.intersection(option.lengths, wanted))]
        option, fit = fitting[self.chooser.pick(len(fitting)) if len(fitting) > 1 else 0]
        return self.draw(option, fit)

    def loop(self, plan: Loop, wanted: Lengths) -> str:
        drawn: list[str] = []
        low, high = plan.low, plan.high
        while high != 0:
            low, high = max(low - 1, 0), None if high is None else high - 1
            fit = of.intersection(plan.body.lengths, of.differences(wanted, of.multiples(plan.body.lengths, low, high)))
            enough = plan.low <= len(drawn)
            may_stop = enough and of.contains_length(wanted, 0)
            if enough:
                fit = of.clipped(fit, 1, None)  # an empty repetition makes no progress
            if not fit or (may_stop and not self.chooser.more()):
                break
            drawn.append(self.draw(plan.body, fit))
            wanted = of.shifted(wanted, len(drawn[-1]))
        return "".join(drawn)

    def keep(self, plan: Capture, wanted: Lengths) -> str:
        self.kept[plan.number] = text = self.draw(plan.body, wanted)
        return text

    def again(self, plan: Repeated, wanted: Lengths) -> str:
        text = self.kept.get(plan.number)
        if text is None or not of.contains_length(wanted, len(text)):
            raise DeadEnd
        return text


_DRAWN: dict[type, Callable[..., str]] = {
    Run: _Draw.run, Join: _Draw.join, Pick: _Draw.pick, Loop: _Draw.loop, Capture: _Draw.keep, Repeated: _Draw.again,
}  # fmt: skip
