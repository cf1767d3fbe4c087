"""The selections of operations that ship with the specs, each under a name: specs/_shared/selections.yaml.

They are data, so that no code names a service. A project adds its own in its configuration.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.exceptions import BadFile
from conformance.specs.store import files
from conformance.values.text_formats import NotADocument, yaml_document

FILE = "_shared/selections.yaml"


@dataclass(frozen=True, slots=True)
class NamedSelection:
    """Services and operations under a name; `services` has them as the command line spells them."""

    name: str
    services: tuple[str, ...]
    description: str = ""


def shipped_selections(root: Path | None = None) -> Mapping[str, NamedSelection]:
    """The selections of the store at `root`, the package's own by default; none where it has no such file.

    Raises BadFile for a file that does not have the form of one.
    """
    place = root or files.package_root()
    path = place / FILE if place else None
    if path is None or not path.is_file():
        return {}
    try:
        document = yaml_document(path.read_bytes())
    except NotADocument as problem:
        raise BadFile(path, str(problem)) from problem
    if not isinstance(document, dict):
        raise BadFile(path, "is not a mapping from names to selections")
    return {str(name): _selection(path, str(name), value) for name, value in document.items()}


def _selection(path: Path, name: str, value: Any) -> NamedSelection:
    services = value.get("services") if isinstance(value, dict) else None
    if not isinstance(services, list) or not services or not all(isinstance(each, str) for each in services):
        raise BadFile(path, f"'{name}' has no list of 'services'", hint="as in services: [sqs:CreateQueue]")
    return NamedSelection(name, tuple(services), str(value.get("description", "")))
