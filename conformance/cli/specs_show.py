"""`conformance specs show`: prints a service or single operations as text.

SERVICE            -- overview: protocols, resources, operations with the number of their clauses and rules
SERVICE:Operation  -- operation_text.py: members, constraints, errors, rules, clauses
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import click

from conformance.cli.configuration import config_option, selections_of
from conformance.cli.operation_text import Layout, operation_lines, unchecked_lines, wrapped
from conformance.planning.selection import ServiceSelection, parse_selection
from conformance.planning.service_specs import operations_of
from conformance.settings import Settings
from conformance.specs.clauses.catalog import operation_clauses
from conformance.specs.overlay.entries import EMPTY_OVERLAY, Overlay
from conformance.specs.overlay.parser import load_overlay
from conformance.specs.resources.resource import Resource
from conformance.specs.store import loading
from conformance.values.paths import format_path
from conformance.values.text import counted

# Longer lines are hard to read, however wide the terminal is.
WIDEST = 120


@click.command("show")
@click.argument("selection", metavar="SELECTION")
@config_option(values=False)
@click.option(
    "--spec", "source", default=loading.REPOSITORY, metavar="SOURCE", help="repository, installed, a version, a path."
)
@click.option("--all", "everything", is_flag=True, help="Every value of long enums.")
def command(selection: str, config: Settings, source: str, everything: bool) -> None:
    """Print the operations of a service, or all that is known of single operations.

    A SELECTION is SERVICE, SERVICE:Operation,... with names or globs, or a named selection. An operation is printed
    with its members, their types and constraints, its errors, its rules with their sources, and its clauses.
    """
    layout = Layout(_width(), everything)
    for wish in parse_selection([selection], named=selections_of(config), source=source):
        for line in _lines(wish, source, layout):
            click.secho(line, bold=bool(line) and not line.startswith(" "))


def _lines(wish: ServiceSelection, source: str, layout: Layout) -> Iterator[str]:
    """The lines about one service, or about each of the selected operations; raises UnknownName."""
    loaded = loading.load_spec(wish.service, source=source)
    rules = load_overlay(loaded.overlay_path) if loaded.overlay_path else EMPTY_OVERLAY
    if not wish.operations:
        yield from _overview(loaded, rules, layout)
    else:
        for operation in operations_of(loaded.spec.service, wish.operations):
            yield from operation_lines(loaded.spec, operation, rules, layout)
            yield ""


def _width() -> int:
    return min(shutil.get_terminal_size((80, 24)).columns, WIDEST)


# ---------------------------------------------------------------- overview


def _overview(loaded: loading.Loaded, rules: Overlay, layout: Layout) -> Iterator[str]:
    spec, service = loaded.spec, loaded.spec.service
    counts = {name: len(operation_clauses(spec, one, rules)) for name, one in sorted(service.operations.items())}
    yield f"{service.name}  {service.full_name}"
    for text in _facts(loaded):
        yield from wrapped(text, 2, layout, hang=2)
    yield f"  {counted(len(counts), 'operation')}, {counted(sum(counts.values()), 'clause')}"
    if rules.resources:
        yield ""
        yield f"RESOURCES ({len(rules.resources)})"
        for resource in rules.resources.values():
            yield from wrapped(_resource(resource), 2, layout, hang=4)
    yield ""
    yield f"OPERATIONS ({len(counts)})"
    widest = max(map(len, counts), default=0)
    for name, count in counts.items():
        ruled = _rule_count(rules, name, spec.provenance.botocore)
        yield f"  {name.ljust(widest)}  {counted(count, 'clause'):>12}{ruled}"
    if rules.unchecked:
        yield ""
        yield f"RULES KNOWN, NOT CHECKED ({len(rules.unchecked)})"
        yield from unchecked_lines({name: one.reason for name, one in rules.unchecked.items()}, layout)


def _facts(loaded: loading.Loaded) -> Iterator[str]:
    service, provenance = loaded.spec.service, loaded.spec.provenance
    yield f"API {service.api_version}, protocol {', '.join(service.protocols) or service.protocol}"
    yield f"endpoint prefix {service.endpoint_prefix}, signed as {service.signing_name} ({service.signature_version})"
    yield f"from botocore {provenance.botocore} ({loaded.origin}), {provenance.digest}"
    if loaded.older_than_installed:
        yield f"older than the installed botocore {loaded.installed_version}, whose model differs"


def _resource(resource: Resource) -> str:
    ways = {
        "create": resource.create,
        "read": resource.read.operation if resource.read else None,
        "update": resource.update,
        "delete": resource.delete,
    }
    name = format_path(resource.handle.source.path) if resource.handles else "no identifier known"
    text = f"{resource.name}: {name}; " + ", ".join(f"{way} {name}" for way, name in ways.items() if name)
    if resource.status:
        text += f"; ready when {format_path(resource.status.path)} is {' or '.join(resource.status.settled)}"
    return text


def _rule_count(rules: Overlay, operation: str, botocore: str) -> str:
    found = sum(1 for _ in rules.rules_for(operation, botocore))
    return f"  {counted(found, 'rule')}" if found else ""
