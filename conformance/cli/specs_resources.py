"""`conformance specs resources`: prints the resources that operations create, and the operations that are unclear.

load_service --> Overlay with inferred resources --resources_text--------> text for a person
                                                 '--resources_document---> JSON
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import click

from conformance.planning.service_specs import LoadedService, load_service
from conformance.specs.model import Service
from conformance.specs.overlay.parser import load_overlay
from conformance.specs.places import write_steps
from conformance.specs.resources.flows import Flow, flows_of
from conformance.specs.resources.handle_references import References
from conformance.specs.resources.inference import InputBinding, input_bindings, unresolved_creators
from conformance.specs.resources.resource import Handle, Listing, Resource, Source, Status, Tagging
from conformance.specs.store import loading
from conformance.values.paths import format_path
from conformance.values.text import counted

# How many referring operations are named; of the others only the number is printed.
MOST_NAMED = 6

_CLASSES = ("creating", "settled", "updating", "deleting", "moving", "waiting", "failed", "gone")


@click.command("resources")
@click.argument("services", nargs=-1, required=True, metavar="SERVICE...")
@click.option(
    "--spec", "source", default=loading.REPOSITORY, metavar="SOURCE", help="repository, installed, a version, a path."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def command(services: tuple[str, ...], source: str, form: str) -> None:
    """Print the resources of services: what creates, names, reads, lists, changes and deletes them.

    Resources are inferred from the model; the overlay, if there is one, corrects them. Operations that create something
    unclear are printed with the reason.
    """
    found = [load_service(name, source) for name in dict.fromkeys(services)]
    if form == "json":
        click.echo(json.dumps({each.service.name: resources_document(each) for each in found}, indent=1))
        return
    for each in found:
        for line in resources_text(each):
            click.secho(line, bold=bool(line) and not line.startswith(" "))


# ---------------------------------------------------------------- for a person


def resources_text(about: LoadedService) -> Iterator[str]:
    """The lines about the resources of a service."""
    resources = about.overlay.resources
    unclear = _unclear_operations(about)
    not_understood = counted(len(unclear), "operation")
    yield f"{about.service.name}: {counted(len(resources), 'resource')}, {not_understood} not understood"
    in_overlay = _names_in_overlay(about)
    references = References(resources.values())
    referring = _referring(about.service, references)
    for name in sorted(resources):
        yield ""
        yield f"{name}{'  (from the overlay)' if name in in_overlay else ''}"
        for head, line in _rows(about.service, references, resources[name], referring.get(name, ())):
            yield f"  {head.ljust(8)}  {line}".rstrip()
    yield from _data(about.service)
    if unclear:
        yield ""
        yield "not understood"
        yield from (f"  {name}: {why}" for name, why in unclear.items())
    yield ""


def _data(service: Service) -> Iterator[str]:
    """The lines about what one operation writes and another one reads."""
    flows = flows_of(service)
    if not flows:
        return
    yield ""
    yield f"data: {counted(len(flows), 'pair')} of what is written and read"
    for each in flows:
        parent = f"({', '.join(each.shared)})"
        by = f", by {each.by}" if each.by is not None else ""
        given, told = (f" {write_steps(steps)}" if steps else "" for steps in (each.given, each.told))
        yield f"  {each.producer}{given} -> {each.consumer}{parent}{told}{by}"


def _unclear_operations(about: LoadedService) -> Mapping[str, str]:
    """The operations of which it is unclear what they create, with the reasons."""
    creating = {resource.create for resource in about.overlay.resources.values()}
    return {name: why for name, why in unresolved_creators(about.service) if name not in creating}


def _names_in_overlay(about: LoadedService) -> frozenset[str]:
    path = about.loaded.overlay_path
    return frozenset(load_overlay(path).resources) if path else frozenset()


def _rows(
    service: Service, references: References, resource: Resource, referring: Iterable[str]
) -> Iterator[tuple[str, str]]:
    yield "created", f"by {resource.create}"
    for head, handle in zip(_heads("named by"), resource.handles, strict=False):
        yield head, _handle(handle)
    reading = resource.read
    at = f", at {format_path(reading.at)} of the answer" if reading and reading.at else ""
    for path in resource.labels:
        yield "called", f"{format_path(path)}, which nothing refers to"
    roles = (
        ("read by", reading.operation if reading else None, at),
        ("changed", resource.update, ""),
        ("removed", resource.delete, ""),
    )
    for head, operation, more in roles:
        if operation is not None:
            members = _members(service, references, resource, operation, content=head == "changed")
            yield head, f"{operation}({members}){more}"
    if resource.listing is not None:
        yield "listed", _listing(resource.listing)
    if resource.status is not None:
        yield from _status(resource.status)
    if resource.tagging is not None:
        yield "tags", _tagging(resource.tagging)
    named = list(referring)
    if named:
        rest = f" and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
        yield "needed", f"by {', '.join(named[:MOST_NAMED])}{rest}"
    for head, doubt in zip(_heads("unclear"), resource.unclear, strict=False):
        yield head, doubt


def _heads(first: str) -> Iterator[str]:
    """The head of the first row, and blanks for the rows below it."""
    yield first
    while True:
        yield ""


def _handle(handle: Handle) -> str:
    path = format_path(handle.source.path)
    chosen = handle.source.side == "request"
    origin = f"{path}, chosen by the client" if chosen else f"{path} of the answer"
    if not handle.members and not handle.operation_members:
        return f"{path}, of what it belongs to"
    names = [*handle.members, *(f"{name} (in its own operations)" for name in handle.operation_members)]
    return f"{handle.kind if handle.kind != 'other' else 'value'} {origin}; as {', '.join(names)}"


def _members(service: Service, references: References, resource: Resource, operation: str, *, content: bool) -> str:
    """The members that an operation needs, with where their values come from.

    Of an operation that takes the `content` of the resource, only the members that are handles are named.
    """
    every = input_bindings(service, references, resource, service.operations[operation])
    return ", ".join(f"{each.member}: {_meaning(each)}" for each in every if each.handle is not None or not content)


def _meaning(found: InputBinding) -> str:
    if found.resource is not None and found.handle is not None:
        side = "" if found.handle.source.side == "request" else "answered "
        return f"{side}{found.resource}.{format_path(found.handle.source.path)}"
    return {"given": "as created", "constant": "any", "unknown": "not known"}.get(found.meaning, found.meaning)


def _listing(listing: Listing) -> str:
    handle = f" by {format_path(listing.handle)}" if listing.handle else ""
    return f"{listing.operation}, at {format_path(listing.items)}{handle}"


def _status(status: Status) -> Iterator[tuple[str, str]]:
    pace = f", polled every {status.delay:g} s by the waiter" if status.delay is not None else ""
    yield "status", f"{format_path(status.path)}{pace}"
    for name in _CLASSES:
        values = getattr(status, name)
        if values:
            yield "", f"{name}: {', '.join(values)}"
    known = {value for name in _CLASSES for value in getattr(status, name)}
    unknown = [value for value in status.values if value not in known]
    if unknown:
        yield "", f"meaning unknown: {', '.join(unknown)}"


def _tagging(tagging: Tagging) -> str:
    form = f"{tagging.form} of {tagging.key} and {tagging.value}" if tagging.form == "list" else tagging.form
    ways = (
        ("given as", tagging.given),
        ("read by", tagging.read),
        ("added by", tagging.add),
        ("removed by", tagging.remove),
    )
    return "; ".join((form, *(f"{way} {name}" for way, name in ways if name)))


def _referring(service: Service, references: References) -> Mapping[str, list[str]]:
    """The operations of other resources that need a resource, by its name."""
    found: dict[str, list[str]] = {}
    for name, operation in service.operations.items():
        for reference in references.required(service, operation):
            resource = reference.resource
            entry = f"{name}.{reference.path}"
            if name not in resource.operations and entry not in found.setdefault(resource.name, []):
                found[resource.name].append(entry)
    return found


# ---------------------------------------------------------------- for a program


def resources_document(about: LoadedService) -> dict[str, Any]:
    """The resources of a service as a JSON document; paths are texts."""
    resources = about.overlay.resources
    return {
        "resources": {name: _plain(resources[name]) for name in sorted(resources)},
        "data": [_flow(each) for each in flows_of(about.service)],
        "not_understood": dict(_unclear_operations(about)),
    }


def _flow(flow: Flow) -> dict[str, Any]:
    return {
        "written_by": flow.producer,
        "at": write_steps(flow.given),
        "read_by": flow.consumer,
        "told_at": write_steps(flow.told),
        "parent": list(flow.shared),
        "by": flow.by,
        "members": [each.path for each in flow.members],
    }


_PATHS = {"path", "at", "items", "handle", "read_at", "add_at", "remove_at"}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        return [format_path(each) for each in value]
    if isinstance(value, Resource | Handle | Source) or dataclasses.is_dataclass(value):
        fields = {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}
        return {name: format_path(item) if name in _PATHS else _plain(item) for name, item in fields.items()}
    return [_plain(each) for each in value] if isinstance(value, tuple) else value
