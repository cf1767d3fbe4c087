"""The JSON Schema of a contract, from its dataclasses.

    usage --generated--> contract.schema.json, published in the package for tools in other languages

`python -m conformance.contracts.contract_schema` writes the file anew after the contract has changed.
"""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

from conformance.contracts.usage import FORMAT, Contract
from conformance.record.schema import definition

FILE = "contract.schema.json"


def schema() -> dict[str, Any]:
    """The published JSON Schema (2020-12) of a contract."""
    loaded: dict[str, Any] = json.loads(resources.files(__package__).joinpath(FILE).read_text("utf-8"))
    return loaded


def written() -> str:
    """The text of the published file, as it follows from the dataclasses."""
    definitions: dict[str, Any] = {}
    whole = definition(Contract, definitions)
    text = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"A contract of aws-conformance, format {FORMAT}",
        **whole,
        "$defs": dict(sorted(definitions.items())),
    }
    return json.dumps(text, indent=2) + "\n"


if __name__ == "__main__":
    Path(__file__).with_name(FILE).write_text(written(), "utf-8")
