"""Finds the spec that a command works with, and what the user has to know about it.

    source 'repository' -- package_root() -- stored? -- yes --> the newest stored version
                                                    '-- no ---> the installed botocore's
           'installed'  ------------------------------------> the installed botocore's
           '1.22.12'    -- stored? -- no -- wheels.py ------> that version's
           a path       ------------------------------------> that file's or folder's

The overlay is the one in the repository for the same API version, whichever spec is taken: its entries say
themselves for which versions they hold.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.exceptions import BadFile, UsageError
from conformance.specs import ingest
from conformance.specs.model import Spec
from conformance.specs.store import files, wheels
from conformance.specs.versions import is_older, is_version

REPOSITORY, INSTALLED = "repository", "installed"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A spec and where it was found.

    `origin` is `stored`, `installed`, `wheel` or the path that was asked for. `older_than_installed` says that the
    installed botocore is newer and has another model.
    """

    spec: Spec
    origin: str
    overlay_path: Path | None
    older_than_installed: bool
    installed_version: str


def load_spec(
    service: str,
    *,
    source: str | os.PathLike[str] = REPOSITORY,
    root: Path | None = None,
    notify: wheels.Notify | None = None,
    model: Mapping[str, Any] | None = None,
) -> Loaded:
    """The spec of `service` (a name as botocore and the AWS CLI have it) from `source`.

    `root` is the store to look in, the package's own where it is not given; `notify` is called before a slow step.
    `model` is the document of the installed model, where that has been read already.
    Raises UnknownName for a service, version or source that there is not, BadFile for a file that is not a spec,
    and what `wheels.spec_of` raises.
    """
    place = root or files.package_root()
    spec, origin = _found(service, os.fspath(source), place, notify, model)
    kept = files.find_stored(place, service, spec.service.api_version) if place else None
    version = ingest.botocore_version()
    return Loaded(
        spec=spec,
        origin=origin,
        overlay_path=kept.overlay if kept else None,
        older_than_installed=is_outdated(spec, version),
        installed_version=version,
    )


def _found(
    service: str, source: str, place: Path | None, notify: wheels.Notify | None, model: Mapping[str, Any] | None
) -> tuple[Spec, str]:
    if source == REPOSITORY:
        kept = files.find_stored(place, service) if place else None
        if kept:
            return files.read_stored_version(kept, kept.versions[0]), "stored"
    if source in (REPOSITORY, INSTALLED):
        return _installed(service, place, model), INSTALLED
    if is_version(source):
        return spec_at_version(service, source, root=place, notify=notify)
    if os.sep in source or source.endswith(".json") or Path(source).exists():
        return _from_path(service, Path(source)), source
    raise UsageError(
        f"unknown source of specs '{source}'",
        hint="'repository', 'installed', a botocore version such as 1.44.5, or the path of a spec",
    )


def spec_at_version(
    service: str, version: str, *, root: Path | None = None, notify: wheels.Notify | None = None
) -> tuple[Spec, str]:
    """The spec of `service` as that botocore had it: stored, installed, or taken from its wheel."""
    place = root or files.package_root()
    kept = files.find_stored(place, service) if place else None
    for entry in kept.versions if kept else ():
        if entry.provenance.botocore == version and kept:
            return files.read_stored_version(kept, entry), "stored"
    if version == ingest.botocore_version():
        return _installed(service, place), INSTALLED
    return wheels.spec_from_wheel(service, version, notify=notify), "wheel"


def _installed(service: str, place: Path | None, model: Mapping[str, Any] | None = None) -> Spec:
    if not ingest.is_installed(service):
        known = (*ingest.service_names(), *(files.stored_services(place) if place else ()))
        if service not in known:
            raise ingest.unknown_service(service, known)
    return ingest.installed_spec(service, model=model)


def _from_path(service: str, path: Path) -> Spec:
    inner = path / service
    spec = files.read_spec(inner if inner.is_dir() else path)
    if spec.service.name != service:
        raise BadFile(path, f"a spec of '{spec.service.name}', not of '{service}'")
    return spec


def is_outdated(spec: Spec, installed_version: str) -> bool:
    """Whether the installed botocore is newer than the spec's and its model is another one."""
    if not is_older(spec.provenance.botocore, installed_version):
        return False
    return ingest.installed_digest(spec.service.name, spec.service.api_version) != spec.provenance.digest
