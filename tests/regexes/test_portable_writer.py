"""Patterns for other people's validators decide as AWS's full match does, in Python's `re` and in ECMA-262."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.cases.pattern_strings import strings
from conformance.cases.patterns import PatternError, compile_pattern
from conformance.regexes.portable_writer import portable
from conformance.specs import ingest

# Pattern, texts that match, texts that do not. Where engines differ is what is asked.
PATTERNS = {
    r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}": (["a", "a-b"], ["", "-a", "a-", "a b"]),
    r"^[a-z]+$": (["abc"], ["", "ABC", "1abc", "abc1"]),
    r"a|bc": (["a", "bc"], ["ab", "abc", ""]),
    r"\d+": (["12"], ["١", "x"]),
    r"\w+": (["a_9"], ["é", "-"]),
    r"\s": ([" ", "\t", "\n"], ["\u00a0", "x"]),
    r".": (["x", "é", "\U0001f600"], ["\n", "\r", "\u2028", "\x85"]),
    r"(?s).{1,3}": (["\n\n"], ["", "1234"]),
    r"(?i)abc": (["aBc"], ["abd"]),
    r"\p{L}+": (["Ünïcødé", "\u4e00"], ["1", "-"]),
    r"[\p{L}&&[^a-z]]": (["A", "é"], ["a", "1"]),
    r"\p{Alpha}\p{Digit}": (["a1"], ["é1"]),
    r"[^\x00-\x1f]*": (["", "\U0001f600"], ["\x00"]),
    r"[\w\-\.\_\:/]+": (["a-b.c_d:/"], ["a b", "a\\b"]),
    r"[-a\]\[^]+": (["-a[]^"], ["b"]),
    r"\/\-\_\!": (["/-_!"], ["/-_"]),
    r"(?!aws:)[a-z:]+": (["abc", "aws"], ["aws:x"]),
    r"[a-z]*(?<!-x)": (["abc"], ["a1"]),
    r"(a|b)\1": (["aa", "bb"], ["ab"]),
    r"([a-z])(1|2)\2": (["x11"], ["x12"]),
    r"x{2,3}?": (["xx", "xxx"], ["x", "xxxx"]),
    r"[\uD83D\uDE00]": (["\U0001f600"], ["x"]),
    r"\Aab\z": (["ab"], ["abc"]),
    r"a\$|b\^": (["a$", "b^"], ["a", "b"]),
    r"": ([""], ["x"]),
}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_portable_pattern_decides_like_the_original(pattern: str) -> None:
    expression = portable(pattern)
    assert expression.startswith("^(?:")
    assert expression.endswith(")$")
    good, bad = PATTERNS[pattern]
    for text in good:
        assert compile_pattern(pattern).fullmatch(text), text
        assert re.search(expression, text), text
    for text in bad:
        assert not compile_pattern(pattern).fullmatch(text), text
        assert not re.search(expression, text), text


def some_patterns() -> st.SearchStrategy[str]:
    patterns = {
        shape.pattern
        for name in ("cognito-idp", "dynamodb", "iam", "lambda", "s3", "sagemaker", "sqs", "ssm")
        for shape in ingest.installed_spec(name).service.shapes.values()
        if shape.pattern
    }
    return st.sampled_from(sorted(patterns))


# Deferred: the models are read when the test runs, not when tests are collected.
PATTERN = st.deferred(some_patterns)


@given(PATTERN.flatmap(lambda pattern: st.tuples(st.just(pattern), strings(pattern) | st.text())))
def test_any_text_is_decided_like_the_original(case: tuple[str, str]) -> None:
    pattern, text = case
    # Python's `$` lets a newline at the end pass, ECMA-262's does not.
    text = text.rstrip("\n")
    assert bool(re.search(portable(pattern), text)) == compile_pattern(pattern).fullmatch(text)


@pytest.mark.parametrize("pattern", ["[a-z]++", "(?>a|b)c", "(?<=a+)b", "(?m)^a$\n^b$", "[a-", "(", r"\p{Nonsense}"])
def test_what_has_no_common_spelling_is_told(pattern: str) -> None:
    with pytest.raises(PatternError):
        portable(pattern)


@pytest.mark.slow
def test_nearly_every_pattern_of_botocore_is_portable() -> None:
    patterns = {
        shape.pattern
        for name in ingest.service_names()
        for shape in ingest.installed_spec(name).service.shapes.values()
        if shape.pattern is not None
    }
    left_out = []
    for pattern in patterns:
        try:
            portable(pattern)
        except PatternError:
            left_out.append(pattern)
    assert len(left_out) <= len(patterns) / 500, left_out


@pytest.mark.skipif(shutil.which("node") is None, reason="needs an ECMA-262 engine: node")
def test_an_ecma_engine_decides_the_same() -> None:
    cases = [[portable(pattern), good, bad] for pattern, (good, bad) in PATTERNS.items()]
    script = """
    const cases = JSON.parse(require('fs').readFileSync(0));
    for (const [source, good, bad] of cases) {
      const expression = new RegExp(source, 'u');
      for (const text of good) if (!expression.test(text)) console.log('refuses', source, JSON.stringify(text));
      for (const text of bad) if (expression.test(text)) console.log('takes', source, JSON.stringify(text));
    }
    """
    done = subprocess.run(["node", "-e", script], input=json.dumps(cases), capture_output=True, text=True, check=True)
    assert done.stdout == ""
