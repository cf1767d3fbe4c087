"""Some 200 answers of AWS that botocore's sdist carries, through our decoders: what AWS sends is not to be blamed.

Most were copied from the API reference of their time, placeholders and slips of its authors included; those that
contradict their model are in SLIPS.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.specs import ingest
from conformance.specs.model import Operation, Service
from conformance.wire.message import Answer, Response
from conformance.wire.protocols import codec_for

pytestmark = pytest.mark.slow

DATES = "a placeholder or a local date stands where a timestamp goes"
STRAY = "stray characters of a word processor stand between the elements"
OLDER = "a member that the model has lost since"
NEVER = "a member that the model has never had"

SLIPS = {
    "cloudfront-get-distribution": OLDER,
    "cloudfront-get-streaming-distribution": OLDER,
    "cloudfront-list-distributions": OLDER,
    "cloudfront-list-streaming-distributions": OLDER,
    "ec2-assign-private-ip-addresses": "the root is named without `Response`",
    "ec2-attach-volume": DATES,
    "ec2-create-snapshot": DATES,
    "ec2-create-volume": DATES,
    "ec2-describe-spot-instance-requests": DATES,
    "ec2-detach-volume": DATES,
    "ec2-get-password-data": DATES,
    "ec2-request-spot-instances": DATES,
    "elasticbeanstalk-create-configuration-template": STRAY,
    "iam-list-access-keys": NEVER,
    "iam-list-instance-profiles": NEVER,
    "iam-list-signing-certificates": NEVER,
    "s3-get-bucket-acl": STRAY,
}


@functools.cache
def service_of(name: str) -> Service:
    return ingest.installed_spec(name).service


def answers(folder: Path, pattern: str, status: int, media_type: str) -> Iterator[tuple[str, Answer]]:
    """Every answer of a folder, decoded; the file names say of what service and operation it is."""
    for path in sorted(folder.glob(pattern)):
        name, _, words = path.stem.partition("-")
        service = service_of(name)
        operation = named(service, words.replace("-", ""))
        headers, body = {"content-type": media_type}, path.read_bytes()
        if path.suffix == ".json":  # some files hold the headers of their answer, too
            document = json.loads(body)
            headers |= document.pop("__headers__", {})
            body = json.dumps(document).encode()
        response = Response(status, headers, body)
        yield path.stem, codec_for(service, xml_protocol(service)).decode_response(service, operation, response)


def named(service: Service, words: str) -> Operation:
    """The operation whose name the words begin with: some files have a number or a variant after it."""
    found = [operation for name, operation in service.operations.items() if words.startswith(name.lower())]
    return max(found, key=lambda operation: len(operation.name))


def xml_protocol(service: Service) -> str | None:
    return next((protocol for protocol in service.protocols if protocol in ("query", "ec2", "rest-xml")), None)


def test_published_answers_are_not_blamed(botocore_tests: Path) -> None:
    decoded = dict(answers(botocore_tests / "response_parsing" / "xml" / "responses", "*.xml", 200, "text/xml"))
    assert decoded
    assert [name for name, answer in decoded.items() if not answer.parsed or answer.error] == []
    blamed = {name: answer.problems for name, answer in decoded.items() if answer.problems}
    assert {name: problems for name, problems in blamed.items() if name not in SLIPS} == {}
    # Not every version of botocore carries every one of them.
    assert (SLIPS.keys() & decoded.keys()) - blamed.keys() == set()


@pytest.mark.parametrize(("kind", "media_type"), [("xml", "text/xml"), ("json", "application/x-amz-json-1.1")])
def test_published_errors_are_understood(botocore_tests: Path, kind: str, media_type: str) -> None:
    folder = botocore_tests / "response_parsing" / kind
    decoded = dict(answers(folder / "errors", f"*.{kind}", 400, media_type))
    assert decoded
    for name, answer in decoded.items():
        expected_at = (folder / "expected" if kind == "json" else folder / "errors") / f"{name}.json"
        expected = json.loads(expected_at.read_text())["Error"]
        assert answer.error is not None, name
        assert (answer.error.code, answer.error.message or "") == (expected["Code"], expected["Message"])
        assert answer.problems == (), name
