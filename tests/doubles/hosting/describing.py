"""What DescribeEndpoint answers, and how its answers make time pass."""

from __future__ import annotations

import copy
from typing import Any

from doubles.hosting.endpoints import BUSY, Endpoint, settle
from doubles.hosting.model import Params
from doubles.hosting.rules import containers
from doubles.hosting.store import ENDPOINT, MODEL, Store

# What the answer has of the configuration as it is.
_AS_CONFIGURED = ("AsyncInferenceConfig", "ExplainerConfig", "MetricsConfig", "CrossRegionTrafficConfig")
GRADUAL = {
    "RollingUpdatePolicy": {"MaximumBatchSize": {"Type": "CAPACITY_PERCENT", "Value": 50}, "WaitIntervalInSeconds": 0}
}
_OF_VARIANT = ("ManagedInstanceScaling", "RoutingConfig", "AcceleratorPartitionLayouts")


def describe(store: Store, params: Params) -> Params:
    """DescribeEndpoint."""
    endpoint: Endpoint | None = store.find(ENDPOINT, params["EndpointName"], "REF-03-describe")
    if endpoint is None:
        now, name = store.now(), params["EndpointName"]
        return {
            "EndpointName": name, "EndpointArn": store.arn(ENDPOINT, name), "EndpointStatus": "OutOfService",
            "CreationTime": now, "LastModifiedTime": now,
        }  # fmt: skip
    if endpoint.status in BUSY and endpoint.polls <= 0 and store.faults.checks(f"{endpoint.status}-ends"):
        settle(endpoint)
        if endpoint.name not in {each.name for each in store.things[ENDPOINT].values()}:
            return describe(store, params)
    answer = _answer(store, endpoint)
    endpoint.polls -= 1
    if not store.faults.checks("stays-in-service") and endpoint.status == "InService":
        endpoint.status = "Creating"
    if not store.faults.checks("reads-change-nothing"):
        endpoint.modified = store.now()
    return answer


def _answer(store: Store, endpoint: Endpoint) -> Params:
    config = endpoint.config or endpoint.pending
    answer: Params = {
        "EndpointName": endpoint.name if store.faults.checks("name-as-given") else endpoint.name.lower(),
        "EndpointArn": endpoint.arn,
        "EndpointStatus": endpoint.status,
        "CreationTime": endpoint.created,
        "LastModifiedTime": endpoint.modified,
    }
    if config is not None:
        answer["EndpointConfigName"] = config.name
    if endpoint.reason is not None or not store.faults.checks("no-needless-reason"):
        answer["FailureReason"] = endpoint.reason or "None"
    if endpoint.deployment is not None and endpoint.config is not None and store.faults.checks("deployment-kept"):
        answer["LastDeploymentConfig"] = endpoint.deployment
    if endpoint.deployment is None and not store.faults.checks("default-deployment"):
        answer["LastDeploymentConfig"] = GRADUAL
    if endpoint.config is not None and endpoint.status != "Failed":
        answer |= _deployed(store, endpoint)
    if endpoint.pending is not None:
        answer["PendingDeploymentSummary"] = _pending(endpoint)
    return answer


def _deployed(store: Store, endpoint: Endpoint) -> Params:
    given = endpoint.config.given
    found = {name: copy.deepcopy(given[name]) for name in _AS_CONFIGURED if name in given}
    for list_ in ("ProductionVariants", "ShadowProductionVariants"):
        if list_ in given:
            found[list_] = [_variant(store, endpoint, each) for each in given[list_]]
    if "DataCaptureConfig" in given:
        capture = given["DataCaptureConfig"]
        enabled = capture.get("EnableCapture", store.faults.checks("capture-default"))
        found["DataCaptureConfig"] = {
            "EnableCapture": enabled,
            "CaptureStatus": "Started" if enabled else "Stopped",
            "CurrentSamplingPercentage": capture["InitialSamplingPercentage"],
            "DestinationS3Uri": capture["DestinationS3Uri"],
            "KmsKeyId": capture.get("KmsKeyId", ""),
        }
    return found


def _variant(store: Store, endpoint: Endpoint, variant: Params) -> Params:
    name = variant["VariantName"]
    found: Params = {"VariantName": name, **{part: variant[part] for part in _OF_VARIANT if part in variant}}
    for when, sizes in (("Current", endpoint.current), ("Desired", endpoint.desired)):
        found |= {f"{when}{part}": value for part, value in sizes.get(name, {}).items()}
    images = _images(store, endpoint, variant)
    if images:
        found["DeployedImages"] = images
    if "InstancePools" in variant:
        count = endpoint.current.get(name, {}).get("InstanceCount", 0)
        found["InstancePools"] = [
            {"InstanceType": pool["InstanceType"], "CurrentInstanceCount": 0 if number else count}
            for number, pool in enumerate(variant["InstancePools"])
        ]
    if "CapacityReservationConfig" in variant:
        found["CapacityReservationConfig"] = dict(variant["CapacityReservationConfig"])
    if endpoint.status == "Updating":
        found["VariantStatus"] = [{"Status": "Updating", "StartTime": endpoint.started}]
    return found


def _images(store: Store, endpoint: Endpoint, variant: Params) -> list[Params]:
    model: Any = store.things[MODEL].get(store.key(MODEL, variant.get("ModelName", "")))
    images = [each["Image"] for each in containers(model.given) if "Image" in each] if model is not None else []
    resolved = "@sha256:" + "0" * 64
    return [
        {
            "SpecifiedImage": image,
            "ResolvedImage": image.rpartition(":")[0] + resolved if ":" in image else image,
            "ResolutionTime": endpoint.modified,
        }
        for image in images
    ]


def _pending(endpoint: Endpoint) -> Params:
    variants = endpoint.pending.given["ProductionVariants"]
    return {
        "EndpointConfigName": endpoint.pending.name,
        "StartTime": endpoint.started,
        "ProductionVariants": [
            {
                "VariantName": each["VariantName"],
                **({"InstanceType": each["InstanceType"]} if "InstanceType" in each else {}),
                "VariantStatus": [{"Status": "Creating", "StartTime": endpoint.started}],
            }
            for each in variants
        ],
    }
