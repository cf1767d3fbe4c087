"""The fixture `conformance_target`, as a project overrides it: where that is, and what is said where it fails."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.exceptions import UsageError
from conformance.exchanges.target import Target
from conformance.pytest_plugin.no_target import NoTarget

FIXTURE = "conformance_target"

# A fixture that skips or ends the session says so itself; every other way not to give a value is a failure.
_DELIBERATE = (pytest.skip.Exception, pytest.xfail.Exception, pytest.exit.Exception)
_FAILURES = (Exception, pytest.fail.Exception, SystemExit)


def checked_target(value: object) -> str | Target:
    """What the option or the fixture gives; raises UsageError for what is no target, such as an empty text."""
    if value is None or (isinstance(value, str) and not value.strip()):
        raise UsageError(
            "no target" if value is None else "the target is an empty text",
            hint=f"use --conformance-target, or override the fixture {FIXTURE} in conftest.py",
        )
    if not isinstance(value, (str, Target)):
        raise UsageError(f"{FIXTURE} is {value!r:.60}, not a text or a target", hint="yield a URL")
    return value


def overrides_fixture(plugin: object) -> bool:
    """Whether a conftest.py or a plugin has a fixture of that name, whatever its function is called."""
    return any(_fixture_name(name, value) == FIXTURE for name, value in getattr(plugin, "__dict__", {}).items())


def fixture_folders(config: pytest.Config) -> list[Path]:
    """The folders of the conftest.py files, read so far, that override the fixture; the outermost first."""
    overriding = (each for each in config.pluginmanager.get_plugins() if overrides_fixture(each))
    files = (getattr(each, "__file__", None) for each in overriding)
    folders = {Path(file).parent for file in files if file and Path(file).name == "conftest.py"}
    return sorted(folders, key=lambda folder: len(folder.parts))


def start_target(test: pytest.Function, set_up: Callable[[], None]) -> None:
    """Set a test up. Raises NoTarget where the fixture fails, and not what is wrong with other fixtures."""
    definitions = test._fixtureinfo.name2fixturedefs.get(FIXTURE, ())
    if definitions and definitions[-1].params is not None:
        raise NoTarget(f"conformance: the fixture {FIXTURE} has params (start pytest once for each target)")
    try:
        set_up()
    except _DELIBERATE:
        raise
    except _FAILURES as problem:
        if not _fixture_fails(test):
            raise
        said = str(problem).strip().splitlines()
        reason = f"{type(problem).__name__}{': ' + said[0] if said else ''}"
        raise NoTarget(f"conformance: the fixture {FIXTURE} fails: {reason}") from problem


def _fixture_fails(test: pytest.Function) -> bool:
    """Whether it is this fixture that gives no value, and not another one of the test. Pytest keeps values."""
    try:
        test._request.getfixturevalue(FIXTURE)
    except _FAILURES:
        return True
    return False


def _fixture_name(name: str, value: object) -> str | None:
    # Before pytest 8.4 a fixture is a function with the second of these attributes.
    for attribute in ("_fixture_function_marker", "_pytestfixturefunction"):
        marker = inspect.getattr_static(value, attribute, None)
        if marker is not None:
            return str(getattr(marker, "name", None) or name)
    return None
