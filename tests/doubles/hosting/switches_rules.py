"""Switches for rules beyond the model: each leaves one unenforced, or answers its breach otherwise than AWS."""

from __future__ import annotations

from collections.abc import Mapping

from doubles.hosting.faults import Switch


def _unenforced(rule: str, operation: str, *duties: str) -> Switch:
    clauses = (f"sagemaker:{operation}/rule#{rule}", *(_FOUND_MISSING if rule.startswith("REF-") else ()))
    return Switch(f"{rule} is not enforced", clauses, (operation,), frozenset(duties or (rule,)))


# Where what is missing is not missed, clauses about state say so as well.
_FOUND_MISSING = (
    "sagemaker:*/state/*#not-found",
    "sagemaker:*/lifecycle#not-found",
    "sagemaker:*/lifecycle#gone-after-delete",
    "sagemaker:*/lifecycle#delete-twice",
)


_BY_OPERATION: Mapping[str, tuple[str, ...]] = {
    "CreateModel": ("ID-06", "MD-01", "MD-02", "MD-03", "MD-04a", "MD-04b", "MD-04c", "MD-04d"),
    "CreateEndpointConfig": (
        "REF-02", "CFG-02", "CFG-03", "CFG-04", "CFG-05", "CFG-06a", "CFG-07", "CFG-09", "CFG-10", "CFG-11", "CFG-15",
        "CFG-16", "CFG-17", "CFG-19a", "CFG-19b", "CFG-20", "CFG-22a",
    ),
    "CreateEndpoint": ("DEP-01", "DEP-03", "DEP-06"),
    "UpdateEndpoint": ("DEP-02", "DEP-04", "DEP-09"),
    "UpdateEndpointWeightsAndCapacities": ("REF-06a", "REF-06b", "CFG-06b"),
}  # fmt: skip

# The duties that look for something, by the rule and operation that they serve.
_LOOKED_FOR: Mapping[str, tuple[str, str]] = {
    "REF-01-create": ("REF-01", "CreateEndpoint"),
    "REF-01-update": ("REF-01", "UpdateEndpoint"),
    "REF-03-describe": ("REF-03", "DescribeEndpoint"),
    "REF-03-delete": ("REF-03", "DeleteEndpoint"),
    "REF-03-update": ("REF-03", "UpdateEndpoint"),
    "REF-03-resize": ("REF-03", "UpdateEndpointWeightsAndCapacities"),
    "REF-04-describe": ("REF-04", "DescribeEndpointConfig"),
    "REF-04-delete": ("REF-04", "DeleteEndpointConfig"),
    "REF-05-describe": ("REF-05", "DescribeModel"),
    "REF-05-delete": ("REF-05", "DeleteModel"),
}


def _name(rule: str) -> str:
    return f"{rule.lower().replace('-', '_')}_not_enforced"


RULE_SWITCHES: Mapping[str, Switch] = {
    **{_name(rule): _unenforced(rule, operation) for operation, rules in _BY_OPERATION.items() for rule in rules},
    **{_name(duty): _unenforced(rule, operation, duty) for duty, (rule, operation) in _LOOKED_FOR.items()},
    "missing_under_another_code": Switch(
        "what is missing is told under another code than AWS's",
        ("sagemaker:DescribeEndpoint/rule#REF-03", "sagemaker:DescribeEndpoint/errors#declared", *_FOUND_MISSING),
        ("DescribeEndpoint",),
        frozenset({"missing-code"}),
    ),
    "missing_in_other_words": Switch(
        "what is missing is told in other words than AWS's",
        ("sagemaker:DescribeModel/rule#REF-05", *_FOUND_MISSING),
        ("DescribeModel",),
        frozenset({"missing-message"}),
    ),
    "missing_is_a_crash": Switch(
        "what is missing is answered with HTTP 500",
        ("sagemaker:DescribeEndpointConfig/rule#REF-04", *_FOUND_MISSING),
        ("DescribeEndpointConfig",),
        frozenset({"missing-status"}),
    ),
}
