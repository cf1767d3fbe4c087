"""`conformance specs`: what it prints, what it writes, and how it tells what went wrong."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from conformance.cli import main
from conformance.specs import ingest
from conformance.specs.store import files

Capture = pytest.CaptureFixture[str]


def run(capsys: Capture, *arguments: object) -> tuple[int, str, str]:
    status = main(["specs", *map(str, arguments)])
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    return status, captured.out, captured.err


def test_help_names_every_subcommand_without_importing_it(capsys: Capture) -> None:
    status, out, _ = run(capsys, "--help")
    assert status == 0
    for name in ("changes", "export", "extract", "lint", "list", "show"):
        assert f"  {name} " in out


def test_extract_writes_and_says_where(capsys: Capture, tmp_path: Path) -> None:
    status, out, err = run(capsys, "extract", "sts", "sqs", "sts", "--out", tmp_path)
    assert (status, err) == (0, "")
    operations = len(ingest.installed_spec("sts").service.operations)
    version = ingest.botocore_version()
    assert out.splitlines()[0] == f"{tmp_path}/sts/2011-06-15: {operations} operations, botocore {version}"
    assert len(out.splitlines()) == 2
    assert files.read_spec(tmp_path / "sts") == ingest.installed_spec("sts")


def test_extract_writes_below_here_outside_of_a_checkout(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(files, "checkout_root", lambda: None)
    assert run(capsys, "extract", "sts")[0] == 0
    assert (tmp_path / "specs/sts/2011-06-15/spec.json").is_file()


def test_extract_stops_before_it_writes_anything(capsys: Capture, tmp_path: Path) -> None:
    status, out, err = run(capsys, "extract", "sts", "SageMaker", "--out", tmp_path / "out")
    assert (status, out) == (2, "")
    assert err.splitlines() == [
        "error: unknown service 'SageMaker'",
        "hint: botocore and the AWS CLI call it 'sagemaker'",
    ]
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["extract"], "name services, or give --all"),
        (["extract", "--all", "sts"], "name services, or give --all"),
        (["extract", "--all", "--botocore", "1.44.5"], "--all takes the installed botocore"),
        (["extract", "sts", "--botocore", "newest"], "not a version"),
        (["changes", "sts", "--from", "1.44.5"], "--to"),
        (["changes", "sts", "--from", "then", "--to", "now"], "neither a version nor a path"),
        (["changes", "stss", "--from", "installed", "--to", "installed"], "unknown service"),
        (["export", "sts", "--format", "openapi"], "openapi"),
        (["export", "sts", "--spec", "none"], "unknown source"),
        (["list", "stss"], "unknown stored spec"),
        (["list", "stss", "--installed"], "unknown service"),
        (["lint", "stss"], "unknown service"),
        (["lnit"], "lnit"),
    ],
)
def test_wrong_use_is_told_in_a_line_and_a_hint(capsys: Capture, arguments: list[str], says: str) -> None:
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("error: ")
    assert says in err.splitlines()[0]
    assert len(err.splitlines()) <= 2


def test_an_operation_where_a_service_is_asked_for(capsys: Capture) -> None:
    _, _, err = run(capsys, "resources", "sts:AssumeRole")
    assert err.splitlines()[1] == "hint: operations are not selected here: name 'sts' alone"


def test_a_store_that_cannot_be_written_is_told(capsys: Capture, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    status, _, err = run(capsys, "extract", "sts", "--out", tmp_path / "file")
    assert status == 2
    assert "cannot be written" in err
    status, _, err = run(capsys, "export", "sts", "-o", tmp_path / "none" / "file")
    assert status == 2
    assert "cannot write" in err


def test_off_line_extract_says_what_is_missing(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    status, _, err = run(capsys, "extract", "sts", "--botocore", "1.22.12", "--out", tmp_path / "out")
    assert status == 2
    assert err.startswith("error: the wheel of botocore 1.22.12 is not in the cache")
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_extract_all(capsys: Capture, tmp_path: Path) -> None:
    status, out, _ = run(capsys, "extract", "--all", "--out", tmp_path)
    assert status == 0
    assert files.stored_services(tmp_path) == ingest.service_names()
    assert f"{len(ingest.service_names())} services" in out


def test_list_shows_what_is_stored(capsys: Capture, tmp_path: Path) -> None:
    run(capsys, "extract", "sts", "sqs", "--out", tmp_path)
    status, out, _ = run(capsys, "list", "--out", tmp_path)
    head, *rows = (line.split() for line in out.splitlines())
    assert (status, head[0], [row[0] for row in rows]) == (0, "service", ["sqs", "sts"])
    operations = len(ingest.installed_spec("sts").service.operations)
    assert rows[1][1:] == ["2011-06-15", ingest.botocore_version(), "1", str(operations), "no"]


def test_list_shows_what_is_older_than_the_installed(capsys: Capture, tmp_path: Path) -> None:
    run(capsys, "extract", "sts", "--out", tmp_path)
    path = tmp_path / "sts/2011-06-15/provenance.json"
    text = path.read_text().replace(ingest.botocore_version(), "1.0.0")
    path.write_text(text)
    assert "older" not in run(capsys, "list", "--out", tmp_path)[1], "the model is the same"
    document = json.loads(text)
    document["versions"][0]["digest"] = "sha256:" + "0" * 64
    path.write_text(json.dumps(document))
    (tmp_path / "sts/2011-06-15/overlay.yaml").write_text("")
    assert (
        run(capsys, "list", "--out", tmp_path)[1]
        .splitlines()[1]
        .endswith(f"yes      older than the installed {ingest.botocore_version()}")
    )


def test_list_of_a_service_shows_its_versions(capsys: Capture) -> None:
    status, out, _ = run(capsys, "list", "sagemaker")
    assert status == 0
    versions = [line.split()[2] for line in out.splitlines()[1:]]
    assert {"1.22.12", "1.23.0", "1.35.61"} < set(versions)


def test_list_of_an_empty_place(capsys: Capture, tmp_path: Path) -> None:
    status, _, err = run(capsys, "list", "--out", tmp_path)
    assert status == 2
    assert "no specs are stored here" in err


def test_list_installed(capsys: Capture) -> None:
    status, out, _ = run(capsys, "list", "--installed")
    assert (status, len(out.splitlines())) == (0, len(ingest.service_names()) + 1)
    assert run(capsys, "list", "sts", "--installed")[1].splitlines()[1].split() == ["sts", "2011-06-15"]


CHANGES = ("changes", "sagemaker", "--from", "1.22.12", "--to", "1.23.0")


def test_changes_in_every_format(capsys: Capture, tmp_path: Path) -> None:
    assert "0 new, 0 removed, 4 updated methods" in run(capsys, *CHANGES)[1]
    assert "4 updated api methods" in run(capsys, *CHANGES, "--format", "apichanges")[1]
    assert "## Search (updated)" in run(capsys, *CHANGES, "--format", "markdown")[1]
    document = json.loads(run(capsys, *CHANGES, "--format", "json", "--clauses")[1])
    appeared = "sagemaker:UpdateEndpoint/input/RetainDeploymentConfig#type"
    assert appeared in document["clauses"]["appeared"]
    assert f"+ {appeared}" in run(capsys, *CHANGES, "--clauses")[1].splitlines()
    status, out, _ = run(capsys, *CHANGES, "-o", tmp_path / "changes.txt")
    assert (status, out) == (0, "")
    assert "4 updated methods" in (tmp_path / "changes.txt").read_text()


def test_changes_between_paths(capsys: Capture, tmp_path: Path) -> None:
    run(capsys, "extract", "sts", "--out", tmp_path)
    status, out, _ = run(capsys, "changes", "sts", "--from", tmp_path / "sts", "--to", "installed")
    assert (status, "0 updated" in out) == (0, True)


def test_export_is_a_json_schema(capsys: Capture, tmp_path: Path) -> None:
    status, out, _ = run(capsys, "export", "sagemaker-runtime")
    assert status == 0
    document = json.loads(out)
    jsonschema.Draft202012Validator.check_schema(document)
    assert run(capsys, "export", "sagemaker-runtime", "-o", tmp_path / "s.json") == (0, "", "")
    assert (tmp_path / "s.json").read_text() == out


def test_lint_tells_errors_by_its_status(capsys: Capture, tmp_path: Path) -> None:
    run(capsys, "extract", "sts", "--out", tmp_path)
    assert run(capsys, "lint", "sts", "--spec", tmp_path)[:2] == (0, "1 spec, 0 errors, 0 warnings\n")
    path = tmp_path / "sts/2011-06-15/spec.json"
    document = json.loads(path.read_text())
    document["shapes"]["arnType"].update(minimum=9, maximum=3)
    document["shapes"]["roleSessionNameType"]["pattern"] = "(?=a)b"
    path.write_text(json.dumps(document))
    status, out, _ = run(capsys, "lint", "sts", "--spec", tmp_path)
    assert status == 1
    assert "sts: error: arnType: min 9 is above max 3" in out
    assert "sts: warning: roleSessionNameType: pattern" in out


def test_lint_finds_no_error_in_what_is_shipped(capsys: Capture) -> None:
    status, out, err = run(capsys, "lint", "--errors-only")
    assert (status, err) == (0, "")
    assert ", 0 errors, " in out


def test_lint_reads_the_overlay_beside_the_spec(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(capsys, "extract", "sts", "--out", tmp_path)
    overlay = """
        format: 1
        service: sts
        rules:
          - {id: T-1, operations: [AssumeRole], statement: s, source: s, enforcement: ADVICE, request: request.Rloe}
          - {id: T-2, operations: [Old], statement: s, source: s, enforcement: ADVICE, request: request.A,
             until: "1.0.0"}
    """
    (tmp_path / "sts/2011-06-15/overlay.yaml").write_text(overlay)
    monkeypatch.setattr(files, "package_root", lambda: tmp_path)
    status, out, _ = run(capsys, "lint")
    assert status == 1
    assert out.splitlines()[:-1] == ["sts: error: overlay rules T-1: condition: AssumeRoleRequest has no member Rloe"]
