"""How much of moto the toolkit reaches: the share of its operations that answered a request of ours as they should.

    python tests/quality/reach.py [--no-overlays] [--missing] [--seed N] [SERVICE ...]

What moto implements is read off moto's own code: an operation counts where the backend has a method of its name, which
is how moto makes its own list, or where the front end has one that does more than say that it is not implemented. An
operation is reached where one of its own valid requests was accepted with an answer that had no wrong type and lacked
no member: it comes to level L2, or fewer of its answers than were accepted contradict the model's shape. `accepted`
counts those that took any request at all, also those whose calls only set up or cleared away things for others and
were not judged.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import inspect
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from botocore import xform_name

from conformance.exchanges.target import resolve
from conformance.planning.plan import Plan, ServicePlan, plan_of, service_plan
from conformance.planning.selection import ClauseSelection, parse_selection
from conformance.record.rows import CaseRow, Finding, OperationRow
from conformance.record.steps import Step
from conformance.run import Event, run
from conformance.specs.overlay.entries import EMPTY_OVERLAY
from conformance.specs.resources.inference import with_inferred
from conformance.verdicts.levels import SHAPE_CODES

SERVICES = (
    "s3", "dynamodb", "sqs", "sns", "iam", "sts", "lambda", "kms", "ec2", "cloudformation", "route53",
    "secretsmanager", "ssm", "stepfunctions", "logs", "events", "kinesis", "ecs", "rds", "cloudwatch",
)  # fmt: skip

# Enough to have an answer's shape judged, and nothing that costs more requests.
JUDGED = ("*/input#accepted", "*/output*", "*#implemented")

REACHED = frozenset({"L2", "L3", "L4", "L5", "L6"})


def implemented(service: str, operations: Iterable[str]) -> frozenset[str]:
    """The operations that moto implements, by moto's code."""
    backends = importlib.import_module("moto.backends").get_backend(service)
    backend = backends.backend
    base = importlib.import_module("moto.core.responses").BaseResponse
    package = backend.__module__.split(".")[1]
    front = importlib.import_module(f"moto.{package}.responses")
    classes = [
        each for each in vars(front).values()
        if inspect.isclass(each) and issubclass(each, base) and each.__module__.startswith(f"moto.{package}.")
    ]  # fmt: skip
    found = set()
    for operation in operations:
        name = xform_name(operation)
        methods = [getattr(each, name) for each in classes if hasattr(each, name)]
        if any(map(_does_something, methods)) or (not methods and hasattr(backend, name)):
            found.add(operation)
    return frozenset(found)


def _does_something(method: Any) -> bool:
    """Whether a method does more than raise NotImplementedError."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(method)))
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    statements = [each for each in function.body if not _is_text(each) and not _asks_for_dry_run(each)]
    return not (len(statements) == 1 and isinstance(statements[0], ast.Raise) and "NotImpl" in ast.dump(statements[0]))


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _asks_for_dry_run(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and "dryrun" in ast.dump(statement).lower()


@dataclass(slots=True)
class Reach:
    """What one service's operations came to: levels, operations that took a request, and the last rejection of each."""

    of: frozenset[str]
    shaped: Counter[str] = field(default_factory=Counter)
    levels: dict[str, str | None] = field(default_factory=dict)
    accepted: set[str] = field(default_factory=set)
    why: dict[str, str] = field(default_factory=dict)
    findings: dict[str, str] = field(default_factory=dict)

    @property
    def reached(self) -> frozenset[str]:
        return frozenset(name for name in self.of if self.levels.get(name) in REACHED or self.shaped[name] > 0)

    def see(self, row: Event) -> None:
        """Take a row of the record into account."""
        if isinstance(row, OperationRow):
            self.levels[row.operation] = row.level
        elif isinstance(row, Finding) and row.severity != "info":
            self.findings.setdefault(row.operation, f"{row.code} {row.where}")
            self.shaped[row.operation] -= row.count if row.code in SHAPE_CODES else 0
        elif isinstance(row, CaseRow):
            self.shaped[row.operation] += row.intent == "valid" and row.outcome == "accepted"
            for step in row.steps:
                self._step(row, step)

    def _step(self, row: CaseRow, step: Step) -> None:
        if step.outcome == "accepted":
            self.accepted.add(step.operation)
        elif row.intent == "valid" and step.role == "case":
            body = (step.response and step.response.body) or ""
            note = f" [{row.note}]" if row.note else ""
            self.why.setdefault(step.operation, f"{step.outcome}: {' '.join(body.split())[:300]}{note}")


def plan_for(service: str, seed: int, *, overlays: bool) -> Plan:
    """A plan that asks no more of a service than its operations' answers to valid requests."""
    plan = plan_of(
        parse_selection([service]),
        selection=ClauseSelection(JUDGED),
        seed=seed,
        max_examples=0,
        poll_interval=0.01,
        poll_timeout=2,
    )
    if overlays:
        return plan
    known = plan.other_service

    def other_service(name: str) -> ServicePlan | None:
        there = known(name)
        return there and _bare(there)

    return replace(plan, services=tuple(map(_bare, plan.services)), other_service=other_service)


def _bare(plan: ServicePlan) -> ServicePlan:
    overlay = with_inferred(plan.spec.service, EMPTY_OVERLAY)
    return service_plan(plan.spec, overlay, plan.operations, ClauseSelection(JUDGED))


def measure(service: str, seed: int, *, overlays: bool) -> Reach:
    """Run a service's valid requests against embedded moto."""
    plan = plan_for(service, seed, overlays=overlays)
    reach = Reach(implemented(service, (each.name for each in plan.services[0].operations)))
    with resolve("moto", seed=seed, timeout=60).open() as connection:
        for row in run(plan, connection):
            reach.see(row)
    return reach


def total(found: Iterable[Reach]) -> str:
    """The figures of all services."""
    columns = zip(*((each.of, each.reached, each.accepted & each.of) for each in found), strict=True)
    return _line("all", *(sum(map(len, column)) for column in columns))


def _line(name: str, of: int, reached: int, accepted: int) -> str:
    return f"{name:<16} {of:>8} {reached:>8} {reached / max(of, 1):>7.1%} {accepted:>9}"


def missing(found: Mapping[str, Reach]) -> Iterator[str]:
    """The operations that were not reached, and how their first request was answered."""
    for name, each in found.items():
        for operation in sorted(each.of - each.reached):
            why = each.findings.get(operation) if operation in each.accepted else each.why.get(operation)
            yield f"{name}:{operation} {each.levels.get(operation)} {why}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("services", nargs="*", default=SERVICES)
    parser.add_argument("--overlays", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--missing", action="store_true", help="name what was not reached")
    parser.add_argument("--seed", type=int, default=1)
    wishes = parser.parse_args()
    found = {}
    print(f"{'service':<16} {'moto has':>8} {'reached':>8} {'share':>7} {'accepted':>9}")
    for service in wishes.services:
        each = found[service] = measure(service, wishes.seed, overlays=wishes.overlays)
        print(_line(service, len(each.of), len(each.reached), len(each.accepted & each.of)), flush=True)
    print(total(found.values()))
    if wishes.missing:
        print("\n".join(missing(found)))


if __name__ == "__main__":
    main()
