"""One run at a time writes into a folder, or a record.

    locked(folder) -- taken: InUse      '-- free: held until the block ends, or the process does, however that happens

The system keeps the lock, on the folder itself: a process that was killed leaves none behind, and no file tells of it.
"""

from __future__ import annotations

import contextlib
import errno
import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path

from conformance.exceptions import InUse, Unwritable

# Not every system has such locks.
fcntl = importlib.import_module("fcntl") if importlib.util.find_spec("fcntl") else None

_TAKEN = frozenset({errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES})


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder for a block. The folder is created; it goes again if nothing was written to it.

    Raises InUse where another run holds it, in this process or another one, and Unwritable where there can be no such
    folder. File systems without locks are used without.
    """
    is_new = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY)
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise Unwritable(f"cannot write to {folder}: {reason}", hint="choose another folder with --out") from problem
    try:
        _lock(handle, folder)
        yield
    finally:
        if is_new:
            with contextlib.suppress(OSError):  # it is not empty
                folder.rmdir()
        os.close(handle)


def lock_file(handle: int, path: Path) -> None:
    """Hold the lock of an open file until it is closed; raises InUse where it is held already."""
    _lock(handle, path)


def _lock(handle: int, place: Path) -> None:
    if fcntl is None:
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as problem:
        if problem.errno in _TAKEN:
            hint = "choose another folder with --out, or wait until that run has ended"
            raise InUse(f"another run writes to {place}", hint=hint) from problem
