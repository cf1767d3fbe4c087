"""A contract in a file: canonical JSON, so that equal contracts have equal bytes and a change is a short diff.

    Contract --canonical--> text, keys sorted, an entry a line, a newline at the end        text --read--> Contract

There are no times, versions or paths of a machine in it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any

from conformance.contracts.contract_merging import shortened
from conformance.contracts.usage import FORMAT, Contract
from conformance.exceptions import BadFile, Unwritable
from conformance.record.annotations import forms
from conformance.record.json_form import BadValue, parsed
from conformance.values.text_formats import NotADocument, json_document

WRITTEN_BY = "'pytest --conformance-contract FILE' writes one"


def read_contract(path: str | os.PathLike[str]) -> Contract:
    """The contract in a file. Raises BadFile where there is none, where it is another file, or of another format."""
    place = Path(path)
    try:
        content = place.read_bytes()
    except OSError as problem:
        raise BadFile(place, f"cannot be read: {problem.strerror or problem}", hint=WRITTEN_BY) from problem
    try:
        value = json_document(content)
    except NotADocument as problem:
        raise BadFile(place, str(problem), hint=WRITTEN_BY) from problem
    if not isinstance(value, dict) or "format" not in value or "services" not in value:
        raise BadFile(place, "is no contract: it has no 'format' and 'services'", hint=WRITTEN_BY)
    if value["format"] != FORMAT:
        hint = f"this version reads format {FORMAT}: update aws-conformance, or write the contract anew"
        raise BadFile(place, f"is a contract of format {value['format']!r:.40}", hint=hint)
    try:
        contract: Contract = parsed(Contract, value)
    except BadValue as bad:
        raise BadFile(place, str(bad), hint=WRITTEN_BY) from bad
    return contract


def write_contract(contract: Contract, path: str | os.PathLike[str]) -> None:
    """Write a contract; folders that are missing are made. Raises Unwritable."""
    place = Path(path)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(canonical(contract).encode("ascii"))
    except OSError as problem:
        raise Unwritable(f"cannot write {place}: {problem.strerror or problem}") from problem


def canonical(contract: Contract) -> str:
    """The text of the file: the same for equal contracts."""
    services = {
        service: {name: shortened(use) for name, use in operations.items()}
        for service, operations in contract.services.items()
    }
    return json.dumps(_plain(Contract(services=services)), indent=1, sort_keys=True) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    if not is_dataclass(value):
        return value
    kind: Any = type(value)
    pairs = ((form, getattr(value, form.name)) for form in forms(kind))
    return {form.name: _plain(item) for form, item in pairs if item != form.default or not form.is_left_out}
