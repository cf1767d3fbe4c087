"""Where a crash comes from: the exception behind a 5xx, and the place in the code of the implementation.

    an exception of an application in this process --.
                                                      +--> "KeyError: 'Name' (thing/models.py:12)"
    a traceback in the body of an answer ------------'

Python's tracebacks only, which most emulators have: as text, in JSON, in the page of werkzeug's debugger. The place is
the innermost one in an installed package, or, of an application in this process, in its own package.
"""

from __future__ import annotations

import html
import re
import traceback
from types import TracebackType

from conformance.values.text import one_line

# Longer texts are cut: some exceptions quote a whole request.
LONGEST = 160

_INSTALLED = re.compile(r".*[/\\](?:site|dist)-packages[/\\]")
_STANDARD_LIBRARY = re.compile(r"[/\\]lib(?:64)?[/\\]python[0-9.]+[/\\]|<frozen ")
_FRAME = re.compile(r'^\s*File "(?P<file>[^"\n]+)", line (?P<line>\d+)', re.MULTILINE)
_EXCEPTION = re.compile(r"^(?P<text>(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:: .*)?)$", re.MULTILINE)
_TRACEBACK = "Traceback (most recent call last)"
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}")


def origin_of_exception(problem: BaseException, package: str) -> str:
    """An exception and its innermost place in `package`, or where it was raised if it is not in there."""
    places = [
        _place(frame.f_globals.get("__name__"), frame.f_code.co_filename, line, package)
        for frame, line in traceback.walk_tb(problem.__traceback__)
    ]
    own = [place for place in places if place is not None]
    name, text = type(problem).__name__, str(problem)
    return _shown(f"{name}: {text}" if text else name, own[-1] if own else _last(problem.__traceback__))


def origin_in_body(body: bytes) -> str:
    """The exception and the place that a traceback in a body names; empty where there is none."""
    if _TRACEBACK.encode() not in body:
        return ""
    text = html.unescape(body.decode("utf-8", "replace")).replace("\r\n", "\n")
    text = text.replace("\\n", "\n").replace('\\"', '"')  # a traceback within a JSON string
    text = text.rpartition(_TRACEBACK)[2] if _FRAME.search(text.rpartition(_TRACEBACK)[2]) else text
    frames = [(match["file"], match["line"]) for match in _FRAME.finditer(text)]
    if not frames:
        return ""
    installed = [(file, line) for file, line in frames if _INSTALLED.match(file)]
    foreign = [(file, line) for file, line in frames if not _STANDARD_LIBRARY.search(file)]
    file, line = (installed or foreign or frames)[-1]
    after = text[[match.end() for match in _FRAME.finditer(text)][-1] :]
    said = _EXCEPTION.search(after)
    return _shown(said["text"] if said is not None else "an exception", f"{_INSTALLED.sub('', file)}:{line}")


def _place(module: object, file: str, line: int, package: str) -> str | None:
    """A place in a package, its file as it is in there; None for places elsewhere."""
    if not isinstance(module, str) or module.partition(".")[0] != package:
        return None
    name = re.split(r"[/\\]", file)[-1]
    parents = module.split(".") if name == "__init__.py" else module.split(".")[:-1]
    return f"{'/'.join((*parents, name))}:{line}"


def _last(trace: TracebackType | None) -> str:
    frames = list(traceback.walk_tb(trace))
    if not frames:
        return ""
    frame, line = frames[-1]
    return f"{_INSTALLED.sub('', frame.f_code.co_filename)}:{line}"


def _shown(text: str, place: str) -> str:
    """On one line, without addresses in memory, which differ from run to run."""
    return f"{_ADDRESS.sub('0x...', one_line(text, LONGEST))}{f' ({place})' if place else ''}"
