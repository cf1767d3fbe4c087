"""`conformance specs export`: writes a spec in a format that other tools read."""

from __future__ import annotations

import json
from pathlib import Path

import click

from conformance.cli.output import show_progress, write_output
from conformance.regexes.portable_writer import portable
from conformance.specs import json_schema
from conformance.specs.store import loading


@click.command("export")
@click.argument("service")
@click.option("--format", "form", type=click.Choice(["jsonschema"]), default="jsonschema", show_default=True)
@click.option(
    "--spec", "source", default=loading.REPOSITORY, metavar="SOURCE", help="A version, 'installed', or a path."
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="The file to write."
)
def command(service: str, form: str, source: str, output: Path | None) -> None:  # noqa: ARG001 - one form so far
    """Write the spec of SERVICE as JSON Schema 2020-12, one document with a definition for every shape."""
    loaded = loading.load_spec(service, source=source, notify=show_progress)
    text = json.dumps(json_schema.service_json_schema(loaded.spec, translate=portable), indent=1) + "\n"
    write_output(text, output)
