"""What a run yields: the rows of its record, and between them how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

from conformance.record.rows import CaseRow, Finding, FooterRow, HeaderRow, LeftoverRow, OperationRow, Verdict


@dataclass(frozen=True, slots=True)
class OperationStarted:
    """The cases of an operation come next, the `number`-th `of` those of its service. Not part of a record."""

    type: ClassVar[Literal["operation-started"]] = "operation-started"

    service: str
    operation: str
    number: int
    of: int


Event: TypeAlias = "HeaderRow | CaseRow | Finding | Verdict | OperationRow | LeftoverRow | FooterRow | OperationStarted"
