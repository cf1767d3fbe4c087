"""Switches for what only several requests and their answers show: names, the way of an endpoint, lists and tags.

Each is asked for at the operation that owns the clause which must be blamed. A rule that speaks of the same thing may
be blamed beside it.
"""

from __future__ import annotations

from collections.abc import Mapping

from doubles.hosting.faults import Switch
from doubles.hosting.switches_changes import CHANGES


def _over_time(breaks: str, operation: str, clauses: str, *duties: str) -> Switch:
    """A switch for duties that are forgotten; the first of the clauses is the one that must be blamed."""
    return Switch(
        breaks,
        tuple(f"sagemaker:{clause}" for clause in clauses.split()),
        (operation,),
        frozenset(duties),
        needs="scenario",
    )


NAMES: Mapping[str, Switch] = {
    "endpoint_made_twice": _over_time(
        "a taken name is taken again",
        "CreateEndpoint",
        "Endpoint/lifecycle#duplicate CreateEndpoint/rule#ID-0?",
        "unique-endpoint",
    ),
    "config_made_twice": _over_time(
        "a taken name is taken again",
        "CreateEndpointConfig",
        "EndpointConfig/lifecycle#duplicate CreateEndpointConfig/rule#ID-04",
        "unique-endpoint-config",
    ),
    "model_made_twice": _over_time(
        "a taken name is taken again",
        "CreateModel",
        "Model/lifecycle#duplicate CreateModel/rule#ID-05",
        "unique-model",
    ),
    "endpoint_names_have_case": _over_time(
        "names that differ in case only are two names", "CreateEndpoint", "CreateEndpoint/rule#ID-02", "case-endpoint"
    ),
    "arn_keeps_case": _over_time(
        "the ARN has the name as given", "DescribeEndpoint", "DescribeEndpoint/rule#DS-05", "lower-case-arn"
    ),
    "case_of_name_lost": _over_time(
        "a name is answered in lower case", "DescribeEndpoint", "DescribeEndpoint/rule#ID-03", "name-as-given"
    ),
    "name_free_while_deleting": _over_time(
        "a name can be taken while its endpoint is deleted",
        "DeleteEndpoint",
        "Endpoint/lifecycle#taken-while-deleting DeleteEndpoint/rule#ST-08",
        "taken-while-deleting",
    ),
    "taken_at_once": _over_time(
        "of several clients that take one name at once, more than one gets it",
        "CreateModel",
        "Model/lifecycle#one-winner",
        "one-at-a-time",
    ),
    "model_not_kept": _over_time(
        "CreateModel succeeds and makes nothing", "CreateModel", "Model/lifecycle#created *", "model-kept"
    ),
    "made_and_not_listed": _over_time(
        "a model that was made is in no list", "CreateModel", "Model/lifecycle#listed", "all-listed"
    ),
}

# The way of an endpoint, and that of others.
WAYS: Mapping[str, Switch] = {
    "never_creating": _over_time(
        "an endpoint is in service at once",
        "CreateEndpoint",
        "Endpoint/lifecycle#Creating->InService CreateEndpoint/rule#ST-01",
        "creating",
    ),
    "never_in_service": _over_time(
        "an endpoint is Creating for ever",
        "CreateEndpoint",
        "Endpoint/lifecycle#Creating->InService CreateEndpoint/rule#ST-01",
        "Creating-ends",
    ),
    "always_fails": _over_time(
        "an endpoint always fails",
        "CreateEndpoint",
        "Endpoint/lifecycle#Creating->InService CreateEndpoint/rule#ST-01",
        "creation-succeeds",
    ),
    "becomes_something_else": _over_time(
        "an endpoint ends in a status that is none",
        "CreateEndpoint",
        "Endpoint/lifecycle#Creating->InService CreateEndpoint/rule#ST-01",
        "status-names",
    ),
    "falls_back_to_creating": _over_time(
        "an endpoint in service is Creating again", "DescribeEndpoint", "Endpoint/lifecycle#steady", "stays-in-service"
    ),
    "failure_without_reason": _over_time(
        "an endpoint that failed does not say why", "CreateEndpoint", "CreateEndpoint/rule#ST-02", "reason-told"
    ),
    "reason_without_failure": _over_time(
        "an endpoint in service has a reason for a failure",
        "DescribeEndpoint",
        "DescribeEndpoint/rule#DS-02",
        "no-needless-reason",
    ),
    "never_deleting": _over_time(
        "a deletion is done at once",
        "DeleteEndpoint",
        "Endpoint/lifecycle#Deleting->gone DeleteEndpoint/rule#ST-07",
        "deleting",
    ),
    "delete_never_ends": _over_time(
        "an endpoint is Deleting for ever",
        "DeleteEndpoint",
        "Endpoint/lifecycle#Deleting->gone Endpoint/lifecycle#gone-after-delete DeleteEndpoint/rule#ST-07",
        "Deleting-ends",
    ),
    "delete_does_nothing": _over_time(
        "DeleteEndpoint succeeds and does nothing",
        "DeleteEndpoint",
        "Endpoint/lifecycle#gone-after-delete DeleteEndpoint/rule#ST-07",
        "delete-does",
    ),
    "model_survives_delete": _over_time(
        "DeleteModel succeeds and does nothing", "DeleteModel", "Model/lifecycle#gone-after-delete", "model-removed"
    ),
    "config_survives_delete": _over_time(
        "DeleteEndpointConfig succeeds and does nothing",
        "DeleteEndpointConfig",
        "EndpointConfig/lifecycle#gone-after-delete",
        "config-removed",
    ),
    "deleted_again": _over_time(
        "what was deleted can be deleted again",
        "DeleteModel",
        "Model/lifecycle#delete-twice DeleteModel/rule#REF-05",
        "gone-for-delete",
    ),
    "deleted_still_listed": _over_time(
        "a deleted endpoint stays in the list",
        "DeleteEndpoint",
        "Endpoint/lifecycle#unlisted-after-delete",
        "unlisted-when-gone",
    ),
    "deleted_while_busy": _over_time(
        "an endpoint can be deleted while it is busy", "DeleteEndpoint", "DeleteEndpoint/rule#ST-05b", "busy-delete"
    ),
    "config_goes_with_model": _over_time(
        "deleting a model changes the configurations that name it",
        "DeleteModel",
        "DeleteModel/rule#REF-09",
        "config-outlives-model",
    ),
}

LISTS: Mapping[str, Switch] = {
    "page_repeats": _over_time(
        "a page begins with the last of the one before",
        "ListModels",
        "ListModels/pagination#no-repeats ListModels/pagination#last-page ListModels/rule#LS-03",
        "page-goes-on",
    ),
    "page_leaves_out": _over_time(
        "a page begins one item too late",
        "ListModels",
        "ListModels/pagination#complete ListModels/rule#LS-03",
        "page-is-next",
    ),
    "page_ends_early": _over_time(
        "there is never a second page",
        "ListModels",
        "ListModels/pagination#complete ListModels/rule#LS-03",
        "more-pages",
    ),
    "pages_never_end": _over_time(
        "the last page has a token, too", "ListModels", "ListModels/pagination#last-page", "pages-end"
    ),
    "page_size_ignored": _over_time(
        "a page has everything", "ListModels", "ListModels/pagination#page-size", "page-size"
    ),
    "last_token_empty": _over_time(
        "the last page has an empty token", "ListModels", "ListModels/pagination#last-page", "last-token-absent"
    ),
    "foreign_token_taken": _over_time(
        "any text does for a token", "ListModels", "ListModels/pagination#foreign-token", "foreign-token"
    ),
    "default_page_large": _over_time(
        "a page has up to 100 unasked", "ListEndpoints", "ListEndpoints/rule#LS-02", "LS-02"
    ),
    "oldest_first": _over_time("a list begins with the oldest", "ListModels", "ListModels/rule#LS-01", "default-order"),
    "order_ignored": _over_time("SortOrder is ignored", "ListModels", "ListModels/sort#order", "order-kept"),
    "sort_by_ignored": _over_time("SortBy is ignored", "ListModels", "ListModels/sort#order", "sort-by-kept"),
    "name_filter_ignored": _over_time(
        "NameContains is ignored",
        "ListModels",
        "ListModels/filter/NameContains#matches ListModels/rule#LS-03",
        "name-contains",
    ),
    "name_filter_from_the_start": _over_time(
        "NameContains means that the name begins with it",
        "ListModels",
        "ListModels/filter/NameContains#matches ListModels/rule#LS-03",
        "anywhere",
    ),
    "after_filter_ignored": _over_time(
        "CreationTimeAfter is ignored",
        "ListModels",
        "ListModels/filter/CreationTimeAfter#matches ListModels/rule#LS-03",
        "created-after",
    ),
    "before_filter_ignored": _over_time(
        "CreationTimeBefore is ignored",
        "ListModels",
        "ListModels/filter/CreationTimeBefore#matches ListModels/rule#LS-03",
        "created-before",
    ),
    "modified_after_ignored": _over_time(
        "LastModifiedTimeAfter is ignored",
        "ListEndpoints",
        "ListEndpoints/filter/LastModifiedTimeAfter#matches ListEndpoints/rule#LS-03",
        "modified-after",
    ),
    "modified_before_ignored": _over_time(
        "LastModifiedTimeBefore is ignored",
        "ListEndpoints",
        "ListEndpoints/filter/LastModifiedTimeBefore#matches ListEndpoints/rule#LS-03",
        "modified-before",
    ),
    "status_filter_ignored": _over_time(
        "StatusEquals is ignored",
        "ListEndpoints",
        "ListEndpoints/filter/StatusEquals#matches ListEndpoints/rule#LS-03",
        "status-equals",
    ),
    "lists_change_time": _over_time(
        "listing changes the time of the last change",
        "ListEndpoints",
        "ListEndpoints/state#unchanged",
        "lists-change-nothing",
    ),
}

TAGS: Mapping[str, Switch] = {
    "tags_lost_on_create": _over_time(
        "what create was given, list does not return", "CreateModel", "Model/tags#given", "create-tags"
    ),
    "added_tags_lost": _over_time(
        "AddTags adds nothing",
        "AddTags",
        "AddTags/tags#added AddTags/tags#overwritten AddTags/rule#TG-01",
        "tags-added",
    ),
    "added_tags_take_over": _over_time(
        "AddTags removes the tags that were there",
        "AddTags",
        "AddTags/tags#* AddTags/rule#TG-01",
        "tags-joined",
    ),
    "tags_not_overwritten": _over_time(
        "AddTags keeps the old value of a key",
        "AddTags",
        "AddTags/tags#overwritten AddTags/rule#TG-01",
        "tags-overwrite",
    ),
    "tags_not_removed": _over_time(
        "DeleteTags removes nothing", "DeleteTags", "DeleteTags/tags#removed", "tags-removed"
    ),
    "all_tags_removed": _over_time(
        "DeleteTags removes the other tags, too", "DeleteTags", "DeleteTags/tags#removed", "other-tags-left"
    ),
}

STATE: Mapping[str, Switch] = {**NAMES, **WAYS, **CHANGES, **LISTS, **TAGS}
