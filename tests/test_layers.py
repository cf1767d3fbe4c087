"""The rules of the package's structure, each with a source that it must catch and one that it must not blame.

imports     point strictly down the floors that the package's docstring draws; type-only and local imports count
cycles      none, neither between rooms nor between files of one room
sizes       files of at most 400 lines, functions of at most 60, at most 20 modules on a level
names       no module name twice, except for scenario families: a family has one name in its clauses, scenarios and laws
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import conformance

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "conformance"

FLOORS = {
    "exceptions": 0,
    "values": 0,
    "specs": 1,
    "regexes": 1,
    "cases": 2,
    "wire": 2,
    "record": 2,
    "exchanges": 3,
    "watching": 3,
    "verdicts": 4,
    "planning": 4,
    "run": 5,
    "reports": 5,
    "compare": 6,
    "guarding": 6,
    "contracts": 6,
    "settings": 7,
    "api": 7,
    "extending": 7,
    "cli": 8,
    "pytest_plugin": 8,
    "__main__": 9,
}

FILE_LINES = 400
FUNCTION_LINES = 60
MODULES_ON_A_LEVEL = 20

# Folders with one module a scenario family. Module names of a package's own (`__init__`) may repeat as well.
FAMILIES = {"conformance.specs.clauses", "conformance.cases.scenarios", "conformance.verdicts.laws"}

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


def import_graph(sources: Mapping[str, ast.AST]) -> dict[str, set[str]]:
    """The modules that each module imports, among those given."""
    found: dict[str, set[str]] = {}
    for module, tree in sources.items():
        found[module] = set()
        for imported in imports_of(tree, module):
            name = imported
            while name and name not in sources:
                name = name.rpartition(".")[0]
            found[module] |= {name} - {"", module}
    return found


def cyclic(graph: Mapping[str, set[str]]) -> set[str]:
    """The modules on a cycle or between two: what is left without those that import nothing or that nothing imports."""
    left = {module: set(imported) for module, imported in graph.items()}
    while True:
        wanted = set().union(*left.values())
        ends = {module for module, imported in left.items() if not imported or module not in wanted}
        if not ends:
            return set(left)
        left = {module: imported - ends for module, imported in left.items() if module not in ends}


def long_functions(tree: ast.AST) -> list[str]:
    """Functions of more lines than there should be."""
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return [each.name for each in functions if (each.end_lineno or 0) - each.lineno + 1 > FUNCTION_LINES]


def crowded(modules: list[str]) -> set[str]:
    """Packages with more modules on their level than there should be."""
    levels = Counter(module.rpartition(".")[0] for module in modules)
    return {level for level, count in levels.items() if count > MODULES_ON_A_LEVEL}


def repeated(modules: list[str]) -> set[str]:
    """Names that several modules have; a scenario family counts once."""
    places = {
        ("family" if module.rpartition(".")[0] in FAMILIES else module, module.rpartition(".")[2]) for module in modules
    }
    return {name for name, count in Counter(name for _, name in places).items() if count > 1}


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


def test_no_module_is_on_a_cycle() -> None:
    sources = {name_of(path): ast.parse(path.read_text(encoding="utf-8")) for path in MODULES}
    assert cyclic(import_graph(sources)) == set()


@pytest.mark.parametrize(
    "second",
    [
        "from conformance.run.a import f",
        "if TYPE_CHECKING:\n    from conformance.run import a",
        "def g():\n    import conformance.run.a",
        "from conformance.run.c import h",
    ],
)
def test_a_cycle_is_seen(second: str) -> None:
    sources = {
        "conformance.run.a": ast.parse("from conformance.run.b import g"),
        "conformance.run.b": ast.parse(second),
        "conformance.run.c": ast.parse("from conformance.run import a"),
        "conformance.run.d": ast.parse("from conformance.run import a"),
    }
    assert {"conformance.run.a", "conformance.run.b"} <= cyclic(import_graph(sources))
    assert "conformance.run.d" not in cyclic(import_graph(sources))


def test_a_diamond_is_no_cycle() -> None:
    sources = {
        "conformance.run.a": ast.parse("from conformance.run import b, c"),
        "conformance.run.b": ast.parse("from conformance.run.d import f"),
        "conformance.run.c": ast.parse("from conformance.run.d import f"),
        "conformance.run.d": ast.parse("import json"),
    }
    assert cyclic(import_graph(sources)) == set()


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_files_and_functions_are_short(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert source.count("\n") <= FILE_LINES
    assert long_functions(ast.parse(source)) == []


@pytest.mark.parametrize("head", ["def f():", "async def f():", "class C:\n  def f(self):"])
@pytest.mark.parametrize(("lines", "found"), [(FUNCTION_LINES, []), (FUNCTION_LINES + 1, ["f"])])
def test_long_functions_are_seen_and_others_are_not(head: str, lines: int, found: list[str]) -> None:
    source = head + "\n     pass" * (lines - 1)
    assert long_functions(ast.parse(source)) == found


def test_no_level_is_crowded() -> None:
    assert crowded([name_of(path) for path in MODULES if path.stem != "__init__"]) == set()


def test_a_crowded_level_is_seen_and_others_are_not() -> None:
    many = [f"conformance.run.m{number}" for number in range(MODULES_ON_A_LEVEL)]
    below = [f"conformance.run.below.m{number}" for number in range(MODULES_ON_A_LEVEL)]
    assert crowded([*many, *below]) == set()
    assert crowded([*many, *below, "conformance.run.one_more"]) == {"conformance.run"}


def test_no_module_name_stands_twice() -> None:
    assert repeated([name_of(path) for path in MODULES if path.stem != "__init__"]) == set()


@pytest.mark.parametrize(
    ("modules", "found"),
    [
        (["conformance.run.state", "conformance.reports.state"], {"state"}),
        (["conformance.specs.clauses.state", "conformance.reports.state"], {"state"}),
        (
            ["conformance.specs.clauses.tags", "conformance.cases.scenarios.tags", "conformance.verdicts.laws.tags"],
            set(),
        ),
        (["conformance.run.state", "conformance.reports.states"], set()),
    ],
)
def test_names_that_stand_twice_are_seen_and_families_are_not(modules: list[str], found: set[str]) -> None:
    assert repeated(modules) == found


def test_the_package_imports_nothing_heavy() -> None:
    probe = (
        "import sys, conformance; print([m for m in ('botocore', 'hypothesis', 'click', 'yaml') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
