"""What the AWS CLI calls a service, where that is not botocore's name: data beside the specs, not code."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from conformance.specs.store.files import package_root

FILE = "aws-cli.json"


def cli_name(service: str) -> str:
    """The AWS CLI's command for a service, by botocore's name; the same name where nothing else is known."""
    root = package_root()
    return service if root is None else _renamed(root / FILE).get(service, service)


@lru_cache(maxsize=2)
def _renamed(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    return dict(json.loads(path.read_text("utf-8"))["commands"])
