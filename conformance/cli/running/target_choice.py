"""The target that the options of a command name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from conformance.exchanges.target import Target, resolve


def chosen_target(wishes: Mapping[str, Any], *, seed: int, services: Collection[str] = (), **instead: Any) -> Target:
    """The target of the options that `target_options` adds; `instead` has those that the command knows better.

    `services` are those that are called, by botocore's names. Raises what `resolve` raises.
    """
    options = {**wishes, **instead}
    return resolve(
        options["target"],
        endpoint_url=options["endpoint_url"],
        region=options["region"],
        profile=options["profile"],
        ca_bundle=options["ca_bundle"],
        no_verify_ssl=options["no_verify_ssl"],
        seed=seed,
        timeout=options["timeout"],
        services=services,
    )
