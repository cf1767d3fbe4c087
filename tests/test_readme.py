"""What README.md shows works: its commands exist with their options, its files are read, its Python runs."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml

from conformance.cli import group
from conformance.contracts.contract_file import canonical, read_contract
from conformance.contracts.contract_plan import narrowed, operations_of
from conformance.planning.plan import plan_of
from conformance.reports import baselines
from doubles.command_line import conformance

README = (Path(__file__).resolve().parent.parent / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language, in order."""
    return [
        text
        for found, text in re.findall(r"^```(\w*)\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
        if found == language
    ]


def shown_commands() -> list[str]:
    """Every `conformance ...` line of the shell blocks, without its comment."""
    lines = (line for block in blocks("") for line in block.splitlines())
    found = (re.search(r"(?:^|&& )(conformance [a-z].*)", line) for line in lines)
    return list(dict.fromkeys(each[1] for each in found if each is not None))


def parameters_of(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that words name, and what is left of them."""
    command: click.Command = group
    while isinstance(command, click.Group) and words:
        inner = command.get_command(click.Context(command), words[0])
        assert inner is not None, f"no command {words[0]}"
        command, words = inner, words[1:]
    return command, words


@pytest.mark.parametrize("line", shown_commands())
def test_a_shown_command_exists_with_its_options(line: str) -> None:
    command, words = parameters_of(shlex.split(line, comments=True)[1:])
    known = {option for parameter in command.params for option in parameter.opts}
    given = [word for word in words if word.startswith("-")]
    assert [word for word in given if word not in known] == []


def test_the_commands_are_found() -> None:
    assert "conformance run sagemaker-hosting" in shown_commands()
    assert len(shown_commands()) > 15


def test_an_option_that_does_not_exist_is_seen() -> None:
    command, _ = parameters_of(["run"])
    assert "--max-example" not in {option for parameter in command.params for option in parameter.opts}


def test_the_configuration_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text(blocks("toml")[0], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    result = conformance("cases", "mine", "-n", "1")
    assert result.status == 0, result.err
    assert "CreateQueue" in result.out


def test_the_baseline_is_read(tmp_path: Path) -> None:
    text = next(block for block in blocks("yaml") if "fingerprint" in block)
    (tmp_path / "known.yaml").write_text(text, encoding="utf-8")
    assert len(baselines.load(tmp_path / "known.yaml").entries) == len(yaml.safe_load(text))


def test_the_script_runs(tmp_path: Path) -> None:
    result = conformance("run", "sqs:CreateQueue", "--max-examples", "0", "--out", str(tmp_path))
    assert result.status in (0, 1), result.err
    (tmp_path / "record.jsonl").rename(tmp_path / "before.jsonl")
    done = subprocess.run(
        [sys.executable, "-c", blocks("python")[0]], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "now.jsonl").is_file()


def test_the_contract_is_one(tmp_path: Path) -> None:
    text = next(block for block in blocks("json") if '"services"' in block)
    (tmp_path / "contract.json").write_text(text, encoding="utf-8")
    contract = read_contract(tmp_path / "contract.json")
    assert canonical(contract) == text
    assert narrowed(plan_of(operations_of(contract)), contract).services


def test_what_is_shown_of_projects_is_in_the_examples() -> None:
    examples = Path(__file__).resolve().parent / "downstream"
    names = [f"own_emulator/{name}" for name in ("pytest.ini", "tests/conftest.py", "tests/test_queues.py")]
    names += ["app_with_plugins/pytest.ini", "app_with_plugins/test_clients.py"]
    text = "\n".join((examples / name).read_text(encoding="utf-8") for name in names)
    shown = [*blocks("ini"), *blocks("py")]
    assert len(shown) == 5
    assert [block for block in shown if block not in text] == []
