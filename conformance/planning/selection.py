"""What the arguments of a run select: services, operations, and the clauses that are put to the test.

    SERVICE | SERVICE:Operation,... | SERVICE:Glob* | NAME --parse_selection--> (ServiceSelection, ...)
                                                      '-- a named selection stands for its own arguments
    --only GLOB, --skip GLOB ------------------------------------------------> ClauseSelection

The globs stay as they are: which operations they match is known when the spec is loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from conformance.exceptions import UsageError
from conformance.specs import ingest
from conformance.specs.clauses.clause import clause_glob
from conformance.specs.store import files
from conformance.specs.store.loading import INSTALLED, REPOSITORY
from conformance.specs.store.named_selections import shipped_selections

HINT = "as in sqs, sqs:CreateQueue or sqs:Create*; 'conformance specs list' names services and selections"


@dataclass(frozen=True, slots=True)
class ServiceSelection:
    """A service and names or globs of its operations; without any, all of them."""

    service: str
    operations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClauseSelection:
    """The clauses to put to the test: those that any glob of `only` matches, less those that any of `skip` matches.

    In a glob `*` stands for any text and `?` for one character; everything else, brackets too, for itself.
    """

    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    # The ids of `only` that are no globs: a contract selects thousands.
    _ids: frozenset[str] = field(init=False, repr=False, compare=False)
    _globs: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        globs = tuple(each for each in self.only if "*" in each or "?" in each)
        object.__setattr__(self, "_globs", globs)
        object.__setattr__(self, "_ids", frozenset(self.only).difference(globs))

    def includes(self, clause: str) -> bool:
        """Whether a clause of that id is selected."""
        wanted = not self.only or clause in self._ids or _matches(clause, self._globs)
        return wanted and not _matches(clause, self.skip)


def _matches(clause: str, globs: tuple[str, ...]) -> bool:
    return any(clause_glob(pattern).fullmatch(clause) for pattern in globs)


def parse_selection(
    arguments: Iterable[str],
    *,
    named: Mapping[str, Sequence[str]] | None = None,
    source: str = REPOSITORY,
    notify: Callable[[str], None] | None = None,
) -> tuple[ServiceSelection, ...]:
    """The services that arguments select, each once, in the order in which they are first named.

    `named` has the selections that a name stands for; the shipped ones by default. A service wins over a selection of
    the same name; `notify` gets a note of that. Raises UsageError for an argument of another form and for selections
    that contain each other, UnknownName for a name that is neither a service of `source` nor a selection.
    """
    if named is None:
        named = {name: each.services for name, each in shipped_selections().items()}
    found: dict[str, list[str]] = {}
    for argument in _expanded(arguments, named, source, notify, ()):
        service, colon, names = argument.partition(":")
        operations = [name.strip() for name in names.split(",")] if colon else []
        if not service or (colon and not all(operations)):
            raise UsageError(f"'{argument}' is not SERVICE or SERVICE:Operation,...", hint=HINT)
        if service in found and (not operations or not found[service]):
            found[service] = []
        else:
            found.setdefault(service, []).extend(operations)
    return tuple(ServiceSelection(service, tuple(dict.fromkeys(names))) for service, names in found.items())


def _expanded(
    arguments: Iterable[str],
    named: Mapping[str, Sequence[str]],
    source: str,
    notify: Callable[[str], None] | None,
    trail: tuple[str, ...],
) -> Iterator[str]:
    """The arguments with the selections replaced by what they stand for; `trail` has those that are being replaced."""
    for argument in arguments:
        name = argument.strip()
        if name in trail:
            raise UsageError(f"the selection '{name}' contains itself: {' -> '.join((*trail, name))}")
        if name in named and not is_service(name):
            yield from _expanded(named[name], named, source, notify, (*trail, name))
            continue
        if name in named and notify is not None:
            notify(f"'{name}' is a service and a selection: the service is taken")
        if name and ":" not in name:
            _check_known(name, named, source)
        yield argument


def is_service(name: str) -> bool:
    return name in ingest.service_names() or name in _stored()


def _stored() -> tuple[str, ...]:
    root = files.package_root()
    return files.stored_services(root) if root else ()


def _check_known(name: str, named: Mapping[str, Sequence[str]], source: str) -> None:
    """Raise UnknownName for an unknown service. Other sources, a version or a path, may have services of their own."""
    if source not in (REPOSITORY, INSTALLED) or is_service(name):
        return
    raise ingest.unknown_service(name, dict.fromkeys((*ingest.service_names(), *_stored(), *named)))
