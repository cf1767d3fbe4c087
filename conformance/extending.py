"""What checks and tests of a project's own are written with.

    from conformance.extending import Context, Match, Mismatch        a registered check: what it looks at, its words
    from conformance.extending import CaseRow                         a marked test that takes `case`: what was sent

Provisional: the names and their fields may change with a minor version; the changelog says so.
"""

from __future__ import annotations

from conformance.record.rows import CaseRow
from conformance.verdicts.context import Context
from conformance.verdicts.registered import Match, Mismatch

__all__ = ["CaseRow", "Context", "Match", "Mismatch"]
