"""Versions that are not installed: out of the cache, out of the index, and every way in which that fails."""

from __future__ import annotations

import gzip
import importlib.util
import json
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.exceptions import BadFile, ConformanceError, MissingPart, UnknownName, Unwritable, UsageError
from conformance.specs import ingest
from conformance.specs.store import loading, wheels

MODEL = {
    "metadata": {"apiVersion": "2020-01-01", "endpointPrefix": "things", "protocol": "json", "serviceId": "Things"},
    "operations": {"Ping": {"http": {"method": "POST", "requestUri": "/"}}},
    "shapes": {},
}


def make_wheel(folder: Path, version: str, *, packed: bool = True, tag: str = "py3-none-any") -> Path:
    """A wheel of botocore with one small service, as pip takes it."""
    path = folder / f"botocore-{version}-{tag}.whl"
    info = f"botocore-{version}.dist-info"
    model = json.dumps(MODEL).encode()
    with zipfile.ZipFile(path, "w") as archive:
        place = "botocore/data/things/2020-01-01/service-2.json"
        archive.writestr(place + (".gz" if packed else ""), gzip.compress(model) if packed else model)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: botocore\nVersion: {version}\n")
        archive.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and an index without a network: what is put into the folder `index`."""
    (tmp_path / "index").mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    found = wheels.cache_directory()
    assert found.is_relative_to(tmp_path)
    return found


@pytest.mark.parametrize("packed", [True, False])
def test_a_version_is_fetched_once_and_not_installed(cache: Path, tmp_path: Path, packed: bool) -> None:
    make_wheel(tmp_path / "index", "0.9.1", packed=packed)
    told: list[str] = []
    spec = wheels.spec_from_wheel("things", "0.9.1", notify=told.append)
    assert (spec.service.name, list(spec.service.operations)) == ("things", ["Ping"])
    assert (spec.provenance.botocore, told) == ("0.9.1", ["fetching botocore 0.9.1"])
    assert [path.name for path in cache.iterdir()] == ["botocore-0.9.1-py3-none-any.whl"]
    (tmp_path / "index" / "botocore-0.9.1-py3-none-any.whl").unlink()
    assert wheels.spec_from_wheel("things", "0.9.1", notify=told.append) == spec
    assert len(told) == 1
    assert ingest.botocore_version() != "0.9.1"


def test_the_wheel_of_the_installed_version_has_the_same_spec(cache: Path, tmp_path: Path) -> None:
    # Packed and plain files of one model have one digest, and one spec.
    make_wheel(tmp_path / "index", "0.9.1", packed=True)
    make_wheel(tmp_path / "index", "0.9.2", packed=False)
    one, other = (wheels.spec_from_wheel("things", version) for version in ("0.9.1", "0.9.2"))
    assert one.service == other.service
    assert one.provenance.digest == other.provenance.digest


def test_a_version_is_loaded_by_name(cache: Path, tmp_path: Path) -> None:
    make_wheel(tmp_path / "index", "0.9.1")
    loaded = loading.load_spec("things", source="0.9.1", root=tmp_path)
    assert (loaded.origin, loaded.overlay_path) == ("wheel", None)


def test_an_unknown_version_names_the_near_ones(cache: Path, tmp_path: Path) -> None:
    for version in ("0.9.1", "0.9.12", "1.20.0"):
        make_wheel(tmp_path / "index", version)
    with pytest.raises(UnknownName) as caught:
        wheels.spec_from_wheel("things", "0.9.13")
    assert caught.value.near[0] in ("0.9.12", "0.9.1")
    assert caught.value.exit_status == 2
    assert not list(cache.iterdir())


def test_off_line_it_says_what_is_missing(cache: Path) -> None:
    with pytest.raises(MissingPart) as caught:
        wheels.spec_from_wheel("things", "0.9.1")
    assert "botocore 0.9.1 is not in the cache" in caught.value.message
    assert str(cache) in (caught.value.hint or "")


def test_an_index_that_does_not_answer_is_told(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    with pytest.raises(MissingPart, match="could not be fetched"):
        wheels.spec_from_wheel("things", "0.9.1")


@pytest.mark.parametrize("version", ["latest", "1", "1.0; rm", "1.0.0 --pre", "", "../x"])
def test_what_is_no_version_never_reaches_pip(cache: Path, monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("pip was called")

    monkeypatch.setattr(subprocess, "run", never)
    with pytest.raises(UsageError):
        wheels.spec_from_wheel("things", version)


def test_a_wheel_without_the_service_is_told(cache: Path, tmp_path: Path) -> None:
    make_wheel(tmp_path / "index", "0.9.1")
    for name, hint in (("thing", "did you mean things?"), ("zzz", "a later version"), ("", ""), ("..", "")):
        with pytest.raises(UsageError, match=r"botocore 0\.9\.1 has no service") as caught:
            wheels.spec_from_wheel(name, "0.9.1")
        assert hint in (caught.value.hint or "")


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:200])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[80:90] = b"\0" * 10
    path.write_bytes(data)


def foreign(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("README", "not a wheel of botocore")


def not_json(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("botocore/data/things/2020-01-01/service-2.json", "{")


DAMAGES = [truncated, emptied, flipped, foreign, not_json]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_broken_cache_is_fetched_anew(cache: Path, tmp_path: Path, damage: Callable[[Path], None]) -> None:
    make_wheel(tmp_path / "index", "0.9.1")
    cache.mkdir(parents=True)
    damage(make_wheel(cache, "0.9.1"))
    told: list[str] = []
    assert wheels.spec_from_wheel("things", "0.9.1", notify=told.append).service.name == "things"
    assert "is broken" in told[0]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_broken_cache_off_line_names_the_file(cache: Path, damage: Callable[[Path], None]) -> None:
    cache.mkdir(parents=True)
    path = make_wheel(cache, "0.9.1")
    damage(path)
    with pytest.raises(BadFile) as caught:
        wheels.spec_from_wheel("things", "0.9.1")
    assert caught.value.path == str(path)
    assert "delete it" in (caught.value.hint or "")


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_wheel_that_comes_broken_is_not_kept(
    cache: Path, tmp_path: Path, damage: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        damage(make_wheel(Path(command[command.index("--dest") + 1]), "0.9.1"))
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(ConformanceError):
        wheels.spec_from_wheel("things", "0.9.1")
    assert not list(cache.glob("*.whl"))


def test_without_pip_it_says_so(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(MissingPart, match="pip"):
        wheels.spec_from_wheel("things", "0.9.1")


def test_a_cache_that_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(Unwritable) as caught:
        wheels.spec_from_wheel("things", "0.9.1")
    assert caught.value.hint == "set XDG_CACHE_HOME"


def test_a_relative_cache_home_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    # The XDG specification asks for that.
    monkeypatch.setenv("XDG_CACHE_HOME", "here")
    assert wheels.cache_directory() == Path.home() / ".cache" / "aws-conformance" / "botocore"
