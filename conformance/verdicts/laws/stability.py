"""Laws of operations that only read: a resource is described alike before and after.

before, before, asked, after     what differs after the operation, and did not differ before it
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.cases.constraints import abbreviated
from conformance.cases.families import Stability
from conformance.verdicts.check_results import CheckResult, Contradiction, Satisfied, Undecided
from conformance.verdicts.evidence.differences import differences
from conformance.verdicts.evidence.segments import event_text, has_settled, segments
from conformance.verdicts.evidence.timeline import Timeline


def check_reading(timeline: Timeline) -> Iterator[CheckResult]:
    """Compares the descriptions before and after an operation that only reads."""
    clause = timeline.scenario.clauses[0]
    for segment in segments(timeline, Stability.CREATE):
        asked = segment.every(Stability.ASKED)
        before, after = segment.descriptions(Stability.BEFORE), segment.descriptions(Stability.AFTER)
        if not asked or not asked[0].accepted:
            yield Undecided(clause, "unreached", event_text(asked[0]) if asked else "it could not be read before")
        elif len(before) < 2 or not after:
            yield Undecided(clause, "unreached", "it could not be read before and after")
        elif not has_settled(timeline, [*before, *after]):
            yield Undecided(clause, "unreached", "it did not settle")
        else:
            volatile, changed = differences(before[0], before[1]), differences(before[1], after[-1])
            place = next((place for place in changed if place not in volatile), None)
            if place is None:
                yield Satisfied(clause)
            else:
                decided_by = (
                    segment.reads(Stability.BEFORE)[1], asked[0], segment.reads(Stability.AFTER)[-1],
                )  # fmt: skip
                was, now = map(abbreviated, changed[place])
                yield Contradiction(clause, "changed-by-reading", place, was, now, decided_by)
