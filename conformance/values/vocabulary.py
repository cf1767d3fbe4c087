"""The closed vocabularies of a record: the words that its fields may hold, and the only place that lists them.

A reader refuses a word that is not here. Orders are those of reports: what matters most, or comes first, is first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias, get_args

Severity: TypeAlias = Literal["error", "warning", "info"]
"""How much a finding weighs."""

VerdictWord: TypeAlias = Literal["passed", "failed", "errored", "unreached", "skipped"]
"""What became of a clause."""

Level: TypeAlias = Literal["L0", "L1", "L2", "L3", "L4", "L5", "L6"]
"""The evidence level of an operation, from routed to agreed with AWS."""

Intent: TypeAlias = Literal["valid", "boundary", "invalid", "probe", "recorded", "scenario"]
"""What a case is for."""

OutcomeClass: TypeAlias = Literal[
    "accepted",
    "rejected-validation",
    "rejected-state",
    "rejected-auth",
    "throttled",
    "not-implemented",
    "crashed",
    "malformed",
    "unreachable",
]
"""The class of an answer."""

HOW_ANSWERED: Mapping[OutcomeClass, str] = {
    "accepted": "was accepted",
    "rejected-validation": "was rejected as invalid",
    "rejected-state": "was rejected for the state of a resource",
    "rejected-auth": "was rejected for lack of permission",
    "throttled": "was throttled",
    "not-implemented": "is not implemented",
    "crashed": "crashed",
    "malformed": "had a malformed answer",
    "unreachable": "was not answered",
}
"""What a request came to, as the end of a sentence that begins with its operation."""

CaseOutcome: TypeAlias = Literal[OutcomeClass, "unsent"]
"""The class of the answer to a case's own request; `unsent` for a case that is only printed."""

Role: TypeAlias = Literal["setup", "base", "case", "poll", "probe", "cleanup"]
"""What a step is for in its case."""

Side: TypeAlias = Literal["request", "answer"]
"""The side of an exchange that a bound value comes from."""

TargetKind: TypeAlias = Literal["moto", "http", "aws", "recording", "guard"]
"""How a target is reached; `guard` is whoever answered the calls that were watched."""

Ended: TypeAlias = Literal["complete", "interrupted", "stopped", "target-lost"]
"""How a run ended: `interrupted` by a signal, `stopped` at a limit that the user set."""

EndCode: TypeAlias = Literal[
    "interrupted",
    "terminated",
    "hung-up",
    "max-time",
    "max-requests",
    "max-failures",
    "no-answer",
    "stopped-answering",
    "not-aws",
    "throttled",
    "credentials-refused",
    "credentials-expired",
    "no-endpoint",
]
"""Why a run ended before its last operation."""

LeftoverReason: TypeAlias = Literal[
    "refused", "failed", "not-answered", "not-tried", "no-removal", "unidentified", "kept"
]
"""Why something that a run created is still there: its removal was refused, crashed, not answered or not tried; no
operation is known that removes it; nothing says by what to refer to it; or the service keeps it for a time."""

SEVERITIES: tuple[Severity, ...] = get_args(Severity)
VERDICTS: tuple[VerdictWord, ...] = get_args(VerdictWord)
LEVELS: tuple[Level, ...] = get_args(Level)
