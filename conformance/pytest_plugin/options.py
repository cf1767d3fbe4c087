"""The options of the plugin: each is an argument of pytest and a key of its configuration file, of one name.

    --conformance-target URL     or    conformance_target = URL     in pytest.ini, or in pyproject.toml

An argument wins over the file. Pytest reads this module at each of its starts, so it imports next to nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal

    import pytest

    IniType = Literal["string", "linelist", "args"]

GROUP = "conformance"
TITLE = "conformance to AWS (aws-conformance)"

# How the ids of the tests of clauses begin.
NODE_IDS = "conformance::"

# Name, metavar, type of the key in the file, help. Options of the type linelist may be repeated.
OPTIONS: tuple[tuple[str, str, IniType, str], ...] = (
    (
        "conformance",
        "SELECTION",
        "linelist",
        "Test an implementation of AWS APIs: a test for each clause of the selection, which is SERVICE,"
        " SERVICE:Operation, SERVICE:Glob* or several of these with commas between them. Repeatable.",
    ),
    (
        "conformance-target",
        "TARGET",
        "string",
        "What to test: moto, a URL, aws:REGION or recording:PATH. The fixture conformance_target, if a conftest.py"
        " overrides it, is used without this option.",
    ),
    (
        "conformance-baseline",
        "FILE",
        "linelist",
        "A file of known deviations, with reasons: their tests are expected to fail. Repeatable.",
    ),
    ("conformance-only", "GLOB", "linelist", "Collect only clauses with matching ids. Repeatable."),
    ("conformance-skip", "GLOB", "linelist", "Collect no clauses with matching ids. Repeatable."),
    ("conformance-max-examples", "N", "string", "Random valid requests for each operation (default: 20)."),
    ("conformance-seed", "N", "string", "The seed of requests and names (default: fixed; names are fresh)."),
    (
        "conformance-fail-on",
        "SEVERITY",
        "string",
        "The lowest severity of a finding that fails a test: error (default), warning or info.",
    ),
    ("conformance-out", "FOLDER", "string", "Where record.jsonl and report.html are written (default: reports)."),
    (
        "conformance-guard",
        "MODE",
        "string",
        "Watch the AWS calls of the tests, whoever answers them: report, warn or fail.",
    ),
    (
        "conformance-guard-ignore",
        "GLOB",
        "linelist",
        "What the guard passes over: a glob of clause ids, ' = ' and the reason. Repeatable.",
    ),
    ("conformance-contract", "FILE", "string", "Write what the tests use of AWS to this file."),
)

REPEATABLE = frozenset(name for name, _, ini_type, _ in OPTIONS if ini_type == "linelist")


def add_options(parser: pytest.Parser) -> None:
    """Declare every option, as an argument and as a key."""
    group = parser.getgroup(GROUP, TITLE)
    for name, metavar, ini_type, text in OPTIONS:
        action = "append" if name in REPEATABLE else "store"
        group.addoption(f"--{name}", action=action, metavar=metavar, default=None, help=text)
        parser.addini(key_of(name), text, type=ini_type, default=None)


def key_of(name: str) -> str:
    """The key of an option in a configuration file, which is also its attribute of `config.option`."""
    return name.replace("-", "_")


def value_of(config: pytest.Config, name: str) -> str | None:
    """The value of an option, of the command line or else of the configuration file; None where neither has it."""
    given: Any = config.getoption(key_of(name))
    return str(given) if given is not None else (config.getini(key_of(name)) or None)


def values_of(config: pytest.Config, name: str) -> tuple[str, ...]:
    """The values of a repeatable option, of the command line or else of the configuration file."""
    given: Any = config.getoption(key_of(name))
    return tuple(given if given is not None else (config.getini(key_of(name)) or ()))
