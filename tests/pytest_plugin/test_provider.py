"""`pytest --conformance`, in the example of an emulator of one's own, and in projects that use it wrongly.

The sessions run in this process. What they need is imported before, so that it is not imported anew in each of them.
"""

from __future__ import annotations

import importlib
import shutil
from pathlib import Path

import pytest

from conformance.record.reader import read
from conformance.record.rows import Record
from doubles import faulty_servers

EMULATOR = Path(__file__).resolve().parent.parent / "downstream" / "own_emulator"

for needed in ("boto3", "flask", "werkzeug.serving", "moto.server", "conformance.reports.html"):
    importlib.import_module(needed)
for part in ("provider", "marked_tests", "hooks"):
    importlib.import_module(f"conformance.pytest_plugin.{part}")

pytestmark = pytest.mark.usefixtures("clean_aws")


@pytest.fixture
def emulator(pytester: pytest.Pytester) -> pytest.Pytester:
    """The example, in a folder of its own."""
    shutil.copytree(EMULATOR, pytester.path, dirs_exist_ok=True)
    return pytester


def run(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return project.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:randomly", *arguments)


def record_of(project: pytest.Pytester) -> Record:
    return read(project.path / "reports" / "record.jsonl")


def test_the_example_passes_with_its_baseline(emulator: pytest.Pytester) -> None:
    result = run(emulator, "-rxs")
    assert result.ret == 0
    outcomes = result.parseoutcomes()
    record = record_of(emulator)
    verdicts = {row.clause: row.verdict for row in record.verdicts}
    assert outcomes["xfailed"] == 4
    assert outcomes["skipped"] == sum(each in ("unreached", "skipped") for each in verdicts.values())
    assert verdicts["sqs:CreateQueue/rule#EMU-01"] == "passed"
    assert verdicts["sqs:CreateQueue/check#request-id"] == "passed"
    assert record.footer is not None
    assert record.footer.ended == "complete"
    result.stdout.fnmatch_lines(
        [
            "sqs: 4 operations; * clauses hold, 5 fail, * not tested; levels: 3 at L4, 1 at L2",
            "*reports/record.jsonl  *reports/report.html",
            "XFAIL *sqs:ListQueues/pagination#foreign-token - a token is the name of a queue, *",
            "SKIPPED * unreached: *",
        ]
    )
    assert (emulator.path / "reports" / "report.html").stat().st_size > 1000


def test_collected_tests_are_the_clauses_and_send_nothing(emulator: pytest.Pytester) -> None:
    result = run(emulator, "--conformance=sqs:DeleteQueue", "--conformance-only=*/input*", "--collect-only", "-q")
    result.stdout.fnmatch_lines(
        ["conformance::sqs::DeleteQueue::sqs:DeleteQueue/input/QueueUrl#required", "* tests collected in *"]
    )
    assert "test_queues.py" not in result.stdout.str()
    assert not (emulator.path / "reports").exists()


def test_only_selected_clauses_send_requests(emulator: pytest.Pytester) -> None:
    result = run(emulator, "--conformance=sqs", "-k", "DeleteQueue and required")
    result.assert_outcomes(passed=1, deselected=result.parseoutcomes()["deselected"])
    record = record_of(emulator)
    assert [row.clause for row in record.verdicts] == ["sqs:DeleteQueue/input/QueueUrl#required"]
    assert {row.operation for row in record.cases.values()} == {"DeleteQueue"}
    assert not [row for row in record.cases.values() if row.intent == "invalid" and "#required" not in row.id]


def test_a_failure_is_read_by_people(emulator: pytest.Pytester) -> None:
    source = emulator.path / "queue_emulator.py"
    source.write_text(source.read_text().replace("            if required:\n", "            if False:\n"))
    result = run(emulator, "--conformance=sqs:DeleteQueue", "-k", "required")
    assert result.ret == 1
    clause = "sqs:DeleteQueue/input/QueueUrl#required"
    result.stdout.fnmatch_lines(
        [
            f"*___ {clause} ___*",
            "error sqs:DeleteQueue QueueUrl crash*",
            "  request  POST / DeleteQueue",
            "  response 500 *",
            "  expected a 4xx error",
            f"  clause   {clause}",
            "*(model: botocore *",
            "  conformance replay reports/record.jsonl *required*",
            f"FAILED conformance::sqs::DeleteQueue::{clause}*",
        ]
    )
    ours = result.stdout.str().partition("Captured log")[0]
    assert "Traceback" not in ours
    assert ".py:" not in ours


def test_a_known_deviation_that_is_gone_fails(emulator: pytest.Pytester) -> None:
    clause = "sqs:DeleteQueue/input/QueueUrl#required"
    (emulator.path / "known.yaml").write_text(f'known: [{{clause: "{clause}", reason: once it was not checked}}]')
    result = run(emulator, "--conformance=sqs:DeleteQueue", "-k", "required")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*XPASS(strict)*once it was not checked*", "the entry * matches nothing"])


def test_a_target_without_fixture_is_named_on_the_command_line(pytester: pytest.Pytester) -> None:
    result = run(pytester, "--conformance=sqs:GetQueueUrl", "--conformance-target=moto", "-k", "implemented")
    result.assert_outcomes(passed=1, deselected=result.parseoutcomes()["deselected"])
    assert record_of(pytester).header.target.kind == "moto"


def test_a_target_that_only_fails_does_not_make_a_green_session(pytester: pytest.Pytester) -> None:
    with faulty_servers.empty_reply(500) as server:
        result = run(pytester, "--conformance", "sqs:ListQueues,CreateQueue", "--conformance-target", server.url)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert set(result.parseoutcomes()) == {"skipped"}
    result.stdout.fnmatch_lines([f"ERROR: nothing was shown to work at {server.url}"])


def test_what_a_known_product_lacks_fails_nothing(pytester: pytest.Pytester) -> None:
    result = run(pytester, "--conformance", "iam:GetHumanReadableSummary", "--conformance-target", "moto")
    assert result.ret == pytest.ExitCode.OK
    assert set(result.parseoutcomes()) == {"skipped"}


def test_an_operation_that_is_not_there_is_skipped(emulator: pytest.Pytester) -> None:
    result = run(emulator, "--conformance=sqs:PurgeQueue", "-rs", "-k", "PurgeQueue/input")
    assert result.ret == 0
    assert set(result.parseoutcomes()) <= {"skipped", "deselected"}
    result.stdout.fnmatch_lines(["SKIPPED *not implemented*"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--conformance=sqss", "--conformance-target=moto"], "unknown service 'sqss' (did you mean sqs?)"),
        (["--conformance=sqs:Nope", "--conformance-target=moto"], "unknown operation* 'Nope'*"),
        (["--conformance=sqs"], "no target (*"),
        (["--conformance=sqs", "--conformance-target=nowhere"], "unknown target 'nowhere' (*"),
        (["--conformance=sqs", "--conformance-target=moto", "--conformance-baseline=no.yaml"], "*no.yaml: No such*"),
        (["--conformance=sqs:PurgeQueue", "--conformance-target=http://127.0.0.1:9"], "http://127.0.0.1:9 does not *"),
    ],
)
def test_wrong_use_is_told_in_one_line(pytester: pytest.Pytester, arguments: list[str], said: str) -> None:
    result = run(pytester, *arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert len([line for line in result.errlines if line]) == 1
    result.stderr.fnmatch_lines([f"ERROR: conformance: {said}"])
    assert "Traceback" not in result.stdout.str() + result.stderr.str()


@pytest.mark.parametrize(
    ("decorator", "body", "said"),
    [
        (
            "pytest.fixture",
            "raise OSError('the port is taken')",
            "*fixture conformance_target fails: OSError: the port*",
        ),
        ("pytest.fixture(scope='session')", "pytest.fail('no docker')", "*conformance_target fails: Failed: no docker"),
        (
            "pytest.fixture(name='conformance_target')",
            "raise SystemExit(3)",
            "*conformance_target fails: SystemExit: 3",
        ),
        ("pytest.fixture(params=['moto', 'moto'])", "return 'moto'", "*conformance_target has params (*"),
        ("pytest.fixture", "return ' '", "the target is an empty text (*"),
        ("pytest.fixture", "return 4566", "conformance_target is 4566, not a text or a target (yield a URL)"),
        ("str", "return 'moto'", "no target (use --conformance-target, or override*"),
    ],
)
def test_a_fixture_that_gives_no_target_is_told_in_one_line(
    pytester: pytest.Pytester, decorator: str, body: str, said: str
) -> None:
    named = "server" if "name=" in decorator else "conformance_target"
    request = "request" if "params" in decorator else ""
    pytester.makeconftest(f"import pytest\n\n@{decorator}\ndef {named}({request}):\n    {body}\n")
    pytester.makeini("[pytest]\nconformance = sqs:PurgeQueue")
    result = run(pytester)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: conformance: {said}"])
    assert len([line for line in result.errlines if line]) == 1
    assert "Traceback" not in result.stdout.str() + result.stderr.str()


@pytest.mark.parametrize(
    ("body", "status", "outcomes"),
    [("pytest.skip('no docker')", 0, {"skipped": 1}), ("pytest.exit('enough', returncode=7)", 7, {})],
)
def test_a_fixture_may_skip_or_end_the_session(
    pytester: pytest.Pytester, body: str, status: int, outcomes: dict[str, int]
) -> None:
    pytester.makeconftest(f"import pytest\n\n@pytest.fixture\ndef conformance_target():\n    {body}\n")
    result = run(pytester, "--conformance=sqs:PurgeQueue", "--conformance-only=*implemented")
    assert result.ret == status
    result.assert_outcomes(**outcomes)


def test_the_fixture_may_have_any_scope_and_other_fixtures_their_own_faults(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        import pytest

        @pytest.fixture(scope="module")
        def conformance_target(request):
            return "moto" if request.module.__name__ == "conformance.sqs" else None

        @pytest.fixture(autouse=True)
        def other(request):
            if "accepted" in request.node.name:
                raise OSError("another fault")
        """
    )
    result = run(pytester, "--conformance=sqs:PurgeQueue", "-k", "PurgeQueue and (implemented or accepted)")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.assert_outcomes(passed=1, errors=1, deselected=result.parseoutcomes()["deselected"])
    result.stdout.fnmatch_lines(["E * OSError: another fault"])


def test_clauses_are_named_by_the_ids_that_pytest_prints(emulator: pytest.Pytester) -> None:
    clause = "conformance::sqs::DeleteQueue::sqs:DeleteQueue/input/QueueUrl#required"
    result = run(emulator, clause, "-o", "conformance=")
    result.assert_outcomes(passed=1)
    assert [row.clause for row in record_of(emulator).verdicts] == [clause.rpartition("::")[2]]
    result = run(emulator, "conformance::sqs::DeleteQueue::sqs:DeleteQueue/input/QueueUrl")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: not found: conformance::*/QueueUrl (no clause of the selection has this id)"])


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            "def pytest_conformance_checks(): 1 / 0",
            "the hook pytest_conformance_checks raises ZeroDivisionError: *conftest.py:1)",
        ),
        (
            "def pytest_conformance_rules(): yield 1 / 0",
            "the hook pytest_conformance_rules raises ZeroDivisionError: *",
        ),
        ("def pytest_conformance_rules(): return 3", "the hook pytest_conformance_rules gives 3 (return pairs *"),
        ("def pytest_conformance_rules(): return ['sqs']", "the hook pytest_conformance_rules gives 'sqs' (return *"),
    ],
)
def test_a_hook_that_fails_is_told_in_one_line(pytester: pytest.Pytester, body: str, said: str) -> None:
    pytester.makeconftest(body)
    result = run(pytester, "--conformance=sqs:PurgeQueue", "--conformance-target=moto")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert len([line for line in result.errlines if line]) == 1
    result.stderr.fnmatch_lines([f"ERROR: conformance: {said}"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("'sqss'", "unknown service 'sqss' (did you mean sqs?)"),
        ("", "a marker 'conformance' takes selections, only and skip *"),
        ("'sqs', only=3", "only of a marker 'conformance' is 3 (a glob of clause ids, or a list)"),
        ("'sqs', skip=[3]", "skip of a marker 'conformance' is [[]3] (a glob of clause ids, or a list)"),
    ],
)
def test_a_marker_that_cannot_be_understood_is_told_in_one_line(
    pytester: pytest.Pytester, arguments: str, said: str
) -> None:
    pytester.makepyfile(test_it=f"import pytest\n\n@pytest.mark.conformance({arguments})\ndef test_it(finding): pass\n")
    result = run(pytester, "--conformance-target=moto")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: conformance: test_it.py::test_it: {said}"])
    assert "Traceback" not in result.stdout.str()


def test_a_marker_and_fixtures_of_the_same_names_may_be_the_projects_own(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        pytestmark = pytest.mark.conformance

        @pytest.fixture
        def finding():
            return "mine"

        def test_fixture(finding):
            assert finding == "mine"

        @pytest.mark.parametrize(("number", "case"), [(1, "a"), (2, "b")])
        def test_parameter(number, case):
            assert case in "ab"
        """
    )
    run(pytester).assert_outcomes(passed=3)


def test_marked_tests_without_the_plugin_are_told_in_one_line(emulator: pytest.Pytester) -> None:
    (emulator.path / "pytest.ini").write_text("[pytest]\npythonpath = .\naddopts = --strict-markers")
    result = run(emulator, "-p", "no:conformance")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *test_names_are_checked needs the plugin that -p no:conformance turns off*"])
    others = run(emulator, "-p", "no:conformance", "-m", "not conformance")
    others.assert_outcomes(passed=1, deselected=2)


@pytest.mark.slow
def test_two_workers_find_the_same(emulator: pytest.Pytester) -> None:
    assert run(emulator, "--conformance=sqs:CreateQueue,DeleteQueue").ret == 0
    alone = record_of(emulator)
    result = emulator.runpytest_subprocess("--conformance=sqs:CreateQueue,DeleteQueue", "-n", "2")
    assert result.ret == 0
    together = record_of(emulator)
    assert {row.clause: row.verdict for row in together.verdicts} == {row.clause: row.verdict for row in alone.verdicts}
    assert not together.leftovers
    assert [row.name for row in together.operations] == ["sqs:CreateQueue", "sqs:DeleteQueue"]


@pytest.mark.slow
def test_a_worker_without_a_target_ends_in_order(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        import pytest

        @pytest.fixture
        def conformance_target():
            pytest.fail("no docker")
        """
    )
    result = pytester.runpytest_subprocess("--conformance=sqs:PurgeQueue", "-n", "1")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stdout.fnmatch_lines(["*conformance: the fixture conformance_target fails: Failed: no docker*"])
    assert "Traceback" not in result.stdout.str() + result.stderr.str()
