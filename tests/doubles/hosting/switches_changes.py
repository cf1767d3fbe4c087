"""Switches for what several requests show of changes: updates, what they leave, and what is read back."""

from __future__ import annotations

from collections.abc import Mapping

from doubles.hosting.faults import Switch


def _changes(breaks: str, operation: str, clauses: str, *duties: str) -> Switch:
    return Switch(
        breaks,
        tuple(f"sagemaker:{clause}" for clause in clauses.split()),
        (operation,),
        frozenset(duties),
        needs="scenario",
    )


UPDATE, RESIZE, ENDPOINT, CONFIG, MODEL = (
    "UpdateEndpoint",
    "UpdateEndpointWeightsAndCapacities",
    "DescribeEndpoint",
    "DescribeEndpointConfig",
    "DescribeModel",
)

CHANGES: Mapping[str, Switch] = {
    # updates
    "never_updating": _changes(
        "an update is done at once",
        UPDATE,
        "Endpoint/lifecycle#Updating->InService UpdateEndpoint/rule#ST-03",
        "updating",
    ),
    "update_never_ends": _changes(
        "an endpoint is Updating for ever",
        UPDATE,
        "Endpoint/lifecycle#Updating->InService UpdateEndpoint/rule#ST-03",
        "Updating-ends",
    ),
    "updated_while_busy": _changes(
        "an endpoint can be updated while it is busy",
        UPDATE,
        "Endpoint/lifecycle#update-in-progress UpdateEndpoint/rule#ST-05a",
        "busy-update",
    ),
    "resized_while_busy": _changes(
        "weights can be changed while an endpoint is busy",
        RESIZE,
        "UpdateEndpointWeightsAndCapacities/rule#ST-05c",
        "busy-resize",
    ),
    "failed_can_be_updated": _changes(
        "an endpoint that failed can be updated", UPDATE, "UpdateEndpoint/rule#ST-06", "failed-is-final"
    ),
    "failed_update_stays": _changes(
        "an endpoint whose update failed has the new configuration",
        UPDATE,
        "UpdateEndpoint/rule#ST-04",
        "old-config-stays",
    ),
    "old_config_not_needed": _changes(
        "an update does without the configuration in use", UPDATE, "UpdateEndpoint/rule#REF-07", "REF-07"
    ),
    "endpoint_goes_with_config": _changes(
        "deleting a configuration removes the endpoints that use it",
        UPDATE,
        "UpdateEndpoint/rule#REF-07",
        "endpoint-outlives-config",
    ),
    "layout_can_change": _changes(
        "the accelerator partition layout of a running endpoint can be changed",
        UPDATE,
        "UpdateEndpoint/rule#CFG-22b",
        "CFG-22b",
    ),
    "rolling_to_other_variants": _changes(
        "a rolling update may bring variants of other names", UPDATE, "UpdateEndpoint/rule#DEP-08", "DEP-08"
    ),
    "update_ignored": _changes(
        "an update changes nothing",
        UPDATE,
        "Endpoint/roundtrip/EndpointConfigName#updated UpdateEndpoint/rule#*",
        "update-applies",
    ),
    "resize_ignored": _changes(
        "a change of weights changes nothing",
        RESIZE,
        "UpdateEndpointWeightsAndCapacities/rule#UP-03?",
        "resize-applies",
    ),
    "properties_not_retained": _changes(
        "an update that should keep counts and weights does not",
        UPDATE,
        "UpdateEndpoint/rule#UP-01a",
        "properties-retained",
    ),
    "properties_always_retained": _changes(
        "an update that should not keep counts and weights does",
        UPDATE,
        "UpdateEndpoint/rule#UP-01b",
        "properties-given-up",
    ),
    "exceptions_retained": _changes(
        "an update keeps what it was told not to", UPDATE, "UpdateEndpoint/rule#UP-02", "UP-02"
    ),
    "deployment_always_retained": _changes(
        "an update without a deployment uses the last one", UPDATE, "UpdateEndpoint/rule#DEP-07b", "deployment-given-up"
    ),
    "update_moves_creation": _changes(
        "an update changes the creation time", UPDATE, "UpdateEndpoint/rule#DS-06b", "creation-time-kept"
    ),
    "update_leaves_no_time": _changes(
        "an update does not change the time of the last change",
        UPDATE,
        "UpdateEndpoint/rule#DS-06b",
        "modified-on-update",
    ),
    # what is read back
    "deployment_lost": _changes(
        "the last deployment is not told", ENDPOINT, "DescribeEndpoint/rule#DS-03", "deployment-kept"
    ),
    "deployment_made_up": _changes(
        "an endpoint that was made without a deployment has one",
        "CreateEndpoint",
        "CreateEndpoint/rule#DEP-07a",
        "default-deployment",
    ),
    "weight_without_default": _changes(
        "a weight that was not given is not filled in",
        "CreateEndpointConfig",
        "CreateEndpointConfig/rule#CFG-08",
        "weight-default",
    ),
    "capture_without_default": _changes(
        "data capture has to be enabled in so many words",
        "CreateEndpointConfig",
        "CreateEndpointConfig/rule#CFG-18",
        "capture-default",
    ),
    "serverless_with_data_source": _changes(
        "a serverless variant may have a model with a ModelDataSource",
        "CreateEndpointConfig",
        "CreateEndpointConfig/rule#CFG-12",
        "CFG-12",
    ),
    "kms_key_lost": _changes(
        "a key is not read back",
        CONFIG,
        "EndpointConfig/roundtrip/KmsKeyId#echo DescribeEndpointConfig/rule#DS-04",
        "kms-kept",
    ),
    "volume_lost": _changes(
        "a nested member is not read back",
        CONFIG,
        "EndpointConfig/roundtrip/*Variants[]/VolumeSizeInGB#echo DescribeEndpointConfig/rule#DS-04",
        "volume-kept",
    ),
    "counts_are_one": _changes(
        "a number is read back as 1",
        CONFIG,
        "EndpointConfig/roundtrip/ProductionVariants[]/InitialInstanceCount#echo DescribeEndpointConfig/rule#DS-04",
        "counts-kept",
    ),
    "environment_lost": _changes(
        "a map is not read back", MODEL, "Model/roundtrip/*Environment*#echo", "environment-kept"
    ),
    "creation_time_moves": _changes(
        "the creation time is that of the last read", MODEL, "Model/roundtrip#stable", "creation-time-stable"
    ),
    "reads_change_time": _changes(
        "describing changes the time of the last change", ENDPOINT, "Endpoint/roundtrip#stable", "reads-change-nothing"
    ),
    "made_in_the_future": Switch(
        "the creation time is days ahead",
        ("sagemaker:Model/roundtrip#times",),
        (MODEL,),
        answer=lambda answer: {**answer, "CreationTime": answer["CreationTime"] + 300_000},
        needs="scenario",
    ),
}
