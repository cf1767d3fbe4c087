"""The rows of a record, one dataclass for each type of line: the only definition of the format.

    HeaderRow, CaseRow ..., Finding ..., Verdict ..., OperationRow ..., LeftoverRow ..., FooterRow

What reads and writes lines (`json_form`, `reader`, `writer`) and the published JSON Schema (`schema`) follow from the
fields: their types, their defaults and their annotations. A `Finding` and a `Verdict` are what checks add up to, and
what reports show; the other rows have names of their own beside the case, the operation and the plan that they record.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from conformance.record.annotations import LEFT_OUT, Rule
from conformance.record.steps import Step
from conformance.values.text import with_detail
from conformance.values.vocabulary import (
    CaseOutcome,
    EndCode,
    Ended,
    Intent,
    LeftoverReason,
    Level,
    OutcomeClass,
    Severity,
    TargetKind,
    VerdictWord,
)

FORMAT: Literal[1] = 1
"""The version of the format. Readers ignore fields and types of lines that they do not know."""

_CLAUSE = Rule(pattern="^[^:]+:[^/]+/.*#.+$")
_FINGERPRINT = Rule(pattern="^[0-9a-f]{16}$")
_NO_PASSWORD = Rule(not_={"type": "string", "pattern": "://[^/]*@"})
_NOT_NEGATIVE = Rule(minimum=0)

Clause: TypeAlias = Annotated[str, _CLAUSE]
Fingerprint: TypeAlias = Annotated[str, _FINGERPRINT]
Count: TypeAlias = Annotated[int, _NOT_NEGATIVE]


@dataclass(frozen=True, slots=True)
class ToolInfo:
    """What wrote the record."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class TargetInfo:
    """What was tested; never with credentials."""

    kind: TargetKind
    identity: Annotated[str, "What a person calls the target."]
    url: Annotated[str | None, _NO_PASSWORD] = None
    region: str | None = None
    fingerprint: Annotated[
        Mapping[str, Any], "The answers to the calibration probes, by service; `notes` are sentences."
    ] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SpecInfo:
    """Where the spec of a service comes from."""

    botocore: str
    digest: str
    origin: Annotated[str, "repository, stored, installed, or a path."]
    older_than_installed: bool = False


@dataclass(frozen=True, slots=True)
class ServiceInfo:
    """A service of the run."""

    service: Annotated[str, "botocore's name of the service."]
    api_version: str
    protocol: str
    spec: SpecInfo
    signing_name: Annotated[str, LEFT_OUT, "The name of the service in a signature."] = ""
    cli_name: Annotated[str, LEFT_OUT, "The command of the AWS CLI."] = ""
    endpoint: Annotated[str, LEFT_OUT, "The URL on AWS itself, for reproductions."] = ""


@dataclass(frozen=True, slots=True)
class SelectionInfo:
    """What was selected to be run."""

    services: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    max_examples: int = 0


@dataclass(frozen=True, slots=True)
class HeaderRow:
    """The first line: who tested what, with which specs, from which seed."""

    type: ClassVar[Literal["header"]] = "header"

    format: Literal[1]
    tool: ToolInfo
    botocore: Annotated[str, "The version of botocore that was installed where the run took place."]
    target: TargetInfo
    services: tuple[ServiceInfo, ...]
    seed: int
    started: Annotated[str, Rule(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"), "UTC."]
    selection: SelectionInfo
    names: Annotated[int | None, LEFT_OUT, "The seed of names where the account was not free to choose."] = None


@dataclass(frozen=True, slots=True)
class FaultInfo:
    """The one constraint that an invalid case breaks."""

    constraint: str
    path: str


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as it was sent, and what came back."""

    type: ClassVar[Literal["case"]] = "case"

    id: Annotated[str, Rule(minLength=1)]
    service: str
    operation: str
    intent: Intent
    clauses: tuple[Clause, ...]
    steps: tuple[Step, ...]
    outcome: CaseOutcome
    title: str = ""
    fault: FaultInfo | None = None
    base: Annotated[str, LEFT_OUT, "The id of the valid case that this one differs from by its fault."] = ""
    resource: Annotated[str, LEFT_OUT, "What a scenario is about."] = ""
    note: Annotated[str, LEFT_OUT, "Why a request was not sent, or what it lacked."] = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One contradiction of one clause under one code, however often it was met; `case` is the smallest example. Stable.

    With `folds` it is a headline; with `folded_into` it is shown below the headline of that fingerprint.
    """

    type: ClassVar[Literal["finding"]] = "finding"

    clause: Clause
    code: str
    severity: Severity
    service: str
    operation: str
    fingerprint: Annotated[Fingerprint, "The name of the finding in every run."]
    where: str = ""
    expected: str = ""
    got: str = ""
    statement: str = ""
    source: str = ""
    case: str = ""
    steps: Annotated[tuple[Count, ...], "The numbers of the steps of `case` that show the contradiction, from 0."] = ()
    count: Annotated[int, Rule(minimum=1)] = 1
    folds: tuple[Fingerprint, ...] = ()
    folded_into: Annotated[str | None, _FINGERPRINT] = None
    places: Annotated[
        tuple[str, ...], LEFT_OUT, "The lines of tests whose calls show it, where calls were watched."
    ] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of a clause after a run, and the ids of cases that show it. Absence is never a pass. Stable."""

    type: ClassVar[Literal["verdict"]] = "verdict"
    rules: ClassVar[Mapping[str, Any]] = {
        "if": {"properties": {"verdict": {"enum": ["skipped", "errored", "unreached"]}}},
        "then": {"properties": {"reason": {"type": "string", "minLength": 1}}},
    }

    clause: Clause
    verdict: VerdictWord
    reason: Annotated[str | None, "Why the clause was not judged: what has the same reason is counted together."] = None
    cases: tuple[str, ...] = ()
    detail: Annotated[str, LEFT_OUT, "What was met in the case that did not judge it."] = ""

    @property
    def why(self) -> str:
        """Reason and detail in one line; empty for a clause that was judged."""
        return with_detail(self.reason or "", self.detail)


@dataclass(frozen=True, slots=True)
class OperationRow:
    """One operation: the level reached and reachable (None: not even routed), answers counted by outcome."""

    type: ClassVar[Literal["operation"]] = "operation"

    service: str
    operation: str
    level: Level | None = None
    reachable: Level | None = None
    outcomes: Mapping[OutcomeClass, Count] = field(default_factory=dict)
    cut: Annotated[bool, LEFT_OUT, "The run ended before the operation's last case."] = False

    @property
    def name(self) -> str:
        """`service:Operation`."""
        return f"{self.service}:{self.operation}"


@dataclass(frozen=True, slots=True)
class RemovalStep:
    """A call that removes something; values as in the params of a step."""

    operation: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LeftoverRow:
    """Something that the run created and could not remove, and the calls that remove it."""

    type: ClassVar[Literal["leftover"]] = "leftover"

    service: Annotated[str, "botocore's name of the service."]
    resource: Annotated[str, "The kind of thing; for a part of something, the operation that added it."]
    operation: Annotated[str, "The operation that created it."]
    reason: LeftoverReason
    identifiers: Annotated[Mapping[str, str], "The values by which requests refer to it."] = field(default_factory=dict)
    certain: Annotated[bool, "Whether an answer said that it was created."] = True
    detail: Annotated[str, LEFT_OUT, "The answer to the call that was to remove it."] = ""
    removals: tuple[RemovalStep, ...] = ()
    region: Annotated[str, LEFT_OUT] = ""
    account: Annotated[str | None, LEFT_OUT] = None


@dataclass(frozen=True, slots=True)
class FooterRow:
    """The last line: totals, and how the run ended. Without it the run was cut off."""

    type: ClassVar[Literal["footer"]] = "footer"

    verdicts: Mapping[VerdictWord, Count]
    findings: Mapping[Severity, Count]
    duration: Annotated[float, _NOT_NEGATIVE, "Seconds."]
    requests: Count
    ended: Ended
    code: Annotated[EndCode | None, LEFT_OUT, "Why the run ended early; records of version 0.1.0 lack it."] = None
    reason: Annotated[str, LEFT_OUT, "The same in words."] = ""


Row: TypeAlias = "HeaderRow | CaseRow | Finding | Verdict | OperationRow | LeftoverRow | FooterRow"

ROWS: Mapping[str, type[HeaderRow | CaseRow | Finding | Verdict | OperationRow | LeftoverRow | FooterRow]] = {
    row.type: row for row in (HeaderRow, CaseRow, Finding, Verdict, OperationRow, LeftoverRow, FooterRow)
}
"""The rows by the `type` of their lines, in the order of a record."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record as read. `cases` are by id, in the order of the run; `truncated` says that the end is missing."""

    header: HeaderRow
    cases: Mapping[str, CaseRow] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    operations: tuple[OperationRow, ...] = ()
    leftovers: tuple[LeftoverRow, ...] = ()
    footer: FooterRow | None = None
    truncated: bool = False

    def rows(self) -> Iterator[Row]:
        """Every row, in the order of a run."""
        yield self.header
        yield from self.cases.values()
        yield from self.findings
        yield from self.verdicts
        yield from self.operations
        yield from self.leftovers
        if self.footer is not None:
            yield self.footer


def fingerprint_of(clause: str, code: str) -> str:
    """The name of the finding that a clause is contradicted under a code: sixteen hex digits, equal in every run."""
    return hashlib.sha256(f"{clause}\n{code}".encode()).hexdigest()[:16]
