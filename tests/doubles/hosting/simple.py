"""Models and endpoint configurations: made, described, deleted; nothing about them takes time."""

from __future__ import annotations

import copy
from typing import Any

from doubles.hosting.model import Params, output_of
from doubles.hosting.refusal import invalid
from doubles.hosting.rules import containers, variants
from doubles.hosting.store import CONFIG, ENDPOINT, MODEL, Kind, Store, Thing


def create_model(store: Store, params: Params) -> Params:
    """CreateModel."""
    if params.get("EnableNetworkIsolation") is not None and not store.faults.checks("isolation-allowed"):
        raise invalid("Network isolation is unavailable here.")
    return {"ModelArn": store.add(MODEL, params).arn}


def describe_model(store: Store, params: Params) -> Params:
    """DescribeModel."""
    model = store.find(MODEL, params["ModelName"], "REF-05-describe")
    if model is None:
        return {"ModelName": params["ModelName"], "ModelArn": store.arn(MODEL, params["ModelName"]), "CreationTime": 0}
    answer = _echoed(store, MODEL, model)
    for container in containers(answer):
        container.setdefault("Mode", "SingleModel")
        if not store.faults.checks("environment-kept"):
            container.pop("Environment", None)
    return {"EnableNetworkIsolation": False, **answer}


def delete_model(store: Store, params: Params) -> None:
    """DeleteModel."""
    name = params["ModelName"]
    store.find(MODEL, name, "REF-05-delete")
    if store.faults.checks("model-removed"):
        store.remove(MODEL, name)
    if not store.faults.checks("config-outlives-model"):
        for config in store.things[CONFIG].values():
            for variant in variants(config.given):
                variant.pop("ModelName", None)


def create_config(store: Store, params: Params) -> Params:
    """CreateEndpointConfig."""
    for variant in variants(params):
        named = [
            variant.get("ModelName"),
            *(each.get("ModelNameOverride") for each in variant.get("InstancePools", ())),
        ]
        for name in filter(None, named):
            _refuse_unfit(store, params, variant, store.find(MODEL, name, "REF-02"))
    return {"EndpointConfigArn": store.add(CONFIG, params).arn}


def _refuse_unfit(store: Store, params: Params, variant: Params, model: Thing | None) -> None:
    if model is None:
        return
    hosted = containers(model.given)
    sourced = any("ModelDataSource" in each for each in hosted)
    if "ServerlessConfig" in variant and sourced and store.faults.checks("CFG-12"):
        raise invalid("Model with containers that use ModelDataSource are not supported for serverless variants.")
    if "ShadowProductionVariants" in params and (len(hosted) > 1 or hosted[0].get("Mode") == "MultiModel"):
        raise invalid("Shadow variants are not supported with multi-container and multi-model endpoints.")


def describe_config(store: Store, params: Params) -> Params:
    """DescribeEndpointConfig."""
    name = params["EndpointConfigName"]
    config = store.find(CONFIG, name, "REF-04-describe")
    if config is None:
        arn = store.arn(CONFIG, name)
        return {
            "EndpointConfigName": name,
            "EndpointConfigArn": arn,
            "ProductionVariants": [{"VariantName": "variant-1"}],
            "CreationTime": 0,
        }
    answer = _echoed(store, CONFIG, config)
    for variant in variants(answer):
        if store.faults.checks("weight-default"):
            variant.setdefault("InitialVariantWeight", 1.0)
        if not store.faults.checks("volume-kept"):
            variant.pop("VolumeSizeInGB", None)
    if "DataCaptureConfig" in answer:
        answer["DataCaptureConfig"].setdefault("EnableCapture", True)
    if not store.faults.checks("kms-kept"):
        answer.pop("KmsKeyId", None)
    if not store.faults.checks("counts-kept"):
        for variant in answer["ProductionVariants"]:
            variant["InitialInstanceCount"] = 1
    return answer


def delete_config(store: Store, params: Params) -> None:
    """DeleteEndpointConfig; that an endpoint uses it does not matter to AWS."""
    name = params["EndpointConfigName"]
    config = store.find(CONFIG, name, "REF-04-delete")
    if config is None or not store.faults.checks("config-removed"):
        return
    if not store.faults.checks("endpoint-outlives-config"):
        users = [each for each in store.things[ENDPOINT].values() if each.config is config]
        for endpoint in users:
            store.remove(ENDPOINT, endpoint.name)
    store.remove(CONFIG, name)


def _echoed(store: Store, kind: Kind, thing: Thing) -> dict[str, Any]:
    """What was given, as far as the output has it, with name, ARN and time."""
    output = output_of(f"Describe{kind.stem}")
    members = output["members"] if output is not None else {}
    given = {name: copy.deepcopy(value) for name, value in thing.given.items() if name in members}
    if not store.faults.checks("creation-time-stable"):
        thing.created = store.now()
    return {**given, f"{kind.stem}Arn": thing.arn, "CreationTime": thing.created}
