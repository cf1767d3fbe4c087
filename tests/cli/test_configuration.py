"""Options of `run` from arguments, environment and file, in that order; named selections where a service is taken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pytest

from conformance.cli import run as run_command
from conformance.cli.configuration import setting_of
from conformance.cli.running import target_choice
from conformance.record.reader import read
from doubles.command_line import conformance

pytestmark = pytest.mark.usefixtures("clean_aws")

QUICK = ("sqs:ListQueues", "--only", "*/protocol#body", "--max-examples", "0")


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What `run` is called with, in place of a run."""
    found: dict[str, Any] = {}

    def note(wishes: Any, **options: Any) -> Any:
        found.update(options, wishes=wishes)
        raise click.Abort

    monkeypatch.setattr(run_command, "plan_of", note)
    return found


def called(*arguments: str) -> int:
    return conformance_here("run", *arguments)


def conformance_here(*arguments: str) -> int:
    from conformance.cli import main

    return main(list(arguments))


def test_arguments_win_over_the_environment_and_the_environment_over_the_file(
    seen: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text("[tool.conformance]\nmax-examples = 1\nseed = 1\nspec = 'installed'\n")
    monkeypatch.setenv("CONFORMANCE_MAX_EXAMPLES", "2")
    monkeypatch.setenv("CONFORMANCE_SEED", "2")
    called("sqs", "--seed", "3")
    assert (seen["seed"], seen["max_examples"], seen["source"]) == (3, 2, "installed")


def test_without_any_the_default_is_taken(
    seen: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    called("sqs")
    assert (seen["max_examples"], seen["source"]) == (20, "repository")


def test_services_may_stand_in_the_file(seen: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "conformance.toml").write_text(
        "services = ['mine', 'sns']\nonly = ['*#type', '*#enum']\n[selections]\nmine = ['sqs:Create*']"
    )
    called()
    assert [(each.service, each.operations) for each in seen["wishes"]] == [("sqs", ("Create*",)), ("sns", ())]
    assert seen["selection"].only == ("*#type", "*#enum")


def test_a_file_may_be_named(seen: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "conformance.toml").write_text("seed = 1")
    (tmp_path / "other.toml").write_text("seed = 2")
    called("sqs", "--config", "other.toml")
    assert seen["seed"] == 2


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("max_examples = 1", ("unknown key 'max_examples'", "hint: did you mean max-examples?")),
        ("max-examples = '1'", ("conformance.toml: 'max-examples' is '1', not an integer",)),
        ("max-examples = -1", ("conformance.toml: 'max-examples' is -1: ",)),
        ("timeout = 0", ("'timeout' is 0: ",)),
    ],
)
def test_a_mistake_in_the_file_is_wrong_use(
    text: str, names: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "conformance.toml").write_text(text)
    assert called("sqs") == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert all(name in printed.err for name in names), printed.err
    assert not (tmp_path / "reports").exists()


def test_every_option_of_run_can_be_configured_and_set_in_the_environment() -> None:
    options = {each.opts[-1].removeprefix("--") for each in run_command.command.params} - {"config"}
    assert {each.key for each in setting_of(run_command.command)} == options
    assert run_command.command.context_settings["auto_envvar_prefix"] == "CONFORMANCE"
    assert {"services", "target", "endpoint-url", "only", "out", "protocol", "transitions"} <= options


@pytest.mark.parametrize(
    ("text", "arguments", "target"),
    [
        ("target = 'moto'", ("--endpoint-url", "http://127.0.0.1:1"), (None, "http://127.0.0.1:1", None)),
        ("endpoint-url = 'http://127.0.0.1:1'", ("--target", "moto"), ("moto", None, None)),
        ("region = 'us-east-1'", ("--target", "aws:eu-west-1"), ("aws:eu-west-1", None, None)),
        ("region = 'us-east-1'", ("--target", "moto"), ("moto", None, "us-east-1")),
        ("target = 'moto'", (), ("moto", None, None)),
    ],
)
def test_a_target_on_the_command_line_takes_the_place_of_a_configured_one(
    text: str,
    arguments: tuple[str, ...],
    target: tuple[str | None, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "conformance.toml").write_text(text)
    found: list[Any] = []

    def note(name: str | None, **options: Any) -> Any:
        found.append((name, options["endpoint_url"], options["region"]))
        raise click.Abort

    monkeypatch.setattr(target_choice, "resolve", note)
    assert called("sqs:ListQueues", *arguments) == 130
    assert found == [target]


def test_a_configured_run_from_beginning_to_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "conformance.toml").write_text("out = 'results'\n[selections]\nlists = ['sqs:ListQueues*']")
    monkeypatch.setenv("CONFORMANCE_SEED", "7")
    assert called("lists", *QUICK[1:]) in (0, 1)
    record = read(tmp_path / "results" / "record.jsonl")
    assert record.header.seed == 7
    assert [each.operation for each in record.operations] == ["ListQueues"]


def test_cases_and_specs_show_take_named_selections(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "conformance.toml").write_text("later-option = 1\n[selections]\nmine = ['sqs:List*', 'sts:GetCaller*']")
    printed = conformance("cases", "mine", "-n", "1", "--seed", "1")
    assert printed.status == 0
    assert [
        f'"operation": "{name}"' in line
        for name, line in zip(
            ("ListDeadLetterSourceQueues", "ListMessageMoveTasks", "ListQueueTags", "ListQueues", "GetCallerIdentity"),
            printed.out.splitlines(),
            strict=True,
        )
    ] == [True] * 5
    heads = [line for line in conformance("specs", "show", "mine").out.splitlines() if line[:3] in ("sqs", "sts")]
    assert heads == [
        "sqs:ListDeadLetterSourceQueues",
        "sqs:ListMessageMoveTasks",
        "sqs:ListQueueTags",
        "sqs:ListQueues",
        "sts:GetCallerIdentity",
    ]


@pytest.mark.parametrize("command", [("run",), ("cases",), ("specs", "show")])
def test_an_unknown_selection_suggests_the_near_one(command: tuple[str, ...]) -> None:
    printed = conformance(*command, "sagemaker-hostng")
    assert printed.status == 2
    assert printed.error_lines[1].startswith("hint: did you mean sagemaker-hosting")


def test_selections_are_listed_and_in_the_help(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "conformance.toml").write_text("[selections]\nmine = ['sqs:List*']")
    listed = conformance("specs", "list").out
    assert any(line.split()[:2] == ["mine", "sqs:List*"] for line in listed.splitlines())
    assert "sagemaker-hosting" in listed
    assert "sagemaker-hosting" in conformance("run", "--help").out
