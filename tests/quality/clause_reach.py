"""How many of the clauses that can be judged a run judges, and why it does not judge the others.

    python tests/quality/clause_reach.py [--top N] [--seed N] SERVICE|RECORD ...

A RECORD is the file or the folder of a run; a SERVICE is run on embedded moto, as a user would run it. Only operations
that the target implements count, and no clause that is skipped: those have no request that could judge them. Clauses
of requests stand apart from all others, because each of them wants a request of its own. An optional part of an answer
that the target left out is no gap of the run; it is counted apart, as `no value`.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from conformance.exchanges.target import resolve
from conformance.planning.plan import plan_of
from conformance.planning.selection import parse_selection
from conformance.record.reader import read
from conformance.record.rows import OperationRow, Verdict
from conformance.run import Event, run

RECORD_NAME = "record.jsonl"
NO_VALUE = "no answer had a value here"
ABSENT = "not implemented"
AT_LEAST_L2 = frozenset({"L2", "L3", "L4", "L5", "L6"})


@dataclass(slots=True)
class Share:
    """Clauses that were judged, and those that were not by reason and by operation."""

    judged: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    operations: Counter[str] = field(default_factory=Counter)

    @property
    def of(self) -> int:
        return self.judged + self.reasons.total()

    def see(self, verdict: Verdict, operation: str) -> None:
        """Take a verdict into account."""
        if verdict.verdict in ("passed", "failed"):
            self.judged += 1
        else:
            self.reasons[verdict.reason or ""] += 1
            self.operations[operation] += 1

    def __add__(self, other: Share) -> Share:
        return Share(self.judged + other.judged, self.reasons + other.reasons, self.operations + other.operations)

    def __str__(self) -> str:
        return f"{self.judged:>7} {self.of:>7} {self.judged / max(self.of, 1):>7.1%}"


@dataclass(slots=True)
class ClauseReach:
    """What a run judged: clauses of requests, all others, answers without a value, operations of some level."""

    requests: Share = field(default_factory=Share)
    others: Share = field(default_factory=Share)
    no_value: int = 0
    operations: int = 0
    shown: int = 0

    def __add__(self, other: ClauseReach) -> ClauseReach:
        return ClauseReach(
            self.requests + other.requests,
            self.others + other.others,
            self.no_value + other.no_value,
            self.operations + other.operations,
            self.shown + other.shown,
        )


def clause_reach(rows: Iterable[Event]) -> ClauseReach:
    """What the rows of a run say."""
    rows = [row for row in rows if isinstance(row, (Verdict, OperationRow))]
    verdicts = [row for row in rows if isinstance(row, Verdict)]
    absent = {_head(each) for each in verdicts if each.reason == ABSENT}
    found = ClauseReach()
    for verdict in verdicts:
        operation = _head(verdict)
        if operation in absent or verdict.verdict == "skipped":
            continue
        if verdict.reason == NO_VALUE:
            found.no_value += 1
        else:
            (found.requests if _is_of_request(verdict) else found.others).see(verdict, operation)
    for row in rows:
        if isinstance(row, OperationRow) and row.name not in absent:
            found.operations += 1
            found.shown += row.level in AT_LEAST_L2
    return found


def _head(verdict: Verdict) -> str:
    """`service:Operation` of a clause's id."""
    return str(verdict.clause).partition("/")[0]


def _is_of_request(verdict: Verdict) -> bool:
    section = str(verdict.clause).partition("/")[2].partition("#")[0].partition("/")[0]
    return section == "input"


def rows_of(wish: str, seed: int) -> Iterator[Event]:
    """The rows of a record, or of a run of a service on embedded moto."""
    place = Path(wish)
    if place.exists():
        yield from read(place / RECORD_NAME if place.is_dir() else place).rows()
        return
    with resolve("moto", seed=seed, timeout=60).open() as connection:
        yield from run(plan_of(parse_selection([wish]), seed=seed), connection)


def _line(name: str, found: ClauseReach) -> str:
    level = f"{found.shown:>5} of {found.operations:<4}"
    return f"{name:<16} {found.requests} {found.others} {found.no_value:>8} {level}"


def _open(found: ClauseReach, top: int) -> Iterator[str]:
    for title, share in (("requests", found.requests), ("others", found.others)):
        for reason, count in share.reasons.most_common(top):
            yield f"    {title:<9} {count:>6} {reason}"
        names = ", ".join(f"{name} {count}" for name, count in share.operations.most_common(top))
        yield f"    {title:<9} most open: {names}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("wishes", nargs="+", metavar="SERVICE|RECORD")
    parser.add_argument("--top", type=int, default=0, help="how many reasons and operations to name")
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    print(f"{'':<16} {'requests':>23} {'others':>23} {'no value':>8} at L2 or more")
    total = ClauseReach()
    for wish in asked.wishes:
        found = clause_reach(rows_of(wish, asked.seed))
        total += found
        print(_line(Path(wish).name, found), flush=True)
        for line in _open(found, asked.top) if asked.top else ():
            print(line)
    print(_line("all", total))
    for line in _open(total, asked.top) if asked.top else ():
        print(line)


if __name__ == "__main__":
    main()
