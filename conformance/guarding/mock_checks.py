"""Checks of what only a mock can answer: botocore's parser never returns it, whatever AWS sends.

an output that is no object, members that the model does not have, values of a type that no parser makes
an error without a code, an error code that nothing of the service has
a token for a page after the last one
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any

import jmespath

from conformance.cases.constraints import abbreviated
from conformance.exchanges.outcome import CREDENTIAL_CODES
from conformance.verdicts.answer_checks import check_output
from conformance.verdicts.check_results import CheckResult, Contradiction
from conformance.verdicts.context import Context
from conformance.verdicts.error_checks import COMMON_CODES, declared_error

# Codes that botocore sends a request again for, whatever the service: botocore 1.44.5, retries/standard.py. Those of
# single services (of DynamoDB, for example) are left out.
RETRIED_CODES = frozenset(
    {
        "BandwidthLimitExceeded",
        "PriorRequestNotComplete",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestTimeout",
        "RequestTimeoutException",
        "SlowDown",
        "ThrottledException",
    }
)


def check_mocked_output(context: Context, output: Any) -> Iterator[CheckResult]:
    """Check an output that no parser has made."""
    if not isinstance(output, Mapping):
        clause = context.clause("protocol", "", "body")
        yield Contradiction(clause, "malformed-answer", "output", "an object with members", abbreviated(output))
        return
    for result in check_output(context):
        if isinstance(result, Contradiction) and result.code == "unknown-member":
            yield Contradiction(result.clause, "invented-member", result.where, result.expected, result.got)
        else:
            yield result
    yield from check_page(context, output)


def check_page(context: Context, output: Mapping[str, Any]) -> Iterator[CheckResult]:
    """Check whether a page and its token say the same of whether there are more."""
    paginator = context.service.paginators.get(context.operation.name)
    clause = context.clause("pagination", "", "last-page")
    if paginator is None:
        return
    tokens = {each: _search(each, output) for each in paginator.output_token}
    given = [name for name, token in tokens.items() if token and "[" not in name]  # AWS itself answers '' at the end
    more = None if paginator.more_results is None else _search(paginator.more_results, output)
    if more is False and given:
        got = f"{paginator.more_results} is false, and {given[0]} is {abbreviated(tokens[given[0]], 40)}"
        yield Contradiction(clause, "token-after-last-page", given[0], "no token on the last page", got)
    elif more is True and not any(tokens.values()):
        yield Contradiction(clause, "more-without-token", str(paginator.more_results), "a token", "none")
    for name in given:
        sent = dict(zip(paginator.output_token, paginator.input_token, strict=False)).get(name)
        if sent and context.exchange.call.params.get(sent) == tokens[name]:
            got = f"the token of the request, {abbreviated(tokens[name], 40)}"
            yield Contradiction(clause, "endless-pages", name, "another token, or none", got)


@functools.lru_cache(maxsize=256)
def _compiled(expression: str) -> Any:
    return jmespath.compile(expression)


def _search(expression: str, output: Mapping[str, Any]) -> Any:
    try:
        return _compiled(expression).search(output)
    except jmespath.exceptions.JMESPathError:
        return None


def check_mocked_error(context: Context) -> Iterator[CheckResult]:
    """Check whether the service has the code of an error, and whether the error has the form of one."""
    answer = context.exchange.answer
    error = answer.error if answer is not None else None
    if error is None or error.code is None:
        if context.operation.method == "HEAD":
            clause = context.clause("errors", "", "envelope")
            yield Contradiction(clause, "no-error-code", "Error", "an error with a code", "none")
        return
    if not can_answer(context, error.code):
        expected = "a code of the operation, of the service, or one that any service may answer"
        yield Contradiction(
            context.clause("errors", "", "declared"), "invented-code", "Error.Code", expected, error.code
        )
    if error.message is None:
        clause = context.clause("errors", "", "envelope")
        yield Contradiction(clause, "no-error-message", "Error.Message", "a text", "none")
    shape = declared_error(context.service, context.operation, error.code)
    if shape is not None:
        for name in error.members:
            if name not in shape.members and name.lower() != "message":
                clause = context.clause("errors", shape.name, "shape")
                yield Contradiction(clause, "invented-member", name, f"members of {shape.name}", name)


def can_answer(context: Context, code: str) -> bool:
    """Whether anything says that the service answers a code; one of whose errors nothing is known may answer any."""
    known = context.service.error_shapes
    if not known and not context.overlay.behaviour.codes:
        return True
    if code in known or code in COMMON_CODES | CREDENTIAL_CODES | RETRIED_CODES:
        return True
    if context.operation.method == "HEAD" and code.isdigit():
        return True  # there is no body to hold a code, and botocore takes the status for one
    return context.overlay.behaviour.may_answer(code)
