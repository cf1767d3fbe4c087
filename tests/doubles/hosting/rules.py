"""What SageMaker hosting refuses although its model allows it, by the request alone.

Only what AWS was seen to enforce, or says of itself that it must, should or will be so; advice that it does not
enforce (deleting a configuration in use, timeouts shorter than their waits) is not here. Where no answer was recorded
the text is ours. The names are those of the rules that the checker has for the same facts; nothing else is shared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from doubles.hosting.faults import Faults
from doubles.hosting.model import Params
from doubles.hosting.refusal import invalid

Rule: TypeAlias = Callable[[Params], bool]

MEMORY_SIZES = (1024, 2048, 3072, 4096, 5120, 6144)
FREQUENCIES = (10, 30, 60, 120, 180, 240, 300)
ENVIRONMENT_BYTES = 32 * 1024


def obey(operation: str, params: Params, faults: Faults) -> None:
    """Raise the Refusal for the first rule that a request breaks."""
    for name, (broken, message) in RULES.get(operation, {}).items():
        if faults.checks(name) and broken(params):
            raise invalid(message)
    if faults.checks("ID-06") and _repeats(each["Key"] for each in params.get("Tags", ())):
        raise invalid("Tag keys must be unique.")


def _repeats(names: Iterator[Any]) -> bool:
    found = list(names)
    return len(set(found)) < len(found)


def variants(params: Params) -> list[Params]:
    """Production and shadow variants."""
    return [*params.get("ProductionVariants", ()), *params.get("ShadowProductionVariants", ())]


def _some_variant(broken: Rule) -> Rule:
    return lambda params: any(map(broken, variants(params)))


# ---------------------------------------------------------------------------------------------- configurations
def _several_shadowed(params: Params) -> bool:
    shadows = params.get("ShadowProductionVariants")
    return shadows is not None and (len(shadows), len(params["ProductionVariants"])) != (1, 1)


def _shadow_beside_others(params: Params) -> bool:
    return "ShadowProductionVariants" in params and (
        "AsyncInferenceConfig" in params
        or any(
            "ServerlessConfig" in each
            or "AcceleratorType" in each
            or each.get("InstanceType", "").startswith("ml.inf1.")
            for each in variants(params)
        )
    )


def _not_one_kind(variant: Params) -> bool:
    serverless = "ServerlessConfig" in variant
    kinds = serverless + ("InstanceType" in variant) + ("InstancePools" in variant)
    return kinds != 1 or serverless == ("InitialInstanceCount" in variant)


def _odd_memory(variant: Params) -> bool:
    return "ServerlessConfig" in variant and variant["ServerlessConfig"]["MemorySizeInMB"] not in MEMORY_SIZES


def _overprovisioned(serverless: Params) -> bool:
    return "MaxConcurrency" in serverless and serverless.get("ProvisionedConcurrency", 0) > serverless["MaxConcurrency"]


def _mixed_serverless(params: Params) -> bool:
    production = params["ProductionVariants"]
    return len(production) > 1 and any("ServerlessConfig" in each for each in production)


def _min_above_max(variant: Params) -> bool:
    scaling = variant.get("ManagedInstanceScaling", {})
    return bool(scaling.get("MinInstanceCount", 0) > scaling.get("MaxInstanceCount", float("inf")))


def _misrouted(variant: Params) -> bool:
    routing = variant.get("RoutingConfig")
    if routing is None:
        return False
    prefix = routing.get("PrefixAwareRoutingConfig")
    if routing["RoutingStrategy"] != "PREFIX_AWARE":
        return prefix is not None
    return prefix is None or not {"PrefixLength", "ConcurrencyThreshold"} <= prefix.keys()


def _crosses_regions(params: Params) -> bool:
    return "CrossRegionTrafficConfig" in params and (
        "AsyncInferenceConfig" in params or any("ServerlessConfig" in each for each in variants(params))
    )


def _odd_frequency(params: Params) -> bool:
    return params.get("MetricsConfig", {}).get("MetricPublishFrequencyInSeconds", 60) not in FREQUENCIES


def _explainer(params: Params) -> Params:
    found: Params = params.get("ExplainerConfig", {}).get("ClarifyExplainerConfig", {})
    return found


def _baseline(params: Params) -> Params | None:
    found: Params | None = _explainer(params).get("ShapConfig", {}).get("ShapBaselineConfig")
    return found


def _not_one_baseline(params: Params) -> bool:
    baseline = _baseline(params)
    return baseline is not None and ("ShapBaseline" in baseline) == ("ShapBaselineUri" in baseline)


def _odd_media(params: Params) -> bool:
    return (_baseline(params) or {}).get("MimeType", "text/csv") not in ("text/csv", "application/jsonlines")


def _without_text(params: Params) -> bool:
    return "text" not in _explainer(params).get("InferenceConfig", {}).get("FeatureTypes", ["text"])


# ---------------------------------------------------------------------------------------------- deployments
def _routing(params: Params) -> Params:
    deployment = params.get("DeploymentConfig", {})
    found: Params = deployment.get("BlueGreenUpdatePolicy", {}).get("TrafficRoutingConfiguration", {})
    return found


def _percent_outside(least: int, size: Params | None) -> bool:
    return size is not None and size["Type"] == "CAPACITY_PERCENT" and not least <= int(size["Value"]) <= 50


def _two_policies(params: Params) -> bool:
    return {"BlueGreenUpdatePolicy", "RollingUpdatePolicy"} <= set(params.get("DeploymentConfig", {}))


def _missized(params: Params) -> bool:
    routing = _routing(params)
    kind = routing.get("Type")
    return (kind == "CANARY") != ("CanarySize" in routing) or (kind == "LINEAR") != ("LinearStepSize" in routing)


def batch(params: Params) -> Params | None:
    """The size of a rolling batch, if there is one."""
    found: Params | None = params.get("DeploymentConfig", {}).get("RollingUpdatePolicy", {}).get("MaximumBatchSize")
    return found


def _watched(params: Params) -> bool:
    alarms = params.get("DeploymentConfig", {}).get("AutoRollbackConfiguration", {}).get("Alarms", ())
    return any("AlarmName" in each for each in alarms)


# ---------------------------------------------------------------------------------------------- models
def containers(params: Params) -> list[Params]:
    """The containers of a model, one or several."""
    return [*([params["PrimaryContainer"]] if "PrimaryContainer" in params else []), *params.get("Containers", ())]


def _some_container(broken: Rule) -> Rule:
    return lambda params: any(map(broken, containers(params)))


def _not_one_form(params: Params) -> bool:
    return ("PrimaryContainer" in params) == bool(params.get("Containers")) or (
        "PrimaryContainer" in params and "Containers" in params
    )


def _host_names(params: Params) -> bool:
    pipeline = params.get("Containers", [])
    names = [each["ContainerHostname"] for each in pipeline if "ContainerHostname" in each]
    return bool(names) and len(set(names)) < len(pipeline)


def _much_environment(params: Params) -> bool:
    texts = (text for each in containers(params) for pair in each.get("Environment", {}).items() for text in pair)
    return sum(len((text or "").encode("utf-8", "surrogatepass")) for text in texts) > ENVIRONMENT_BYTES


def _no_source(container: Params) -> bool:
    return "ModelDataSource" in container and "S3DataSource" not in container["ModelDataSource"]


def _needless_credentials(container: Params) -> bool:
    image = container.get("ImageConfig", {})
    return "RepositoryAuthConfig" in image and image["RepositoryAccessMode"] != "Vpc"


def _open_prefix(container: Params) -> bool:
    sources = [container.get("ModelDataSource", {}), *container.get("AdditionalModelDataSources", ())]
    found = (each["S3DataSource"] for each in sources if "S3DataSource" in each)
    return any(each["S3DataType"] == "S3Prefix" and not each["S3Uri"].endswith("/") for each in found)


def _no_archive(container: Params) -> bool:
    many = container.get("Mode") == "MultiModel"
    return not many and not str(container.get("ModelDataUrl", ".tar.gz")).endswith(".tar.gz")


_DEPLOYMENT: Mapping[str, tuple[Rule, str]] = {
    "DEP-01": (lambda params: _percent_outside(1, _routing(params).get("CanarySize")), "The canary is too large."),
    "DEP-02": (
        lambda params: _percent_outside(10, _routing(params).get("LinearStepSize")),
        "The step is out of range.",
    ),
    "DEP-03": (lambda params: _percent_outside(5, batch(params)), "The batch is out of range."),
    "DEP-04": (_two_policies, "Only one update policy can be specified in DeploymentConfig."),
    "DEP-06": (_missized, "The traffic routing type and its sizes do not match."),
}

RULES: Mapping[str, Mapping[str, tuple[Rule, str]]] = {
    "CreateModel": {
        "MD-01": (_not_one_form, "Exactly one of PrimaryContainer and Containers must be specified."),
        "MD-02": (_host_names, "Either all containers have a unique ContainerHostname or none has one."),
        "MD-03": (_much_environment, "The combined size of all environment variables exceeds 32 KB."),
        "MD-04a": (_some_container(_no_source), "Exactly one data source must be specified in ModelDataSource."),
        "MD-04b": (_some_container(_needless_credentials), "RepositoryAuthConfig needs RepositoryAccessMode Vpc."),
        "MD-04c": (_some_container(_open_prefix), "The S3Uri of an S3Prefix must end with a forward slash."),
        "MD-04d": (_some_container(_no_archive), "ModelDataUrl must be the path to a .tar.gz archive."),
    },
    "CreateEndpointConfig": {
        "CFG-02": (_several_shadowed, "Specify exactly one production variant and one shadow variant."),
        "CFG-03": (_shadow_beside_others, "Shadow variants are not supported with this configuration."),
        "CFG-04": (_some_variant(_not_one_kind), "Specify either ServerlessConfig or instances for a variant."),
        "CFG-05": (_some_variant(_odd_memory), "MemorySizeInMB must be a multiple of 1024."),
        "CFG-06a": (
            _some_variant(lambda variant: _overprovisioned(variant.get("ServerlessConfig", {}))),
            "ProvisionedConcurrency must not exceed MaxConcurrency.",
        ),
        "CFG-07": (_mixed_serverless, "A serverless variant must be the only one."),
        "CFG-09": (
            lambda params: _repeats(each["VariantName"] for each in params["ProductionVariants"]),
            "Variant names must be unique within an endpoint configuration.",
        ),
        "CFG-10": (
            _some_variant(lambda variant: "ManagedInstanceScaling" in variant and "ModelName" in variant),
            "ManagedInstanceScaling is only supported for inference component endpoints.",
        ),
        "CFG-11": (_some_variant(_min_above_max), "MinInstanceCount must not exceed MaxInstanceCount."),
        "CFG-15": (_some_variant(_misrouted), "PrefixAwareRoutingConfig does not match RoutingStrategy."),
        "CFG-16": (_crosses_regions, "CrossRegionTrafficConfig is not supported with this configuration."),
        "CFG-17": (_odd_frequency, "MetricPublishFrequencyInSeconds must be 10, 30, 60, 120, 180, 240 or 300."),
        "CFG-19a": (_not_one_baseline, "Specify either ShapBaseline or ShapBaselineUri."),
        "CFG-19b": (_odd_media, "The MIME type of a baseline must be text/csv or application/jsonlines."),
        "CFG-20": (_without_text, "FeatureTypes must contain at least one text feature."),
        "CFG-22a": (
            _some_variant(lambda variant: len(variant.get("AcceleratorPartitionLayouts", ())) > 1),
            "Only one accelerator partition layout is supported.",
        ),
    },
    "CreateEndpoint": _DEPLOYMENT,
    "UpdateEndpoint": {**_DEPLOYMENT, "DEP-09": (_watched, "Could not find the alarms of AutoRollbackConfiguration.")},
    "UpdateEndpointWeightsAndCapacities": {
        "CFG-06b": (
            lambda params: any(
                _overprovisioned(each.get("ServerlessUpdateConfig", {}))
                for each in params["DesiredWeightsAndCapacities"]
            ),
            "ProvisionedConcurrency must not exceed MaxConcurrency.",
        ),
        "REF-06b": (
            lambda params: _repeats(each["VariantName"] for each in params["DesiredWeightsAndCapacities"]),
            "The variant name was non-unique within the request.",
        ),
    },
}
