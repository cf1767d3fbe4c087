"""The preview of a run in words: where, as whom, what is sent, what is made and removed, and what it costs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from conformance.exchanges.target import Target
from conformance.planning.caller_identity import Caller
from conformance.planning.permissions import Permissions
from conformance.planning.plan import Plan
from conformance.planning.run_preview import Cost, Made, RunPreview, ServicePreview

# Names on one line; more are counted.
NAMES_SHOWN = 12

_CHARGED = {"hour": "by the hour", "month": "by the month", "request": "by the request", "use": "by use"}


def preview_text(preview: RunPreview, plan: Plan, target: Target, caller: Caller | None) -> str:
    """The preview, for a terminal."""
    return "\n".join((*_where(target, caller), *_what(preview), *_how_much(preview, plan)))


def _where(target: Target, caller: Caller | None) -> Iterator[str]:
    place = f"AWS {target.region}" if target.kind == "aws" else target.url or target.kind
    yield f"target    {place}{f' at {target.url}' if target.kind == 'aws' and target.url else ''}"
    if caller is not None:
        yield f"account   {caller.account or 'unknown'}{f' ({caller.problem})' if caller.problem else ''}"
        if caller.arn:
            yield f"caller    {caller.arn}"


def _what(preview: RunPreview) -> Iterator[str]:
    for service in preview.services:
        yield f"{service.service}"
        yield from _names("reads", service.reads)
        yield from _names("writes", service.writes)
        yield from _refused(service)
        yield from _names("makes", [_made(each) for each in service.made])
        yield from _names("costs", list(_costs(service.costs)))


def _refused(service: ServicePreview) -> Iterator[str]:
    reasons: dict[str, list[str]] = {}
    for name, refusal in service.refused.items():
        reasons.setdefault(refusal.reason.replace(f": {service.service}:{name}", ""), []).append(name)
    for reason, names in reasons.items():
        yield from _names("not sent", names, reason)


def _names(title: str, names: Iterable[str], reason: str = "") -> Iterator[str]:
    every = list(names)
    if every:
        more = f" and {len(every) - NAMES_SHOWN} more" if len(every) > NAMES_SHOWN else ""
        yield f"  {title:<8}{len(every):>4}  {', '.join(every[:NAMES_SHOWN])}{more}{f': {reason}' if reason else ''}"


def _made(made: Made) -> str:
    return f"{made.resource} ({f'removed by {made.delete}' if made.delete else 'no removal is known'})"


def _costs(costs: Iterable[Cost]) -> Iterator[str]:
    return (f"{each.operation} ({each.what}, {_CHARGED[each.by]})" for each in costs)


def _how_much(preview: RunPreview, plan: Plan) -> Iterator[str]:
    rate = f", at most {plan.rate:g} in a second" if plan.rate else ""
    yield f"requests  about {_rough(preview.requests):,}{rate}"
    if plan.permissions is not None:
        yield from _under(plan.permissions, makes=any(each.writes for each in preview.services))
    known = any(each.costs for each in preview.services)
    more = (
        "what is not known to cost money may cost some, too"
        if known
        else "nothing of it is known to cost money by itself"
    )
    yield f"costs     {more}; requests, storage and traffic are charged as usual"


def _under(permissions: Permissions, *, makes: bool) -> Iterator[str]:
    if not makes:
        yield "changes   none: only operations are sent that are known to change nothing"
        return
    most = "any number of" if permissions.max_resources is None else f"at most {permissions.max_resources:,}"
    yield f"makes     {most} things, what they need included"
    yield f"names     begin with {permissions.run_id}, where a service takes names"
    yield f"tags      conformance-run={permissions.run_id}, where an operation takes tags"
    yield "removes   what it made, after each case and at the end of the run; nothing else is changed or removed"
    if permissions.ledger is not None:
        yield f"ledger    {permissions.ledger}; after a crash: conformance cleanup {permissions.ledger}"


def _rough(number: int) -> int:
    """A number to two significant digits."""
    digits = max(len(str(number)) - 2, 0)
    return int(round(number, -digits))
