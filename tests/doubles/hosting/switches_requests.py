"""Switches for what becomes of a request: constraints that go unchecked, and good requests that are refused."""

from __future__ import annotations

from collections.abc import Mapping

from doubles.hosting.faults import Switch


def _forgets(breaks: str, clause: str, operation: str, *duties: str) -> Switch:
    # Several flaws of one kind are told under a headline of the operation as well.
    clauses = (clause, "input#validated")
    return Switch(breaks, tuple(f"sagemaker:{operation}/{each}" for each in clauses), (operation,), frozenset(duties))


def _refuses(breaks: str, clause: str, operation: str, *duties: str) -> Switch:
    clauses = (clause, "input#accepted")
    return Switch(breaks, tuple(f"sagemaker:{operation}/{each}" for each in clauses), (operation,), frozenset(duties))


MODEL, LIST, ENDPOINT, UPDATE, RESIZE = (
    "CreateModel",
    "ListModels",
    "CreateEndpoint",
    "UpdateEndpoint",
    "UpdateEndpointWeightsAndCapacities",
)

REQUESTS: Mapping[str, Switch] = {
    # what is let through
    "required_not_checked": _forgets("a required member may be missing", "input/*#required", MODEL, "required"),
    "types_not_checked": _forgets("a value of the wrong type counts as absent", "input/*#type", LIST, "types"),
    "enum_not_checked": _forgets("any text does for an enum", "input/*#enum", LIST, "enum"),
    "pattern_not_checked": _forgets("any text does for a pattern", "input/*#pattern", ENDPOINT, "pattern"),
    "pattern_searched": _forgets("a pattern may match anywhere in a text", "input/*#pattern", ENDPOINT, "whole-match"),
    "pattern_not_to_the_end": _forgets(
        "what follows a match of the pattern is not looked at", "input/*#pattern", MODEL, "match-to-end"
    ),
    "text_may_be_long": _forgets("a text may be longer than its max", "input/*#max", ENDPOINT, "string-max"),
    "text_may_be_short": _forgets("a text may be shorter than its min", "input/*#min", MODEL, "string-min"),
    "number_may_be_small": _forgets("a number may be below its min", "input/MaxResults#min", LIST, "integer-min"),
    "number_may_be_large": _forgets("a number may be above its max", "input/MaxResults#max", LIST, "integer-max"),
    "weight_may_be_negative": _forgets("a float may be below its min", "input/*Weight#min", RESIZE, "float-min"),
    "list_may_be_empty": _forgets("a list may be shorter than its min", "input/*#min", RESIZE, "list-min"),
    "list_may_be_long": _forgets("a list may be longer than its max", "input/*#max", UPDATE, "list-max"),
    "map_may_be_large": _forgets("a map may have more than its max", "input/*Environment#max", MODEL, "map-max"),
    "map_keys_not_checked": _forgets("keys of maps are not checked", "input/*Environment{key}#*", MODEL, "map-keys"),
    "map_values_not_checked": _forgets("values of maps are not checked", "input/*{}#*", MODEL, "map-values"),
    "nested_not_checked": _forgets("only members at the top are checked", "input/*/*#*", UPDATE, "nested"),
    "list_items_not_checked": _forgets("texts in lists are not checked", "input/*[]#*", MODEL, "list-elements"),
    "structures_in_lists_not_checked": _forgets(
        "structures in lists are not checked", "input/*[]/*#*", RESIZE, "list-structures"
    ),
    "broken_body_taken": _forgets(
        "a body that does not parse counts as empty", "protocol#malformed-body", LIST, "body"
    ),
    # what is refused
    "crashes_on_invalid": _forgets(
        "HTTP 500 where a constraint is broken", "input/*", "DescribeModel", "survives-invalid"
    ),
    "unknown_members_refused": _forgets(
        "a member that the model does not have is refused", "protocol#unknown-members", LIST, "unknown-members-pass"
    ),
    "enum_outdated": _refuses("the last value of an enum is refused", "input/*#enum", LIST, "latest-enum"),
    "minimum_excluded": _refuses("the smallest allowed number is refused", "input/*#min", LIST, "inclusive-min"),
    "maximum_excluded": _refuses("the longest allowed text is refused", "input/*#max", ENDPOINT, "inclusive-max"),
    "operation_missing": _forgets("an operation is not there", "protocol#implemented", RESIZE, f"routes-{RESIZE}"),
    "isolation_refused": Switch(
        "a valid optional member is refused",
        ("sagemaker:CreateModel/input*#*",),
        (MODEL,),
        frozenset({"isolation-allowed"}),
    ),
}
