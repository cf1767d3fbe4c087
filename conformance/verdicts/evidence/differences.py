"""Finds the places at which two descriptions of one resource differ, besides those that change by themselves.

Clocks, counters, transient states and links that are signed anew for every answer change without a request.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.values.paths import Path

# Words in the names of members whose values change although no request changes the resource.
_VOLATILE = re.compile(
    r"""
    (last|latest|recent|previous).*(access|us(e|ed|age)|activ|seen|heartbeat|login|poll|event|check|sync|refresh|run|status)
    | uptime | elapsed | remaining | progress | percent | approximate | count$ | size | bytes | utili[sz]ation | metric
    | statistic | health | stat(us|e)(es)?$ | age$ | ageseconds | age(in)?(seconds|millis|days)
    | restorable | token | requestid | nonce | signature | presigned | signedur[li] | credential | password | secret
    | expir | valid(until|to) | now$ | current(time|date) | generated | server_?time | next.*(time|date|run|window)
    """,
    re.IGNORECASE | re.VERBOSE,
)


def differences(one: Any, other: Any) -> Mapping[str, tuple[Any, Any]]:
    """The places at which two descriptions differ, with both values; the order of lists does not matter."""
    return dict(_differences(one, other, ()))


def _differences(one: Any, other: Any, path: Path) -> Iterator[tuple[str, tuple[Any, Any]]]:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for name in {**one, **other}:
            if not _VOLATILE.search(name):
                yield from _differences(one.get(name), other.get(name), (*path, name))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        if sorted(map(_key, one)) != sorted(map(_key, other)):
            for before, after in zip(one, other, strict=True):
                yield from _differences(before, after, (*path, "[]"))
    elif one != other:
        yield "/".join(map(str, path)).replace("/[]", "[]"), (one, other)


def _key(value: Any) -> str:
    """A text that is the same for values that differ in volatile members only."""
    if isinstance(value, Mapping):
        return repr(sorted((name, _key(item)) for name, item in value.items() if not _VOLATILE.search(name)))
    if isinstance(value, list):
        return repr(sorted(map(_key, value)))
    return repr(value)
