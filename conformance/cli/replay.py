"""`conformance replay`: one case of a record sent again, step by step, and what came back then and now."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from conformance.cli.options import target_options
from conformance.errors import UnknownName, Unreachable, UsageError
from conformance.exchanges.target import Target, resolve
from conformance.exchanges.transport import TransportFailure
from conformance.reports.record import Record, read
from conformance.settings import known
from conformance.wire.message import Request, Response


@click.command(short_help="Send one case of a record again.")
@click.argument("record", type=click.Path(path_type=Path))
@click.argument("case", metavar="CASE-ID")
@target_options
def command(record: Path, case: str, **wishes: Any) -> int:
    """Send the requests of the case CASE-ID in RECORD again, as they were sent then.

    Without a target, they go to the record's own. The exit status is 1 where the answer to the case's own request has
    another status than then.
    """
    found = read(record)
    if case not in found.cases:
        raise UnknownName("case", case, found.cases, hint="case ids are in the record and beside each finding")
    line = found.cases[case]
    service = known(str(line["service"])).service
    target = _target(found, wishes)
    same = True
    with target.open() as connection:
        for step in line.get("steps", ()):
            try:
                response = connection.send(
                    _request(step),
                    signing_name=service.signing_name,
                    signature_version=service.signature_version,
                    service=service.name,
                    endpoint_prefix=service.endpoint_prefix,
                )
            except TransportFailure as failure:
                raise Unreachable(
                    f"{step.get('operation')}: no answer: {failure}", hint="is the target running?"
                ) from failure
            _tell(step, response)
            if step.get("role") == "case":
                same = (step.get("response") or {}).get("status") == response.status
    return 0 if same else 1


def _target(record: Record, wishes: dict[str, Any]) -> Target:
    """The target that is asked for, or the one of the record."""
    header: Mapping[str, Any] = record.header.get("target", {})
    named = wishes["target"] or wishes["endpoint_url"]
    if not named and header.get("kind") == "recording":
        raise UsageError("the record judges a recording, which was not sent to anybody", hint="name a --target")
    own = header.get("url") or (f"aws:{header.get('region')}" if header.get("kind") == "aws" else header.get("kind"))
    return resolve(
        wishes["target"] if named else str(own),
        endpoint_url=wishes["endpoint_url"],
        region=wishes["region"] or (None if str(own).startswith("aws:") and not named else header.get("region")),
        profile=wishes["profile"],
        ca_bundle=wishes["ca_bundle"],
        no_verify_ssl=wishes["no_verify_ssl"],
        seed=int(record.header.get("seed", 0)),
        timeout=wishes["timeout"],
    )


def _request(step: Mapping[str, Any]) -> Request:
    sent = step["request"]
    if "body_digest" in sent:
        raise UsageError(
            f"the body of {step.get('operation')} was too long to be kept",
            hint="run again with the record's seed and --only the clause",
        )
    encoded = sent.get("body_base64")
    return Request(
        method=sent["method"],
        path=sent["path"],
        query=tuple((name, value) for name, value in sent.get("query", ())),
        headers=tuple(sent.get("headers", {}).items()),
        body=base64.b64decode(encoded) if encoded is not None else sent.get("body", "").encode(),
    )


def _tell(step: Mapping[str, Any], response: Response) -> None:
    then = (step.get("response") or {}).get("status")
    request = step["request"]
    click.echo(f"{step.get('role')}: {step.get('operation')}")
    click.echo(f"  > {request['method']} {request['path']} {request.get('body', '<binary>')}")
    click.echo(f"  < {response.status} {response.body.decode('utf-8', 'replace')}")
    if then != response.status:
        click.echo(f"    (then: {then if then is not None else step.get('failure')})")
