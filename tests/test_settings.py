"""The configuration file: which one is found, what it may say, and how a mistake in it is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conformance.exceptions import BadFile
from conformance.settings import Setting, Settings, find, load

KNOWN = (
    Setting("services", many=True),
    Setting("target"),
    Setting("max-examples", "integer"),
    Setting("timeout", "number"),
    Setting("no-verify-ssl", "flag"),
    Setting("fail-on", "choice", choices=("error", "warning", "never")),
    Setting("out", "path"),
    Setting("only", many=True),
)


def written(folder: Path, text: str, name: str = "conformance.toml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_every_kind_of_value_is_read(tmp_path: Path) -> None:
    text = """
        services = ["sqs", "sns:Publish"]
        target = "moto"
        max-examples = 0
        timeout = 2
        no-verify-ssl = true
        fail-on = "never"
        out = "results"
        only = []
    """
    assert load(KNOWN, file=written(tmp_path, text)).values == {
        "services": ("sqs", "sns:Publish"),
        "target": "moto",
        "max-examples": 0,
        "timeout": 2,
        "no-verify-ssl": True,
        "fail-on": "never",
        "out": str(tmp_path / "results"),
        "only": (),
    }


def test_paths_below_the_current_folder_are_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "inner").mkdir()
    path = written(tmp_path, 'out = "results"')
    for folder, out in ((tmp_path, "results"), (tmp_path / "inner", str(tmp_path / "results"))):
        monkeypatch.chdir(folder)
        assert load(KNOWN, file=path).values == {"out": out}


def test_without_a_file_nothing_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conformance.settings.find", lambda _: None)
    assert load(KNOWN, folder=tmp_path) == Settings()


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"conformance.toml": "", "pyproject.toml": "[tool.conformance]\nout = 'x'"}, "conformance.toml"),
        ({"pyproject.toml": "[tool.conformance]\nout = 'x'"}, "pyproject.toml"),
        ({"inner/pyproject.toml": "[tool.ruff]", "conformance.toml": ""}, "conformance.toml"),
        ({"inner/pyproject.toml": "# conformance\n[tool.ruff]", "conformance.toml": ""}, "conformance.toml"),
        ({"inner/pyproject.toml": "broken [", "conformance.toml": ""}, "conformance.toml"),
        ({"inner/conformance.toml": "", "conformance.toml": ""}, "inner/conformance.toml"),
    ],
)
def test_the_nearest_file_that_speaks_of_this_tool_is_found(files: dict[str, str], found: str, tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    for name, text in files.items():
        written(tmp_path / Path(name).parent, text, Path(name).name)
    assert find(tmp_path / "inner") == tmp_path / found


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("max_examples = 5", ("unknown key 'max_examples'", "did you mean max-examples?")),
        ("nonsense = 5", ("unknown key 'nonsense'", "long options of 'conformance run'")),
        ("max-examples = '5'", ("'max-examples' is '5', not an integer",)),
        ("max-examples = true", ("'max-examples' is true, not an integer",)),
        ("max-examples = 1.5", ("'max-examples' is 1.5, not an integer",)),
        ("timeout = 'long'", ("'timeout' is 'long', not a number",)),
        ("no-verify-ssl = 1", ("'no-verify-ssl' is 1, not true or false",)),
        ("fail-on = 'errors'", ("'fail-on' is 'errors', not one of error, warning, never", "did you mean error?")),
        ("out = 1", ("'out' is 1, not a string with a path",)),
        ("only = 'sqs:*'", ("'only' is 'sqs:*', not a list with each item a string",)),
        ("only = ['sqs:*', 1]", ("'only' is ['sqs:*', 1], not a list with each item a string",)),
        ("target = ['moto']", ("'target' is ['moto'], not a string",)),
        ("selections = 1", ("'selections' is not a table", "sqs:CreateQueue")),
        ("selections.one = 'sqs'", ("the selection 'one' is 'sqs', not a list of strings",)),
        ("selections.one = []", ("the selection 'one'",)),
        ("[tool.conformance]\nout = 'x'", ("unknown key 'tool'", "without [tool.conformance]")),
        ("out = ", ("not TOML",)),
    ],
)
def test_a_mistake_is_named_with_its_file_and_key(text: str, names: tuple[str, ...], tmp_path: Path) -> None:
    path = written(tmp_path, text)
    with pytest.raises(BadFile) as caught:
        load(KNOWN, file=path)
    result = f"{caught.value.message}\n{caught.value.hint}"
    assert result.startswith(str(path))
    assert all(name in result for name in names), result
    assert caught.value.exit_status == 2


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("[tool.conformance]\nouts = 'x'", "unknown key 'outs' in [tool.conformance]"),
        ("[tool.ruff]", "has no [tool.conformance] table"),
        ("[tool]\nconformance = 1", "[tool.conformance] is not a table"),
    ],
)
def test_a_mistake_in_a_pyproject_names_the_table(text: str, names: str, tmp_path: Path) -> None:
    path = written(tmp_path, text, "pyproject.toml")
    with pytest.raises(BadFile) as caught:
        load(KNOWN, file=path)
    assert names in caught.value.message


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_named(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "conformance.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadFile) as caught:
        load(KNOWN, file=path)
    assert str(path) in caught.value.message


def test_paths_are_those_of_the_file_and_absolute_ones_stay(tmp_path: Path) -> None:
    def out(value: str) -> Any:
        return load(KNOWN, file=written(tmp_path / "project", f"out = '{value}'")).values["out"]

    assert out("a/b") == str(tmp_path / "project" / "a/b")
    assert out("/elsewhere") == "/elsewhere"


def test_only_selections_are_read_where_no_keys_are_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path, "later-option = 1\n[selections]\nqueues = ['sqs:*Queue*']")
    assert load(file=path) == Settings(path, {}, {"queues": ("sqs:*Queue*",)})
