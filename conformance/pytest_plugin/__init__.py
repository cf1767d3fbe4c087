"""The pytest plugin: installing the package is enough, and nothing happens before it is asked for.

    options.py             every option, as an argument and as a key of pytest's configuration file
    provider.py            --conformance SELECTION: a test for each clause, against an implementation
    guard_session.py       --conformance-guard MODE: watches the AWS calls of the tests
    contract_session.py    --conformance-contract FILE: writes what the tests use of AWS
    marked_tests.py        @pytest.mark.conformance: a project's own tests of cases and findings
    when_blocked.py        what is said of markers with -p no:conformance

Pytest imports this module at each of its starts: it imports nothing that pytest has not imported itself. What an option
asks for is registered as a plugin object of its own, from a module that has `plugin(config)`.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping

import pytest

from conformance.pytest_plugin.options import NODE_IDS, add_options, value_of, values_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.api.guards import Guard
    from conformance.exchanges.target import Target
    from conformance.record.rows import CaseRow, Finding

MARKERS = (
    "conformance(*selection, only=(), skip=()): runs the test for each clause of the selection, as in"
    " @pytest.mark.conformance('sqs:CreateQueue', only='*#pattern'); the test takes `case` or `finding`."
    " The tests that --conformance collects have the marker, too.",
    "conformance_ignore(*globs, reason): --conformance-guard passes over the clauses with matching ids in this test.",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options under one heading."""
    add_options(parser)


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Declare the hooks that a project may implement."""
    from conformance.pytest_plugin import hooks

    pluginmanager.add_hookspecs(hooks)


def pytest_configure(config: pytest.Config) -> None:
    """Explain the markers, and register the parts that are asked for."""
    for text in MARKERS:
        config.addinivalue_line("markers", text)
    for part in _parts(config):
        importlib.import_module(f"{__name__}.wrong_use").check_version()
        module = importlib.import_module(f"{__name__}.{part}")
        config.pluginmanager.register(module.plugin(config), f"conformance-{part}")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test with the marker once for each clause."""
    if metafunc.definition.get_closest_marker("conformance") is not None:
        from conformance.pytest_plugin import marked_tests

        marked_tests.parametrize(metafunc)


def _parts(config: pytest.Config) -> tuple[str, ...]:
    """The modules of the parts that the options ask for."""
    asked: Mapping[str, bool] = {
        "provider": bool(values_of(config, "conformance")) or any(each.startswith(NODE_IDS) for each in config.args),
        "guard_session": bool(value_of(config, "conformance-guard")),
        "contract_session": bool(value_of(config, "conformance-contract")),
    }
    return tuple(part for part, wanted in asked.items() if wanted)


@pytest.fixture(scope="session")
def conformance_target(request: pytest.FixtureRequest) -> str | Target | None:
    """The implementation that conformance tests are sent to: the value of --conformance-target.

    Override it in conftest.py, with any scope, to start a server and yield its URL, or to return `moto` or what
    `conformance.resolve_target` returns.
    """
    return value_of(request.config, "conformance-target")


@pytest.fixture
def case(request: pytest.FixtureRequest) -> CaseRow:
    """For tests with the marker conformance: what was sent to show a clause, and what came back."""
    from conformance.pytest_plugin import marked_tests

    return marked_tests.case_of(request)


@pytest.fixture
def finding(request: pytest.FixtureRequest) -> Finding | None:
    """For tests with the marker conformance: how a clause is contradicted, None where it holds."""
    from conformance.pytest_plugin import marked_tests

    return marked_tests.finding_of(request)


@pytest.fixture
def conformance_guard() -> Iterator[Guard]:
    """The AWS calls of this test, watched: `findings`, `lies()` and `calls` say what was seen so far.

    It needs no option, and fails no test by itself.
    """
    from conformance.api.guards import guard

    with guard("report") as watched:
        yield watched
