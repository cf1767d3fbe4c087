"""Writes down an unexpected failure of this program: what a bug report needs, and no credentials.

exception, arguments --write--> conformance-crash-<time>.txt, in the output folder or that for temporary files
"""

from __future__ import annotations

import platform
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path

from conformance.exchanges.secrets import masked_text
from conformance.record.redaction import clean_url

PACKAGES = ("aws-conformance", "botocore", "hypothesis", "moto", "click", "rich")

# Deep recursion makes a traceback of thousands of equal lines.
MOST_CHARACTERS = 200_000


def write(problem: BaseException, arguments: Sequence[str]) -> Path | None:
    """The file with the details of a failure; None where no folder takes it."""
    text = "\n".join(_lines(problem, arguments))[:MOST_CHARACTERS]
    name = f"conformance-crash-{time.strftime('%Y%m%dT%H%M%S')}-{time.time_ns() % 10**6:06d}.txt"
    for folder in _folders(arguments):
        try:
            place = folder / name
            place.write_text(masked_text(text) + "\n", encoding="utf-8", errors="backslashreplace")
        except OSError:
            continue
        return place
    return None


def _folders(arguments: Sequence[str]) -> Iterator[Path]:
    """The folder of `--out`, where it was given and is there, then that for temporary files."""
    for index, argument in enumerate(arguments):
        name, given, value = argument.partition("=")
        if name == "--out":
            folder = Path(value if given else "".join(arguments[index + 1 : index + 2]))
            if folder.is_dir():
                yield folder
    yield Path(tempfile.gettempdir())


def _lines(problem: BaseException, arguments: Sequence[str]) -> Iterator[str]:
    yield "conformance " + " ".join(clean_url(argument) for argument in arguments)
    yield f"Python {platform.python_version()}, {platform.platform()}"
    yield from (f"{name} {_version(name)}" for name in PACKAGES)
    yield ""
    yield "".join(traceback.format_exception(type(problem), problem, problem.__traceback__)).rstrip()


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"
