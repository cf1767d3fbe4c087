"""Specs kept in files, several versions of each, without writing the same content twice.

    <root>/<service>/<api-version>/spec.json         the newest version, whole
                                   1.22.12.json ...  an older one, as its difference to the next newer one
                                   provenance.json   which versions there are, newest first, and where they came from
                                   overlay.yaml      written by hand; this module does not write it
    <root>/_shared/                                  data for all services, no service itself

    write(spec, root)   -- documents.py -- canonical.py --> files
    read(path)          files --> Spec
    load(service, source=...)  the repository's spec | the installed botocore's | a file's | a version's --> Loaded

A version whose content is that of the next newer one has no file of its own: both name the same. To add a version
between two others rewrites one difference, so that a review sees only what is new.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.exceptions import BadFile, UnknownName, Unwritable
from conformance.specs import ingest
from conformance.specs.model import Provenance, Service, Spec
from conformance.specs.store import canonical, documents
from conformance.specs.versions import newest_first
from conformance.values.text_formats import NotADocument, json_document

SPEC_FILE = "spec.json"
PROVENANCE_FILE = "provenance.json"
OVERLAY_FILE = "overlay.yaml"
SHARED_FOLDER = "_shared"


@dataclass(frozen=True, slots=True)
class Version:
    """One stored version of a spec: where it came from and the file in its folder that has it."""

    provenance: Provenance
    file: str


@dataclass(frozen=True, slots=True)
class Stored:
    """The folder of one service at one API version, and the versions in it, newest first."""

    service: str
    api_version: str
    folder: Path
    versions: tuple[Version, ...]

    @property
    def overlay(self) -> Path | None:
        """The overlay beside the spec, if there is one."""
        path = self.folder / OVERLAY_FILE
        return path if path.is_file() else None


@functools.cache
def package_root() -> Path | None:
    """The folder of the specs that came with this package: inside it, or beside it in a checkout."""
    inside = Path(__file__).parents[1] / "data"
    checkout = checkout_root()
    return inside if inside.is_dir() else checkout


@functools.cache
def checkout_root() -> Path | None:
    """The `specs` folder of the checkout that this package is part of; None for an installed package."""
    top = Path(__file__).parents[3]
    return top / "specs" if (top / "pyproject.toml").is_file() and (top / "specs").is_dir() else None


def shared_data(name: str) -> Path | None:
    """A file of the data that holds for all services (`specs/_shared`); None if this package came without it."""
    root = package_root()
    return None if root is None else _shared(root, name)


@functools.cache
def _shared(root: Path, name: str) -> Path | None:
    path = root / SHARED_FOLDER / name
    return path if path.is_file() else None


def stored_services(root: Path) -> tuple[str, ...]:
    """The services that have a spec below `root`, sorted."""
    if not root.is_dir():
        return ()
    names = {path.parents[1].name for path in root.glob(f"*/*/{PROVENANCE_FILE}")}
    return tuple(sorted(name for name in names if ingest.is_service_name(name)))


def stored_api_versions(root: Path, service: str) -> tuple[Stored, ...]:
    """What `root` has of `service`, a folder for each API version, oldest first. Raises BadFile."""
    return tuple(stored_folder(path.parent) for path in sorted((root / service).glob(f"*/{PROVENANCE_FILE}")))


def find_stored(root: Path, service: str, api_version: str | None = None) -> Stored | None:
    """What `root` has of `service`, at its newest API version by default; None if nothing. Raises BadFile."""
    if not ingest.is_service_name(service):
        return None
    matching = [path.parent for path in (root / service).glob(f"{api_version or '*'}/{PROVENANCE_FILE}")]
    return stored_folder(max(matching)) if matching else None


def stored_folder(folder: Path) -> Stored:
    """What the folder of one API version has; raises BadFile."""
    path = folder / PROVENANCE_FILE
    document = _parsed(path)
    try:
        if document["format"] != documents.FORMAT:
            raise BadFile(path, f"format {document['format']!r}, this version reads {documents.FORMAT}")
        versions = tuple(
            Version(Provenance(entry["botocore"], entry["source"], entry["digest"]), entry["file"])
            for entry in document["versions"]
        )
        names = (document["service"], document["api_version"])
    except (KeyError, TypeError) as problem:
        raise BadFile(
            path, "not the provenance of a spec", hint="write it anew with 'conformance specs extract'"
        ) from problem
    if not versions:
        raise BadFile(path, "names no version", hint="write it anew with 'conformance specs extract'")
    return Stored(*names, folder, versions)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise BadFile(path, f"cannot be read: {problem.strerror or problem}") from problem


def _parsed(path: Path, content: bytes | None = None) -> Any:
    try:
        return json_document(_content(path) if content is None else content)
    except NotADocument as problem:
        raise BadFile(path, str(problem)) from problem


# ---------------------------------------------------------------- reading


def read_spec(path: Path, *, botocore: str | None = None) -> Spec:
    """The spec in a file or folder of a store: `spec.json`, an older version's file, or the folder with both.

    `botocore` chooses among the versions of a folder; the newest is taken where it is not given. Raises BadFile for
    what is not a spec and UnknownName for a version that is not there.
    """
    folder, file = _place(path)
    known = stored_folder(folder)
    if file is not None:
        chosen = next((version for version in known.versions if version.file == file), None)
        if chosen is None:
            raise BadFile(path, f"not a version that its {PROVENANCE_FILE} knows")
    else:
        chosen = version_of(known, botocore)
    return read_stored_version(known, chosen)


def _place(path: Path) -> tuple[Path, str | None]:
    if not path.is_dir():
        if not path.is_file():
            raise BadFile(path, "no such file or folder")
        if not (path.parent / PROVENANCE_FILE).is_file():
            raise BadFile(path, f"no {PROVENANCE_FILE} beside it", hint="write specs with 'conformance specs extract'")
        return path.parent, path.name
    if (path / PROVENANCE_FILE).is_file():
        return path, None
    inner = sorted(entry.parent for entry in path.glob(f"*/{PROVENANCE_FILE}"))
    if not inner:
        raise BadFile(path, "no spec in this folder", hint="write specs with 'conformance specs extract'")
    return inner[-1], None


def version_of(known: Stored, botocore: str | None) -> Version:
    """The stored version that came from that botocore, the newest for None; raises UnknownName."""
    if botocore is None:
        return known.versions[0]
    for version in known.versions:
        if version.provenance.botocore == botocore:
            return version
    raise UnknownName("version", botocore, (version.provenance.botocore for version in known.versions))


def read_stored_version(known: Stored, version: Version) -> Spec:
    """The spec of one stored version; raises BadFile."""
    paths = _chain(known, version.file)
    return Spec(_service(paths, tuple(map(_content, paths))), version.provenance)


# The same few services are loaded again and again by who runs many selections in one process.
@functools.lru_cache(maxsize=4)
def _service(paths: tuple[Path, ...], contents: tuple[bytes, ...]) -> Service:
    try:
        return documents.service_from_document(_whole(paths, contents))
    except documents.NotASpec as problem:
        raise BadFile(paths[-1], str(problem), hint="write it anew with 'conformance specs extract'") from problem


def _chain(known: Stored, file: str) -> tuple[Path, ...]:
    """The files that make up the document that `file` stands for: the newest one, and those between."""
    files = list(dict.fromkeys(version.file for version in known.versions))
    return tuple(known.folder / name for name in files[: files.index(file) + 1])


def _document(known: Stored, file: str) -> Any:
    paths = _chain(known, file)
    return _whole(paths, tuple(map(_content, paths)))


def _whole(paths: tuple[Path, ...], contents: tuple[bytes, ...]) -> Any:
    """The whole document that the last of these files stands for, made from the newest by way of those between."""
    document = _parsed(paths[0], contents[0])
    for path, content in zip(paths[1:], contents[1:], strict=True):
        change = _parsed(path, content)
        try:
            document = canonical.apply_delta(document, change["difference"])
        except (canonical.NotApplicable, KeyError, TypeError) as problem:
            raise BadFile(path, f"does not fit the next newer version: {problem}") from problem
    return document


# ---------------------------------------------------------------- writing


def write_spec(spec: Spec, root: Path, *, keep_older: bool = True) -> Path:
    """Put a spec into the store at `root` and return its folder; older versions stay by default.

    Writing the same spec again changes no byte. Raises Unwritable, and BadFile for a store that is broken.
    """
    service = spec.service
    folder = root / service.name / service.api_version
    contents: dict[str, tuple[Provenance, Any]] = {}
    if keep_older and (folder / PROVENANCE_FILE).is_file():
        known = stored_folder(folder)
        contents = {
            version.provenance.botocore: (version.provenance, _document(known, version.file))
            for version in known.versions
        }
    contents[spec.provenance.botocore] = (spec.provenance, documents.service_document(service))
    files, entries = _laid_out(contents)
    head = {"format": documents.FORMAT, "service": service.name, "api_version": service.api_version}
    files[PROVENANCE_FILE] = {**head, "versions": entries}
    _put(folder, files)
    return folder


def _laid_out(contents: Mapping[str, tuple[Provenance, Any]]) -> tuple[dict[str, Any], list[dict[str, str]]]:
    files: dict[str, Any] = {}
    entries: list[dict[str, str]] = []
    name, newer, newer_version = SPEC_FILE, None, ""
    for botocore in newest_first(contents):
        provenance, document = contents[botocore]
        if newer is None:
            files[SPEC_FILE] = document
        elif canonical.canonical_text(document) != canonical.canonical_text(newer):
            name = f"{botocore}.json"
            files[name] = {"newer": newer_version, "difference": canonical.delta(newer, document)}
        newer, newer_version = document, botocore
        entries.append({"botocore": botocore, "digest": provenance.digest, "file": name, "source": provenance.source})
    return files, entries


def _put(folder: Path, files: Mapping[str, Any]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, document in files.items():
            _replace(folder / name, canonical.canonical_text(document))
        for path in _stale(folder, files):
            path.unlink()
    except OSError as problem:
        raise Unwritable(f"{folder}: cannot be written: {problem.strerror or problem}") from problem


def _replace(path: Path, content: str) -> None:
    data = content.encode("ascii")
    if path.is_file() and path.read_bytes() == data:
        return
    # Whole or not at all: a run that is stopped here leaves no half of a spec behind.
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        fresh.write_bytes(data)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def _stale(folder: Path, files: Iterable[str]) -> list[Path]:
    keep = {*files, OVERLAY_FILE}
    return [path for path in folder.glob("[0-9]*.json") if path.name not in keep]
