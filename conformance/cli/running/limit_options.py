"""The options of `run` that limit how far it goes and how much it prints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from conformance.cli.configuration import is_stronger
from conformance.cli.running.results import ResultOptions, Verbosity
from conformance.cli.shared_options import Amount, Command, Whole, with_options
from conformance.exceptions import UsageError
from conformance.run.control.run_control import Limits

_OPTIONS = (
    click.option(
        "--max-time",
        type=Amount(min=0, min_open=True),
        metavar="SECONDS",
        help="End the run in order after so many seconds.",
    ),
    click.option(
        "--max-requests",
        type=Whole(1),
        metavar="N",
        help="End the run in order after so many requests. Those that remove what it made come on top.",
    ),
    click.option(
        "-x",
        "--max-failures",
        type=Whole(1),
        is_flag=False,
        flag_value=1,
        metavar="[N]",
        help="End the run in order after so many findings that fail it; without a number, after the first.",
    ),
    click.option("-q", "--quiet", is_flag=True, help="Print the totals only."),
    click.option("-v", "--verbose", is_flag=True, help="Print a line for each operation, and every finding."),
)


def limit_options(command: Command) -> Command:
    """Add `--max-time`, `--max-requests`, `--max-failures`, `-q` and `-v`."""
    return with_options(command, _OPTIONS)


def limits_of(options: Mapping[str, Any], results: ResultOptions) -> Limits:
    """The limits that the options set."""
    return Limits(
        seconds=options["max_time"],
        requests=options["max_requests"],
        failures=options["max_failures"],
        is_failure=results.is_failure,
    )


def verbosity_of(context: click.Context, options: Mapping[str, Any]) -> Verbosity:
    """How much is to be printed; of --quiet and --verbose the one from the stronger source. Raises UsageError."""
    if options["quiet"] and options["verbose"]:
        for one, other in (("quiet", "verbose"), ("verbose", "quiet")):
            if is_stronger(context, one, other):
                return verbosity_of(context, {**options, other: False})
        raise UsageError("both --quiet and --verbose are given", hint="leave one of them out")
    return "quiet" if options["quiet"] else "verbose" if options["verbose"] else "normal"
