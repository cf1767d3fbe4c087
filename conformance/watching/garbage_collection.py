"""Python's garbage collector, while objects are made of which none is garbage.

A session of tests with mocks holds millions of objects. The documents of a service are tens of thousands more, and
each few hundred of them would make the collector look at others again.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def paused_collection() -> Iterator[None]:
    """No garbage is collected within; if it was not collected before, it is not afterwards."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def leave_to_exit() -> None:
    """At the end of the process nothing that is alive then is searched for garbage once more: all of it goes anyway."""
    atexit.register(gc.freeze)
