"""`conformance cases`: prints the requests that a run sends, without sending them.

A value that comes from the answer to an earlier request is a sample here: JSON lines name it under `bound`, scripts
take it from that answer. A scenario is printed with its first request only, because the others depend on answers.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import click

from conformance.cases.case import Call, Case, Creation
from conformance.cases.enumeration import deterministic_cases
from conformance.cases.request_builder import CaseDraft, RequestBuilder
from conformance.cases.samples import Unbuildable
from conformance.cases.scenario import Scenario, Send
from conformance.cases.scenarios import scenarios_of
from conformance.cases.strategies import ShapeStrategies
from conformance.cli.configuration import config_option, selections_of
from conformance.cli.output import show_note
from conformance.cli.shared_options import Whole, chosen_seed, seed_option, spec_option
from conformance.exceptions import UsageError
from conformance.exchanges.exchange import Exchange, Exchanger, Unproven
from conformance.planning.seeds import default_seed
from conformance.planning.selection import parse_selection
from conformance.planning.service_specs import LoadedService, load_service, operations_of
from conformance.record.rows import CaseRow
from conformance.record.writer import as_line
from conformance.reports.reproduce import CANNOT_SEND, ReproductionContext, aws_cli_script, boto3_script, curl_script
from conformance.run.random_search import examples
from conformance.run.to_rows import case_row
from conformance.settings import Settings
from conformance.specs.cli_names import cli_name
from conformance.specs.model import Operation
from conformance.wire.message import Inexpressible
from conformance.wire.protocols import codec_for

Script = Callable[[CaseRow, ReproductionContext], str]

SCRIPTS: Mapping[str, Script] = {"boto3": boto3_script, "aws-cli": aws_cli_script, "curl": curl_script}

SDKS = ("boto3", "aws-cli")

SCENARIO: Final = "scenario"

DEFAULT_URL = "http://127.0.0.1:5000"


@click.command(short_help="Print generated cases of an operation.")
@click.argument("selection", metavar="SELECTION")
@config_option(values=False)
@click.option(
    "--intent", type=click.Choice(["valid", "boundary", "invalid", SCENARIO]),
    help="Only cases of this intent; of scenarios, the first request.",
)  # fmt: skip
@click.option("-n", "--number", type=Whole(1), metavar="N", help="At most so many cases of each operation.")
@click.option(
    "--format", "format_", type=click.Choice(["jsonl", *SCRIPTS]), default="jsonl", show_default=True,
    help="The case lines of a record, or scripts that send the request.",
)  # fmt: skip
@click.option("--endpoint-url", metavar="URL", default=DEFAULT_URL, show_default=True, help="Where scripts send to.")
@click.option("--region", default="us-east-1", show_default=True, help="The region that scripts sign for.")
@click.option("--protocol", metavar="NAME", help="The protocol to use, if the service has several.")
@seed_option
@spec_option
def command(
    selection: str, config: Settings, intent: str | None, number: int | None, format_: str, endpoint_url: str,
    region: str, protocol: str | None, seed: int | str | None, source: str,
) -> None:  # fmt: skip
    """Print the cases that `run` sends for the operations of SELECTION, prerequisites included.

    A SELECTION is SERVICE:Operation,... with names or globs, a SERVICE, or a named selection.
    """
    if intent == SCENARIO and format_ != "jsonl":
        raise UsageError(
            f"scenarios cannot be written as {format_}: each request depends on earlier answers",
            hint="leave out --format; 'conformance run' plays scenarios, and its report has scripts",
        )
    named = chosen_seed(seed)
    printed, omitted = 0, Counter[str]()
    for wish in parse_selection([selection], named=selections_of(config), source=source):
        found = load_service(wish.service, source, protocol=protocol)
        chosen = default_seed([found.loaded.spec]) if named is None else named
        printer = _Printer.of(found, format_, chosen, endpoint_url=endpoint_url, region=region)
        for operation in operations_of(found.service, wish.operations):
            for line in itertools.islice(printer.lines(operation, intent, number), number):
                click.echo(line)
                printed += 1
        omitted.update(printer.omitted)
    _show_omitted(omitted, format_, printed)


def _show_omitted(omitted: Mapping[str, int], format_: str, printed: int) -> None:
    """Say which cases were not printed, and why; raises UsageError where none was."""
    whys = "; ".join(f"{count}: {why}" for why, count in omitted.items())
    total = sum(omitted.values())
    if total and not printed:
        others = "jsonl or curl" if format_ in SDKS else "jsonl"
        raise UsageError(f"none of the {total} cases can be written as {format_} ({whys})", hint=f"--format {others}")
    if total:
        show_note(f"{total} cases cannot be written as {format_} ({whys})")


@dataclass(frozen=True, slots=True)
class _Printer:
    """Writes the cases of one service's operations in one format; `omitted` counts the others by their reasons."""

    builder: RequestBuilder
    exchanger: Exchanger
    format_: str
    context: ReproductionContext
    omitted: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, found: LoadedService, format_: str, seed: int, *, endpoint_url: str, region: str) -> _Printer:
        service, codec = found.service, codec_for(found.service)
        context = ReproductionContext(
            service=service.name,
            region=region,
            protocol=codec.name,
            endpoint_url=endpoint_url,
            signing_name=service.signing_name,
            cli_name=cli_name(service.name),
        )
        builder = RequestBuilder(found.loaded.spec, found.overlay, seed)
        return cls(builder, Exchanger(service, codec, _NoTarget()), format_, context)

    def lines(self, operation: Operation, intent: str | None, number: int | None) -> Iterator[str]:
        """The cases of an operation that can be written."""
        lines: Iterator[str | None]
        if intent == SCENARIO:
            scenarios = (each for each in scenarios_of(self.builder, operation) if isinstance(each, Scenario))
            lines = (_first_line(each, self.exchanger) for each in scenarios)
        else:
            cases = _cases(self.builder, operation, intent, number)
            lines = map(self._line, cases)
        return (line for line in lines if line is not None)

    def _line(self, case: Case) -> str | None:
        """A case as it is printed; None if the protocol or the tool cannot write it."""
        try:
            request = self.exchanger.request_for(case.call)
            self.exchanger.prove(case, request)
            unsent = _unsent(self.exchanger, case.setup, case.call)
        except (Inexpressible, Unproven) as problem:
            self.omitted[str(problem)] += 1
            return None
        row = case_row(case, unsent, "unsent")
        if self.format_ == "jsonl":
            return json.dumps(as_line(row), ensure_ascii=False)
        script = SCRIPTS[self.format_](row, self.context)
        if CANNOT_SEND in script:
            self.omitted[script.partition(f"{CANNOT_SEND}: ")[2].partition("\n")[0].partition("; see ")[0]] += 1
            return None
        return f"# {case.id}\n# {case.title}\n{script}"


class _NoTarget:
    """The target of requests that are only printed."""

    def send(self, *_: Any, **__: Any) -> Any:
        raise AssertionError("printed cases are not sent")


def _cases(builder: RequestBuilder, operation: Operation, intent: str | None, number: int | None) -> Iterator[Case]:
    """The deterministic cases, then random valid ones if `number` is larger."""
    for item in deterministic_cases(builder, operation):
        if isinstance(item, Case) and intent in (None, item.intent):
            yield item
    if number is None or intent not in (None, "valid"):
        return
    strategy = ShapeStrategies(builder.service).of(builder.service.input_of(operation))
    for count, params in enumerate(examples(strategy, number, builder.seed), start=1):
        try:
            valid = builder.repaired(operation, params)
            draft = CaseDraft(f"random-{count:03d}", "valid", "a random valid request", (), valid)
            yield builder.case(operation, draft)
        except Unbuildable:
            continue


def _unsent(exchanger: Exchanger, setup: tuple[Creation, ...], call: Call) -> list[Exchange]:
    """The exchanges of the prerequisites and of the call itself, not sent."""
    prerequisites = [replace(exchanger.unsent(each.call, "setup"), makes=each.resource) for each in setup]
    return [*prerequisites, exchanger.unsent(call, "case")]


class _NoTime:
    """The clock of a scenario of which only the first call is needed."""

    def deadline(self) -> Callable[[], bool]:
        """A deadline that has passed."""
        return lambda: True

    window = deadline


def _first_line(scenario: Scenario, exchanger: Exchanger) -> str | None:
    """A scenario as a JSON line with its prerequisites and its first call; None if that cannot be written."""
    script = scenario.script(_NoTime())
    try:
        first = next(script)
        call = first.call if isinstance(first, Send) else first.calls[0]
        unsent = _unsent(exchanger, scenario.setup, call)
    except (Inexpressible, StopIteration):
        return None
    finally:
        script.close()
    case = Case(
        scenario.id, scenario.service, scenario.operation, SCENARIO, scenario.title, scenario.clauses, call=call
    )  # fmt: skip
    row = case_row(case, unsent, "unsent", "its other requests depend on the answers")
    creates = "" if first.creates is None else first.creates.resource
    last = replace(row.steps[-1], label=first.label, makes=creates)
    return json.dumps(as_line(replace(row, steps=(*row.steps[:-1], last))), ensure_ascii=False)
