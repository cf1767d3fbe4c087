"""Where the commands write: a text to a file or to standard output, and progress to a terminal only."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from conformance.exceptions import Unwritable


def write_output(text: str, path: Path | None) -> None:
    """Write a document to a file, or to standard output where `path` is None; raises Unwritable.

    In a file, also one that standard output goes to, it is UTF-8 whatever the locale: HTML and XML say so themselves.
    """
    if path is None:
        if isinstance(sys.stdout, io.TextIOWrapper) and not sys.stdout.isatty():
            sys.stdout.reconfigure(encoding="utf-8")
        click.echo(text, nl=not text.endswith("\n"))
        return
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise Unwritable(
            f"cannot write {path}: {problem.strerror or problem}", hint="name another file with -o"
        ) from problem


def check_output(output: Path | None, read: Iterable[Path], *, hint: str = "name another file with -o") -> None:
    """Raise Unwritable where the file to write is one of those that the command reads."""
    if output is not None and output.resolve() in {each.resolve() for each in read}:
        raise Unwritable(f"{output} is read by this command, and would be lost", hint=hint)


def show_progress(text: str) -> None:
    """Show a person at a terminal what takes its time; nothing where standard error is no terminal."""
    if sys.stderr.isatty():
        click.echo(text, err=True)


def show_note(text: str) -> None:
    """Print something that a person should know and that is no error."""
    click.echo(f"note: {text}", err=True)
