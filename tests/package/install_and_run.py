"""Install the wheel in the folder given into a fresh environment, away from the checkout, and do the main job.

python install_and_run.py DIST
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

NEEDED = (
    "conformance/specs/data/sagemaker/2017-07-24/spec.json",
    "conformance/specs/data/sagemaker/2017-07-24/overlay.yaml",
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
        subprocess.run(["uv", "pip", "install", "-q", "--python", python, f"{wheel}[moto]"], check=True)
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
    return 0 if run.returncode == 1 and written == ["junit.xml", "record.jsonl", "report.html"] else 1


sys.exit(main(Path(sys.argv[1])))
