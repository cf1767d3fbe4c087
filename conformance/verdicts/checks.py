"""The one table of checks. A check reads a context and yields what it saw; it neither sends nor counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from conformance.verdicts.answers import check_output, check_protocol
from conformance.verdicts.context import Context
from conformance.verdicts.finding import Note
from conformance.verdicts.rejections import check_error
from conformance.verdicts.requests import check_request
from conformance.verdicts.rules import check_answer_rules, check_broken_rule

Check: TypeAlias = Callable[[Context], Iterator[Note]]

CHECKS: tuple[Check, ...] = (
    check_protocol,
    check_output,
    check_error,
    check_request,
    check_broken_rule,
    check_answer_rules,
)
