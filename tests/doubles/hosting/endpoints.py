"""Endpoints: things that take time.

    CreateEndpoint --> Creating --> InService | Failed       UpdateEndpoint --> Updating --> InService
    DeleteEndpoint --> Deleting --> gone                     UpdateEndpointWeightsAndCapacities likewise

A state that passes does so after a number of answers of DescribeEndpoint. Nothing can be changed meanwhile. A model
whose image is tagged `broken` fails: a new endpoint for good, an update by going back to what was there before.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from doubles.hosting.model import Params
from doubles.hosting.refusal import invalid
from doubles.hosting.rules import batch, containers, variants
from doubles.hosting.store import CONFIG, ENDPOINT, MODEL, Store, Thing

PING = "The primary container did not pass the ping health check."
BUSY = frozenset({"Creating", "Updating", "Deleting"})


@dataclass
class Endpoint(Thing):
    """An endpoint: its configuration, what its variants have and should have, and what it is on its way to."""

    config: Any = None
    status: str = "Creating"
    reason: str | None = None
    deployment: Params | None = None
    current: dict[str, Params] = field(default_factory=dict)
    desired: dict[str, Params] = field(default_factory=dict)
    pending: Any = None
    started: float = 0.0
    polls: int = 0
    reached: Callable[[], None] | None = None


def create(store: Store, params: Params) -> Params:
    """CreateEndpoint."""
    store.refuse_taken(ENDPOINT, params["EndpointName"])
    config = store.find(CONFIG, params["EndpointConfigName"], "REF-01-create")
    _refuse_sizes(store, config, params)
    endpoint: Endpoint = store.add(ENDPOINT, params, Endpoint)
    endpoint.pending, endpoint.started = config, endpoint.created
    endpoint.deployment = params.get("DeploymentConfig")
    _go(endpoint, "Creating", store.polls.creating, lambda: _created(store, endpoint))
    if not store.faults.checks("creating"):
        settle(endpoint)
    return {"EndpointArn": endpoint.arn}


def _go(endpoint: Endpoint, status: str, polls: int, reached: Callable[[], None]) -> None:
    endpoint.status, endpoint.polls, endpoint.reached = status, polls, reached


def settle(endpoint: Endpoint) -> None:
    """Let what an endpoint is on its way to be reached."""
    if endpoint.reached is not None:
        reached, endpoint.reached = endpoint.reached, None
        reached()


def _created(store: Store, endpoint: Endpoint) -> None:
    config, endpoint.pending = endpoint.pending, None
    endpoint.config, endpoint.modified = config, store.now()
    if _breaks(store, config) or not store.faults.checks("creation-succeeds"):
        endpoint.status, endpoint.reason = "Failed", PING if store.faults.checks("reason-told") else None
        return
    endpoint.status = "InService" if store.faults.checks("status-names") else "Available"
    endpoint.desired = _sizes(store, config)
    endpoint.current = copy.deepcopy(endpoint.desired)


def _breaks(store: Store, config: Any) -> bool:
    names = [each.get("ModelName") for each in variants(config.given)] if config is not None else []
    models = [store.things[MODEL].get(store.key(MODEL, name)) for name in names if name]
    return any(
        each.get("Image", "").endswith(":broken") for model in models if model for each in containers(model.given)
    )


def _sizes(store: Store, config: Any) -> dict[str, Params]:
    if config is None:
        return {}
    default = {"Weight": 1.0} if store.faults.checks("weight-default") else {}
    return {
        each["VariantName"]: {
            **({"Weight": each["InitialVariantWeight"]} if "InitialVariantWeight" in each else default),
            **({"InstanceCount": each["InitialInstanceCount"]} if "InitialInstanceCount" in each else {}),
            **({"ServerlessConfig": dict(each["ServerlessConfig"])} if "ServerlessConfig" in each else {}),
        }
        for each in variants(config.given)
    }


def _refuse_sizes(store: Store, config: Any, params: Params) -> None:
    """Canaries, steps and batches as a number of instances are at most half of them."""
    routing = params.get("DeploymentConfig", {}).get("BlueGreenUpdatePolicy", {}).get("TrafficRoutingConfiguration", {})
    sizes = {"DEP-01": routing.get("CanarySize"), "DEP-02": routing.get("LinearStepSize"), "DEP-03": batch(params)}
    counts = [each.get("InitialInstanceCount", 0) for each in variants(config.given)] if config is not None else []
    for rule, size in sizes.items():
        too_many = size is not None and size["Type"] == "INSTANCE_COUNT" and size["Value"] * 2 > sum(counts)
        if too_many and store.faults.checks(rule):
            raise invalid("The size must not exceed 50% of the total instance count.")


def changeable(store: Store, params: Params, rule: str, busy: str) -> Endpoint | None:
    """The endpoint that a request wants to change; raises Refusal where there is none or it may not be changed."""
    endpoint: Endpoint | None = store.find(ENDPOINT, params["EndpointName"], rule)
    if endpoint is None:
        return None
    if endpoint.polls == 0 and endpoint.status in BUSY:
        settle(endpoint)
    if endpoint.status in BUSY and store.faults.checks(busy):
        raise invalid(f'Cannot update in-progress endpoint "{endpoint.arn}".')
    return endpoint


def _refuse_failed(store: Store, endpoint: Endpoint) -> None:
    if endpoint.status == "Failed" and store.faults.checks("failed-is-final"):
        raise invalid(f'Cannot update failed endpoint "{endpoint.arn}".')


def update(store: Store, params: Params) -> Params:
    """UpdateEndpoint."""
    endpoint = changeable(store, params, "REF-03-update", "busy-update")
    config = store.find(CONFIG, params["EndpointConfigName"], "REF-01-update")
    if endpoint is None:
        return {"EndpointArn": store.arn(ENDPOINT, params["EndpointName"])}
    _refuse_failed(store, endpoint)
    if store.faults.checks("REF-07"):
        store.find(CONFIG, endpoint.config.name, "REF-07")
    _refuse_sizes(store, config, params)
    _refuse_unlike(store, endpoint.config, config, params)
    endpoint.pending, endpoint.started = config, store.now()
    _go(endpoint, "Updating", store.polls.updating, lambda: _updated(store, endpoint, params))
    if not store.faults.checks("updating"):
        settle(endpoint)
    return {"EndpointArn": endpoint.arn}


def _refuse_unlike(store: Store, old: Any, new: Any, params: Params) -> None:
    if old is None or new is None:
        return
    before, after = ({each["VariantName"]: each for each in variants(config.given)} for config in (old, new))
    layouts = "AcceleratorPartitionLayouts"
    others = any(before[name].get(layouts) != after[name].get(layouts) for name in before.keys() & after.keys())
    if others and store.faults.checks("CFG-22b"):
        raise invalid("The accelerator partition layouts of a running endpoint cannot be changed.")
    deployment = params.get("DeploymentConfig", {})
    gradual = {"BlueGreenUpdatePolicy", "RollingUpdatePolicy"} & deployment.keys()
    if gradual and before.keys() != after.keys() and store.faults.checks("DEP-08"):
        raise invalid("The variants of both configurations must have the same names.")
    unfit = len(after) > 1 or any("ServerlessConfig" in each for each in after.values())
    if "RollingUpdatePolicy" in deployment and unfit:
        raise invalid("Rolling updates are not supported for serverless or multi-variant endpoints.")


def _updated(store: Store, endpoint: Endpoint, params: Params) -> None:
    config, endpoint.pending = endpoint.pending, None
    endpoint.status = "InService"
    if store.faults.checks("modified-on-update"):
        endpoint.modified = store.now()
    if not store.faults.checks("creation-time-kept"):
        endpoint.created = endpoint.modified
    if _breaks(store, config):
        endpoint.reason = PING
        if not store.faults.checks("old-config-stays"):
            endpoint.config = config
        return
    endpoint.reason = None
    if not store.faults.checks("update-applies"):
        return
    sizes = _sizes(store, config)
    retains = params.get("RetainAllVariantProperties") or not store.faults.checks("properties-given-up")
    if retains and store.faults.checks("properties-retained"):
        exceptions = params.get("ExcludeRetainedVariantProperties", ()) if store.faults.checks("UP-02") else ()
        excluded = {each["VariantPropertyType"] for each in exceptions}
        kept = {"Weight", "InstanceCount"} - {name.removeprefix("Desired") for name in excluded}
        for name in sizes.keys() & endpoint.desired.keys():
            sizes[name].update({part: each for part, each in endpoint.desired[name].items() if part in kept})
    endpoint.config, endpoint.desired, endpoint.current = config, sizes, copy.deepcopy(sizes)
    if not params.get("RetainDeploymentConfig") and store.faults.checks("deployment-given-up"):
        endpoint.deployment = params.get("DeploymentConfig")


def resize(store: Store, params: Params) -> Params:
    """UpdateEndpointWeightsAndCapacities."""
    endpoint = changeable(store, params, "REF-03-resize", "busy-resize")
    if endpoint is None:
        return {"EndpointArn": store.arn(ENDPOINT, params["EndpointName"])}
    _refuse_failed(store, endpoint)
    wanted = {each["VariantName"]: each for each in params["DesiredWeightsAndCapacities"]}
    unknown = [name for name in wanted if name not in endpoint.desired]
    if unknown and store.faults.checks("REF-06a"):
        config = endpoint.config.name
        named = '", "'.join(unknown)
        raise invalid(f'The variant name(s) "{named}" is/are not present within endpoint configuration "{config}".')
    for name in wanted.keys() & endpoint.desired.keys():
        if store.faults.checks("resize-applies"):
            _resize(endpoint.desired[name], wanted[name])
    _go(endpoint, "Updating", store.polls.updating, lambda: _resized(store, endpoint))
    return {"EndpointArn": endpoint.arn}


def _resize(desired: Params, wanted: Params) -> None:
    for part in ("Weight", "InstanceCount"):
        if f"Desired{part}" in wanted:
            desired[part] = wanted[f"Desired{part}"]
    if "ServerlessConfig" in desired:
        desired["ServerlessConfig"] |= wanted.get("ServerlessUpdateConfig", {})


def _resized(store: Store, endpoint: Endpoint) -> None:
    endpoint.status, endpoint.modified = "InService", store.now()
    endpoint.current = copy.deepcopy(endpoint.desired)


def delete(store: Store, params: Params) -> None:
    """DeleteEndpoint."""
    endpoint = changeable(store, params, "REF-03-delete", "busy-delete")
    if endpoint is None or not store.faults.checks("delete-does"):
        return
    _go(endpoint, "Deleting", store.polls.deleting, lambda: _deleted(store, endpoint))
    endpoint.modified = store.now()
    if not store.faults.checks("deleting"):
        settle(endpoint)


def _deleted(store: Store, endpoint: Endpoint) -> None:
    store.remove(ENDPOINT, endpoint.name)
    endpoint.status = "InService"
    store.ghosts.append(endpoint)
