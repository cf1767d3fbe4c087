"""One checkable statement of a spec, and its id.

<service>:<Subject>/<section>[/<path>]#<name>          Subject: an operation, or a resource for clauses about state
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Literal

from conformance.specs.model import Spec

Section = Literal[
    "input", "output", "errors", "protocol", "rule", "check",
    "lifecycle", "roundtrip", "state", "pagination", "filter", "sort", "tags", "idempotency",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Clause:
    """One statement.

    `source` says where the claim comes from: `model: ...`, `protocol: ...`, `docs: ...`, or `observed: ...` for a
    recorded answer of AWS.
    """

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
    """The id of the clause with those parts."""
    return f"{service}:{subject}/{section}{'/' if path else ''}{path}#{name}"


def model_source(spec: Spec) -> str:
    """The source of a claim that follows from the model."""
    return f"model: botocore {spec.provenance.botocore}"


def model_clause(spec: Spec, subject: str, section: Section, path: str, name: str, statement: str) -> Clause:
    """A clause that follows from the model."""
    return Clause(spec.service.name, subject, section, path, name, statement, model_source(spec))


@functools.lru_cache(maxsize=4096)
def clause_glob(pattern: str) -> re.Pattern[str]:
    """The regular expression of a glob for clause ids: `*` is any text, `?` one character.

    Every other character, brackets included, stands for itself.
    """
    parts = {"*": ".*", "?": "."}
    return re.compile("".join(parts.get(character) or re.escape(character) for character in pattern), re.DOTALL)
