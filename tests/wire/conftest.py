"""What the wire tests share: botocore's protocol tests, fetched once from the package index."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from pathlib import Path

import botocore
import pytest


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "aws-conformance" / f"botocore-{botocore.__version__}-protocol-tests"


def _fetch(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    command = [
        *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
        *("--no-binary", ":all:", "--no-deps", "--no-build-isolation"),
        *("--dest", str(folder), f"botocore=={botocore.__version__}"),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    (archive,) = folder.glob("botocore-*.tar.gz")
    with tarfile.open(archive) as bundle:
        for entry in bundle:
            _, _, inner = entry.name.partition("/tests/unit/protocols/")
            content = bundle.extractfile(entry) if inner.endswith(".json") and entry.isfile() else None
            if content is not None and ".." not in inner:
                target = folder / "protocols" / inner
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content.read())
    archive.unlink()


@pytest.fixture(scope="session")
def protocol_tests() -> Path:
    """The folder of botocore's protocol tests for the installed version; skips where it cannot be had."""
    folder = _cache()
    if not (folder / "protocols" / "input").is_dir():
        try:
            _fetch(folder)
        except (subprocess.SubprocessError, OSError, ValueError) as problem:
            pytest.skip(f"botocore's sdist could not be fetched: {problem}")
    return folder / "protocols"
