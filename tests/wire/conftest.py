"""What the wire tests share: the data of botocore's own tests, fetched once, and a small service in any protocol."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import botocore
import pytest

from conformance.specs import ingest
from conformance.specs.model import Service


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "aws-conformance" / f"botocore-{botocore.__version__}-tests"


def _fetch(folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as name:
        scratch = Path(name)
        command = [
            *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
            *("--retries", "1", "--timeout", "15", "--no-binary", "botocore", "--no-deps"),
            *("--dest", name, f"botocore=={botocore.__version__}"),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
        (archive,) = scratch.glob("botocore-*.tar.gz")
        with tarfile.open(archive) as bundle:
            for entry in bundle:
                _, _, inner = entry.name.partition("/tests/unit/")
                wanted = inner.startswith(("protocols/", "response_parsing/")) and inner.endswith((".json", ".xml"))
                content = bundle.extractfile(entry) if wanted and entry.isfile() else None
                if content is not None and ".." not in inner:
                    target = scratch / "unit" / inner
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(content.read())
        (scratch / "unit").rename(folder)


@pytest.fixture(scope="session")
def botocore_tests() -> Path:
    """The data of botocore's unit tests for the installed version; skips where it cannot be had."""
    folder = _cache()
    if not folder.is_dir():
        try:
            _fetch(folder)
        except (subprocess.SubprocessError, OSError, ValueError) as problem:
            pytest.skip(f"botocore's sdist could not be fetched: {problem}")
    return folder


_SHAPES: dict[str, Any] = {
    "String": {"type": "string"},
    "Integer": {"type": "integer"},
    "Float": {"type": "float"},
    "Boolean": {"type": "boolean"},
    "Blob": {"type": "blob"},
    "Timestamp": {"type": "timestamp"},
    "Names": {"type": "list", "member": {"shape": "String"}},
    "Holes": {"type": "list", "member": {"shape": "String"}, "sparse": True},
    "Tags": {"type": "map", "key": {"shape": "String"}, "value": {"shape": "String"}},
    "Choice": {"type": "structure", "union": True, "members": {"A": {"shape": "String"}, "B": {"shape": "Integer"}}},
    "Free": {"type": "structure", "document": True, "members": {}},
    "Node": {
        "type": "structure",
        "members": {"Name": {"shape": "String"}, "Next": {"shape": "Node"}, "Size": {"shape": "Integer"}},
    },
    "Nodes": {"type": "list", "member": {"shape": "Node"}},
    "Gone": {
        "type": "structure",
        "exception": True,
        "error": {"code": "Thing.Gone", "httpStatusCode": 404},
        "members": {"message": {"shape": "String"}, "Which": {"shape": "Node"}},
    },
}

_MEMBERS: dict[str, Any] = {
    "Name": {"shape": "String"},
    "Count": {"shape": "Integer"},
    "Ratio": {"shape": "Float"},
    "On": {"shape": "Boolean"},
    "Data": {"shape": "Blob"},
    "At": {"shape": "Timestamp"},
    "Names": {"shape": "Names"},
    "Holes": {"shape": "Holes"},
    "Tags": {"shape": "Tags"},
    "Choice": {"shape": "Choice"},
    "Free": {"shape": "Free"},
    "Node": {"shape": "Node"},
    "Nodes": {"shape": "Nodes"},
}

_PLACES: dict[str, Any] = {
    "Bucket": {"shape": "String", "location": "uri", "locationName": "Bucket"},
    "Limit": {"shape": "Integer", "location": "querystring", "locationName": "limit"},
    "Kinds": {"shape": "Names", "location": "querystring", "locationName": "kind"},
    "Owner": {"shape": "String", "location": "header", "locationName": "X-Owner"},
    "Level": {"shape": "Integer", "location": "header", "locationName": "X-Level"},
    "Since": {"shape": "Timestamp", "location": "header", "locationName": "X-Since"},
    "Notes": {"shape": "Tags", "location": "headers", "locationName": "X-Note-"},
}

_ANSWERED: dict[str, Any] = {
    **{name: _PLACES[name] for name in ("Owner", "Level", "Since", "Notes")},
    "Status": {"shape": "Integer", "location": "statusCode"},
}


def _document(protocol: str) -> dict[str, Any]:
    rest = protocol.startswith("rest-")
    shapes = {
        **_SHAPES,
        "PutInput": {"type": "structure", "members": {**(_PLACES if rest else {}), **_MEMBERS}},
        "PutOutput": {"type": "structure", "members": {**(_ANSWERED if rest else {}), **_MEMBERS}},
        "GetInput": {"type": "structure", "members": {"Bucket": _PLACES["Bucket"]} if rest else {}},
        "GetOutput": {"type": "structure", "payload": "Content", "members": {"Content": {"shape": "Blob"}}},
    }
    put: dict[str, Any] = {
        "name": "Put",
        "http": {"method": "POST", "requestUri": "/"},
        "input": {"shape": "PutInput", "locationName": "PutRequest"},
        "output": {"shape": "PutOutput"},
        "errors": [{"shape": "Gone"}],
    }
    operations = {"Put": put, "Drop": {"name": "Drop", "http": {"method": "POST", "requestUri": "/"}}}
    if rest:
        put["http"] = {"method": "PUT", "requestUri": "/things/{Bucket}?put"}
        operations["Get"] = {
            "name": "Get",
            "http": {"method": "GET", "requestUri": "/things/{Bucket}"},
            "input": {"shape": "GetInput"},
            "output": {"shape": "GetOutput"},
        }
        operations["Head"] = {
            **operations["Get"],
            "name": "Head",
            "http": {"method": "HEAD", "requestUri": "/{Bucket}"},
        }
    else:
        put["output"]["resultWrapper"] = "PutResult"
    metadata = {
        "apiVersion": "2020-01-01",
        "endpointPrefix": "things",
        "protocol": protocol,
        "jsonVersion": "1.1",
        "targetPrefix": "Things",
    }
    return {"metadata": metadata, "operations": operations, "shapes": shapes}


@pytest.fixture(scope="session")
def things() -> Callable[[str], Service]:
    """A small service in the protocol of that name: `Put` has a member of every kind, `Drop` has nothing."""

    @functools.cache
    def made(protocol: str) -> Service:
        return ingest.spec_from_documents("things", _document(protocol), botocore="", source="", digest="").service

    return made
