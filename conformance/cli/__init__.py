"""The command line: one module for each command, imported when it is called, and the one place that prints errors.

main(argv) -- group -- run | report | combine | compare | cases | contract | specs | cleanup | replay   (COMMANDS)
     |-- ConformanceError --> "error: ..." and "hint: ..." on stderr, its own exit status
     '-- anything else    --> "error: ..." on stderr, the details in a file, exit status 4
"""

from __future__ import annotations

import errno
import gc
import importlib
import io
import os
import sys
from collections.abc import Sequence

import click

from conformance.exceptions import ConformanceError, near

# command -> (module that has it, one-line help shown without importing that module)
COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("conformance.cli.run", "Run conformance cases against a target and write reports."),
    "report": ("conformance.cli.report", "Write a report from a record."),
    "combine": ("conformance.cli.combine", "Combine the records of the parts of a run."),
    "compare": ("conformance.cli.compare", "Compare two records."),
    "cases": ("conformance.cli.cases", "Print generated cases of an operation."),
    "contract": ("conformance.cli.contract", "Check what an application uses of AWS."),
    "specs": ("conformance.cli.specs", "Extract, list, show, compare and check specs."),
    "cleanup": ("conformance.cli.cleanup", "Remove what a run has left that was cut off."),
    "replay": ("conformance.cli.replay", "Send the requests of one case of a record again."),
}


# What click raises for a group without a command, where it does not print the help itself; its message is the help.
_HELP_FOR_NOTHING: tuple[type[click.UsageError], ...] = (
    (click.exceptions.NoArgsIsHelpError,) if hasattr(click.exceptions, "NoArgsIsHelpError") else ()
)

UNEXPECTED = 4
"""The exit status after a failure that is a fault of this program."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called, so that `--help` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[cmd_name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as problem:
            close = near(args[0], COMMANDS)
            if close:
                raise click.UsageError(f"no such command '{args[0]}'; did you mean {' or '.join(close)}?") from problem
            raise


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="aws-conformance", prog_name="conformance")
def group() -> None:
    """Test implementations of AWS APIs against the specs that botocore ships."""


# What to do where standard output, or a folder that the command works in, fails.
_WRITE_HINTS: dict[int | None, str] = {
    errno.ENOSPC: "is the disk full?",
    errno.ENOENT: "is the current folder still there?",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status.

    0: the target conforms. 1: findings at or above `--fail-on`. 2: wrong use.
    3: the target was not reached or was lost. 4: an unexpected failure of this program. 130: Ctrl-C.
    """
    arguments = tuple(sys.argv[1:] if argv is None else argv)
    try:
        status = group.main(args=argv, prog_name="conformance", standalone_mode=False)
    except ConformanceError as problem:
        return _fail(problem.message, problem.hint, problem.exit_status)
    except click.exceptions.Abort:
        return _fail("interrupted", None, 130)
    except click.UsageError as problem:
        command = problem.ctx.command_path if problem.ctx else _named_command(arguments)
        if isinstance(problem, _HELP_FOR_NOTHING):
            click.echo(problem.format_message(), err=True)
            return 2
        return _fail(problem.format_message(), f"see '{command} --help'", 2)
    except click.ClickException as problem:
        return _fail(problem.format_message(), None, 2)
    except OSError as problem:
        # Most likely standard output: it is replaced, or the interpreter fails on it once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return _fail(f"cannot write: {problem.strerror or problem}", _WRITE_HINTS.get(problem.errno), 3)
    except Exception as problem:  # noqa: BLE001 - whatever it is, the user gets one line, and we get the details
        return _crashed(problem, arguments)
    return status if isinstance(status, int) else 0


def _named_command(arguments: Sequence[str]) -> str:
    """The command that was named, for an error that click raises without its context."""
    named = arguments[0] if arguments and arguments[0] in COMMANDS else ""
    return f"conformance {named}".rstrip()


def _crashed(problem: Exception, arguments: Sequence[str]) -> int:
    """Write the details of an unexpected failure to a file, and say where it is."""
    # Imported here: this takes time that no other use of the command line needs.
    from conformance.cli import crash_report

    place = crash_report.write(problem, arguments)
    where = f"details are in {place}" if place is not None else "its details could not be written to a file"
    click.echo(f"error: unexpected failure ({type(problem).__name__}), a fault of this program: {where}", err=True)
    return UNEXPECTED


def _fail(message: str, hint: str | None, status: int) -> int:
    click.echo(f"error: {message}", err=True)
    if hint:
        click.echo(f"hint: {hint}", err=True)
    return status


def script() -> None:
    """Entry point of the `conformance` command."""
    # Specs are millions of objects that live to the end; collections that walk all of them take an eighth of a run.
    gc.set_threshold(100_000, 20, 100)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # what the locale cannot write is escaped, and does not end a run
            stream.reconfigure(errors="backslashreplace")
    sys.exit(main())
