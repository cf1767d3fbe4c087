"""The state that a run makes: names of its own, removed afterwards; and a state that one bad request has poisoned."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from doubles.command_line import MODELS, Row, codes, conformance, of_type, passed, rows_of, verdicts
from doubles.small_sagemaker import Models, serving_models

pytestmark = pytest.mark.usefixtures("clean_aws")

SELECTED = (
    MODELS, "--only", "*/ModelName#*", "--only", "*/protocol#*", "--only", "*#accepted", "--only", "*/Max*#*",
    "--only", "*/output/*", "--seed", "5", "--max-examples", "6",
)  # fmt: skip


def run(models: Models, folder: Path) -> list[Row]:
    with serving_models(models) as server:
        result = conformance("run", *SELECTED, "--target", server.url, "--out", str(folder))
    assert result.status in (0, 1), result.err
    assert result.err == ""
    return rows_of(folder)


def test_names_are_unique_per_case_and_everything_made_is_removed(tmp_path: Path) -> None:
    models = Models()
    rows = run(models, tmp_path)
    assert len(models.created) > 20
    assert [name for name, times in Counter(models.created).items() if times > 1] == []
    assert sorted(models.deleted) == sorted(models.created)
    assert models.stored == {}
    assert "rejected-state" not in {row["outcome"] for row in of_type(rows, "case") if row["intent"] == "valid"}


def test_a_strict_implementation_is_not_blamed(tmp_path: Path) -> None:
    rows = run(Models(), tmp_path)
    constraints = {clause for clause in verdicts(rows) if "/input/ModelName#" in clause}
    assert {verdicts(rows)[clause] for clause in constraints} == {"passed"}
    assert {row["outcome"] for row in of_type(rows, "case")} <= {"accepted", "rejected-validation", "rejected-state"}
    blamed = {row["clause"] for row in of_type(rows, "finding") if row["severity"] == "error"}
    # It lists ten models whatever it is asked for, and checks nothing but names.
    assert {clause for clause in blamed if "/MaxResults#" not in clause and "/ListModels" not in clause} == set()


@pytest.mark.parametrize("victim", ["ListModels", "DescribeModel"])
def test_a_poisoned_state_is_told_as_that_and_blamed_on_nothing_else(victim: str, tmp_path: Path) -> None:
    rows = run(Models(strict=False, poison=victim), tmp_path)
    found = codes(rows)
    poisons = [row for row in of_type(rows, "finding") if row["code"] == "poisons-state"]
    assert len(poisons) == 1
    assert poisons[0]["operation"] == victim
    assert "ModelName" in poisons[0]["got"], "the culprit is not named"
    assert {clause for code, clause in found if code == "crash"} == set()
    assert f"sagemaker:{victim}/input#accepted" not in passed(rows)


def test_a_target_that_crashes_by_itself_is_not_called_poisoned(tmp_path: Path) -> None:
    rows = run(Models(strict=False, crashes="MaxResults"), tmp_path)
    found = {code for code, _ in codes(rows)}
    assert "poisons-state" not in found
    assert "crash" in found
