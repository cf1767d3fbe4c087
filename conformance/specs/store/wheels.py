"""Specs of botocore versions that are not installed, read out of their wheels.

    version -- cached wheel? -- no -- pip download --> cache -- zip, checked --> ingest.from_directory --> Spec

pip does the fetching, so that whatever index, proxy and certificates its user has configured hold here as well. A
wheel is kept under `$XDG_CACHE_HOME/aws-conformance/botocore` (`~/.cache` without it) and never installed.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from conformance.exceptions import BadFile, MissingPart, UnknownName, Unwritable, UsageError, near
from conformance.specs import ingest
from conformance.specs.model import Spec
from conformance.specs.versions import is_version

Notify = Callable[[str], None]

# Every broken zip file shows as one of these, depending on what of it is broken.
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, OSError)
_DATA = "botocore/data/"
_NO_ANSWER = re.compile(
    r"connection broken|ConnectionError|NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|SSLError"
    r"|Network is unreachable|Name or service not known|Temporary failure|Max retries exceeded",
    re.IGNORECASE,
)
_LISTED = re.compile(r"\(from versions: ([^)]*)\)")


class _Broken(Exception):
    """A wheel that cannot be read; the text says why."""


def cache_directory() -> Path:
    """Where wheels are kept."""
    base = os.environ.get("XDG_CACHE_HOME") or ""
    return (Path(base) if Path(base).is_absolute() else Path.home() / ".cache") / "aws-conformance" / "botocore"


def spec_from_wheel(service: str, version: str, *, notify: Notify | None = None) -> Spec:
    """The spec of `service` as botocore `version` had it.

    `notify` is called before a slow step. Raises UnknownName for a version that the index does not have, MissingPart
    where the wheel can be neither found nor fetched, UsageError for a wheel without that service, BadFile for a
    wheel that is broken and cannot be had anew.
    """
    if not is_version(version):
        raise UsageError(f"'{version}' is not a version of botocore", hint="versions look like 1.44.5")
    wheel = cached_wheel(version) or fetch_wheel(version, notify=notify)
    try:
        return _read(wheel, service, version)
    except _Broken as problem:
        wheel = _fetched_again(wheel, version, problem, notify)
    try:
        return _read(wheel, service, version)
    except _Broken as problem:
        wheel.unlink(missing_ok=True)
        raise BadFile(wheel, f"came broken from the package index: {problem}", hint="try again") from problem


def cached_wheel(version: str) -> Path | None:
    """The wheel of that version in the cache, if there is one."""
    return next(iter(sorted(cache_directory().glob(f"botocore-{version}-*.whl"))), None)


def _fetched_again(wheel: Path, version: str, problem: Exception, notify: Notify | None) -> Path:
    if notify:
        notify(f"{wheel} is broken; fetching it again")
    try:
        return fetch_wheel(version, notify=notify)
    except (MissingPart, UnknownName) as failure:
        raise BadFile(
            wheel, f"a broken wheel ({problem}), and {failure.message}", hint="delete it and try again on line"
        ) from problem


def _read(wheel: Path, service: str, version: str) -> Spec:
    try:
        with zipfile.ZipFile(wheel) as archive:
            names = _services(archive)
            if service not in names:
                close = near(service, names)
                hint = f"did you mean {' or '.join(close)}?" if close else "it may have come with a later version"
                raise UsageError(f"botocore {version} has no service '{service}'", hint=hint)
            return ingest.spec_from_directory(zipfile.Path(archive, _DATA), service, None, botocore=version)
    except (*_BROKEN, BadFile) as problem:
        raise _Broken(str(problem)) from problem


def _services(archive: zipfile.ZipFile) -> set[str]:
    models = ("/service-2.json", "/service-2.json.gz")
    names = {
        name.removeprefix(_DATA).partition("/")[0]
        for name in archive.namelist()
        if name.startswith(_DATA) and name.endswith(models)
    }
    if not names:
        raise zipfile.BadZipFile("it has no models in it")
    return names


def fetch_wheel(version: str, *, notify: Notify | None = None) -> Path:
    """Fetch the wheel of a version from pip's package index into the cache, check it, and return its path."""
    if importlib.util.find_spec("pip") is None:
        raise MissingPart("fetching a wheel needs pip, which is not installed", hint="python -m ensurepip")
    if notify:
        notify(f"fetching botocore {version}")
    cache = cache_directory()
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            wheel = _downloaded(version, Path(folder))
            return wheel.replace(cache / wheel.name)
    except OSError as problem:
        raise Unwritable(
            f"{cache}: cannot be written: {problem.strerror or problem}", hint="set XDG_CACHE_HOME"
        ) from problem


def _downloaded(version: str, folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", f"botocore=={version}", "--dest", os.fspath(folder)]
    # Only its data are read: neither its dependencies nor the Python it asks for matter.
    options = ["--no-deps", "--only-binary=:all:", "--ignore-requires-python", "--no-input", "--quiet"]
    quick = ["--retries", "1", "--disable-pip-version-check", "--no-color"]
    done = subprocess.run([*command, *options, *quick], capture_output=True, text=True, check=False)  # noqa: S603
    wheel = next(iter(folder.glob("*.whl")), None)
    if done.returncode or wheel is None:
        raise _failure(version, done.stderr)
    try:
        with zipfile.ZipFile(wheel) as archive:
            damaged = _services(archive) and archive.testzip()
        if damaged:
            raise zipfile.BadZipFile(f"{damaged} is damaged")
    except _BROKEN as problem:
        raise BadFile(wheel.name, f"came broken from the package index: {problem}", hint="try again") from problem
    return wheel


def _failure(version: str, said: str) -> Exception:
    listed = _LISTED.search(said)
    known = [] if listed is None else [name.strip() for name in listed[1].split(",") if is_version(name.strip())]
    if _NO_ANSWER.search(said) or not known:
        last = next((line for line in reversed(said.splitlines()) if line.strip()), "pip gave no reason")
        return MissingPart(
            f"the wheel of botocore {version} is not in the cache and could not be fetched",
            hint=f"needed: the package index, or the wheel in {cache_directory()} ({last.strip()})",
        )
    return UnknownName("botocore version", version, known, hint=f"the newest is {known[-1]}")
