"""Valid requests generated per second: our strategies, and `from_schema` of the whole exported schema.

    python tests/benchmarks/generation.py [--seconds 5] [--baseline-python PYTHON]

Both sides generate requests for the same ten operations, in turns on one machine, each in a process of its own; what
is built once (strategies, schemas) is not in the rates. The baseline is given our exported JSON Schema with every
reference that it can use, and all that it makes is counted as valid. It does not work with the Hypothesis of today,
so it runs with an older one that it does work with, in an environment that is made in the user's cache on first use.
It does not follow references that lead back to where they came from: recursive shapes are written out for it, as deep
as we go.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import os
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

BASELINE = ("hypothesis==6.98.0", "hypothesis-jsonschema==0.23.1")

OPERATIONS = (
    "sagemaker:CreateEndpoint",
    "sagemaker:CreateEndpointConfig",
    "sagemaker:CreateTrainingJob",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "s3:PutObject",
    "s3:PutBucketLifecycleConfiguration",
    "ec2:RunInstances",
    "lambda:CreateFunction",
    "iam:CreateRole",
)

Schema = dict[str, Any]


class Enough(BaseException):
    """Ends a search; nothing that Hypothesis would catch."""


def measured(strategy: Any, seconds: float) -> Mapping[str, float]:
    """Requests a second and members of a request, in the mean, over so many seconds after the first request."""
    from hypothesis import HealthCheck, Phase, given, settings

    count, size, started = 0, 0, 0.0

    @settings(
        max_examples=10**7, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(strategy)
    def request(value: Any) -> None:
        nonlocal count, size, started
        if not started:
            started = time.perf_counter()
            return
        count += 1
        size += scalars_in(value)
        if time.perf_counter() - started > seconds:
            raise Enough

    with contextlib.suppress(Enough):
        request()
    return {"rate": count / (time.perf_counter() - started), "size": size / max(count, 1)}


def scalars_in(value: Any) -> int:
    if isinstance(value, dict):
        return sum(map(scalars_in, value.values()))
    return sum(map(scalars_in, value)) if isinstance(value, list) else 1


def ours(name: str, seconds: float) -> Mapping[str, float]:
    from conformance.cases.strategies import ShapeStrategies
    from conformance.specs import ingest

    service_name, _, operation = name.partition(":")
    service = ingest.installed_spec(service_name).service
    return measured(ShapeStrategies(service).of(service.input_of(service.operations[operation])), seconds)


def baseline(schema: Schema, seconds: float) -> Mapping[str, float]:
    import warnings

    warnings.simplefilter("ignore")
    from hypothesis_jsonschema import from_schema

    return measured(from_schema(schema), seconds)


# ---------------------------------------------------------------- the schema that the baseline is given


def schema_of(name: str) -> Schema:
    """The exported schema of an operation's input, with the definitions that it uses."""
    from conformance.cases.strategies import MAX_RECURSION, recursive_shapes
    from conformance.regexes.portable_writer import portable
    from conformance.specs import ingest, json_schema

    service_name, _, operation = name.partition(":")
    spec = ingest.installed_spec(service_name)
    definitions = json_schema.service_json_schema(spec, translate=portable)["$defs"]
    root = str(spec.service.operations[operation].input)
    written = WrittenOut(definitions, recursive_shapes(spec.service), MAX_RECURSION)
    schema = written.schema(definitions[root], ())
    assert isinstance(schema, dict)
    return {**schema, "$defs": written.used}


class WrittenOut:
    """Schemas without recursion: a recursive shape in full, `depth` times along a path; all others by reference."""

    def __init__(self, definitions: Mapping[str, Schema], recursive: frozenset[str], depth: int) -> None:
        self.definitions, self.recursive, self.depth = definitions, recursive, depth
        self.used: dict[str, Schema] = {}

    def schema(self, value: Any, above: tuple[str, ...]) -> Any:
        """`value` without references to recursive shapes; None where it needs one that is too deep."""
        if isinstance(value, list):
            return [self.schema(item, above) for item in value]
        if not isinstance(value, dict):
            return value
        if "$ref" in value:
            return self._reference(value["$ref"].removeprefix("#/$defs/"), above)
        found = {key: self.schema(item, above) for key, item in value.items() if key != "properties"}
        if "properties" in value:
            properties = {key: self.schema(item, above) for key, item in value["properties"].items()}
            found["properties"] = {key: item for key, item in properties.items() if item is not None}
            if "oneOf" in found:
                found["oneOf"] = [{"required": [key]} for key in found["properties"]]
        # A list or map of what is too deep can only be empty.
        if found.get("items", True) is None:
            found |= {"items": True, "maxItems": 0}
        if found.get("additionalProperties", True) is None:
            found["additionalProperties"] = False
        return found

    def _reference(self, name: str, above: tuple[str, ...]) -> Schema | None:
        if name in self.recursive:
            if above.count(name) >= self.depth:
                return None
            found = self.schema(self.definitions[name], (*above, name))
            assert isinstance(found, dict)
            return found
        if name not in self.used:
            self.used[name] = {}
            self.used[name] = self.schema(self.definitions[name], above)
        return {"$ref": f"#/$defs/{name}"}


# ---------------------------------------------------------------- processes


def baseline_python() -> str:
    """An interpreter with the baseline's packages, made on first use."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "aws-conformance"
    folder = cache / f"generation-baseline-{sys.version_info[0]}.{sys.version_info[1]}-{BASELINE[0].partition('==')[2]}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists() or subprocess.run([python, "-c", "import hypothesis_jsonschema"], check=False).returncode:
        print(f"making {folder} with {' and '.join(BASELINE)}", file=sys.stderr)
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-qq", *BASELINE], check=True)
    return str(python)


def in_process(python: str, side: str, wish: Any, seconds: float) -> Mapping[str, float] | str:
    """What `side` measured in a process of its own; the reason where it could not."""
    done = subprocess.run(
        [python, __file__, "--seconds", str(seconds), "--side", side],
        input=json.dumps(wish), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        return done.stderr.strip().splitlines()[-1][:150]
    # Hypothesis says something, too, when it is interrupted.
    found: Mapping[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


SIDES: Mapping[str, Callable[[Any, float], Mapping[str, float]]] = {"ours": ours, "baseline": baseline}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=5.0, help="for each operation and side")
    parser.add_argument("--baseline-python", help="an interpreter that has the baseline's packages")
    parser.add_argument("--quick", action="store_true", help="one operation for a moment, both sides in this Python")
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        print(json.dumps(SIDES[options.side](json.load(sys.stdin), options.seconds)))
        return
    if options.quick:
        compare(sys.executable, 0.2, OPERATIONS[:1])
    else:
        compare(options.baseline_python or baseline_python(), options.seconds, OPERATIONS)


def compare(python: str, seconds: float, operations: Sequence[str]) -> None:
    print(f"{'':36} {'ours':>17} {'from_schema':>17} {'ratio':>8}   (requests/s, scalars in a request)")
    ratios = []
    for name in operations:
        mine = in_process(sys.executable, "ours", name, seconds)
        theirs = in_process(python, "baseline", schema_of(name), seconds)
        if isinstance(mine, str) or isinstance(theirs, str):
            print(f"{name:36} failed: {mine if isinstance(mine, str) else theirs}")
            continue
        ratios.append(mine["rate"] / theirs["rate"] if theirs["rate"] else math.inf)
        cells = " ".join(f"{side['rate']:10.2f} {side['size']:6.1f}" for side in (mine, theirs))
        print(f"{name:36} {cells} {ratios[-1]:8.1f}", flush=True)
    mean = math.exp(sum(map(math.log, ratios)) / len(ratios)) if ratios else math.nan
    print(f"geometric mean over {len(ratios)} of {len(operations)} operations: {mean:.1f}")


if __name__ == "__main__":
    main()
