"""The lines of the user's own code on the stack: neither of installed packages, nor of Python, nor of this package."""

from __future__ import annotations

import functools
import os
import sys
import sysconfig
from pathlib import Path
from types import FrameType

from conformance.watching.watched_call import CallPlace

# How many lines are kept of one call: the innermost ones, which make the call, and those of the test above them.
MOST_PLACES = 12

# What calls a test or its fixtures; above it on the stack is only pytest.
_RUNNER = str(Path("_pytest", "runner.py"))

# The files of paginators, those of botocore and of aiobotocore.
_PAGINATORS = f"{os.sep}paginate.py"

_PACKAGE = str(Path(__file__).absolute().parent.parent) + os.sep


def own_places() -> tuple[CallPlace, ...]:
    """The places in the user's code, the innermost first."""
    found: list[CallPlace] = []
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and len(found) < MOST_PLACES:
        filename = frame.f_code.co_filename
        if is_own(filename):
            found.append(CallPlace(filename, frame.f_lineno, frame.f_code.co_name))
        elif filename.endswith(_RUNNER):
            break
        frame = frame.f_back
    return tuple(found)


def is_asked_by_paginator() -> bool:
    """Whether a paginator makes the call. Those of aiobotocore have methods of their own: only the stack tells."""
    return _is_below("_make_request", 12)


def is_read_in_passing() -> bool:
    """Whether a paginator reads what its caller may ask for later: it looks at everything that is not listed."""
    return _is_below("_record_non_aggregate_key_values", 30)


def _is_below(method: str, farthest: int) -> bool:
    """Whether a method of a paginator is on the stack, at most so many frames away."""
    frame: FrameType | None = sys._getframe(2)
    for _ in range(farthest):
        if frame is None:
            return False
        if frame.f_code.co_name == method and frame.f_code.co_filename.endswith(_PAGINATORS):
            return True
        frame = frame.f_back
    return False


@functools.lru_cache(maxsize=4096)
def is_own(filename: str) -> bool:
    """Whether a file is the user's own."""
    if filename.startswith("<"):
        return False
    path = str(Path(filename).absolute())
    if "site-packages" in path or "dist-packages" in path or path.startswith(_PACKAGE):
        return False
    return not path.startswith(_installed_folders())


@functools.cache
def _installed_folders() -> tuple[str, ...]:
    names = ("stdlib", "platstdlib", "purelib", "platlib", "scripts")
    paths = (sysconfig.get_path(each) for each in names)
    return tuple({str(Path(each).absolute()) + os.sep for each in paths if each})
