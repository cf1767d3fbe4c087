"""What can go wrong, as objects with fields; printed in one place (`cli`).

    ConformanceError
    |-- UsageError (exit 2)       the caller can mend it
    |   |-- UnknownName           service, operation, version ...: with "did you mean"
    |   |-- BadSelection          --only / --skip that leave nothing
    |   |-- BadEndpoint           a URL that is none
    |   |-- BadFile               a record, overlay or spec that cannot be read or is foreign
    |   |-- Unwritable            an --out that cannot be written
    |   |-- InUse                 an --out that another run writes into
    |   `-- MissingPart           something to install first
    `-- TargetError (exit 3)      the target could not be used
        |-- Unreachable           nobody answered
        |-- CredentialsRefused    the credentials are wrong, or have expired
        `-- NotAws                somebody answered, but not like AWS

Every error has a stable `code`, a one-line message that names the value, and a `hint` that says what to do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar


class ConformanceError(Exception):
    """Base of everything this package raises on purpose. Stable.

    `message` names the value, `hint` says what to do (or is None), `code` and `exit_status` are those of the kind.
    """

    code: ClassVar[str] = "error"
    exit_status: ClassVar[int] = 3

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(ConformanceError):
    """Wrong use: an argument, a file or a name that the caller can mend."""

    code = "usage"
    exit_status = 2


class UnknownName(UsageError):
    """A name that is not in a table of known ones; says which known ones are near."""

    code = "unknown-name"

    def __init__(self, kind: str, name: str, known: Iterable[str], *, hint: str | None = None) -> None:
        self.kind, self.name = kind, name
        self.near = near(name, known)
        if self.near:
            hint = "did you mean " + " or ".join(self.near) + "?"
        super().__init__(f"unknown {kind} '{name}'", hint=hint)


class BadSelection(UsageError):
    """A selection that leaves nothing to do."""

    code = "bad-selection"


class BadEndpoint(UsageError):
    """A target or endpoint URL that cannot be one."""

    code = "bad-endpoint"


class BadFile(UsageError):
    """A file that cannot be read, is broken, or is not of the kind it should be."""

    code = "bad-file"

    def __init__(self, path: object, problem: str, *, hint: str | None = None) -> None:
        self.path = str(path)
        self.problem = problem
        super().__init__(f"{from_here(self.path)}: {problem}", hint=hint)


class Unwritable(UsageError):
    """A place that cannot be written to."""

    code = "unwritable"


class InUse(UsageError):
    """A place that another run writes to."""

    code = "in-use"


class MissingPart(UsageError):
    """An optional part that this use needs and that is not installed."""

    code = "missing-part"


class TargetError(ConformanceError):
    """The target could not be used."""

    code = "target"
    exit_status = 3


class Unreachable(TargetError):
    """Nobody answered at the target."""

    code = "unreachable"


class CredentialsRefused(TargetError):
    """The target refuses the credentials."""

    code = "credentials-refused"


class NotAws(TargetError):
    """Somebody answers at the target, but never in a protocol of AWS."""

    code = "not-aws"


class MocksLie(ConformanceError):
    """The guard has seen calls or answers that AWS would not take or give; `lies` has one line for each."""

    code = "mocks-lie"
    exit_status = 1

    def __init__(self, lies: tuple[str, ...]) -> None:
        super().__init__("the guard found what AWS does not do:\n" + "\n".join(lies))
        self.lies = lies


def from_here(path: str) -> str:
    """A path as a person in the current folder writes it: relative, if it is below that folder."""
    try:
        return str(Path(path).relative_to(Path.cwd()))
    except (OSError, ValueError):  # the current folder may be gone
        return path


def near(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Up to three known names that `name` may have been meant to be, nearest first, letter case ignored."""
    folded: dict[str, str] = {}
    for candidate in known:
        folded.setdefault(candidate.lower(), candidate)
    matches = difflib.get_close_matches(name.lower(), folded, n=3, cutoff=0.6)
    return tuple(folded[match] for match in matches)
