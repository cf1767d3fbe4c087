"""Whether one pattern still takes what another one took, as far as examples show.

Inclusion of two such patterns cannot be decided in general: they have look-arounds and back references. An example that
one takes and the other does not proves that it takes less. That hundreds of all kinds are taken by both proves nothing,
but is rarely wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from conformance.regexes import lengths as of
from conformance.regexes.charsets import CharSet
from conformance.regexes.draw import DeadEnd, draw_string
from conformance.regexes.examples import CAP, SeededChooser, longest, shortest, typical
from conformance.regexes.matching import compile_pattern, pattern_drawing

EXAMPLES = 300
"""How many strings are drawn of a pattern."""

# What patterns often leave out: line breaks and other white space, characters beyond ASCII and beyond 16 bits.
_ODD = "\n\t é漢😀"


class _OddChooser(SeededChooser):
    """Chooses odd characters where they are allowed."""

    def text(self, allowed: CharSet, low: int, high: int) -> str:
        odd = [char for char in _ODD if char in allowed]
        if not odd or not high:
            return super().text(allowed, low, high)
        return "".join(self.random.choices(odd, k=max(low, 1)))


def lost_example(before: str, after: str) -> str | None:
    """A string that `before` matches as a whole and `after` does not, a readable one first; None where none is found.

    The same patterns give the same string on every machine. Raises `PatternError` for text that is no pattern, and
    `Unsatisfiable` where nothing matches `before`.
    """
    matches = compile_pattern(after).fullmatch
    return next((text for text in _taken_by(before) if not matches(text)), None)


def _taken_by(pattern: str) -> Iterator[str]:
    for size in (typical, shortest, longest):
        yield size(pattern)
    plan = pattern_drawing(pattern)
    matches, wanted = compile_pattern(pattern).fullmatch, of.clipped(plan.lengths, 0, CAP) or plan.lengths
    for chooser in (SeededChooser, _OddChooser):
        for seed in range(EXAMPLES // 2):
            with suppress(DeadEnd):
                text = draw_string(plan.plan, wanted, chooser(seed))
                if matches(text):
                    yield text
