"""What the documentation of every operation says about things that are not there and about values that an enum has.

    python tests/quality/documented_behaviour.py [--write]

    botocore's models --sentences of the documentation--> missing, repeats, values

The stored specs have no documentation, so it is read here, from the installed botocore, and only what follows from it
is kept, in `specs/_shared/documented_behaviour.json`. Prints the services with what was found; with `--write`, writes
the file.
"""

from __future__ import annotations

import argparse
import gzip
import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from conformance.specs import ingest
from conformance.specs.resources.inference import READING

Model = Mapping[str, Any]

FILE = Path(__file__).resolve().parents[2] / "specs" / "_shared" / "documented_behaviour.json"

_REMOVING = re.compile(r"Delete|Remove|Deregister|Detach|Disassociate|Untag|Terminate|Cancel|Revoke|Unsubscribe")

_SUCCEEDS = (
    r"(succeeds?\b|returns success|a success|successful(ly)?\b|no (error|exception) is|not (result in|return|throw) an"
    r" (error|exception)|without (returning )?an error|not fail\b|200 OK|all calls will succeed)"
)
_ABSENT = r"(not exist|n't exist|not found\b|never existed|non-?existent)"
_AGAIN = r"(already (been )?(deleted|removed)|more than once|multiple times|no longer exists)"

# A sentence that says that the call succeeds for a thing that is not there, and one that says so of a second call.
MISSING = re.compile(f"{_ABSENT}.*{_SUCCEEDS}|{_SUCCEEDS}.*{_ABSENT}", re.IGNORECASE)
REPEATS = re.compile(rf"\bidempotent\b|{_AGAIN}.*{_SUCCEEDS}|{_SUCCEEDS}.*{_AGAIN}", re.IGNORECASE)
# Sentences about the caller's program, and those that take back what they say.
_NOT_MEANT = re.compile(r"your application|you should|\bunless\b|asynchronous", re.IGNORECASE)

# The words before the values that a member takes of an enum which other members have as well.
VALUES = re.compile(
    r"(valid|possible|allowed) (values|settings)|any values? other than|only valid value", re.IGNORECASE
)

# What a sentence says of a member that is not always valid, and the beginning of one that says what holds without it.
CONDITION = re.compile(
    r"\b(valid|appl(y|ies)|applicable|used|required|supported|allowed|available|specified|set) only\b"
    r"|\bonly (valid|appl(y|ies)|applicable|used|supported|allowed|required|available|if|when)\b"
    r"|\b(can|may|must) (only|not) be (specified|set|used|changed|modified|combined|included)\b"
    r"|\b(can't|cannot|don't|do not|must not) (specify|set|use|change|modify|combine|include|be (specified|used|set))\b"
    r"|\brequired (if|when|for|only)\b|\b(parameter|option|setting|property|field) is required\b"
    r"|\bif (you (specify|set|use|provide|include|are|choose|add)|this parameter is)\b[^.]*\bmust\b"
    r"|\bmust (also )?(specify|be specified|be defined|be included)\b"
    r"|\bmutually exclusive\b|\bin (combination|conjunction) with\b"
    r"|\bnot (supported|valid|applicable|used|allowed) (for|with|if|when|in)\b|\bconditional:",
    re.IGNORECASE,
)
_DEFAULT = re.compile(r"\b(if|when|where) (you )?(do not|don't|is not|isn't)\b", re.IGNORECASE)

# The first of the values follows the words within so many characters.
_NEAR = 80


def behaviour_in(model: Model) -> dict[str, Any]:
    """What a model's documentation says: operations in `missing` and `repeats`, members of structures in `values`."""
    found: dict[str, Any] = {"missing": [], "repeats": [], "values": {}}
    for name, operation in sorted(model["operations"].items()):
        result = [each for each in _sentences(operation.get("documentation", "")) if not _NOT_MEANT.search(each)]
        if _REMOVING.match(name) and any(MISSING.search(each) for each in result):
            found["missing"].append(name)
        if _REMOVING.match(name) and any(REPEATS.search(each) for each in result):
            found["repeats"].append(name)
    found["values"] = dict(sorted(_narrowed(model)))
    found["conditional"] = dict(_conditional(model))
    return {key: value for key, value in found.items() if value}


def _conditional(model: Model) -> Iterator[tuple[str, list[str]]]:
    """The optional members of inputs that are valid only together with others, or in some states, by structures."""
    writing = (each for name, each in model["operations"].items() if not READING.match(name))
    inputs = {operation["input"]["shape"] for operation in writing if "input" in operation}
    for name in sorted(inputs):
        shape = model["shapes"][name]
        optional = {key: each for key, each in shape.get("members", {}).items() if key not in shape.get("required", ())}
        texts = {key: _sentences(each.get("documentation", "")) for key, each in optional.items()}
        found = [
            key for key, result in texts.items() if any(CONDITION.search(_DEFAULT.sub("", each)) for each in result)
        ]
        if found:
            yield name, found


def _narrowed(model: Model) -> Iterator[tuple[str, list[str]]]:
    """The members whose documentation names some values of an enum that several members have, and not the others."""
    shapes, answered = model["shapes"], _reachable(model, "output", "errors")
    uses: dict[str, int] = {}
    for shape in shapes.values():
        for member in shape.get("members", {}).values():
            uses[member["shape"]] = uses.get(member["shape"], 0) + 1
    for name in sorted(_reachable(model, "input") - answered):
        for member, document in shapes[name].get("members", {}).items():
            enum, text = shapes[document["shape"]].get("enum", ()), _plain(document.get("documentation", ""))
            if len(enum) < 2 or uses[document["shape"]] < 2:
                continue
            named = _named(enum, text)
            told = any(_named(enum, text[cue.end() : cue.end() + _NEAR]) for cue in VALUES.finditer(text))
            if told and len(named) < len(enum):
                yield f"{name}/{member}", named


def _named(enum: Iterable[str], text: str) -> list[str]:
    """The values that a text names as words of their own."""
    return [value for value in enum if re.search(rf"(?<![\w.-]){re.escape(value)}(?![\w-])", text)]


def _reachable(model: Model, *parts: str) -> set[str]:
    found: set[str] = set()
    pending = [
        each["shape"]
        for operation in model["operations"].values()
        for part in parts
        for each in (operation.get(part) if part == "errors" else [operation.get(part)]) or ()
        if each
    ]
    while pending:
        name = pending.pop()
        if name in found:
            continue
        found.add(name)
        shape = model["shapes"][name]
        pending.extend(each["shape"] for each in shape.get("members", {}).values())
        pending.extend(shape[key]["shape"] for key in ("member", "key", "value") if key in shape)
    return found


def _plain(text: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?])\s+(?=[A-Z])", _plain(text))


def documents() -> Iterator[tuple[str, Model]]:
    """The model of every service of the installed botocore, at its newest API version."""
    for name in ingest.service_names():
        folder = ingest.data_directory() / name
        raw = folder / ingest.api_versions(folder)[-1] / "service-2.json.gz"
        yield name, json.loads(gzip.decompress(raw.read_bytes()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the file")
    write = parser.parse_args().write
    services = {name: found for name, model in documents() if (found := behaviour_in(model))}
    for name, found in services.items():
        print(name, ", ".join(f"{len(each)} {key}" for key, each in found.items()))
    if write:
        document = {"format": 1, "source": f"botocore {ingest.botocore_version()}", "services": services}
        FILE.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
