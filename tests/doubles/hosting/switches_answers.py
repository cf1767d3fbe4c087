"""Switches for what an answer says and how: members, types, times, headers, envelopes."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from doubles.hosting.faults import Answer, Reply, Switch


def _answers(breaks: str, clauses: str, operation: str, change: Callable[[Answer], Answer | None]) -> Switch:
    return Switch(breaks, _clauses(operation, clauses), (operation,), answer=change)


def _replies(breaks: str, clauses: str, operation: str, change: Callable[[Reply], Reply]) -> Switch:
    return Switch(breaks, _clauses(operation, clauses), (operation,), reply=change)


def _clauses(operation: str, clauses: str) -> tuple[str, ...]:
    """The globs of clauses, of the operation where they name no other subject."""
    return tuple(f"sagemaker:{each if each[0].isupper() else f'{operation}/{each}'}" for each in clauses.split())


def _without(name: str) -> Callable[[Answer], Answer]:
    return lambda answer: {each: value for each, value in answer.items() if each != name}


def _with(name: str, change: Callable[[Any], Any]) -> Callable[[Answer], Answer]:
    return lambda answer: {**answer, name: change(answer[name])} if name in answer else answer


def _items_without(list_: str, name: str) -> Callable[[Answer], Answer]:
    return _with(list_, lambda items: [_without(name)(item) for item in items])


def _iso(seconds: float) -> str:
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).isoformat()


def _on_success(change: Callable[[Reply], Reply]) -> Callable[[Reply], Reply]:
    return lambda reply: change(reply) if reply.status == 200 else reply


def _on_error(change: Callable[[Reply], Reply]) -> Callable[[Reply], Reply]:
    return lambda reply: change(reply) if reply.status == 400 else reply


def _twice(reply: Reply) -> Reply:
    created = json.loads(reply.body)["CreationTime"]
    return replace(reply, body=reply.body[:-1] + f', "CreationTime": {created}}}'.encode())


def _without_code(reply: Reply) -> Reply:
    return replace(reply, body=json.dumps({"message": json.loads(reply.body).get("message")}).encode())


def _as_xml(reply: Reply) -> Reply:
    code = json.loads(reply.body)["__type"]
    return replace(reply, body=f"<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>".encode())


ANSWERS: Mapping[str, Switch] = {
    # members
    "member_missing": _answers(
        "a required member is missing", "output/ModelArn#required", "CreateModel", _without("ModelArn")
    ),
    "list_missing": _answers("an empty list is left out", "output/Models#required", "ListModels", _without("Models")),
    "nested_member_missing": _answers(
        "a required member of a list's items is missing",
        "output/ProductionVariants[]/VariantName#required rule#DS-04 EndpointConfig/roundtrip/*#echo",
        "DescribeEndpointConfig",
        _items_without("ProductionVariants", "VariantName"),
    ),
    "list_item_incomplete": replace(
        _answers(
            "a required member of what is listed is missing",
            "output/Endpoints[]/EndpointStatus#required",
            "ListEndpoints",
            _items_without("Endpoints", "EndpointStatus"),
        ),
        needs="scenario",
    ),
    "member_null": _answers(
        "an optional member that has no value is null",
        "output/NextToken#*",
        "ListEndpointConfigs",
        lambda answer: {"NextToken": None, **answer},
    ),
    "member_unknown": _answers(
        "an answer has a member that the model does not have",
        "output#members",
        "DescribeModel",
        lambda answer: {**answer, "ResponseMetadata": {}},
    ),
    "member_in_lower_camel": _answers(
        "members are written in lower camel case",
        "output*",
        "DescribeModel",
        lambda answer: {f"{name[0].lower()}{name[1:]}": value for name, value in answer.items()},
    ),
    "member_twice": _replies(
        "an answer has one member twice", "output/CreationTime#type", "DescribeEndpoint", _on_success(_twice)
    ),
    # values
    "time_as_text": _answers(
        "a time is ISO 8601 text", "output/CreationTime#type", "DescribeModel", _with("CreationTime", _iso)
    ),
    "number_as_text": _answers(
        "a number is text",
        "output/ProductionVariants[]/InitialInstanceCount#type",
        "DescribeEndpointConfig",
        _with("ProductionVariants", lambda items: [_with("InitialInstanceCount", str)(item) for item in items]),
    ),
    "truth_as_text": _answers(
        "a truth value is text",
        "output/EnableNetworkIsolation#type",
        "DescribeModel",
        _with("EnableNetworkIsolation", lambda value: str(value).lower()),
    ),
    "list_as_structure": _answers(
        "a list of one is the item itself",
        "output/ProductionVariants#type",
        "DescribeEndpointConfig",
        _with("ProductionVariants", lambda items: items[0]),
    ),
    "status_unknown": _answers(
        "a status is none of the enum's",
        "output/EndpointStatus#enum",
        "DescribeEndpoint",
        _with("EndpointStatus", lambda status: status.upper() if status == "InService" else status),
    ),
    "list_below_minimum": _answers(
        "a list has fewer items than its min",
        "output/ProductionVariants#min rule#DS-04 EndpointConfig/roundtrip/*#echo",
        "DescribeEndpointConfig",
        _with("ProductionVariants", lambda _: []),
    ),
    "arn_of_another_form": _answers(
        "an ARN does not match its pattern",
        "output/ModelArn#pattern",
        "CreateModel",
        _with("ModelArn", lambda arn: arn.replace(":model/", ":models/")),
    ),
    # rules of one answer
    "name_in_lower_case": _answers(
        "a name is answered in other letters than it was given",
        "rule#ID-03 Endpoint/roundtrip/EndpointName#echo",
        "DescribeEndpoint",
        _with("EndpointName", str.swapcase),
    ),
    "always_pending": _answers(
        "an endpoint in service has a pending deployment",
        "rule#DS-01",
        "DescribeEndpoint",
        lambda answer: {**answer, "PendingDeploymentSummary": {"EndpointConfigName": "another"}},
    ),
    "arn_of_another_region": _answers(
        "an ARN is always of one Region",
        "rule#DS-05",
        "DescribeEndpoint",
        _with("EndpointArn", lambda arn: arn.replace(arn.split(":")[3], "eu-north-1")),
    ),
    "changed_before_created": _answers(
        "an endpoint was changed before it was created",
        "rule#DS-06 Endpoint/roundtrip#times",
        "DescribeEndpoint",
        lambda answer: {**answer, "LastModifiedTime": answer["CreationTime"] - 3600},
    ),
    # the protocol
    "no_request_id": _replies(
        "answers have no request id",
        "protocol#request-id",
        "ListModels",
        lambda reply: reply.with_header("x-amzn-RequestId", None),
    ),
    "content_type_text": _replies(
        "answers are said to be HTML",
        "protocol#content-type",
        "ListModels",
        lambda reply: reply.with_header("Content-Type", "text/html"),
    ),
    "created_201": _replies(
        "a create answers HTTP 201",
        "protocol#status",
        "CreateModel",
        _on_success(lambda reply: replace(reply, status=201)),
    ),
    "body_not_json": _replies(
        "a success is no JSON",
        "protocol#body",
        "ListEndpointConfigs",
        _on_success(lambda reply: replace(reply, body=b"OK")),
    ),
    "always_crashes": _replies(
        "an operation answers nothing but HTTP 500",
        "input#accepted *",
        "ListEndpoints",
        lambda reply: replace(reply, status=500, body=b'{"__type":"InternalFailure"}'),
    ),
    # errors
    "error_without_code": _replies(
        "errors have no code",
        "errors#envelope rule#REF-05 state/*#not-found Model/lifecycle#*",
        "DeleteModel",
        _on_error(_without_code),
    ),
    "error_as_xml": _replies(
        "errors are XML",
        "protocol#body errors#envelope protocol#malformed-body",
        "DeleteEndpointConfig",
        _on_error(_as_xml),
    ),
    "error_code_undeclared": _replies(
        "errors have a code of their own",
        "errors#declared rule#* state/*#not-found Endpoint/lifecycle#*",
        "DeleteEndpoint",
        _on_error(lambda reply: replace(reply, body=reply.body.replace(b"ValidationException", b"SageMakerError"))),
    ),
}
