"""One known instance of a fault, and what its module needs to look for it.

Each module in `instances/` has a table `INSTANCES`; `known_contradictions.py` runs them all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

from conformance.api.runs import run_cases
from conformance.record.rows import Finding

Wrong: TypeAlias = "str | None"


@dataclass(frozen=True, slots=True)
class Instance:
    """One thing that must stay right. `look` returns what is wrong with it, or None; an exception counts as wrong."""

    id: str
    what: str
    look: Callable[[], Wrong]


def findings_of(service: str, *lines: Mapping[str, Any]) -> list[Finding]:
    """The findings on the lines of a recording: `operation`, `http_status`, and `output` or `error`."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "recording.jsonl"
        path.write_text("".join(json.dumps({"service": service, **line}) + "\n" for line in lines), encoding="utf-8")
        return [event for event in run_cases(service, target=f"recording:{path}", seed=0) if event.type == "finding"]


def none_of(found: Collection[Finding], *severities: str) -> Wrong:
    """What is wrong where no finding is expected, or none of these severities."""
    blamed = [each for each in found if not severities or each.severity in severities]
    return None if not blamed else "; ".join(f"{each.severity} {each.code} {each.clause}" for each in blamed)


def some_of(found: Collection[Finding], code: str, severity: str | None = None) -> Wrong:
    """What is wrong where a finding with this code is expected."""
    if any(each.code == code and severity in (None, each.severity) for each in found):
        return None
    seen = ", ".join(f"{each.severity} {each.code}" for each in found) or "nothing"
    return f"expected {severity or 'a finding'} {code}, found {seen}"
