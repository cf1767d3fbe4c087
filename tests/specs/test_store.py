"""Specs in files: several versions, nothing twice, and every way in which a store can be broken."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.exceptions import BadFile, UnknownName, Unwritable, UsageError
from conformance.specs import ingest
from conformance.specs.model import Spec
from conformance.specs.store import files, loading

MakeSpec = Callable[..., Spec]
WIDER = {"Count": {"type": "integer", "min": 0, "max": 99}}
NEWER = {
    "Count": {"type": "integer", "min": 0, "max": 99},
    "Kind": {"type": "string", "enum": ["SMALL", "BIG", "HUGE"]},
}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def three(make_spec: MakeSpec) -> list[Spec]:
    """Three versions, oldest first, with nine before ten."""
    return [make_spec(botocore="1.9.0"), make_spec(WIDER, botocore="1.10.0"), make_spec(NEWER, botocore="1.11.2")]


@pytest.mark.parametrize("name", ["sts", "dynamodb", "s3", "sqs"])
def test_what_is_read_is_what_was_written(tmp_path: Path, name: str) -> None:
    spec = ingest.installed_spec(name)
    folder = files.write_spec(spec, tmp_path)
    assert folder == tmp_path / name / spec.service.api_version
    assert files.read_spec(folder) == files.read_spec(folder / "spec.json") == files.read_spec(tmp_path / name) == spec


def test_writing_twice_changes_no_byte(tmp_path: Path, three: list[Spec]) -> None:
    for spec in three:
        folder = files.write_spec(spec, tmp_path)
    before = contents(folder)
    times = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    for spec in reversed(three):
        files.write_spec(spec, tmp_path)
    assert contents(folder) == before
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == times


def test_versions_may_come_in_any_order(tmp_path: Path, three: list[Spec]) -> None:
    for number, order in enumerate(((0, 1, 2), (2, 0, 1), (1, 2, 0))):
        for index in order:
            folder = files.write_spec(three[index], tmp_path / str(number))
        known = files.stored_folder(folder)
        assert [version.provenance.botocore for version in known.versions] == ["1.11.2", "1.10.0", "1.9.0"]
        assert [files.read_stored_version(known, version) for version in known.versions] == list(reversed(three))
    assert contents(tmp_path / "0/things/2020-01-01") == contents(tmp_path / "2/things/2020-01-01")


def test_an_older_version_is_only_its_difference(tmp_path: Path, three: list[Spec]) -> None:
    for spec in three:
        folder = files.write_spec(spec, tmp_path)
    assert sorted(contents(folder)) == ["1.10.0.json", "1.9.0.json", "provenance.json", "spec.json"]
    assert json.loads((folder / "1.10.0.json").read_text()) == {
        "newer": "1.11.2",
        "difference": {"shapes": {"Kind": {"enum": {"edits": [{"at": 2, "remove": ["HUGE"], "insert": []}]}}}},
    }
    assert files.read_spec(folder / "1.9.0.json") == three[0]
    assert files.read_spec(folder, botocore="1.10.0") == three[1]


def test_the_same_content_is_not_written_twice(tmp_path: Path, make_spec: MakeSpec) -> None:
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        folder = files.write_spec(make_spec(botocore=version), tmp_path)
    assert sorted(contents(folder)) == ["provenance.json", "spec.json"]
    known = files.stored_folder(folder)
    assert [version.file for version in known.versions] == ["spec.json"] * 3
    assert files.read_stored_version(known, known.versions[2]) == make_spec(botocore="1.0.0")


def test_older_versions_can_be_forgotten(tmp_path: Path, three: list[Spec]) -> None:
    for spec in three:
        folder = files.write_spec(spec, tmp_path)
    (folder / "overlay.yaml").write_text("format: 1\n")
    files.write_spec(three[2], tmp_path, keep_older=False)
    assert sorted(contents(folder)) == ["overlay.yaml", "provenance.json", "spec.json"]
    assert files.stored_folder(folder).overlay == folder / "overlay.yaml"


def test_what_is_stored_is_listed(tmp_path: Path, three: list[Spec]) -> None:
    assert files.stored_services(tmp_path / "nowhere") == ()
    files.write_spec(three[0], tmp_path)
    files.write_spec(ingest.installed_spec("sts"), tmp_path)
    assert files.stored_services(tmp_path) == ("sts", "things")
    assert files.find_stored(tmp_path, "things", "1999-01-01") is None
    assert files.find_stored(tmp_path, "..") is None
    assert [found.api_version for found in files.stored_api_versions(tmp_path, "things")] == ["2020-01-01"]


def test_the_shared_data_is_no_service(tmp_path: Path, three: list[Spec]) -> None:
    files.write_spec(three[0], tmp_path)
    (tmp_path / "things").rename(tmp_path / files.SHARED_FOLDER)
    assert files.stored_services(tmp_path) == ()
    assert files.find_stored(tmp_path, files.SHARED_FOLDER) is None
    root = files.package_root()
    assert root is not None
    assert files.SHARED_FOLDER not in files.stored_services(root)


@pytest.mark.parametrize("name", ["sample_values.yaml", "aws_cli_names.json", "other_services.yaml"])
def test_the_shared_data_is_found(name: str) -> None:
    path = files.shared_data(name)
    assert path is not None
    assert path.stat().st_size > 0
    assert files.shared_data(f"no-{name}") is None


# ---------------------------------------------------------------- broken stores


def break_json(folder: Path) -> None:
    (folder / "spec.json").write_bytes((folder / "spec.json").read_bytes()[:500])


def break_binary(folder: Path) -> None:
    (folder / "spec.json").write_bytes(b"\xff\xfe\x00")


def break_deep(folder: Path) -> None:
    (folder / "spec.json").write_text("[" * 100_000)


def take_spec(folder: Path) -> None:
    (folder / "spec.json").unlink()


def foreign(folder: Path) -> None:
    (folder / "spec.json").write_text('{"openapi": "3.0.0"}')


def edited(folder: Path) -> None:
    text = (folder / "spec.json").read_text()
    (folder / "spec.json").write_text(text.replace('"maximum": 99', '"maximum": "many"'))


def foreign_provenance(folder: Path) -> None:
    (folder / "provenance.json").write_text('{"format": 1, "versions": "all"}')


def empty_provenance(folder: Path) -> None:
    text = '{"format": 1, "service": "things", "api_version": "2020-01-01", "versions": []}'
    (folder / "provenance.json").write_text(text)


def newer_format(folder: Path) -> None:
    (folder / "provenance.json").write_text('{"format": 2}')


@pytest.mark.parametrize(
    "damage",
    [
        break_json, break_binary, break_deep, take_spec, foreign, edited, foreign_provenance, empty_provenance,
        newer_format,
    ],
)  # fmt: skip
def test_a_broken_store_is_told(tmp_path: Path, three: list[Spec], damage: Callable[[Path], None]) -> None:
    folder = files.write_spec(three[2], tmp_path)
    damage(folder)
    with pytest.raises(BadFile) as caught:
        files.read_spec(folder)
    assert str(folder) in caught.value.message
    assert "\n" not in caught.value.message


def test_a_difference_that_does_not_fit_is_told(tmp_path: Path, three: list[Spec]) -> None:
    for spec in three:
        folder = files.write_spec(spec, tmp_path)
    (folder / "1.10.0.json").write_text('{"difference": {"shapes": {"Missing": null}}}')
    assert files.read_spec(folder) == three[2]
    for version in ("1.10.0", "1.9.0"):
        with pytest.raises(BadFile, match=r"1\.10\.0\.json: does not fit"):
            files.read_spec(folder, botocore=version)


def test_a_version_that_is_not_stored_is_told(tmp_path: Path, three: list[Spec]) -> None:
    folder = files.write_spec(three[0], tmp_path)
    with pytest.raises(UnknownName) as caught:
        files.read_spec(folder, botocore="1.9.1")
    assert caught.value.near == ("1.9.0",)


def test_what_is_no_place_of_a_spec_is_told(tmp_path: Path, three: list[Spec]) -> None:
    (tmp_path / "alone.json").write_text("{}")
    folder = files.write_spec(three[0], tmp_path / "store")
    (folder / "stray.json").write_text("{}")
    for path in (tmp_path / "none", tmp_path / "alone.json", folder / "stray.json", tmp_path):
        with pytest.raises(BadFile):
            files.read_spec(path)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path, three: list[Spec]) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unwritable, match="cannot be written"):
        files.write_spec(three[0], tmp_path / "file")


def test_a_write_that_fails_leaves_the_old_file(
    tmp_path: Path, three: list[Spec], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = files.write_spec(three[0], tmp_path)
    before = contents(folder)

    def full(self: Path, data: bytes) -> int:
        with self.open("wb") as file:
            file.write(data[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(Unwritable, match="No space left"):
        files.write_spec(three[1], tmp_path)
    assert contents(folder) == before


# ---------------------------------------------------------------- loading


def test_the_stored_spec_comes_before_the_installed_one(tmp_path: Path) -> None:
    spec = ingest.installed_spec("sts")
    assert loading.load_spec("sts", root=tmp_path).origin == "installed"
    folder = files.write_spec(spec, tmp_path)
    loaded = loading.load_spec("sts", root=tmp_path)
    assert (loaded.spec, loaded.origin, loaded.overlay_path) == (spec, "stored", None)
    (folder / "overlay.yaml").write_text("")
    assert loading.load_spec("sts", root=tmp_path).overlay_path == folder / "overlay.yaml"
    assert loading.load_spec("sts", root=tmp_path, source="installed").overlay_path == folder / "overlay.yaml"
    assert loading.load_spec("sts", root=tmp_path, source="installed").origin == "installed"


def test_a_spec_is_loaded_from_a_path(tmp_path: Path) -> None:
    spec = ingest.installed_spec("sts")
    folder = files.write_spec(spec, tmp_path / "elsewhere")
    for path in (folder, folder / "spec.json", tmp_path / "elsewhere", tmp_path / "elsewhere" / "sts"):
        assert loading.load_spec("sts", source=path).spec == spec
    with pytest.raises(BadFile, match="a spec of 'sts', not of 'sqs'"):
        loading.load_spec("sqs", source=folder)


def test_a_version_comes_from_the_store_or_the_installed_botocore(tmp_path: Path, three: list[Spec]) -> None:
    files.write_spec(three[0], tmp_path)
    assert loading.load_spec("things", source="1.9.0", root=tmp_path).origin == "stored"
    assert loading.load_spec("sts", source=ingest.botocore_version(), root=tmp_path).origin == "installed"


def test_an_outdated_spec_says_so(tmp_path: Path, make_spec: MakeSpec) -> None:
    version = ingest.botocore_version()
    newest = ingest.installed_spec("sts")
    same = Spec(
        newest.service, ingest.spec_from_directory(ingest.data_directory(), "sts", None, botocore="1.0.0").provenance
    )
    other = Spec(newest.service, make_spec(botocore="1.0.0").provenance)
    later = Spec(newest.service, make_spec(botocore="99.0.0").provenance)
    assert not loading.is_outdated(newest, version)
    assert not loading.is_outdated(same, version), "an older botocore with the very same model"
    assert loading.is_outdated(other, version)
    assert not loading.is_outdated(later, version)
    files.write_spec(other, tmp_path)
    loaded = loading.load_spec("sts", root=tmp_path)
    assert (loaded.older_than_installed, loaded.installed_version) == (True, version)


@pytest.mark.parametrize("source", ["latest", "", "1.2.3 or so"])
def test_a_source_that_is_none_is_told(source: str) -> None:
    with pytest.raises(UsageError):
        loading.load_spec("sts", source=source)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("sagmaker", "sagemaker"),
        ("SageMaker", "'sagemaker'"),
        ("Secrets Manager", "'secretsmanager'"),
        ("Cognito Identity Provider", "'cognito-idp'"),
        ("../sts", "sts"),
        ("", "specs list"),
        (".", "specs list"),
        ("sts/2011-06-15", "specs list"),
    ],
)
def test_an_unknown_service_comes_with_a_hint(name: str, hint: str) -> None:
    for source in ("repository", "installed"):
        with pytest.raises(UnknownName) as caught:
            loading.load_spec(name, source=source)
        assert hint in (caught.value.hint or "")


# ---------------------------------------------------------------- what the repository has


def facts() -> dict[str, Any]:
    path = Path(__file__).parents[3] / "shared" / "facts" / "sagemaker_rules.json"
    if not path.is_file():
        pytest.skip("the facts are not here")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def test_the_versions_that_the_documents_describe_are_stored() -> None:
    root = files.package_root()
    assert root is not None
    known = files.find_stored(root, "sagemaker")
    assert known is not None
    versions = {version.provenance.botocore for version in known.versions}
    described = " ".join(facts()["seed_versions"].values())
    for version in versions - {known.versions[0].provenance.botocore}:
        assert version in described
    assert len(versions) >= 9


def test_everything_stored_can_be_read_and_is_in_canonical_form(tmp_path: Path) -> None:
    root = files.package_root()
    assert root is not None
    for name in files.stored_services(root):
        for known in files.stored_api_versions(root, name):
            for version in reversed(known.versions):
                files.write_spec(files.read_stored_version(known, version), tmp_path)
            written = contents(tmp_path / name / known.api_version)
            kept = {file: data for file, data in contents(known.folder).items() if file.endswith(".json")}
            assert written == kept, f"{name}: write it anew with 'specs extract'"


def test_the_package_finds_its_specs() -> None:
    assert loading.load_spec("sagemaker").origin == "stored"
    assert loading.load_spec("sagemaker", source="1.22.12").origin == "stored"


def forget_where_the_package_is() -> None:
    for found in (files.package_root, files.checkout_root):
        found.cache_clear()


@pytest.fixture
def moved_package(tmp_path: Path) -> Iterator[Path]:
    """Where the module that finds the specs seems to be."""
    with pytest.MonkeyPatch.context() as patch:
        module = tmp_path / "conformance" / "specs" / "store" / "files.py"
        patch.setattr(files, "__file__", str(module))
        module.parent.mkdir(parents=True)
        forget_where_the_package_is()
        yield module
    forget_where_the_package_is()


def test_the_specs_of_a_wheel_lie_inside_the_package(tmp_path: Path, moved_package: Path) -> None:
    assert (files.package_root(), files.checkout_root()) == (None, None)
    assert loading.load_spec("sts").origin == "installed", "no specs at all are no reason to fail"
    (tmp_path / "specs").mkdir()
    forget_where_the_package_is()
    assert files.package_root() is None, "a folder that happens to be beside an installed package is not ours"
    (tmp_path / "pyproject.toml").write_text("")
    forget_where_the_package_is()
    assert files.package_root() == files.checkout_root() == tmp_path / "specs"
    (moved_package.parents[1] / "data").mkdir()
    forget_where_the_package_is()
    assert files.package_root() == moved_package.parents[1] / "data"
    files.write_spec(ingest.installed_spec("sts"), moved_package.parents[1] / "data")
    assert loading.load_spec("sts").origin == "stored"


def test_the_wheel_takes_the_specs_along() -> None:
    text = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    assert '"specs" = "conformance/specs/data"' in text
