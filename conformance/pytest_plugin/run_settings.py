"""What the options say about a run, checked before anything is collected.

pytest's options --run_settings--> RunSettings         what is wrong with them: pytest.UsageError, one line
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from conformance.exceptions import ConformanceError
from conformance.planning.plan import DEFAULT_EXAMPLES
from conformance.planning.selection import ClauseSelection
from conformance.pytest_plugin.options import value_of, values_of
from conformance.pytest_plugin.wrong_use import usage_error
from conformance.reports import baselines
from conformance.reports.baselines import Baseline
from conformance.reports.report_options import FailOn
from conformance.values.vocabulary import SEVERITIES

DEFAULT_OUT = "reports"


@dataclass(frozen=True, slots=True)
class RunSettings:
    """How clauses are tested, and what counts as a failure. `target` is the text of the option, if it is given."""

    selection: ClauseSelection = field(default_factory=ClauseSelection)
    target: str | None = None
    seed: int | None = None
    max_examples: int = DEFAULT_EXAMPLES
    fail_on: FailOn = "error"
    known: Baseline = field(default_factory=lambda: Baseline("", ()))
    out: Path = Path(DEFAULT_OUT)


def run_settings(config: pytest.Config) -> RunSettings:
    """The settings of a pytest run; raises pytest.UsageError for a value or a file that cannot be used."""
    fail_on = value_of(config, "conformance-fail-on") or "error"
    if fail_on not in SEVERITIES:
        raise pytest.UsageError(f"--conformance-fail-on is '{fail_on}', not one of {', '.join(SEVERITIES)}")
    examples = _number(config, "conformance-max-examples")
    return RunSettings(
        ClauseSelection(values_of(config, "conformance-only"), values_of(config, "conformance-skip")),
        value_of(config, "conformance-target"),
        _number(config, "conformance-seed"),
        DEFAULT_EXAMPLES if examples is None else examples,
        fail_on,
        _baseline(config),
        _folder(config),
    )


def _baseline(config: pytest.Config) -> Baseline:
    paths = values_of(config, "conformance-baseline")
    given = config.getoption("conformance_baseline") is not None
    folder = config.invocation_params.dir if given else config.rootpath
    try:
        loaded = [baselines.load(folder / path) for path in paths]
    except ConformanceError as problem:
        raise usage_error(problem) from problem
    written = _folder(config) / "record.jsonl"
    if written.resolve() in {(folder / path).resolve() for path in paths}:
        raise pytest.UsageError(f"--conformance-baseline is '{written}', which is overwritten (copy it elsewhere)")
    return Baseline(", ".join(paths), tuple(entry for each in loaded for entry in each.entries))


def _folder(config: pytest.Config) -> Path:
    """Where results are written: a folder, or one that can be made."""
    folder = config.rootpath / (value_of(config, "conformance-out") or DEFAULT_OUT)
    there = next(each for each in (folder, *folder.parents) if each.exists())
    if not there.is_dir():
        raise pytest.UsageError(f"--conformance-out is '{folder}', and {there} is no folder (name another one)")
    return folder


def _number(config: pytest.Config, name: str) -> int | None:
    text = value_of(config, name)
    if text is None:
        return None
    if not text.isdecimal():
        raise pytest.UsageError(f"--{name} is '{text}', not a number of 0 or more")
    return int(text)
