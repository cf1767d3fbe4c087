"""The one table of report formats: a name and the function that writes it.

A module is imported when its format is asked for, so that a run that prints to a terminal does not load a template
engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Protocol, cast

from conformance.exceptions import UnknownName
from conformance.record.rows import Record
from conformance.reports.report_options import DEFAULT, Options
from conformance.values.text import well_formed

FORMATS: Mapping[str, str] = {
    "html": "conformance.reports.html:render_html",
    "markdown": "conformance.reports.markdown:render_markdown",
    "junit": "conformance.reports.junit:render_junit",
    "json": "conformance.reports.summary_json:render_json",
}


class Render(Protocol):
    """A function that writes a format."""

    def __call__(self, record: Record, options: Options = DEFAULT) -> str:
        """The report, as text that is written as UTF-8."""


def writer(name: str) -> Render:
    """The function that writes the format `name`; raises UnknownName."""
    if name not in FORMATS:
        raise UnknownName("report format", name, FORMATS, hint=f"one of {', '.join(FORMATS)}")
    module, _, function = FORMATS[name].partition(":")
    return cast(Render, getattr(import_module(module), function))


def render(name: str, record: Record, options: Options = DEFAULT) -> str:
    """`record` in the format `name`; raises UnknownName. The text can always be encoded as UTF-8."""
    return well_formed(writer(name)(record, options))
