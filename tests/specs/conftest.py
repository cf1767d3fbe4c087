"""A small service to change, store and break."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from conformance.specs import ingest
from conformance.specs.model import Spec

MakeSpec = Callable[..., Spec]

SHAPES: Mapping[str, Any] = {
    "PutThingRequest": {
        "type": "structure",
        "required": ["Name"],
        "members": {
            "Name": {"shape": "Name", "location": "uri", "locationName": "name"},
            "Kind": {"shape": "Kind"},
            "Parts": {"shape": "Parts"},
            "Tags": {"shape": "Tags"},
            "Choice": {"shape": "Choice"},
        },
    },
    "PutThingResponse": {"type": "structure", "members": {"Id": {"shape": "Name"}, "Made": {"shape": "Time"}}},
    "Name": {"type": "string", "min": 1, "max": 20, "pattern": "[a-z]+"},
    "Kind": {"type": "string", "enum": ["SMALL", "BIG"]},
    "Parts": {"type": "list", "member": {"shape": "Part"}, "max": 5},
    "Part": {"type": "structure", "members": {"Count": {"shape": "Count"}, "Inner": {"shape": "Parts"}}},
    "Count": {"type": "integer", "min": 0, "max": 10, "box": True},
    "Tags": {"type": "map", "key": {"shape": "Name"}, "value": {"shape": "Name"}},
    "Choice": {"type": "structure", "union": True, "members": {"A": {"shape": "Count"}, "B": {"shape": "Name"}}},
    "Time": {"type": "timestamp"},
    "Conflict": {"type": "structure", "members": {}, "exception": True, "error": {"httpStatusCode": 409}},
}

OPERATIONS: Mapping[str, Any] = {
    "PutThing": {
        "http": {"method": "PUT", "requestUri": "/things/{name}"},
        "input": {"shape": "PutThingRequest"},
        "output": {"shape": "PutThingResponse"},
        "errors": [{"shape": "Conflict"}],
    }
}


@pytest.fixture
def make_spec() -> MakeSpec:
    """A function that makes the small service, with shapes and operations put in place of its own."""

    def make(
        shapes: Mapping[str, Any] | None = None,
        operations: Mapping[str, Any] | None = None,
        *,
        botocore: str = "1.0.0",
        **metadata: Any,
    ) -> Spec:
        model = {
            "metadata": {
                "apiVersion": "2020-01-01",
                "endpointPrefix": "things",
                "protocol": "rest-json",
                "serviceFullName": "Things",
                "serviceId": "Thing Store",
                **metadata,
            },
            "operations": {**OPERATIONS, **(operations or {})},
            "shapes": {**SHAPES, **(shapes or {})},
        }
        digest = f"sha256:{hashlib.sha256(repr(model).encode()).hexdigest()}"
        return ingest.spec_from_documents(
            "things", model, botocore=botocore, source="botocore/data/things", digest=digest
        )

    return make
