"""Where the commands write: a text to a file or to standard output, and progress to a terminal only."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from conformance.exceptions import Unwritable


def write_output(text: str, path: Path | None) -> None:
    """Write a text to a file, or to standard output where `path` is None; raises Unwritable."""
    if path is None:
        click.echo(text, nl=not text.endswith("\n"))
        return
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise Unwritable(f"cannot write {path}: {problem.strerror or problem}") from problem


def show_progress(text: str) -> None:
    """Show a person at a terminal what takes its time; nothing where standard error is no terminal."""
    if sys.stderr.isatty():
        click.echo(text, err=True)


def show_note(text: str) -> None:
    """Print something that a person should know and that is no error."""
    click.echo(f"note: {text}", err=True)
