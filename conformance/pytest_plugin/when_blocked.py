"""What is left of the plugin with `-p no:conformance`: tests that need it end the session, in one line.

It is an entry point of its own, because pytest does not load the other one then. Without that option it does nothing.
"""

from __future__ import annotations

import pytest

NAME, MARKER = "conformance", "conformance"


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Know the hooks of the plugin: pytest refuses a conftest.py with others."""
    if pluginmanager.is_blocked(NAME):
        from conformance.pytest_plugin import hooks

        pluginmanager.add_hookspecs(hooks)


def pytest_configure(config: pytest.Config) -> None:
    """Know the marker, so that what is said of it is that it needs the plugin."""
    if config.pluginmanager.is_blocked(NAME):
        config.addinivalue_line("markers", f"{MARKER}: needs the plugin, which -p no:{NAME} turns off")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Raise pytest.UsageError for a selected test with the marker."""
    if not config.pluginmanager.is_blocked(NAME):
        return
    marked = next((item for item in items if item.get_closest_marker(MARKER) is not None), None)
    if marked is not None:
        raise pytest.UsageError(f"{marked.nodeid} needs the plugin that -p no:{NAME} turns off (-m 'not {MARKER}')")
