"""The seed of a run where the user names none: the same for the same specs, whatever is selected of them.

(service, digest) ... --default_seed--> seed          --seed random --random_seed--> another one each time
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable

from conformance.specs.model import Spec

LARGEST = 2**31 - 1


def default_seed(specs: Iterable[Spec]) -> int:
    """The seed that the services and the digests of their specs come to, in any order."""
    parts = sorted({f"{spec.service.name} {spec.provenance.digest}" for spec in specs})
    digest = hashlib.sha256("\n".join(parts).encode()).digest()
    return int.from_bytes(digest[:8], "big") % (LARGEST + 1)


def random_seed() -> int:
    """A seed that nobody can foresee."""
    return secrets.randbelow(LARGEST + 1)
