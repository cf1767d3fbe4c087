"""The one table of checks.

A check takes a context and yields results on clauses. It sends nothing and counts nothing, so checks are independent of
each other and of their order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from conformance.verdicts.answer_checks import check_output, check_protocol
from conformance.verdicts.check_results import CheckResult
from conformance.verdicts.context import Context
from conformance.verdicts.error_checks import check_error
from conformance.verdicts.registered import check_registered
from conformance.verdicts.request_checks import check_request
from conformance.verdicts.rule_checks import check_answer_rules, check_broken_rule

Check: TypeAlias = Callable[[Context], Iterator[CheckResult]]

CHECKS: tuple[Check, ...] = (
    check_protocol,
    check_output,
    check_error,
    check_request,
    check_broken_rule,
    check_answer_rules,
    check_registered,
)
