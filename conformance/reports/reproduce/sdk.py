"""Where botocore sends another request than the recorded one, according to the installed botocore.

A call with the params of a step sends the request of the step, unless botocore uses another protocol, fills in an
idempotency token, or rewrites a parameter. Services that botocore does not have are assumed to have no difference.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from botocore.exceptions import DataNotFoundError
from botocore.handlers import BUILTIN_HANDLERS
from botocore.loaders import Loader
from botocore.model import OperationNotFoundError, ServiceModel

from conformance.record.steps import Step
from conformance.reports.reproduce.script_context import ReproductionContext

# Handlers of botocore that rewrite a parameter: its name, and whether they do so where it is given or where it is not.
REWRITES: Mapping[str, tuple[str, bool]] = {
    "base64_encode_user_data": ("UserData", True),
    "sse_md5": ("SSECustomerKey", True),
    "copy_source_sse_md5": ("CopySourceSSECustomerKey", True),
    "set_list_objects_encoding_type_url": ("EncodingType", False),
}


def why_sdk_differs(step: Step, context: ReproductionContext) -> str | None:
    """Why botocore makes another request of the params of a step; None where it makes the same, as far as is known."""
    model, params = _model(context.service), step.params
    if model is None or not isinstance(params, Mapping):
        return None
    spoken = getattr(model, "resolved_protocol", model.metadata["protocol"])
    if context.protocol and spoken != context.protocol:
        return f"it speaks {spoken}"
    operation = _operation(model, step.operation)
    if operation is None:
        return None
    added = [name for name in operation.idempotent_members if name not in params]
    if added:
        return f"it fills in {added[0]}"
    rewritten = _rewritten(model, operation.name, params)
    return f"it rewrites {rewritten}" if rewritten else None


def required_by_sdk(step: Step, context: ReproductionContext) -> Mapping[str, Any]:
    """The params of a step without which botocore makes no request at all."""
    model, params = _model(context.service), step.params
    if not isinstance(params, Mapping):
        return {}
    operation = None if model is None else _operation(model, step.operation)
    if operation is None:
        return params
    required = operation.input_shape.required_members if operation.input_shape is not None else []
    return {name: value for name, value in params.items() if name in required}


def has_streaming_output(step: Step, context: ReproductionContext) -> bool:
    """Whether the answer's body is a stream, for which the AWS CLI asks for a file."""
    model = _model(context.service)
    operation = None if model is None else _operation(model, step.operation)
    return operation is not None and bool(operation.has_streaming_output)


def _rewritten(model: Any, operation: str, params: Mapping[str, Any]) -> str | None:
    place = f"before-parameter-build.{model.service_id.hyphenize()}.{operation}"
    for event, handler, *_ in BUILTIN_HANDLERS:
        name = getattr(handler, "__name__", "")
        if event == place and name in REWRITES:
            member, given = REWRITES[name]
            if (member in params) is given:
                return member
    return None


@lru_cache(maxsize=8)
def _model(service: str) -> Any:
    try:
        return ServiceModel(Loader().load_service_model(service, "service-2"), service)
    except (DataNotFoundError, ValueError, OSError):
        return None


def _operation(model: Any, name: str) -> Any:
    try:
        return model.operation_model(name)
    except OperationNotFoundError:
        return None
