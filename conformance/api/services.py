"""What is known of a service: its spec and its clauses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from conformance.exceptions import UsageError
from conformance.planning import service_specs
from conformance.planning.plan import plan_of
from conformance.planning.selection import ClauseSelection, parse_selection
from conformance.planning.service_specs import LoadedService
from conformance.specs.clauses.clause import Clause
from conformance.specs.store.loading import REPOSITORY


def load_service(name: str, *, source: str = REPOSITORY, protocol: str | None = None) -> LoadedService:
    """Load the spec of a service together with its overlay.

    Stable.

    `name` is botocore's name of the service, as in `sqs`. `source` is `repository` (the newest stored spec),
    `installed` (the installed botocore), a version of botocore, or a path. `protocol` is one of the protocols that the
    service declares; botocore's choice by default. `.service` has operations and shapes, `.overlay` the rules.

    Raises UnknownName for a service, source or protocol that does not exist, BadFile for a path without a spec.
    """
    return service_specs.load_service(checked_text("name", name), source, protocol=protocol)


def clauses(
    *selection: str, only: Iterable[str] = (), skip: Iterable[str] = (), source: str = REPOSITORY
) -> tuple[Clause, ...]:
    """The clauses that a run of a selection puts to the test, in the order of the run.

    Stable.

    A selection is `sqs`, `sqs:CreateQueue,DeleteQueue`, `sqs:Create*` or a named selection such as
    `sagemaker-hosting`. `only` and `skip` have globs of clause ids. `source` is that of `load_service`.

    Raises UnknownName for a service or operation that does not exist, BadSelection where no clause is left.
    """
    plan = plan_of(
        parse_selection(checked_texts("selection", selection), source=source),
        source=source,
        selection=ClauseSelection(checked_texts("only", only), checked_texts("skip", skip)),
        seed=0,
    )
    return tuple(
        clause
        for service in plan.services
        for operation in service.operations
        for clause in service.clauses_of(operation).values()
    )


def checked_text(name: str, value: Any) -> str:
    """The value, if it is a text; raises UsageError that names the argument."""
    if not isinstance(value, str) or not value:
        raise UsageError(f"{name} is {value!r}, not a text")
    return value


def checked_texts(name: str, values: Any) -> tuple[str, ...]:
    """The values as a tuple; a single text counts as one. Raises UsageError that names the argument."""
    items = (values,) if isinstance(values, str) else tuple(values)
    for each in items:
        checked_text(name, each)
    return items
