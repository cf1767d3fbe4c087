"""What a run leaves behind on moto, and whether it says so.

    python tests/quality/leftovers.py [--max-examples N] [--seed N] [SELECTION ...]
    python tests/quality/leftovers.py 'ec2:*Instance*' 'ec2:*TransitGateway*'     runs of some operations

Everything is listed before and after a run, in every account that it used: with all operations that read lists and need
no input, and with those that need nothing but what the first ones named (objects of buckets, rules of buses). What is
there after the run beyond what a new account has is left; it is told where a leftover of the record names it. Not
counted are things whose status says that they are gone, as moto shows terminated instances like AWS, or, where they
cannot be read, the answer to the request that removed them; what nobody can refer to, because its identifier is empty;
defaults and managed keys, which a service makes for itself; tags, which are part of what they are on and are shown with
that; and lists of what has happened.

The exit status is 1 if something is left untold.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from conformance.cases.case import Call
from conformance.cases.request_builder import RequestBuilder
from conformance.exchanges.accounts import account_for
from conformance.exchanges.connection import Connection
from conformance.exchanges.exchange import Exchanger
from conformance.exchanges.target import resolve
from conformance.planning.plan import Plan, ServicePlan, plan_of
from conformance.planning.selection import ClauseSelection, parse_selection
from conformance.record.rows import CaseRow, FooterRow, LeftoverRow
from conformance.run import run
from conformance.run.cleanup.created_thing import CreatedThing
from conformance.run.cleanup.service_client import ServiceClient
from conformance.specs.model import Operation
from conformance.specs.resources.inference.name_words import LISTS, READING, plurals, split_words
from conformance.specs.resources.listings import items_at, paging_of
from conformance.specs.resources.resource import Resource
from conformance.specs.resources.status_words import normalized_status, phase_of
from conformance.values.paths import Path, leaves, value_at
from conformance.wire.message import Inexpressible

SERVICES = (
    "s3",
    "dynamodb",
    "sqs",
    "sns",
    "iam",
    "sts",
    "lambda",
    "kms",
    "ec2",
    "cloudformation",
    "route53",
    "secretsmanager",
    "ssm",
    "stepfunctions",
    "logs",
    "events",
    "kinesis",
    "ecs",
    "rds",
    "cloudwatch",
)

# Moto counts up to the number that it is given, one by one.
HANGS = ("kinesis:UpdateShardCount/*",)

# Lists that also show names of what is gone: families whose task definitions are all deregistered.
SHOW_GONE = frozenset({("ecs", "ListTaskDefinitionFamilies")})

# Lists of what has happened, by the end of their names.
HISTORIES = ("Events", "History")

# A list that is longer in a new account, or takes more seconds of processor time, is a catalogue: images, instance
# types, managed policies.
LONGEST_LIST = 300
LONGEST_SECONDS = 1.0

# Characters of an example.
WIDTH = 300

# Pages of a list; things whose children are listed.
MOST_PAGES = 50
MOST_PARENTS = 100

_STATUS = re.compile(r".*(status|state)(code|name)?", re.IGNORECASE)
# Words of services for things that are gone, beside those that have it in them.
_GONE = frozenset({"inactive", "cancelled", "canceled", "stopped", "closed"})

# Where an item was listed: service, operation, list in its answer.
Place = tuple[str, str, Path]


@dataclass(slots=True)
class Survey:
    """Lists everything of some services in the account that requests go to."""

    clients: Mapping[str, ServiceClient]
    left_out: set[tuple[str, str]] = field(default_factory=set)
    long: set[Place] = field(default_factory=set)
    # What accepted requests said, by service and operation.
    accepted: Mapping[tuple[str, str], list[str]] = field(default_factory=dict)

    def items(self, *, is_new: bool = False) -> list[tuple[Place, Any]]:
        """Every item of every list; with `is_new`, what a new account has, which decides what is a catalogue."""
        found: list[tuple[Place, Any]] = []
        for client in self.clients.values():
            for operation in client.service.operations.values():
                if _lists(client, operation) and not client.service.input_of(operation).required:
                    items = self._listed(client, Call(operation.name, {}), is_new=is_new)
                    found += [(place, item) for place, item in items if not self._reads_as_gone(client, place, item[0])]
        managed = {item.get("TargetKeyId") for _, (item, _) in found if _names_managed_key(item)}
        found = [
            each for each in found if not isinstance(each[1][0], Mapping) or each[1][0].get("KeyId") not in managed
        ]
        return found + [each for client in self.clients.values() for each in self._children(client, found)]

    def _listed(self, client: ServiceClient, call: Call, *, is_new: bool = False) -> list[tuple[Place, Any]]:
        name = (client.service.name, call.operation)
        if name in self.left_out | SHOW_GONE or call.operation.endswith(HISTORIES):
            return []
        started, outputs = time.process_time(), list(_pages(client, call))
        found = [
            ((*name, path), (item, call.params))
            for output in outputs
            for path in _places(client, client.service.operations[call.operation])
            for item in items_at(output, path)
            if not _is_default(item) and not _is_tag(item) and _can_be_referred_to(client, (*name, path), item)
        ]
        if is_new and (len(found) > LONGEST_LIST or time.process_time() - started > LONGEST_SECONDS):
            self.left_out.add(name)
            return []
        return found

    def _reads_as_gone(self, client: ServiceClient, place: Place, item: Any) -> bool:
        """Whether the description of an item says that it is gone, where the list does not tell.

        Where it cannot be read, an accepted request to remove it tells, if its name was given to nothing else.
        """
        for resource in client.builder.overlay.resources.values():
            listing, read = resource.listing, resource.read
            here = listing is not None and (listing.operation, listing.items) == place[1:]
            thing = (
                _thing(client, resource, item) if here and read is not None and resource.status is not None else None
            )
            call = client.call_about(thing, read.operation) if thing is not None and read is not None else None
            if thing is None or call is None:
                continue
            descriptions = list(_pages(client, call))
            removing = self.accepted.get((client.service.name, resource.delete or ""), ())
            if not descriptions and resource.chosen is None:
                return any(name in text for name in thing.identifiers.values() for text in removing)
            return any(map(is_gone, descriptions))
        return False

    def _children(self, client: ServiceClient, found: Iterable[tuple[Place, Any]]) -> Iterator[tuple[Place, Any]]:
        parents: Counter[str] = Counter()
        asked: set[str] = set()
        for (service, listing, path), (item, _) in found:
            for resource in client.builder.overlay.resources.values() if service == client.service.name else ():
                here = resource.listing is not None and (resource.listing.operation, resource.listing.items)
                thing = _thing(client, resource, item) if here == (listing, path) else None
                if thing is not None and parents[resource.name] < MOST_PARENTS and not is_gone(item):
                    parents[resource.name] += 1
                    for call in _calls_below(client, thing):
                        if repr(call) not in asked:
                            asked.add(repr(call))
                            yield from self._listed(client, call)


def _lists(client: ServiceClient, operation: Operation) -> bool:
    return operation.name.startswith(LISTS) and next(_places(client, operation), None) is not None


def _places(client: ServiceClient, operation: Operation) -> Iterator[Path]:
    """The lists in an answer, those in lists of groups too, where a resource is listed there."""
    service = client.service
    listings = (each.listing for each in client.builder.overlay.resources.values())
    nested = {each.items for each in listings if each is not None and each.operation == operation.name}
    for name, member in service.output_of(operation).members.items():
        if service.target(member).type == "list":
            yield (name,)
    yield from (path for path in sorted(nested, key=str) if len(path) > 1)


def _is_default(item: Any) -> bool:
    """Whether a service has made something for itself: default network ACLs, parameter groups called default."""
    names = [value for name, value in item.items() if name.endswith("Name")] if isinstance(item, Mapping) else []
    flagged = isinstance(item, Mapping) and any(item.get(name) is True for name in ("IsDefault", "Default"))
    return flagged or any(isinstance(name, str) and name.startswith("default.") for name in names)


def _names_managed_key(item: Any) -> bool:
    """Whether an item is the alias of a key that AWS makes in an account for a service, and that nobody can remove."""
    return isinstance(item, Mapping) and str(item.get("AliasName")).startswith("alias/aws/") and "TargetKeyId" in item


def _is_tag(item: Any) -> bool:
    """Whether an item is a tag: what it is on is listed elsewhere, and moto keeps tags of what is gone."""
    names = {name.lower() for name in item} if isinstance(item, Mapping) else set()
    return "key" in names and not names.isdisjoint(("resourceid", "resourcearn"))


def _can_be_referred_to(client: ServiceClient, place: Place, item: Any) -> bool:
    """Whether an item has something in the place of its identifier."""
    for resource in client.builder.overlay.resources.values():
        if resource.listing is not None and (resource.listing.operation, resource.listing.items) == place[1:]:
            return bool(value_at(item, resource.listing.handle) != "")
    return True


def _pages(client: ServiceClient, call: Call) -> Iterator[Mapping[str, Any]]:
    paging = paging_of(client.service, client.service.operations[call.operation])
    params = dict(call.params)
    for _ in range(MOST_PAGES):
        try:
            exchange = client.exchanger.perform(Call(call.operation, params), "probe")
        except Inexpressible:
            return
        output = exchange.answer.output if exchange.answer is not None else None
        if exchange.outcome.kind != "accepted" or not isinstance(output, Mapping):
            return
        yield output
        following = paging.next_of(output) if paging is not None else {}
        if not following or all(params.get(name) == value for name, value in following.items()):
            return
        params |= following


def _calls_below(client: ServiceClient, thing: CreatedThing) -> Iterator[Call]:
    """The lists that need what a thing is called."""
    for operation in client.service.operations.values():
        if _lists(client, operation) and client.service.input_of(operation).required:
            references = client.removals.references(client.resource_of(thing))
            required = references.required(client.service, operation)
            if any(each.resource.name == thing.resource for each in required):
                call = client.call_about(thing, operation.name)
                if call is not None:
                    yield call


def _thing(client: ServiceClient, resource: Resource, item: Any) -> CreatedThing | None:
    name = value_at(item, resource.listing.handle) if resource.listing is not None else None
    texts = [value for _, value in leaves(item) if isinstance(value, str)]
    if not isinstance(name, str):
        return None
    return CreatedThing(
        number=0,
        service=client.service.name,
        region="",
        account=None,
        resource=resource.name,
        operation=resource.create,
        params=item if isinstance(item, Mapping) else {},
        identifiers={member: name for handle in resource.handles for member in handle.members},
        names=frozenset({name, *(each for each in texts if each.startswith("arn:"))}),
    )


def is_gone(item: Any) -> bool:
    """Whether the status of an item says that it is gone, or on its way."""
    for path, value in leaves(item):
        names = [each for each in path if isinstance(each, str)]
        is_status = isinstance(value, str) and any(_STATUS.fullmatch(name) for name in names[-2:])
        if is_status and (phase_of(value) in ("gone", "deleting") or normalized_status(value) in _GONE):
            return True
    return False


def is_told(item: Any, told: frozenset[str]) -> bool:
    """Whether a leftover names an item, or what it is in."""
    texts = {str(value) for _, value in leaves(list(item))}
    texts |= {re.split(r"[/:]", text)[-1] for text in texts}
    return not told.isdisjoint(texts | {unquote(text) for text in texts})


@dataclass(slots=True)
class Measurement:
    """One service: requests, requests that removed leftovers, what is left of it, and what of that was not told."""

    requests: int = 0
    removing: int = 0
    told: list[LeftoverRow] = field(default_factory=list)
    left: int = 0
    untold: Counter[Place] = field(default_factory=Counter)
    examples: dict[Place, Any] = field(default_factory=dict)
    accepted: dict[tuple[str, str], list[str]] = field(default_factory=dict)


def measure(selection: str, seed: int, max_examples: int) -> Measurement:
    """Run a service against embedded moto, and look at what it leaves."""
    plan = plan_of(
        parse_selection([selection]),
        selection=ClauseSelection(skip=HANGS),
        seed=seed,
        max_examples=max_examples,
        poll_interval=0.01,
        poll_timeout=2,
    )
    found, services = Measurement(), {each.spec.service.name for each in plan.services}
    with resolve("moto", seed=seed, timeout=60).open() as connection:
        for row in run(plan, connection):
            if isinstance(row, CaseRow):
                services |= {step.service.service for step in row.steps if step.service is not None}
                found.removing += len(row.steps) if "/probe/leftover-" in row.id else 0
                for step in row.steps:
                    if step.outcome == "accepted" and not READING.match(step.operation) and step.request is not None:
                        service = step.service.service if step.service is not None else row.service
                        said = f"{step.request.path} {step.request.query} {step.request.body}"
                        found.accepted.setdefault((service, step.operation), []).append(said)
            elif isinstance(row, LeftoverRow):
                found.told.append(row)
            elif isinstance(row, FooterRow):
                found.requests = row.requests
        _look(found, plan, connection, services, seed)
    return found


def _look(found: Measurement, plan: Plan, connection: Connection, services: Iterable[str], seed: int) -> None:
    survey = Survey(
        {name: client for name in sorted(services) if (client := _client(plan, connection, name))},
        accepted=found.accepted,
    )
    last = next(number for number in range(10**6) if account_for(seed, number) == connection.account)
    connection.use_account(last + 1)
    new = Counter(place for place, item in survey.items(is_new=True) if not is_gone(item[0]))
    for number in range(last + 1):
        connection.return_to_account(number)
        told = frozenset(
            text for row in found.told if row.account == connection.account for text in row.identifiers.values()
        )
        there = [(place, item) for place, item in survey.items() if not is_gone(item[0])]
        found.left += sum((Counter(place for place, _ in there) - new).values())
        untold = [(place, item) for place, item in there if not is_told(item, told)]
        excess = Counter(place for place, (_, asked) in untold if not _is_below(asked, untold)) - new
        nameless = _nameless(found.told, connection.account)
        excess = +Counter({place: count - _count(place, nameless) for place, count in excess.items()})
        found.untold.update(excess)
        found.examples.update({place: item for place, item in untold if place in excess})


def _is_below(asked: Mapping[str, Any], untold: Iterable[tuple[Place, Any]]) -> bool:
    """Whether an item was listed for a thing that is counted itself."""
    names = {repr(value) for _, value in leaves(asked) if isinstance(value, str)}
    outer = (item for _, (item, params) in untold if not params)
    return bool(names) and any(
        not names.isdisjoint(map(repr, (value for _, value in leaves([item])))) for item in outer
    )


def _nameless(told: Iterable[LeftoverRow], account: str | None) -> Counter[tuple[str, str]]:
    """How many things without a name the record tells of, by service and noun in the plural."""
    rows = [row for row in told if row.account == account and row.reason == "unidentified"]
    found: Counter[tuple[str, str]] = Counter()
    for row in rows:
        nouns = ("".join(split_words(row.operation)[1:]), row.resource)
        found.update({(row.service, form.lower()) for noun in nouns for form in (noun, *plurals(noun))})
    return found


def _count(place: Place, nameless: Mapping[tuple[str, str], int]) -> int:
    """How many things without a name a list may show, by the name of the operation or the list."""
    service, operation, path = place
    lists = {"".join(split_words(operation)[1:]).lower(), *(str(step).lower() for step in path)}
    return max((count for (of, noun), count in nameless.items() if of == service and noun in lists), default=0)


def _client(plan: Plan, connection: Connection, name: str) -> ServiceClient | None:
    service: ServicePlan | None = next((each for each in plan.services if each.spec.service.name == name), None)
    service = service or plan.other_service(name)
    if service is None:
        return None
    builder = RequestBuilder(service.spec, service.overlay, plan.seed)
    return ServiceClient(builder, Exchanger(service.spec.service, service.codec, connection))


def main() -> int:
    """Print the table; 1 if something is left untold."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("selections", nargs="*", default=SERVICES)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--max-examples", type=int, default=1)
    wishes = parser.parse_args()
    print(f"{'service':<24} {'requests':>8} {'removing':>8} {'left':>6} {'told':>6} {'untold':>6}  seconds")
    status = 0
    for selection in wishes.selections:
        started = time.monotonic()
        one = measure(selection, wishes.seed, wishes.max_examples)
        untold = sum(one.untold.values())
        print(
            f"{selection:<24} {one.requests:>8,} {one.removing:>8,} {one.left:>6,} {len(one.told):>6,} {untold:>6,}"
            f"  {time.monotonic() - started:.0f}",
            flush=True,
        )
        for row, count in Counter((row.operation, row.reason, row.detail[:120]) for row in one.told).most_common(20):
            print(f"    told {count:>4} {row[0]}: {row[1]} {row[2]}")
        for place, count in one.untold.most_common(20):
            print(
                f"    UNTOLD {count:>4} {place[1]} {'.'.join(map(str, place[2]))}: {str(one.examples[place])[:WIDTH]}"
            )
        status = status or int(untold > 0)
    return status


if __name__ == "__main__":
    sys.exit(main())
