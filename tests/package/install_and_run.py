"""Install the wheel in the folder given into a fresh environment, away from the checkout, and use it.

python install_and_run.py DIST

The main job is done, and the tests of each project in `tests/downstream` are run with the plugin, in a copy of it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

NEEDED = (
    "conformance/specs/data/sagemaker/2017-07-24/spec.json",
    "conformance/specs/data/sagemaker/2017-07-24/overlay.yaml",
)

DOWNSTREAM = Path(__file__).resolve().parent.parent / "downstream"

# The projects with what is asked of the plugin, how pytest ends, and what it writes.
PROJECTS = (
    ("own_emulator", ("--conformance=sqs:CreateQueue",), 0, "record.jsonl"),
    (
        "app_with_moto",
        ("--conformance-guard=report", "--conformance-contract=contract.json", "-k", "orders"),
        0,
        "guard.jsonl",
    ),
    ("app_with_stubs", ("--conformance-guard=fail",), 1, "guard.jsonl"),
    ("app_with_plugins", ("--conformance-guard=report",), 0, "guard.jsonl"),
)


def main(dist: Path) -> int:
    (wheel,) = dist.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        missing = [name for name in NEEDED if name not in archive.namelist()]
    if missing:
        print(f"not in the wheel: {missing}")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        subprocess.run(["uv", "venv", "-q", "--python", sys.executable, place / "venv"], check=True)
        binaries = place / "venv" / ("Scripts" if os.name == "nt" else "bin")
        python = binaries / "python"
        install: list[str | Path] = ["uv", "pip", "install", "-q", "--python", python]
        install += [f"{wheel}[moto]", "pytest>=8.1.1"]
        subprocess.run(install, check=True)
        command: list[str | Path] = [
            binaries / "conformance",
            "run",
            "sagemaker:CreateEndpoint,UpdateEndpoint",
            "--max-examples",
            "1",
        ]
        run = subprocess.run([*command, "--out", place / "out"], cwd=place, check=False)
        written = sorted(path.name for path in (place / "out").iterdir())
        print(f"exit status {run.returncode}, wrote {written}")
        works = run.returncode == 1 and written == ["junit.xml", "record.jsonl", "report.html"]
        for project in PROJECTS:
            works &= runs(project, python, place)
    return 0 if works else 1


def runs(project: tuple[str, tuple[str, ...], int, str], python: Path, place: Path) -> bool:
    """Whether the tests of a project end as they should."""
    name, options, expected, record = project
    folder = place / name
    shutil.copytree(DOWNSTREAM / name, folder, ignore=shutil.ignore_patterns("__pycache__", "reports"))
    command: list[str | Path] = [
        python,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--conformance-out=out",
        *options,
    ]
    ran = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True, encoding="utf-8")
    print(f"{name}: exit status {ran.returncode}, {ran.stdout.strip().splitlines()[-1:]}")
    works = ran.returncode == expected and (folder / "out" / record).is_file()
    if not works:
        print(ran.stdout[-3000:], ran.stderr[-3000:])
    return works


sys.exit(main(Path(sys.argv[1])))
