"""Switches for what only several requests and their answers show."""

from __future__ import annotations

from collections.abc import Mapping

from doubles.hosting.faults import Switch


def _over_time(breaks: str, clause: str, operations: str, *duties: str) -> Switch:
    return Switch(breaks, (f"sagemaker:{clause}",), tuple(operations.split()), frozenset(duties), needs="scenario")


_ENDPOINT = "CreateEndpoint DescribeEndpoint UpdateEndpoint DeleteEndpoint"
_CONFIG = "CreateEndpointConfig DescribeEndpointConfig DeleteEndpointConfig"
_MODEL = "CreateModel DescribeModel DeleteModel"
_TAGS = "CreateModel AddTags ListTags DeleteTags"

STATE: Mapping[str, Switch] = {
    # names
    "endpoint_made_twice": _over_time(
        "a taken name is taken again", "Endpoint/lifecycle#duplicate", _ENDPOINT, "unique-endpoint"
    ),
    "config_made_twice": _over_time(
        "a taken name is taken again", "EndpointConfig/lifecycle#duplicate", _CONFIG, "unique-endpoint-config"
    ),
    "model_made_twice": _over_time("a taken name is taken again", "Model/lifecycle#duplicate", _MODEL, "unique-model"),
    "endpoint_names_have_case": _over_time(
        "names that differ in case only are two names", "CreateEndpoint/rule#ID-02", _ENDPOINT, "case-endpoint"
    ),
    "arn_keeps_case": _over_time("the ARN has the name as given", "*Endpoint/rule#DS-05", _ENDPOINT, "lower-case-arn"),
    "name_free_while_deleting": _over_time(
        "a name can be taken while its endpoint is deleted",
        "CreateEndpoint/rule#ST-08",
        _ENDPOINT,
        "taken-while-deleting",
    ),
    "taken_at_once": _over_time(
        "of several clients that take one name at once, more than one gets it",
        "Model/lifecycle#*",
        _MODEL,
        "one-at-a-time",
    ),
    # the way of an endpoint
    "never_creating": _over_time(
        "an endpoint is in service at once", "Endpoint/lifecycle#Creating->InService", _ENDPOINT, "creating"
    ),
    "never_in_service": _over_time(
        "an endpoint is Creating for ever", "Endpoint/lifecycle#Creating->InService", _ENDPOINT, "Creating-ends"
    ),
    "always_fails": _over_time(
        "an endpoint always fails", "Endpoint/lifecycle#Creating->InService", _ENDPOINT, "creation-succeeds"
    ),
    "becomes_something_else": _over_time(
        "an endpoint ends in a status that is none", "Endpoint/lifecycle#Creating->InService", _ENDPOINT, "status-names"
    ),
    "falls_back_to_creating": _over_time(
        "an endpoint in service is Creating again",
        "Endpoint/lifecycle#InService->Creating",
        _ENDPOINT,
        "stays-in-service",
    ),
    "never_updating": _over_time("an update is done at once", "Endpoint/lifecycle#*Updating*", _ENDPOINT, "updating"),
    "update_never_ends": _over_time(
        "an endpoint is Updating for ever", "Endpoint/lifecycle#Updating->InService", _ENDPOINT, "Updating-ends"
    ),
    "never_deleting": _over_time("a deletion is done at once", "Endpoint/lifecycle#*Deleting*", _ENDPOINT, "deleting"),
    "delete_never_ends": _over_time(
        "an endpoint is Deleting for ever", "Endpoint/lifecycle#gone-after-delete", _ENDPOINT, "Deleting-ends"
    ),
    "delete_does_nothing": _over_time(
        "DeleteEndpoint succeeds and does nothing", "Endpoint/lifecycle#gone-after-delete", _ENDPOINT, "delete-does"
    ),
    "model_survives_delete": _over_time(
        "DeleteModel succeeds and does nothing", "Model/lifecycle#gone-after-delete", _MODEL, "model-removed"
    ),
    "config_survives_delete": _over_time(
        "DeleteEndpointConfig succeeds and does nothing",
        "EndpointConfig/lifecycle#gone-after-delete",
        _CONFIG,
        "config-removed",
    ),
    "deleted_still_listed": _over_time(
        "a deleted endpoint stays in the list", "*Endpoint*/*#*", f"{_ENDPOINT} ListEndpoints", "unlisted-when-gone"
    ),
    "updated_while_busy": _over_time(
        "an endpoint can be updated while it is busy", "UpdateEndpoint/rule#ST-05", _ENDPOINT, "busy-update"
    ),
    "resized_while_busy": _over_time(
        "weights can be changed while an endpoint is busy",
        "UpdateEndpointWeightsAndCapacities/rule#ST-05",
        f"{_ENDPOINT} UpdateEndpointWeightsAndCapacities",
        "busy-resize",
    ),
    "deleted_while_busy": _over_time(
        "an endpoint can be deleted while it is busy", "DeleteEndpoint/rule#ST-05", _ENDPOINT, "busy-delete"
    ),
    "failed_can_be_updated": _over_time(
        "an endpoint that failed can be updated", "UpdateEndpoint/rule#ST-06", _ENDPOINT, "failed-is-final"
    ),
    "old_config_not_needed": _over_time(
        "an update does without the configuration in use",
        "UpdateEndpoint/rule#REF-07",
        f"{_ENDPOINT} DeleteEndpointConfig",
        "REF-07",
    ),
    "endpoint_goes_with_config": _over_time(
        "deleting a configuration removes the endpoints that use it",
        "DeleteEndpointConfig/rule#REF-08",
        f"{_ENDPOINT} DeleteEndpointConfig",
        "endpoint-outlives-config",
    ),
    # what is read back
    "update_ignored": _over_time(
        "an update changes nothing", "Endpoint/roundtrip/EndpointConfigName#echo", _ENDPOINT, "update-applies"
    ),
    "resize_ignored": _over_time(
        "a change of weights changes nothing",
        "Endpoint/roundtrip/*Desired*#echo",
        f"{_ENDPOINT} UpdateEndpointWeightsAndCapacities",
        "resize-applies",
    ),
    "properties_not_retained": _over_time(
        "an update that should keep counts and weights does not",
        "UpdateEndpoint/rule#UP-01",
        _ENDPOINT,
        "properties-retained",
    ),
    "deployment_lost": _over_time(
        "the last deployment is not told", "Endpoint/roundtrip/DeploymentConfig*#echo", _ENDPOINT, "deployment-kept"
    ),
    "kms_key_lost": _over_time("a key is not read back", "EndpointConfig/roundtrip/KmsKeyId#echo", _CONFIG, "kms-kept"),
    "volume_lost": _over_time(
        "a nested member is not read back",
        "EndpointConfig/roundtrip/ProductionVariants[]/VolumeSizeInGB#echo",
        _CONFIG,
        "volume-kept",
    ),
    "counts_are_one": _over_time(
        "a number is read back as 1",
        "EndpointConfig/roundtrip/ProductionVariants[]/InitialInstanceCount#echo",
        _CONFIG,
        "counts-kept",
    ),
    "environment_lost": _over_time(
        "a map is not read back", "Model/roundtrip/*Environment*#echo", _MODEL, "environment-kept"
    ),
    "weight_without_default": _over_time(
        "a weight that was not given is not filled in", "CreateEndpointConfig/rule#CFG-08", _CONFIG, "weight-default"
    ),
    "creation_time_moves": _over_time(
        "the creation time is that of the last read", "*/*#*", f"{_MODEL} {_CONFIG}", "creation-time-stable"
    ),
    "update_moves_creation": _over_time(
        "an update changes the creation time", "*Endpoint/rule#DS-06", _ENDPOINT, "creation-time-kept"
    ),
    "update_leaves_no_time": _over_time(
        "an update does not change the time of the last change", "*Endpoint/rule#DS-06", _ENDPOINT, "modified-on-update"
    ),
    "reads_change_time": _over_time(
        "describing changes the time of the last change", "DescribeEndpoint/*#*", _ENDPOINT, "reads-change-nothing"
    ),
    # lists
    "page_repeats": _over_time(
        "a page begins with the last of the one before", "List*/pagination#no-repeats", "ListModels", "page-goes-on"
    ),
    "page_ends_early": _over_time("there is never a second page", "List*/pagination#*", "ListModels", "more-pages"),
    "page_size_ignored": _over_time("a page has everything", "List*/pagination#page-size", "ListModels", "page-size"),
    "last_token_empty": _over_time(
        "the last page has an empty token", "List*/pagination#last-token", "ListModels", "last-token-absent"
    ),
    "foreign_token_taken": _over_time(
        "any text does for a token", "List*/pagination#foreign-token", "ListModels", "foreign-token"
    ),
    "default_page_large": _over_time(
        "a page has up to 100 unasked", "ListEndpoints/rule#LS-02", "ListEndpoints", "LS-02"
    ),
    "oldest_first": _over_time("a list begins with the oldest", "List*/rule#LS-01", "ListModels", "default-order"),
    "order_ignored": _over_time("SortOrder is ignored", "ListModels/*#*", "ListModels", "order-kept"),
    "sort_by_ignored": _over_time("SortBy is ignored", "ListModels/*#*", "ListModels", "sort-by-kept"),
    "name_filter_ignored": _over_time(
        "NameContains is ignored", "ListModels/rule#LS-03", "ListModels", "name-contains"
    ),
    "after_filter_ignored": _over_time(
        "CreationTimeAfter is ignored", "ListModels/rule#LS-03", "ListModels", "created-after"
    ),
    "before_filter_ignored": _over_time(
        "CreationTimeBefore is ignored", "ListModels/rule#LS-03", "ListModels", "created-before"
    ),
    "status_filter_ignored": _over_time(
        "StatusEquals is ignored", "ListEndpoints/rule#LS-03", "ListEndpoints", "status-equals"
    ),
    # tags
    "tags_lost_on_create": _over_time("what create was given, list does not return", "*/*ags*#*", _TAGS, "create-tags"),
    "added_tags_lost": _over_time("AddTags adds nothing", "AddTags/*#*", _TAGS, "tags-added"),
    "tags_not_overwritten": _over_time(
        "AddTags keeps the old value of a key", "AddTags/rule#TG-01", _TAGS, "tags-overwrite"
    ),
    "tags_not_removed": _over_time("DeleteTags removes nothing", "DeleteTags/*#*", _TAGS, "tags-removed"),
}
