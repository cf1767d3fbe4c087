"""A service as a command works with it: its spec, the overlay beside it, and the resources that both tell of."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from conformance.exceptions import UnknownName
from conformance.planning.registrations import with_registrations
from conformance.specs.clauses.clause import clause_glob
from conformance.specs.model import Operation, Service
from conformance.specs.overlay.behaviour import behaviour_of, with_narrowed_enums
from conformance.specs.overlay.entries import EMPTY_OVERLAY, Overlay
from conformance.specs.overlay.one_of_structures import with_one_of_structures
from conformance.specs.overlay.parser import load_overlay
from conformance.specs.resources.inference import with_inferred
from conformance.specs.store.loading import REPOSITORY, Loaded, load_spec
from conformance.wire.protocols import codec_for


@dataclass(frozen=True, slots=True)
class LoadedService:
    """A service as a command works with it: its spec, where it was found, and its overlay."""

    loaded: Loaded
    overlay: Overlay

    @property
    def service(self) -> Service:
        """The service of the spec."""
        return self.loaded.spec.service


def load_service(
    service: str,
    source: str = REPOSITORY,
    notify: Callable[[str], None] | None = None,
    *,
    protocol: str | None = None,
    resources: bool = True,
    is_checked: bool = False,
    model: Mapping[str, Any] | None = None,
) -> LoadedService:
    """A service's spec and overlay, with the resources that the model implies; raises what loading them raises.

    What users registered for the service is part of the overlay. Without `resources` none is inferred, which is quick,
    and clauses about state are left out. An overlay that `is_checked` is not held against its schema again.

    `model` is the document of the installed model, where that has been read already.

    `protocol` is another than botocore would choose, of those that the service declares; raises UnknownName.
    """
    loaded = load_spec(service, source=source, notify=notify, model=model)
    if protocol is not None:
        codec = codec_for(loaded.spec.service, protocol)
        spoken = replace(loaded.spec.service, protocol=codec.name)
        loaded = replace(loaded, spec=replace(loaded.spec, service=spoken))
    loaded = replace(loaded, spec=with_narrowed_enums(with_one_of_structures(loaded.spec)))
    overlay = load_overlay(loaded.overlay_path, is_checked=is_checked) if loaded.overlay_path else EMPTY_OVERLAY
    overlay = replace(overlay, behaviour=behaviour_of(service))
    overlay = with_inferred(loaded.spec.service, overlay) if resources else overlay
    overlay = with_registrations(overlay, loaded.spec.service)
    return LoadedService(loaded, overlay)


def operations_of(service: Service, names: tuple[str, ...] = ()) -> tuple[Operation, ...]:
    """The operations that names and globs select, each once, in that order; without any, all of them by name.

    In a glob `*` is any text and `?` one character. Raises UnknownName for a name of no operation and for a glob that
    matches none.
    """
    if not names:
        return tuple(service.operations[name] for name in sorted(service.operations))
    found: dict[str, Operation] = {}
    for name in names:
        chosen = _matching(service, name) if _WILD.search(name) else (operation_of(service, name),)
        found.update((each.name, each) for each in chosen)
    return tuple(found.values())


_WILD = re.compile(r"[*?]")


def _matching(service: Service, glob: str) -> tuple[Operation, ...]:
    matches = tuple(each for name, each in sorted(service.operations.items()) if clause_glob(glob).fullmatch(name))
    if not matches:
        hint = f"see 'conformance specs show {service.name}'"
        raise UnknownName(f"operation of {service.name}", glob, service.operations, hint=hint)
    return matches


def operation_of(service: Service, name: str) -> Operation:
    """The operation of that name, in the spelling of the API or of the AWS CLI; raises UnknownName."""
    if name in service.operations:
        return service.operations[name]
    plain = re.sub(r"[-_]", "", name).lower()
    for known_name, operation in service.operations.items():
        if known_name.lower() == plain:
            return operation
    raise UnknownName(
        f"operation of {service.name}",
        name,
        service.operations,
        hint=f"see 'conformance specs show {service.name}'",
    )
