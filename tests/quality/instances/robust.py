"""Files and answers that no parser expects, secrets that a target repeats, and resources of other services."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from conformance.exceptions import BadFile
from conformance.exchanges.accounts import ACCOUNT_SCHEMES
from conformance.exchanges.recordings.recording_file import read_recording
from conformance.exchanges.secrets import Secrets
from conformance.exchanges.transport import SignedRequest
from conformance.planning.service_specs import load_service
from conformance.reports import baselines
from conformance.specs.overlay.parser import load_overlay
from conformance.wire.message import Response
from conformance.wire.protocols import codec_for
from quality.instance import Instance

DEEP = "[" * 200_000
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"


def _deep_health_page() -> str | None:
    found = [each.product for each in ACCOUNT_SCHEMES if each.recognises(DEEP.encode())]
    return f"recognised as {found}" if found else None


def _deep_answer() -> str | None:
    service = load_service("sqs").service
    response = Response(200, {}, DEEP.encode())
    answer = codec_for(service).decode_response(service, service.operations["ListQueues"], response)
    return "an answer that is no JSON counts as read" if answer.parsed else None


def _files() -> str | None:
    line = {"service": "sqs", "operation": "ListQueues", "http_status": 400, "error": "text"}
    odd = (json.dumps(line), DEEP, "a: 2020-99-99", "!!int x", "\ud800")
    with TemporaryDirectory() as folder:
        for number, text in enumerate(odd):
            path = Path(folder) / f"{number}.yaml"
            path.write_text(text, encoding="utf-8", errors="surrogatepass")
            for read in (read_recording, baselines.load, load_overlay):
                try:
                    read(path)
                except BadFile:
                    continue
                return f"{read.__name__} accepts {text[:20]!r}"
    return None


def _echoed_secret() -> str | None:
    answer = Response(403, {}, f"<StringToSign>{SECRET.replace('/', '%2F')}</StringToSign>".encode())
    masked = Secrets(SECRET).masked_answer(answer, SignedRequest("GET", "http://127.0.0.1/", ()))
    return "the secret key is still there" if b"wJalr" in masked.body else None


INSTANCES = (
    Instance("robust/deep-health-page", "a health page 200,000 levels deep is no product's", _deep_health_page),
    Instance("robust/deep-answer", "an answer 200,000 levels deep is not of the protocol", _deep_answer),
    Instance("robust/odd-files", "files of any content are refused in one line", _files),
    Instance("robust/echoed-secret", "a secret key that a target repeats is masked", _echoed_secret),
)
