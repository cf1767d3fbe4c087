"""The end of a run: the parts of the record become one, with a report, and lines for the terminal.

parts of all workers --combine--> record.jsonl, report.html --> Written.lines
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from conformance.api.runs import resolve_target
from conformance.exceptions import ConformanceError
from conformance.exchanges.target import Target
from conformance.pytest_plugin.record_files import RecordFiles, records_in
from conformance.pytest_plugin.run_settings import RunSettings
from conformance.pytest_plugin.target_fixture import checked_target
from conformance.pytest_plugin.wrong_use import in_one_line
from conformance.record.combination import combine
from conformance.record.rows import Record
from conformance.reports import baselines
from conformance.reports.summary import summarize
from conformance.values.text import counted

RECORD, HTML = "record.jsonl", "report.html"


@dataclass(frozen=True, slots=True)
class Written:
    """What the terminal shows of a run; `problem` says why record and report could not be written."""

    record: Record
    lines: tuple[str, ...]
    problem: str | None = None

    @property
    def shows_nothing(self) -> bool:
        """Whether no clause holds, at a target that may be no AWS at all.

        A product that is known, or that answers an operation that does not exist with an error of AWS's form, says
        which operations it lacks.
        """
        target = self.record.header.target
        holds = any(each.verdict == "passed" for each in self.record.verdicts)
        answers = [_mapping(each).get("unknown_operation") for each in target.fingerprint.values()]
        return not holds and target.identity == target.url and not any(_mapping(each).get("code") for each in answers)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def resolved(target: str | None) -> Target:
    """The target that the option names; raises ConformanceError for a text that names none, and for none."""
    found = checked_target(target)
    return found if isinstance(found, Target) else resolve_target(found)


def write(parts: Path, settings: RunSettings) -> Written | None:
    """Write the record and the HTML report of all parts; None where no request was sent."""
    records = list(records_in(parts))
    if not records:
        return None
    record = combine(_of_one_target(records))
    split = baselines.match_findings(record.findings, settings.known, judged=(each.clause for each in record.verdicts))
    files = RecordFiles(settings.out / RECORD, settings.out / HTML)
    stale = (f"the entry '{each.fingerprint or each.clause}' of the baseline matches nothing" for each in split.stale)
    lines = (*_services(record), *stale, *_leftovers(record))
    try:
        files.write(record, settings.fail_on, split.reasons)
    except ConformanceError as problem:
        return Written(record, lines, in_one_line(problem))
    return Written(record, (*lines, str(files)))


def _of_one_target(records: list[Record]) -> list[Record]:
    """The records, with one target: each worker may have started the server on a port of its own."""
    first = records[0].header.target
    fingerprints = {name: each for record in records for name, each in record.header.target.fingerprint.items()}
    target = replace(first, fingerprint=fingerprints)
    return [replace(record, header=replace(record.header, target=target)) for record in records]


def _services(record: Record) -> Iterator[str]:
    """`sqs: L4 20, L2 3 of 23 operations; 411 clauses hold, 12 fail, 30 not tested`."""
    for service in summarize(record).services:
        levels = Counter(each.level or "none" for each in record.operations if each.service == service.name)
        shown = ", ".join(f"{count} at {level}" for level, count in sorted(levels.items(), reverse=True))
        yield f"{service.name}: {service.outcome}; levels: {shown}"


def _leftovers(record: Record) -> Iterator[str]:
    if record.leftovers:
        yield f"{counted(len(record.leftovers), 'thing')} could not be removed from the target; listed in the report"
