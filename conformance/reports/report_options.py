"""The options of a report; everything else is in the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from conformance.record.rows import Finding
from conformance.values.vocabulary import SEVERITIES

FailOn = Literal["error", "warning", "info", "never"]


@dataclass(frozen=True, slots=True)
class Options:
    """`fail_on`: the mildest severity that fails a build. `known`: reasons of known findings, by fingerprint.

    `record_path` is printed in `conformance replay` commands; `report_path` where a list is shortened.
    """

    fail_on: FailOn = "error"
    known: Mapping[str, str] = field(default_factory=dict)
    record_path: str = "record.jsonl"
    report_path: str = "report.html"

    def fails(self, finding: Finding) -> bool:
        """Whether `finding` fails a build: at least as severe as `fail_on`, and not known."""
        if self.fail_on == "never" or finding.fingerprint in self.known:
            return False
        return SEVERITIES.index(finding.severity) <= SEVERITIES.index(self.fail_on)


DEFAULT = Options()
