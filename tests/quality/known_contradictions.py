"""Faults of the toolkit that were once found in it: is each of them still right?

    python tests/quality/known_contradictions.py [GLOB ...]

An instance is a claim that answers of AWS contradict, a fault that was not seen, a crash, or something lost. Each
module in `instances/` has a table of them; a GLOB chooses some by their ids (`answers/*`). Prints each, right or wrong;
the exit status is 1 if one is wrong.
"""

from __future__ import annotations

import fnmatch
import importlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

TESTS = Path(__file__).resolve().parents[1]
INSTANCES = TESTS / "quality" / "instances"

if TYPE_CHECKING:
    from quality.instance import Instance


def instances() -> Iterator[Instance]:
    """Every instance of every module, in the order of the modules' names."""
    if str(TESTS) not in sys.path:
        sys.path.insert(0, str(TESTS))
    for path in sorted(INSTANCES.glob("*.py")):
        yield from importlib.import_module(f"quality.instances.{path.stem}").INSTANCES


def wrong_with(instance: Instance) -> str | None:
    """What is wrong with an instance, None if it is right."""
    try:
        return instance.look()
    except Exception as problem:  # noqa: BLE001 - one broken instance must not hide the others
        return f"{type(problem).__name__}: {problem}"


def main(globs: Sequence[str]) -> int:
    wrong = chosen = 0
    for instance in instances():
        if globs and not any(fnmatch.fnmatchcase(instance.id, glob) for glob in globs):
            continue
        chosen += 1
        found = wrong_with(instance)
        wrong += found is not None
        print(f"{'right' if found is None else 'WRONG'}  {instance.id:<44} {instance.what}")
        if found is not None:
            print(f"       {found}")
    print(f"{chosen - wrong} right, {wrong} wrong")
    return 1 if wrong or not chosen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
