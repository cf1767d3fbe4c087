"""Real bugs of older moto versions: reported in the version that has them, and not in the one that mended them?

    python tests/quality/moto_bugs.py BUGS.json ENVIRONMENTS [ID ...]

BUGS.json lists bugs with `buggy_version`, `fixed_version`, `service`, `operation` and `where`; ENVIRONMENTS is a folder
with an environment `m-VERSION` for each version, whose `bin/moto_server` is started here on a port of its own. A bug
counts as found where a finding on its operation (and place, where one is named) is in the record of the buggy version
and not in that of the fixed one.
"""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

START_SECONDS = 60
RUN_SECONDS = 600


@contextmanager
def moto_server(binary: Path) -> Iterator[str]:
    """The URL of a moto server of some version."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(binary), "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _await(port, server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def _await(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit(f"no moto server came up on port {port}")


def findings(url: str, operation: str) -> list[dict[str, Any]]:
    """The findings of a run of one operation at a URL."""
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "conformance", "run", operation, "--endpoint-url", url, "--out", out]
        arguments = ["--seed", "1", "--fail-on", "never", "--max-examples", "30"]
        subprocess.run([*command, *arguments], capture_output=True, timeout=RUN_SECONDS, check=False)
        lines = (Path(out) / "record.jsonl").read_text(encoding="utf-8").strip().split("\n")
    rows = (json.loads(line) for line in lines)
    return [row for row in rows if row["type"] == "finding"]


def key(finding: dict[str, Any]) -> tuple[str, str]:
    return finding["clause"], finding["code"]


def found(bug: dict[str, Any], environments: Path) -> list[tuple[str, str]]:
    """The findings that the buggy version has and the fixed one has not, on the bug's operation and place."""
    operation = f"{bug['service']}:{bug['operation']}"
    seen = []
    for version in (bug["buggy_version"], bug["fixed_version"]):
        with moto_server(environments / f"m-{version}" / "bin" / "moto_server") as url:
            seen.append({key(each): each for each in findings(url, operation)})
    gone = [each for each in seen[0] if each not in seen[1]]
    places = re.findall(r"[A-Z][A-Za-z]+", bug["where"] or "")
    at_place = [each for each in gone if any(place in each[0] for place in places)]
    return at_place or ([] if places else gone)


def main(bugs: Path, environments: Path, wanted: list[str]) -> None:
    hits = 0
    chosen = [bug for bug in json.loads(bugs.read_text(encoding="utf-8")) if not wanted or bug["id"] in wanted]
    for bug in chosen:
        if not (environments / f"m-{bug['buggy_version']}").is_dir():
            print(f"{bug['id']}: no environment")
            continue
        evidence = found(bug, environments)
        hits += bool(evidence)
        shown = "; ".join(f"{clause} {code}" for clause, code in evidence[:3]) or "not found"
        print(f"{bug['id']} ({bug['kind']}): {shown}", flush=True)
    print(f"{hits} of {len(chosen)} found")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
