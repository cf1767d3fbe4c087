"""Imports point strictly down the floors that the package's docstring draws; type-only and local imports count."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import conformance

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "conformance"

FLOORS = {
    "errors": 0,
    "values": 0,
    "specs": 1,
    "regexes": 1,
    "cases": 2,
    "wire": 2,
    "record": 2,
    "exchanges": 3,
    "verdicts": 4,
    "planning": 4,
    "run": 5,
    "reports": 5,
    "compare": 6,
    "settings": 7,
    "cli": 8,
    "__main__": 9,
}

MODULES = sorted(PACKAGE.rglob("*.py"))


def room(module: str) -> str:
    """The name on a floor that a module of the package lies in; the package itself is on none."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def name_of(path: Path) -> str:
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(tree: ast.AST, module: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: imports are written in full"
            for alias in node.names:
                yield f"{node.module}.{alias.name}"


def climbs(tree: ast.AST, module: str) -> list[str]:
    """The imports of a module that do not point down."""
    own = room(module)
    found = []
    for name in imports_of(tree, module):
        if name.split(".")[0] != "conformance":
            continue
        other = room(name)
        if other != own and FLOORS.get(other, -1) >= FLOORS[own]:
            found.append(name)
    return found


@pytest.mark.parametrize(
    "path", [path for path in MODULES if path.parent != PACKAGE or path.stem != "__init__"], ids=name_of
)
def test_imports_point_down(path: Path) -> None:
    assert climbs(ast.parse(path.read_text(encoding="utf-8")), name_of(path)) == []


def test_every_room_has_a_floor_and_is_in_the_picture() -> None:
    rooms = {room(name_of(path)) for path in MODULES} - {"__init__"}
    assert rooms == set(FLOORS)
    assert all(each in (conformance.__doc__ or "") for each in rooms - {"__main__"})


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("conformance.specs.x", "from conformance.wire.message import Request"),
        ("conformance.wire.x", "import conformance.cases.case"),
        ("conformance.cases.x", "if False:\n    from conformance.exchanges import exchange"),
        ("conformance.reports.x", "def f():\n    from conformance import run"),
        ("conformance.verdicts.x", "from conformance import compare"),
    ],
)
def test_a_climbing_import_is_seen(module: str, source: str) -> None:
    assert climbs(ast.parse(source), module)


def test_a_falling_import_is_not_blamed() -> None:
    source = "from conformance.specs.model import Service\nfrom conformance.cases import case\nimport json"
    assert climbs(ast.parse(source), "conformance.verdicts.x") == []


def test_the_package_imports_nothing_heavy() -> None:
    probe = (
        "import sys, conformance; print([m for m in ('botocore', 'hypothesis', 'click', 'yaml') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
