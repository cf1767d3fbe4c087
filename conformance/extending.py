"""What a registered check is written with: what it looks at, and its words for an answer that is right or wrong.

    from conformance.extending import Context, Match, Mismatch

Provisional: the names and their fields may change with a minor version; the changelog says so.
"""

from __future__ import annotations

from conformance.verdicts.context import Context
from conformance.verdicts.registered import Match, Mismatch

__all__ = ["Context", "Match", "Mismatch"]
