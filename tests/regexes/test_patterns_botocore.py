"""Every distinct pattern with its lengths in the installed botocore: strings for all but a few, none of them wrong."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import botocore
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from conformance.cases import pattern_strings, patterns
from conformance.cases.patterns import PatternError, compile_pattern

pytestmark = pytest.mark.slow

Triple = tuple[str, int | None, int | None]

# Patterns of botocore's models that no string can match, or not within the lengths: errors of the models, by shape.
MODEL_ERRORS = {
    "PlacementGroupArn": "'^' after text has begun",
    "Password": "'/' before '^' and after '$': a pattern written with the delimiters of another language",
    "MessageBody": "'}' after '$'",
    "AwsAccountId": "twelve characters, but the pattern wants a backslash, or slashes around '^' and '$'",
    "ServiceId": "32 characters at most, but the pattern wants 36",
}
GROUP = 64
DRAWN = 4


def _string_shapes() -> Iterator[tuple[str, Triple]]:
    for path in sorted((Path(botocore.__file__).parent / "data").glob("*/*/service-2.json*")):
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        for name, shape in json.loads(data)["shapes"].items():
            if shape["type"] == "string" and "pattern" in shape:
                yield name, (shape["pattern"], shape.get("min"), shape.get("max"))


@pytest.fixture(scope="module")
def triples() -> dict[Triple, set[str]]:
    found: dict[Triple, set[str]] = {}
    for name, triple in _string_shapes():
        found.setdefault(triple, set()).add(name)
    return found


def _right(triple: Triple, text: str) -> bool:
    pattern, minimum, maximum = triple
    long_enough = (minimum or 0) <= len(text)
    return long_enough and (maximum is None or len(text) <= maximum) and compile_pattern(pattern).fullmatch(text)


def _possible(triples: dict[Triple, set[str]]) -> tuple[list[Triple], dict[Triple, str]]:
    fine: list[Triple] = []
    failed: dict[Triple, str] = {}
    for triple in triples:
        try:
            pattern_strings.strings(*triple)
        except PatternError as error:
            failed[triple] = error.reason
        else:
            fine.append(triple)
    return fine, failed


def test_all_but_the_errors_of_the_models_have_strings(triples: dict[Triple, set[str]]) -> None:
    _, failed = _possible(triples)
    shapes = {name for triple in failed for name in triples[triple]}
    assert shapes <= MODEL_ERRORS.keys(), failed
    assert len(failed) <= 0.005 * len(triples)


@pytest.mark.parametrize("make", [patterns.shortest, patterns.longest, patterns.typical])
def test_examples_are_right(triples: dict[Triple, set[str]], make: Callable[..., str]) -> None:
    fine, _ = _possible(triples)
    wrong = [(triple, text) for triple in fine if not _right(triple, text := make(*triple))]
    assert wrong == []


def test_near_misses_and_lengths_are_right(triples: dict[Triple, set[str]]) -> None:
    fine, _ = _possible(triples)
    without = 0
    for pattern, minimum, maximum in fine:
        matches = compile_pattern(pattern).fullmatch
        misses = patterns.near_misses(pattern, minimum, maximum)
        without += not misses
        for text in (miss.text for miss in misses):
            assert not matches(text)
            assert (minimum or 0) <= len(text)
            assert maximum is None or len(text) <= maximum
        long, short = patterns.too_long(pattern, maximum), patterns.too_short(pattern, minimum)
        assert long is None or (matches(long) and len(long) > (maximum or 0))
        assert short is None or (matches(short) and len(short) < (minimum or 0))
    assert without < 0.06 * len(fine)  # the likes of [\s\S]*


def test_drawn_strings_are_right(triples: dict[Triple, set[str]]) -> None:
    fine, _ = _possible(triples)
    remaining = iter(fine)
    drawn = 0
    while group := list(islice(remaining, GROUP)):
        drawn += _drawn_right(group)
    assert drawn >= DRAWN * 0.9 * len(fine)


def _drawn_right(group: list[Triple]) -> int:
    """Draws from all strategies of a group at once, which saves Hypothesis' cost for each run."""
    count = 0

    @seed(1)
    @settings(
        max_examples=DRAWN,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.tuples(*(pattern_strings.strings(*triple) for triple in group)))
    def check(texts: tuple[str, ...]) -> None:
        nonlocal count
        count += len(texts)
        wrong = [(triple, text) for triple, text in zip(group, texts, strict=True) if not _right(triple, text)]
        assert wrong == []

    check()
    return count
