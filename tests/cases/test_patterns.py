"""Strings for patterns: drawn, fixed, nearly right, with a token."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

from conformance.cases import pattern_strings, patterns
from conformance.cases.patterns import Unsatisfiable, compile_pattern
from conformance.regexes.matching import possible_characters

Triple = tuple[str | None, int | None, int | None]

NAME = "[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}"
TRIPLES: list[Triple] = [
    (NAME, 1, 63),
    (NAME, None, None),
    ("^[a-z]{3}([0-9]{4})*$", 8, 20),
    ("arn:aws[a-z\\-]*:sagemaker:[a-z0-9\\-]*:[0-9]{12}:endpoint/.*", 20, 2048),
    ("(([a-z]{2}){2}|x)*y?", 7, 7),
    ("(?!aws:)[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*", 1, 128),
    ("(?=.{1,9}$)([a-z]{4}\\.)*[a-z]+", None, None),
    ("((25[0-5]|(2[0-4]|1\\d|[1-9]|)\\d)\\.?\\b){4}", None, None),
    ("(a|b)-\\1-c*", 5, 9),
    ("$|^[a-z]+", 0, 10),
    ("[\\s\\S]*", 3, 2147483647),
    ("[^\\x20-\\x7e]+", 1, 5),
    ("(.*[\\n\\r\\t\\f ]?)*", 1, 2147483647),
    (".{1000}", None, None),
    ("^(?=^\\$)(?=^\\S+$).*$", 1, 65535),
    (None, None, None),
    (None, 5, 5),
    (None, 0, 10_000_000),
]
MATCH_ALL = {None, "[\\s\\S]*", "(.*[\\n\\r\\t\\f ]?)*"}
IMPOSSIBLE: list[Triple] = [
    ("[0-9]{12}", 13, 20),
    ("a/^b$", None, None),
    ("([a-z]{4})*", 5, 7),
    ("[\\uD800-\\uDBFF]", None, None),
    ("(?!a)a", None, None),
    (None, 5, 4),
]


def _fits(triple: Triple, text: str) -> bool:
    pattern, minimum, maximum = triple
    right = pattern is None or compile_pattern(pattern).fullmatch(text)
    return right and (minimum or 0) <= len(text) and (maximum is None or len(text) <= maximum)


def _safe(text: str) -> bool:
    return not any(ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 or 0xD800 <= ord(char) < 0xE000 for char in text)


@pytest.mark.parametrize("triple", TRIPLES)
def test_examples_fit(triple: Triple) -> None:
    short, typical, long = (make(*triple) for make in (patterns.shortest, patterns.typical, patterns.longest))
    assert [text for text in (short, typical, long) if not _fits(triple, text)] == []
    assert len(short) <= len(typical) <= len(long) <= max(1024, len(short))


@pytest.mark.parametrize("triple", TRIPLES)
def test_strings_fit(triple: Triple) -> None:
    @settings(max_examples=40, database=None, suppress_health_check=list(HealthCheck))
    @given(pattern_strings.strings(*triple))
    def check(text: str) -> None:
        assert _fits(triple, text)

    check()


@pytest.mark.parametrize("triple", IMPOSSIBLE)
def test_the_impossible_is_said(triple: Triple) -> None:
    for make in (patterns.shortest, patterns.typical, patterns.longest, pattern_strings.strings):
        with pytest.raises(Unsatisfiable) as caught:
            make(*triple)
        assert (caught.value.minimum, caught.value.maximum) == triple[1:]
        assert caught.value.reason


@pytest.mark.parametrize(
    ("triple", "short", "long"),
    [
        ((NAME, 1, 63), "e", "exampleexampleexampleexampleexampleexampleexampleexampleexample"),
        (("[a-z]{3}([0-9]{4})*", 8, 20), "exa12341234", "exa1234123412341234"),
        (("$|^[a-z]+", 0, 5), "", "examp"),
        (("x*", None, None), "", "x" * 1024),
    ],
)
def test_shortest_and_longest_are_at_the_limits(triple: Triple, short: str, long: str) -> None:
    assert len(patterns.shortest(*triple)) == len(short)
    assert len(patterns.longest(*triple)) == len(long)


def test_longest_goes_to_the_cap_only() -> None:
    assert len(patterns.longest("[a-z]*", 0, 10_000_000)) == 1024
    assert len(patterns.longest("[a-z]*", 0, 10_000_000, cap=5000)) == 5000
    assert len(patterns.longest("[a-z]*", 2000, None)) == 2000


@pytest.mark.parametrize(
    ("triple", "text"),
    [
        ((NAME, 1, 63), "example-name"),
        (("[0-9]{12}", 12, 12), "123456789012"),
        (("(a|b)?", None, None), "a"),
        (("arn:aws[a-z]*:iam::\\d{12}:role/?[\\w+]+", 20, 99), "arn:awsexample:iam::123456789012:role/example"),
        ((None, None, None), "example-name"),
        ((None, 1, 4), "exam"),
    ],
)  # fmt: skip
def test_typical_is_readable(triple: Triple, text: str) -> None:
    assert patterns.typical(*triple) == text


@pytest.mark.parametrize("pattern", [".*", "[\\s\\S]+", "[^/]*", "\\p{L}+", "[\\x00-\\uFFFF]*", None])
def test_strings_are_safe_to_send(pattern: str | None) -> None:
    @settings(max_examples=60, database=None)
    @given(pattern_strings.strings(pattern, 0, 20))
    def check(text: str) -> None:
        assert _safe(text)

    check()


@given(pattern_strings.strings("[^/]*", 0, 30, ascii_only=True), pattern_strings.strings(None, 2, 30, ascii_only=True))
def test_ascii_only(patterned: str, plain: str) -> None:
    assert patterned.isascii()
    assert plain.isascii()
    assert len(plain) >= 2


def test_strings_shrink_to_the_shortest() -> None:
    assert len(find(pattern_strings.strings(NAME, 1, 63), lambda text: True)) == 1
    assert find(pattern_strings.strings("[a-z]+(/[a-z]+)*", 1, 60), lambda text: "/" in text) == "a/a"
    assert find(pattern_strings.strings("id-[0-9]+", 1, 60), lambda text: len(text) >= 6) == "id-000"


def test_strings_vary() -> None:
    seen: set[str] = set()

    @settings(max_examples=200, database=None)
    @given(pattern_strings.strings(NAME, 1, 63))
    def collect(text: str) -> None:
        seen.add(text)

    collect()
    assert len(seen) > 30
    assert max(map(len, seen)) > 10


@pytest.mark.parametrize("triple", TRIPLES)
def test_near_misses_break_the_pattern_only(triple: Triple) -> None:
    pattern, minimum, maximum = triple
    misses = patterns.near_misses(*triple)
    assert misses == patterns.near_misses(*triple)
    assert len({miss.text for miss in misses}) == len(misses)
    for miss in misses:
        assert pattern is not None
        assert not compile_pattern(pattern).fullmatch(miss.text)
        assert (minimum or 0) <= len(miss.text) <= (len(miss.text) if maximum is None else maximum)
        assert miss.how
    assert bool(misses) is (pattern not in MATCH_ALL)


@pytest.mark.parametrize(
    ("triple", "first"),
    [
        ((NAME, 1, 63), "exampl!-name"),
        (("[0-9]{12}", 12, 12), "123456!89012"),
        (("[^!]*", 0, 20), None),
        (("\\S+", 1, 20), "exampl -name"),
        ((".*", 0, 20), "exampl\n-name"),
        (("[ -~]*", 0, 20), "exampl\u00e9-name"),
    ],
)
def test_the_first_near_miss_is_obvious(triple: Triple, first: str | None) -> None:
    misses = patterns.near_misses(*triple)
    assert "\n" not in {miss.text[-1:] for miss in misses}
    if first is None:
        assert all("!" in miss.text for miss in misses)
    else:
        assert misses[0].text == first


def test_near_misses_at_start_and_end() -> None:
    texts = [miss.text for miss in patterns.near_misses("[a-zA-Z0-9](-*[a-zA-Z0-9])*", 1, 63)]
    assert "-xample-name" in texts
    assert "example-nam-" in texts


@pytest.mark.parametrize("pattern", ["[\\s\\S]*", "(?s).{1,5}", "[\\S\\s]+", None])
def test_no_near_miss_where_everything_matches(pattern: str | None) -> None:
    assert patterns.near_misses(pattern, 1, 5) == ()


@pytest.mark.parametrize(
    ("pattern", "maximum", "length"),
    [("[a-z]*", 10, 11), ("([a-z]{4})*", 9, 12), ("[a-z]{1,10}", 10, None), (None, 5, 6), ("a*", 10**7, None)],
)  # fmt: skip
def test_too_long(pattern: str | None, maximum: int | None, length: int | None) -> None:
    text = patterns.too_long(pattern, maximum)
    assert (None if text is None else len(text)) == length
    assert text is None or _fits((pattern, None, None), text)


@pytest.mark.parametrize(
    ("pattern", "minimum", "length"),
    [
        ("[a-z]*", 10, 9),
        ("([a-z]{4})*", 7, 4),
        ("[a-z]{3}", 3, None),
        (None, 5, 4),
        (None, None, None),
        ("a*", 0, None),
    ],
)
def test_too_short(pattern: str | None, minimum: int | None, length: int | None) -> None:
    text = patterns.too_short(pattern, minimum)
    assert (None if text is None else len(text)) == length
    assert text is None or _fits((pattern, None, None), text)


@pytest.mark.parametrize("length", ["typical", "shortest", "longest"])
@pytest.mark.parametrize(
    "triple", [(NAME, 1, 63), (".*", 20, 30), (None, 20, 200), (None, None, None), ("arn:[a-z]+:[a-z0-9/]+", 0, 80)]
)
def test_with_token_holds_the_token(triple: Triple, length: patterns.Size) -> None:
    texts = [patterns.with_token(*triple, token, length) for token in ("ab12cd34", "zz99yy88")]
    for text, token in zip(texts, ("ab12cd34", "zz99yy88"), strict=True):
        assert text is not None
        assert text.endswith(token)
        assert _fits(triple, text)
    assert texts[0] != texts[1]


@pytest.mark.parametrize(
    ("pattern", "token", "fits"),
    [
        (r"([0-2])\.([0-9]|([0-3][0-9]))((\.([0-9]+)){0,126})", "n150", False),
        (r"([0-2])\.([0-9]|([0-3][0-9]))((\.([0-9]+)){0,126})", "150", True),
        (r"(?i)[A-Z]+", "nb", True),
        (r"(?!aws:)[^0-9]*", "nb", True),
        (r"(?=n)[^a-m]+", "nb", False),
    ],
)
def test_a_token_needs_characters_that_the_pattern_allows(pattern: str, token: str, fits: bool) -> None:
    found = patterns.with_token(pattern, 0, 64, token)
    assert (found is not None and token in found) == fits
    assert all(char in possible_characters(pattern) for char in found or "")


def test_with_token_is_as_long_as_asked() -> None:
    assert patterns.with_token(NAME, 1, 63, "ab12", "shortest") == "ab12"
    assert len(patterns.with_token(NAME, 1, 63, "ab12", "longest") or "") == 63
    assert patterns.with_token(NAME, 1, 63, "ab12") == "example-name-ab12"


@pytest.mark.parametrize("triple", [("[0-9]{12}", 12, 12), ("(on|off)", None, None), (NAME, 1, 3), ("[a-z]+", 0, 20)])
def test_with_token_says_where_there_is_no_room(triple: Triple) -> None:
    assert patterns.with_token(*triple, "ab12") is None


@given(st.text(alphabet="abcdefghij0123456789", min_size=1, max_size=12))
def test_any_token_fits_a_name(token: str) -> None:
    text = patterns.with_token(NAME, 1, 63, token)
    assert text is not None
    assert token in text
    assert _fits((NAME, 1, 63), text)
