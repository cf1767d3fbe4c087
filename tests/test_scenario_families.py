"""Holds the tables of the scenario families against each other: clauses, scenarios, laws and step labels.

    specs/clauses/X.py          NAMES, X_clauses          in state.CLAUSES
    cases/families.py           labels, kinds             in FAMILIES and KINDS
    cases/scenarios/X.py        X_scenarios               in SCENARIOS
    verdicts/laws/X.py          check_<kind>              in LAWS

A place that was forgotten when a family was added is a problem that names the place.
"""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, get_args

import pytest

import conformance
from conformance.cases import scenarios
from conformance.cases.families import (
    FAMILIES,
    KINDS,
    Family,
    Kind,
    KindName,
    Label,
    LabelForm,
    deciding_steps,
    side_of,
)
from conformance.planning.service_specs import load_service
from conformance.specs.clauses import state
from conformance.verdicts import laws

ROOT = Path(conformance.__file__).parent

# Rooms whose modules send and read steps, and the families' modules in them.
SENDING, READING = "cases/scenarios", "verdicts/laws"
SHARED_SENDING, SHARED_READING = ("cases/fixtures",), ("verdicts/evidence",)


def _clause_names() -> Mapping[str, tuple[str, ...]]:
    modules = {name: importlib.import_module(f"conformance.specs.clauses.{name}") for name in FAMILIES}
    return {name: module.NAMES for name, module in modules.items()}


@functools.cache
def _nodes(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def _attributes(path: Path) -> Iterator[tuple[str, str]]:
    """Every `Name.ATTRIBUTE` in a file."""
    for node in _nodes(path):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield node.value.id, node.attr


@functools.cache
def _used(room: str, shared: tuple[str, ...]) -> Mapping[str, frozenset[str]]:
    """The constants of each family that its module in a room uses, or a module that families share.

    A constant of a base class counts for each family that inherits it.
    """
    common = {pair for each in shared for path in (ROOT / each).glob("*.py") for pair in _attributes(path)}
    used = {}
    for name, family in FAMILIES.items():
        path = ROOT / room / f"{name}.py"
        own = set(_attributes(path)) if path.exists() else set()
        bases = {each.__name__ for each in family.__mro__}
        used[name] = frozenset(constant for base, constant in own | common if base in bases)
    return used


@dataclass(frozen=True)
class Tables:
    """What is registered, and what the modules of the families say."""

    families: Mapping[str, type[Family]] = field(default_factory=lambda: FAMILIES)
    kinds: Mapping[str, Kind] = field(default_factory=lambda: KINDS)
    kind_names: tuple[str, ...] = get_args(KindName)
    clauses: Mapping[str, Any] = field(default_factory=lambda: state.CLAUSES)
    names: Mapping[str, tuple[str, ...]] = field(default_factory=_clause_names)
    scenarios: Mapping[str, Any] = field(default_factory=lambda: scenarios.SCENARIOS)
    laws: Mapping[str, Any] = field(default_factory=lambda: laws.LAWS)
    sent: Mapping[str, frozenset[str]] = field(default_factory=lambda: _used(SENDING, SHARED_SENDING))
    read: Mapping[str, frozenset[str]] = field(default_factory=lambda: _used(READING, SHARED_READING))


def problems(tables: Tables) -> Iterator[str]:
    """What the tables do not agree on."""
    for where, names in (
        ("state.CLAUSES", tables.clauses),
        ("NAMES of specs/clauses", tables.names),
        ("SCENARIOS", tables.scenarios),
        ("KINDS", {kind.family for kind in tables.kinds.values()}),
    ):
        yield from (f"{where} lacks {each}" for each in sorted(set(tables.families) - set(names)))
        yield from (f"FAMILIES lacks {each}" for each in sorted(set(names) - set(tables.families)))
    yield from (f"KINDS lacks {each}" for each in sorted({*tables.laws, *tables.kind_names} - set(tables.kinds)))
    yield from (f"LAWS lacks {each}" for each in sorted(set(tables.kinds) - set(tables.laws)))
    yield from (f"KindName lacks {each}" for each in sorted(set(tables.kinds) - set(tables.kind_names)))
    yield from _clause_problems(tables)
    yield from _label_problems(tables)


def _clause_problems(tables: Tables) -> Iterator[str]:
    for family, names in tables.names.items():
        tested = {name for kind in tables.kinds.values() if kind.family == family for name in kind.clauses}
        yield from (f"no kind of {family} puts {name} to the test" for name in sorted(set(names) - tested))
        yield from (f"{family} has no clause {name}" for name in sorted(tested - set(names)))
    for name, kind in tables.kinds.items():
        declared = tables.families[kind.family].declares if kind.family in tables.families else lambda _: True
        used = (label for steps in kind.clauses.values() for step in steps for label in step.labels)
        yield from (f"{name} is decided by {label}, which {kind.family} lacks" for label in used if not declared(label))


def _label_problems(tables: Tables) -> Iterator[str]:
    for name, family in tables.families.items():
        labels, display_only = family.labels(), family.display_only
        for constant, label in labels.items():
            if constant not in tables.sent.get(name, ()):
                yield f"no scenario of {name} sends {constant}"
            text = label.form if isinstance(label, LabelForm) else str(label)
            if (constant in tables.read.get(name, ())) == (text in display_only):
                yield f"{constant} of {name} is either read by a law or display_only, with a reason"
        texts = {str(each) for each in labels.values()}
        yield from (f"{name} lacks {text}, which is display_only" for text in sorted(set(display_only) - texts))
        yield from (
            f"display_only of {name} gives no reason for {text}" for text, why in display_only.items() if not why
        )


def test_the_tables_agree() -> None:
    assert list(problems(Tables())) == []


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_the_modules_of_a_family_have_its_name(name: str) -> None:
    def home(function: Any) -> tuple[str, str]:
        return function.__module__, function.__name__

    assert home(state.CLAUSES[name]) == (f"conformance.specs.clauses.{name}", f"{name}_clauses")
    assert home(scenarios.SCENARIOS[name]) == (f"conformance.cases.scenarios.{name}", f"{name}_scenarios")
    assert FAMILIES[name].__name__.lower() == name
    for kind in (each for each, known in KINDS.items() if known.family == name):
        law = f"check_{kind.replace('-', '_')}"
        assert home(laws.LAWS[kind]) == (f"conformance.verdicts.laws.{name}", law)


def _without(table: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key != name}


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_a_forgotten_place_of_a_family_is_named(name: str) -> None:
    whole = Tables()
    kinds = {kind: known for kind, known in KINDS.items() if known.family != name}
    for changed, place in (
        (replace(whole, families=_without(FAMILIES, name)), f"FAMILIES lacks {name}"),
        (replace(whole, clauses=_without(state.CLAUSES, name)), f"state.CLAUSES lacks {name}"),
        (replace(whole, names=_without(whole.names, name)), f"NAMES of specs/clauses lacks {name}"),
        (replace(whole, scenarios=_without(scenarios.SCENARIOS, name)), f"SCENARIOS lacks {name}"),
        (replace(whole, kinds=kinds), f"KINDS lacks {name}"),
    ):
        assert place in list(problems(changed))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_forgotten_place_of_a_kind_is_named(kind: str) -> None:
    whole = Tables()
    names = tuple(each for each in whole.kind_names if each != kind)
    assert f"LAWS lacks {kind}" in list(problems(replace(whole, laws=_without(laws.LAWS, kind))))
    assert f"KINDS lacks {kind}" in list(problems(replace(whole, kinds=_without(KINDS, kind))))
    assert f"KindName lacks {kind}" in list(problems(replace(whole, kind_names=names)))


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_a_forgotten_label_or_clause_is_named(name: str) -> None:
    whole = Tables()
    for constant, label in FAMILIES[name].labels().items():
        unsent = {**whole.sent, name: whole.sent[name] - {constant}}
        assert f"no scenario of {name} sends {constant}" in list(problems(replace(whole, sent=unsent)))
        if str(label) not in FAMILIES[name].display_only:
            unread = {**whole.read, name: whole.read[name] - {constant}}
            assert any(constant in each for each in problems(replace(whole, read=unread)))
    for clause in whole.names[name]:
        more = {**whole.names, name: (*whole.names[name], "another")}
        fewer = {**whole.names, name: tuple(each for each in whole.names[name] if each != clause)}
        assert f"no kind of {name} puts another to the test" in list(problems(replace(whole, names=more)))
        assert f"{name} has no clause {clause}" in list(problems(replace(whole, names=fewer)))


def test_an_undeclared_label_has_no_constant() -> None:
    for room in (SENDING, READING, *SHARED_SENDING, *SHARED_READING, "reports", "run"):
        for path in (ROOT / room).rglob("*.py"):
            for base, constant in _attributes(path):
                family = next((each for each in _classes() if each.__name__ == base), None)
                if family is not None and constant.isupper():
                    assert constant in family.labels(), f"{path}: {base}.{constant}"


def _classes() -> set[type[Family]]:
    return {each for family in FAMILIES.values() for each in family.__mro__ if issubclass(each, Family)}


# Calls whose first argument or second argument is a label.
_LABELLED = re.compile(r"\b(Send|SendTogether|TimelineEvent|first|every|reads|descriptions|segments|last_walk)\b")


def test_no_module_writes_a_label_as_text() -> None:
    found = []
    for room in (SENDING, READING, *SHARED_SENDING, *SHARED_READING, "run", "reports"):
        for path in (ROOT / room).rglob("*.py"):
            for node in _nodes(path):
                called = ast.unparse(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else ""
                if isinstance(node, ast.Call) and _LABELLED.fullmatch(called):
                    texts = (each for each in node.args if isinstance(each, ast.Constant | ast.JoinedStr))
                    found += [f"{path}:{each.lineno}" for each in texts]
    assert found == []


@pytest.mark.parametrize("service", ["sagemaker", "ecs", "dynamodb"])
def test_every_clause_about_state_can_be_decided(service: str) -> None:
    known = load_service(service)
    spec, found = known.loaded.spec, 0
    for operation in known.service.operations.values():
        for family, clauses in state.CLAUSES.items():
            names = {name for kind in KINDS.values() if kind.family == family for name in kind.clauses}
            for clause in clauses(spec, operation, known.overlay):
                found += 1
                assert {clause.name, "->" if "->" in clause.name else "*"} & names, f"{family}: {clause.id}"
    assert found > 10


def test_labels_made_of_parts() -> None:
    form = LabelForm("filter/{}/{}", "answer")
    label = form.label("Name", 0)
    assert (label, label.side) == ("filter/Name/0", "answer")
    assert form.matches(label)
    assert form.matches(label, "Name")
    assert not form.matches(label, "Nam")
    assert not form.matches("filter/Name")
    with pytest.raises(IndexError):
        form.label("Name")


def test_the_steps_that_decide_in_records_of_earlier_versions() -> None:
    ways = deciding_steps("update", "Updating->Ready")
    assert [label for step in ways for label in step.labels] == ["changing"]
    assert deciding_steps("unknown", "delete-twice") == deciding_steps("removal", "delete-twice")
    assert deciding_steps("creation", "unknown") == ()
    assert side_of("removal", "delete") == "request"
    assert side_of("filters", "filter/Name/0") == "both"
    assert side_of("unknown", "delete") == side_of("removal", "unknown") == "both"


def test_a_label_is_text_and_every_family_has_some() -> None:
    for family in FAMILIES.values():
        assert inspect.getdoc(family)
        assert family.labels()
        assert all(isinstance(each, Label | LabelForm) for each in family.labels().values())
