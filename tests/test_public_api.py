"""The public API: what it offers, that it is lazy and typed, and that checks and rules of a user take part in runs."""

from __future__ import annotations

import ast
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator
from hypothesis import HealthCheck, given, settings

import conformance
from conformance.exceptions import BadFile, BadSelection, UnknownName, UsageError
from conformance.extending import Context, Match, Mismatch
from conformance.planning import registrations
from doubles.command_line import conformance as command

pytestmark = pytest.mark.usefixtures("clean_aws")

NO_TEXT: Any = 1
EXAMPLES = Path(__file__).parent / "examples"
STATUS = dict(re.findall(r"^    (\w+) +(stable|provisional) ", conformance.__doc__ or "", re.MULTILINE))


@pytest.fixture(autouse=True)
def nothing_stays_registered() -> Iterator[None]:
    with registrations.scope():
        yield


# ---------------------------------------------------------------- what is offered


def test_at_most_fifteen_names_each_in_the_table() -> None:
    assert len(conformance.__all__) <= 15
    assert sorted(STATUS) == sorted(conformance.__all__)


@pytest.mark.parametrize("name", conformance.__all__)
def test_every_name_is_documented_with_its_status(name: str) -> None:
    text = getattr(conformance, name).__doc__
    assert re.search(rf"\b{STATUS[name].capitalize()}\.", text), text


def test_types_are_those_of_the_lazy_names() -> None:
    tree = ast.parse(Path(conformance.__file__).read_text(encoding="utf-8"))
    [checking] = [node for node in tree.body if isinstance(node, ast.If)]
    typed = {
        alias.name: node.module for node in checking.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    assert typed.pop("Any") == "typing"
    assert typed == {name: f"conformance.{module}" for name, module in conformance._MODULES.items()}
    assert set(typed) == set(conformance.__all__)


def probe(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_names_are_loaded_when_they_are_used() -> None:
    heavy = "[m for m in ('botocore', 'hypothesis', 'click', 'yaml') if m in sys.modules]"
    printed = probe(f"import sys, conformance; conformance.ConformanceError; dir(conformance); print({heavy})")
    assert printed.strip() == "[]"
    assert "yaml" in probe(f"import sys, conformance; conformance.load_service; print({heavy})")


def test_help_shows_the_page_and_every_name() -> None:
    page = probe("import conformance; help(conformance)")
    assert "Imports point strictly down this picture" in page
    for name in conformance.__all__:
        assert re.search(rf"^    (class )?{name}\(", page, re.MULTILINE), name


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        conformance.nonsense  # noqa: B018
    assert set(conformance.__all__) <= set(dir(conformance))


# ---------------------------------------------------------------- services


def test_a_service_is_loaded_with_its_overlay() -> None:
    found = conformance.load_service("sagemaker")
    assert "CreateModel" in found.service.operations
    assert found.overlay.rules


def test_clauses_are_those_of_a_run() -> None:
    found = conformance.clauses("sqs:Create*", only=["*/input/QueueName#*"], skip="*#type")
    assert [each.id for each in found] == ["sqs:CreateQueue/input/QueueName#required"]
    assert len({each.subject for each in conformance.clauses("sagemaker-hosting", only="*/protocol#body")}) == 10


@pytest.mark.parametrize(
    ("call", "error", "names"),
    [
        (lambda: conformance.load_service("sagemakr"), UnknownName, "sagemaker"),
        (lambda: conformance.load_service(""), UsageError, "name is ''"),
        (lambda: conformance.clauses("sqs:CreateQueu"), UnknownName, "CreateQueue"),
        (lambda: conformance.clauses("sqs", only="nothing*"), BadSelection, "nothing*"),
        (lambda: conformance.clauses("sqs", only=[NO_TEXT]), UsageError, "only is 1"),
        (lambda: conformance.requests("sqs", "CreateQueu"), UnknownName, "CreateQueue"),
        (lambda: conformance.run_cases("sqs", max_examples=-1), UsageError, "max_examples is -1"),
        (lambda: conformance.run_cases("sqs", target="mto"), UsageError, "moto"),
        (lambda: conformance.resolve_target("ftp://x"), UsageError, "ftp://x"),
        (lambda: conformance.read_record("/no/such"), BadFile, "/no/such"),
        (lambda: conformance.compare_records("/no/such", "/no/such"), BadFile, "/no/such"),
    ],
)
def test_a_wrong_argument_is_named(call: Any, error: type[UsageError], names: str) -> None:
    with pytest.raises(error) as caught:
        call()
    assert names in f"{caught.value.message} {caught.value.hint}"


@pytest.mark.parametrize(
    "operation", ["sagemaker:CreateEndpointConfig", "sqs:SendMessage", "dynamodb:PutItem", "lambda:CreateFunction"]
)
def test_requests_are_what_boto3_takes(operation: str) -> None:
    service, _, name = operation.partition(":")
    model = ServiceModel(Loader().load_service_model(service, "service-2")).operation_model(name)

    @settings(max_examples=25, database=None, suppress_health_check=list(HealthCheck))
    @given(conformance.requests(conformance.load_service(service, source="installed"), name))
    def valid(params: Any) -> None:
        report = ParamValidator().validate(dict(params), model.input_shape)
        assert not report.has_errors(), report.generate_report()

    valid()


# ---------------------------------------------------------------- checks and rules of a user

CHECK: dict[str, Any] = {"statement": "a queue's URL is right", "source": "docs: our handbook, 2026-01-31"}
QUEUE_CHECKS: dict[str, Any] = {"only": ["*/check#*", "*/rule#OWN*"], "max_examples": 0, "seed": 1, "target": "moto"}


def run_events(*selection: str) -> list[Any]:
    return list(conformance.run_cases(*selection, **QUEUE_CHECKS))


def of_type(events: list[Any], kind: str) -> list[Any]:
    return [each for each in events if each.type == kind]


def url_begins(prefix: str) -> Any:
    def check(context: Context) -> Iterator[Match | Mismatch]:
        if context.outcome.kind == "accepted" and context.exchange.answer is not None:
            url = context.exchange.answer.output["QueueUrl"]
            yield Match() if url.startswith(prefix) else Mismatch("QueueUrl", prefix, url)

    return check


def test_a_check_finds_what_it_is_to_find_and_blames_nothing_else() -> None:
    for name, prefix in (("right", "http://"), ("wrong", "gopher://")):
        conformance.register_check(name=name, operations="sqs:*Queue", severity="warning", **CHECK)(url_begins(prefix))
    events = run_events("sqs:CreateQueue,ListQueues")
    assert {each.clause: each.verdict for each in of_type(events, "verdict")} == {
        "sqs:CreateQueue/check#right": "passed",
        "sqs:CreateQueue/check#wrong": "failed",
    }
    [finding] = of_type(events, "finding")
    assert (finding.clause, finding.severity, finding.source, finding.statement) == (
        "sqs:CreateQueue/check#wrong",
        "warning",
        CHECK["source"],
        CHECK["statement"],
    )
    assert (finding.where, finding.expected) == ("QueueUrl", "gopher://")


def raises(context: Context) -> Iterator[Match]:
    raise KeyError("nonsense")


def yields_nonsense(context: Context) -> Any:
    return [True]


def is_silent(context: Context) -> None:
    return None


@pytest.mark.parametrize(
    ("function", "verdict", "reason"),
    [
        (raises, "errored", "the check raised KeyError: 'nonsense'"),
        (yields_nonsense, "errored", "the check yielded True, which is no Match and no Mismatch"),
        (is_silent, "unreached", "no case put this clause to the test"),
    ],
)
def test_a_check_that_fails_leaves_its_clause_undecided(function: Any, verdict: str, reason: str) -> None:
    conformance.register_check(name="own", operations="sqs:CreateQueue", **CHECK)(function)
    [found] = of_type(run_events("sqs:CreateQueue"), "verdict")
    assert (found.verdict, found.reason) == (verdict, reason)


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"name": "two words"}, "name is 'two words'"),
        ({"name": ""}, "name is ''"),
        ({"statement": " "}, "statement of the check 'own'"),
        ({"source": ""}, "source of the check 'own'"),
        ({"operations": "CreateQueue"}, "sqs:CreateQueue"),
        ({"operations": ()}, "operations of the check 'own'"),
        ({"severity": "errors"}, "did you mean error"),
    ],
)
def test_a_wrong_argument_of_a_check_is_named(change: dict[str, Any], names: str) -> None:
    with pytest.raises(UsageError) as caught:
        conformance.register_check(**{"name": "own", "operations": "sqs:*", **CHECK, **change})
    assert names in f"{caught.value.message} {caught.value.hint}"


def test_a_name_is_registered_once_unless_it_is_replaced() -> None:
    conformance.register_check(name="own", operations="sqs:*", **CHECK)(is_silent)
    with pytest.raises(UsageError, match="'own' is registered already"):
        conformance.register_check(name="own", operations="sqs:*", **CHECK)(is_silent)
    conformance.register_check(name="own", operations="sns:*", replace=True, **CHECK)(is_silent)
    assert {each.service for each in conformance.clauses("sqs", "sns", only="*/protocol#body", skip="*:List*")} == {
        "sqs",
        "sns",
    }
    assert {each.service for each in conformance.clauses("sns", only="*/check#own")} == {"sns"}


RULE = {
    "id": "OWN-01",
    "operations": ["CreateQueue"],
    "statement": "A queue's URL is right.",
    "source": "our handbook, 2026-01-31",
    "enforcement": "DOC-MUST",
}


def test_a_rule_is_put_to_the_test() -> None:
    conformance.register_rule("sqs", {**RULE, "answer": "starts_with(answer.QueueUrl, 'http')"})
    conformance.register_rule("sqs", {**RULE, "id": "OWN-02", "answer": "starts_with(answer.QueueUrl, 'gopher')"})
    events = run_events("sqs:CreateQueue")
    assert {each.clause: each.verdict for each in of_type(events, "verdict")} == {
        "sqs:CreateQueue/rule#OWN-01": "passed",
        "sqs:CreateQueue/rule#OWN-02": "failed",
    }
    assert [each.source for each in of_type(events, "finding")] == ["docs: our handbook, 2026-01-31"]


@pytest.mark.parametrize(
    ("rule", "names"),
    [
        ({**RULE, "anwser": "`true`"}, "answer"),
        ({**RULE, "enforcement": "MAYBE"}, "MAYBE"),
        ({**RULE, "answer": "((("}, "((("),
        ({"id": "OWN-01"}, "required"),
    ],
)
def test_a_wrong_rule_is_named(rule: dict[str, Any], names: str) -> None:
    with pytest.raises(UsageError) as caught:
        conformance.register_rule("sqs", rule)
    assert names in f"{caught.value.message} {caught.value.hint}"


def test_a_rule_of_an_unknown_operation_is_refused_when_the_service_is_loaded() -> None:
    conformance.register_rule("sqs", {**RULE, "operations": ["CreateQueu"], "answer": "`true`"})
    with pytest.raises(UnknownName) as caught:
        conformance.load_service("sqs")
    assert "CreateQueue" in caught.value.near
    assert conformance.load_service("sns")


def test_nothing_is_registered_beyond_a_scope() -> None:
    with registrations.scope():
        conformance.register_check(name="own", operations="sqs:*", **CHECK)(is_silent)
        assert conformance.load_service("sqs").overlay.checks
    assert not conformance.load_service("sqs").overlay.checks


# ---------------------------------------------------------------- runs


def test_events_are_those_of_the_record(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    events = list(conformance.run_cases("sqs:ListQueues", target="moto", seed=1, max_examples=1, record=path))
    kinds = [each.type for each in events if each.type != "operation-started"]
    record = conformance.read_record(path)
    assert (kinds[0], kinds[-1]) == ("header", "footer")
    assert kinds.count("case") == len(record.cases)
    assert kinds.count("verdict") == len(record.verdicts) == len(conformance.clauses("sqs:ListQueues"))
    assert not record.truncated
    assert conformance.compare_records(path, record) == ()


def test_nothing_is_written_before_the_first_event(tmp_path: Path) -> None:
    conformance.run_cases("sqs:ListQueues", target="moto", record=tmp_path / "record.jsonl")
    assert not list(tmp_path.iterdir())


def test_the_recording_that_is_judged_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_text("")
    with pytest.raises(UsageError, match="would be lost"):
        conformance.run_cases("sts:GetCallerIdentity", target=f"recording:{path}", record=path)
    assert conformance.run_cases("sts:GetCallerIdentity", target=f"recording:{path}", record=tmp_path / "other.jsonl")


def test_a_target_may_be_resolved_before() -> None:
    target = conformance.resolve_target("moto", region="eu-west-1")
    header: Any = next(conformance.run_cases("sqs:ListQueues", target=target))
    assert header.target.region == "eu-west-1"


def test_the_example_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["check_one_operation.py", str(tmp_path)])
    runpy.run_path(str(EXAMPLES / "check_one_operation.py"), run_name="__main__")
    printed = capsys.readouterr().out
    assert "one of them sqs:CreateQueue/check#url-has-name" in printed
    assert "own check: passed" in printed


def test_the_command_line_loads_a_file_of_checks(tmp_path: Path) -> None:
    checks = str(EXAMPLES / "own_checks.py")
    only = ("--only", "*/check#*", "--only", "*/rule#*")
    arguments = ("sqs:CreateQueue", "--max-examples", "0", "--checks", checks, *only)
    for _ in range(2):
        assert command("run", *arguments, "--out", str(tmp_path)).status == 0
    record = conformance.read_record(tmp_path / "record.jsonl")
    verdicts = {each.clause: each.verdict for each in record.verdicts}
    assert verdicts["sqs:CreateQueue/rule#OWN-01"] == "passed"
    assert verdicts["sqs:CreateQueue/check#request-id-is-uuid"] in ("passed", "failed")


@pytest.mark.parametrize(
    ("content", "names"), [(None, "is not a file"), ("1 +", "SyntaxError"), ("raise ValueError('x')", "ValueError: x")]
)
def test_a_file_of_checks_that_cannot_be_run_is_named(content: str | None, names: str, tmp_path: Path) -> None:
    path = tmp_path / "own.py"
    if content is not None:
        path.write_text(content)
    result = command("run", "sqs:CreateQueue", "--checks", str(path), "--out", str(tmp_path / "out"))
    assert result.status == 2
    assert str(path) in result.error_lines[0]
    assert names in result.error_lines[0]
