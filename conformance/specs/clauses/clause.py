"""One checkable statement of a spec, and the id under which it is known.

<service>:<Subject>/<section>[/<path>]#<name>          Subject: an operation, or a resource where state is meant
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Literal

Section = Literal[
    "input", "output", "errors", "protocol", "rule",
    "lifecycle", "roundtrip", "state", "pagination", "filter", "sort", "tags", "idempotency",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Clause:
    """One statement. `source` says where the claim comes from: `model: ...`, `protocol: ...`,
    `docs: ...`, or `observed: ...` where an answer of AWS was recorded."""

    service: str
    subject: str
    section: Section
    path: str
    name: str
    statement: str
    source: str

    @property
    def id(self) -> str:
        """The clause's id."""
        return clause_id(self.service, self.subject, self.section, self.path, self.name)


def clause_id(service: str, subject: str, section: str, path: str, name: str) -> str:
    """The id under which a clause is known."""
    return f"{service}:{subject}/{section}{'/' if path else ''}{path}#{name}"


@functools.lru_cache(maxsize=4096)
def clause_glob(pattern: str) -> re.Pattern[str]:
    """The expression of a glob for clause ids: `*` is any text, `?` one character, all else itself, brackets too."""
    parts = {"*": ".*", "?": "."}
    return re.compile("".join(parts.get(character) or re.escape(character) for character in pattern), re.DOTALL)
