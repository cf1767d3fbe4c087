"""`conformance cases`: the requests that a run would send, without sending them.

A value that only the answer to an earlier request tells is a sample here: lines of JSON name it under `bound`, scripts
take it from that answer. Of scenarios there is the first request only: the others are up to the answers.
"""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

import click

from conformance.cases.case import Call, Case, Creation
from conformance.cases.enumeration import deterministic_cases
from conformance.cases.request_builder import RequestBuilder
from conformance.cases.samples import Unbuildable
from conformance.cases.scenario import Scenario, Send
from conformance.cases.scenarios import scenarios_of
from conformance.cases.strategies import ShapeStrategies
from conformance.cli.shared_options import seed_option, spec_option
from conformance.errors import UsageError
from conformance.exchanges.exchange import Exchange, Exchanger, Role, Unproven
from conformance.planning.selection import parse_selection
from conformance.planning.service_specs import load_service, operation_of
from conformance.reports.reproduce import ReproductionContext, aws_cli_script, boto3_script, curl_script
from conformance.run.random_search import examples
from conformance.run.record_rows import case_row
from conformance.specs.cli_names import cli_name
from conformance.specs.model import Operation
from conformance.wire.message import Inexpressible
from conformance.wire.protocols import codec_for

Script = Callable[[Mapping[str, Any], ReproductionContext], str]

SCRIPTS: Mapping[str, Script] = {"boto3": boto3_script, "aws-cli": aws_cli_script, "curl": curl_script}

# What the scripts say in place of a request that their tool cannot send.
CANNOT = " cannot send this request: "

SCENARIO: Final = "scenario"

DEFAULT_URL = "http://127.0.0.1:5000"


@click.command(short_help="Print generated cases of an operation.")
@click.argument("operation", metavar="SERVICE:Operation")
@click.option(
    "--intent", type=click.Choice(["valid", "boundary", "invalid", SCENARIO]),
    help="Only cases of this intent; of scenarios, the first request.",
)  # fmt: skip
@click.option("-n", "--number", type=click.IntRange(1), help="At most so many cases; random valid ones fill up.")
@click.option(
    "--format", "format_", type=click.Choice(["jsonl", *SCRIPTS]), default="jsonl", show_default=True,
    help="A record's case line, or lines that send the request.",
)  # fmt: skip
@click.option("--endpoint-url", metavar="URL", default=DEFAULT_URL, show_default=True, help="Where the lines send to.")
@click.option("--region", default="us-east-1", show_default=True)
@click.option("--protocol", metavar="NAME", help="The protocol to speak, where the service has several.")
@seed_option
@spec_option
def command(
    operation: str, intent: str | None, number: int | None, format_: str, endpoint_url: str, region: str,
    protocol: str | None, seed: int | None, source: str,
) -> None:  # fmt: skip
    """Print cases of an operation: what `run` sends, prerequisites included."""
    if intent == SCENARIO and format_ != "jsonl":
        raise UsageError(
            f"scenarios cannot be written as {format_} before they are played: each request is up to the answers",
            hint="leave --format away; 'conformance run' plays them, and its report has scripts",
        )
    wishes = parse_selection([operation])
    if len(wishes[0].operations) != 1:
        raise UsageError(f"'{operation}' does not name one operation", hint="as in sqs:CreateQueue")
    found = load_service(wishes[0].service, source, protocol=protocol)
    chosen = operation_of(found.service, wishes[0].operations[0])
    codec = codec_for(found.service)
    builder = RequestBuilder(found.loaded.spec, found.overlay, random.randrange(2**31) if seed is None else seed)  # noqa: S311
    context = ReproductionContext(
        service=found.service.name,
        region=region,
        protocol=codec.name,
        endpoint_url=endpoint_url,
        signing_name=found.service.signing_name,
        cli_name=cli_name(found.service.name),
    )
    exchanger = Exchanger(found.service, codec, _Nowhere())
    if intent == SCENARIO:
        lines = (_first_line(each, exchanger) for each in scenarios_of(builder, chosen) if isinstance(each, Scenario))
    else:
        lines = (_line(case, exchanger, format_, context) for case in _cases(builder, chosen, intent, number))
    for line in itertools.islice((line for line in lines if line is not None), number):
        click.echo(line)


class _Nowhere:
    """Where requests go that are only printed."""

    def send(self, *_: Any, **__: Any) -> Any:
        raise AssertionError("printed cases are not sent")


def _cases(builder: RequestBuilder, operation: Operation, intent: str | None, number: int | None) -> Iterator[Case]:
    """The deterministic cases, then random valid ones where more are asked for."""
    for item in deterministic_cases(builder, operation):
        if isinstance(item, Case) and intent in (None, item.intent):
            yield item
    if number is None or intent not in (None, "valid"):
        return
    strategy = ShapeStrategies(builder.service).of(builder.service.input_of(operation))
    for count, params in enumerate(examples(strategy, number, builder.seed), start=1):
        try:
            valid = builder.obeying(operation, params)
            yield builder.case(operation, f"random-{count:03d}", "valid", "a random valid request", (), valid)
        except Unbuildable:
            continue


def _line(case: Case, exchanger: Exchanger, format_: str, context: ReproductionContext) -> str | None:
    """A case as it is printed; None for one that the protocol cannot write."""
    try:
        request = exchanger.request_for(case.call)
        exchanger.prove(case, request)
        unsent = _unsent(exchanger, case.setup, case.call)
    except (Inexpressible, Unproven):
        return None
    row = case_row(case, unsent, "unsent")
    if format_ == "jsonl":
        return json.dumps(row, ensure_ascii=False)
    script = SCRIPTS[format_](row, context)
    # Asked for lines that send a request, one wants those that can.
    return None if CANNOT in script else f"# {case.id}\n# {case.title}\n{script}"


def _unsent(exchanger: Exchanger, setup: tuple[Creation, ...], call: Call) -> list[Exchange]:
    """The exchanges of prerequisites and of what needs them, not sent."""
    role: Role = "setup"
    made = [replace(exchanger.unsent(each.call, role), makes=each.resource) for each in setup]
    return [*made, exchanger.unsent(call, "case")]


class _NoTime:
    """The pace of a script that is asked for its first call only."""

    def deadline(self) -> Callable[[], bool]:
        """A clock that has run out."""
        return lambda: True

    window = deadline


def _first_line(scenario: Scenario, exchanger: Exchanger) -> str | None:
    """A scenario as a line of JSON with its prerequisites and its first call; None where that cannot be written."""
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
    row = case_row(case, unsent, "unsent", "its other requests are up to the answers")
    row["steps"][-1] |= {"label": first.label, **({"makes": first.makes.resource} if first.makes is not None else {})}
    return json.dumps(row, ensure_ascii=False)
