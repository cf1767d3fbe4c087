"""`conformance specs`: extracts, lists and compares specs, and loads the subcommands that have modules of their own.

specs -- extract | list | changes     here
      '- export | lint | resources | show   in the modules of SUBCOMMANDS, which are imported when called
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from conformance.cli.configuration import config_option
from conformance.cli.output import show_progress, write_output
from conformance.exceptions import BadFile, UnknownName, UsageError
from conformance.settings import Settings
from conformance.specs import ingest
from conformance.specs.changes import changelog, clause_changes, shape_changes
from conformance.specs.model import Spec
from conformance.specs.overlay.parser import load_overlay
from conformance.specs.store import files, loading, wheels
from conformance.specs.store.named_selections import shipped_selections
from conformance.specs.versions import is_version
from conformance.values.text import counted

# subcommand -> (module that has it, one-line help); imported when called
SUBCOMMANDS: dict[str, tuple[str, str]] = {
    "export": ("conformance.cli.specs_export", "Write a spec as JSON Schema."),
    "lint": ("conformance.cli.specs_lint", "Look for mistakes in specs and their overlays."),
    "resources": ("conformance.cli.specs_resources", "Print the resources that operations create, read and delete."),
    "show": ("conformance.cli.specs_show", "Print an operation with its members, constraints and clauses."),
}


# Characters of a named selection that `list` shows.
WIDEST_SELECTION = 60


class SpecsGroup(click.Group):
    """The commands of this module and those of SUBCOMMANDS."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted((*super().list_commands(ctx), *SUBCOMMANDS))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in SUBCOMMANDS:
            return super().get_command(ctx, cmd_name)
        found: click.Command = importlib.import_module(SUBCOMMANDS[cmd_name][0]).command
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        own = {name: found.get_short_help_str(80) for name, found in self.commands.items()}
        later = {name: text for name, (_, text) in SUBCOMMANDS.items()}
        with formatter.section("Commands"):
            formatter.write_dl(sorted({**own, **later}.items()))


@click.group(cls=SpecsGroup)
def command() -> None:
    """Extract, list, show, compare, export and check specs."""


_OUTPUT = click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="The file to write."
)


# ---------------------------------------------------------------- extract


@command.command()
@click.argument("services", nargs=-1, metavar="SERVICE...")
@click.option("--all", "everything", is_flag=True, help="Every service of the installed botocore.")
@click.option("--botocore", metavar="VERSION", help="Take the models of this version, from its wheel.")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="The folder of specs to write to.")
@click.option("--forget-older", is_flag=True, help="Remove the older versions of the specs that are written.")
def extract(
    services: tuple[str, ...], everything: bool, botocore: str | None, out: Path | None, forget_older: bool
) -> None:
    """Write specs from botocore's models.

    They are written to the `specs` folder of the checkout, or to ./specs outside of a checkout. Stored versions
    stay.
    """
    if bool(services) == everything:
        raise click.UsageError("name services, or give --all")
    if everything and botocore:
        raise click.UsageError("--all takes the installed botocore; --botocore needs the names of services")
    root = out or files.checkout_root() or Path("specs")
    if everything:
        _extract_all(root, forget_older)
        return
    # All are read before the first is written: a wrong name leaves nothing half done.
    specs = [_extracted(name, botocore) for name in dict.fromkeys(services)]
    for spec in specs:
        folder = files.write_spec(spec, root, keep_older=not forget_older)
        size = counted(len(spec.service.operations), "operation")
        click.echo(f"{folder}: {size}, botocore {spec.provenance.botocore}")


def _extracted(name: str, botocore: str | None) -> Spec:
    return wheels.spec_from_wheel(name, botocore, notify=show_progress) if botocore else ingest.installed_spec(name)


def _extract_all(root: Path, forget_older: bool) -> None:
    names, operations = ingest.service_names(), 0
    for position, name in enumerate(names, start=1):
        spec = ingest.installed_spec(name)
        files.write_spec(spec, root, keep_older=not forget_older)
        operations += len(spec.service.operations)
        if sys.stderr.isatty():
            click.echo(f"\r\x1b[K{position}/{len(names)} {name}", nl=position == len(names), err=True)
    size = f"{counted(len(names), 'service')}, {counted(operations, 'operation')}"
    click.echo(f"{root}: {size}, botocore {ingest.botocore_version()}")


# ---------------------------------------------------------------- list


@command.command("list", short_help="List the stored specs and the named selections.")
@click.argument("service", required=False)
@click.option("--installed", is_flag=True, help="List the services of the installed botocore instead.")
@click.option("--out", "root", type=click.Path(path_type=Path), metavar="DIR", help="The folder of specs to list.")
@config_option(values=False)
def list_(service: str | None, installed: bool, root: Path | None, config: Settings) -> None:
    """List the stored specs and the named selections; with SERVICE, the stored versions of that service."""
    if installed:
        _list_installed(service)
        return
    place = root or files.package_root()
    known = files.stored_services(place) if place else ()
    if not place or not known:
        raise BadFile(root or "specs", "no specs are stored here", hint="'conformance specs extract' writes them")
    if service is None:
        _table(("service", "api version", "botocore", "versions", "operations", "overlay", ""), _stored_rows(place))
        _list_selections(place, config)
    elif service not in known:
        raise UnknownName("stored spec", service, known, hint="'conformance specs list' names them all")
    else:
        _table(("service", "api version", "botocore", "operations", "digest"), _version_rows(place, service))


def _list_selections(root: Path, config: Settings) -> None:
    """The selections that ship with the store, and those of the configuration file."""
    shipped = [(each.name, " ".join(each.services), each.description) for each in shipped_selections(root).values()]
    own = [(name, " ".join(services), f"from {config.path}") for name, services in config.selections.items()]
    if shipped or own:
        click.echo()
        _table(("selection", "", ""), [(name, _shortened(services), text) for name, services, text in shipped + own])


def _shortened(text: str) -> str:
    return text if len(text) <= WIDEST_SELECTION else f"{text[: WIDEST_SELECTION - 4]} ..."


def _list_installed(service: str | None) -> None:
    names = ingest.service_names()
    if service is not None and service not in names:
        raise ingest.unknown_service(service, names)
    data = ingest.data_directory()
    chosen = names if service is None else (service,)
    _table(("service", "api versions"), ((name, ", ".join(ingest.api_versions(data / name))) for name in chosen))


def _stored_rows(root: Path) -> Iterable[tuple[str, ...]]:
    installed = ingest.botocore_version()
    for name in files.stored_services(root):
        for known in files.stored_api_versions(root, name):
            spec = files.read_stored_version(known, known.versions[0])
            yield (
                name,
                known.api_version,
                spec.provenance.botocore,
                str(len(known.versions)),
                str(len(spec.service.operations)),
                "yes" if known.overlay else "no",
                f"older than the installed {installed}" if loading.is_outdated(spec, installed) else "",
            )


def _version_rows(root: Path, service: str) -> Iterable[tuple[str, ...]]:
    for known in files.stored_api_versions(root, service):
        for version in known.versions:
            operations = len(files.read_stored_version(known, version).service.operations)
            origin = version.provenance
            yield service, known.api_version, origin.botocore, str(operations), origin.digest[:19]


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    lines = [heads, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    for line in lines:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


# ---------------------------------------------------------------- changes


@command.command("changes", short_help="Print what changed between two versions of botocore.")
@click.argument("service")
@click.option("--from", "older", required=True, metavar="A", help="A botocore version, 'installed', or a path.")
@click.option("--to", "newer", required=True, metavar="B", help="A botocore version, 'installed', or a path.")
@click.option("--format", "form", type=click.Choice(["text", "apichanges", "markdown", "json"]), default="text")
@click.option("--clauses", is_flag=True, help="Print the ids of clauses that were added, removed or changed.")
@_OUTPUT
def changes_(service: str, older: str, newer: str, form: str, clauses: bool, output: Path | None) -> None:
    """Print what changed in SERVICE between two versions of botocore, and what that can break."""
    first, second = side_of(service, older), side_of(service, newer)
    found = shape_changes.compare_specs(first.spec, second.spec)
    rules = load_overlay(second.overlay_path) if second.overlay_path else None
    listed = clause_changes.clause_changes(found, rules) if clauses else None
    if form == "json":
        ids = None if listed is None else clause_changes.clause_changes_document(listed)
        text = json.dumps(changelog.changelog_document(found, rules, ids), indent=1) + "\n"
    elif listed is not None:
        text = clause_changes.clause_changes_text(listed)
    elif form == "markdown":
        text = changelog.changelog_markdown(found, rules)
    else:
        text = {"text": changelog.changelog_text, "apichanges": changelog.change_page}[form](found)
    write_output(text, output)


def side_of(service: str, source: str) -> loading.Loaded:
    """The spec that one side of a comparison names; raises UsageError for what is neither a version nor a path."""
    if is_version(source) or source == loading.INSTALLED or Path(source).exists():
        return loading.load_spec(service, source=source, notify=show_progress)
    raise UsageError(f"'{source}' is neither a version nor a path", hint="versions look like 1.44.5; or 'installed'")
