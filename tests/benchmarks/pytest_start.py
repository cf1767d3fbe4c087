"""How much the plugin adds to an empty start of pytest, as a ratio to the same start with `-p no:conformance`.

    python tests/benchmarks/pytest_start.py [--rounds N]

The two starts take turns; compared are medians of the processor time of the whole process.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile


def start_seconds(folder: str, *arguments: str) -> float:
    """The processor time of one start that collects nothing."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print both medians, their difference and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        start_seconds(folder)
        pairs = [(start_seconds(folder), start_seconds(folder, "-p", "no:conformance")) for _ in range(rounds)]
    with_plugin, without = (statistics.median(times) for times in zip(*pairs, strict=True))
    added = 1000 * statistics.median(one - other for one, other in pairs)
    print(f"with the plugin     {1000 * with_plugin:7.1f} ms")
    print(f"-p no:conformance   {1000 * without:7.1f} ms")
    print(f"added {added:.1f} ms, median ratio {with_plugin / without:.3f}")


if __name__ == "__main__":
    main()
