"""The translation of Java regular expressions: what matches, what does not, what Java refuses."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from conformance.cases.patterns import PatternError, compile_pattern

# pattern, texts that Java's Matcher.matches accepts, texts that it refuses
MEANINGS: list[tuple[str, list[str], list[str]]] = [
    # always the whole text
    ("abc", ["abc"], ["", "abcd", "xabc", "abc\n"]),
    ("^abc$", ["abc"], ["abc\n"]),
    ("a|ab|abc", ["a", "ab", "abc"], ["abcd"]),
    ("$|^a+", ["", "a", "aa"], ["b"]),
    ("a$\\n?", ["a", "a\n"], ["a\n\n"]),
    ("a^b", [], ["ab"]),
    # ASCII only, unless a flag says otherwise
    (r"\d+", ["0123"], ["٣", "a"]),
    (r"\w+", ["aZ_0"], ["é", "-"]),
    (r"\s+", [" \t\n\x0b\f\r"], ["\u00a0", "\u2003"]),
    (r"\W\D\S", ["é٣x"], ["a٣x"]),
    (r"(?U)\w\d", ["é٣"], ["-1"]),
    (r"\h\v", ["\u00a0\u2028", "\t\n"], ["\n\t"]),
    (r"\p{Alpha}\p{Punct}\p{Print}+", ["a! ~"], ["é!a", "aéa", "a!é"]),
    (r"\p{L}\p{N}\p{Zs}", ["é٣\u00a0", "a1 "], ["1a "]),
    (r"\pL\PL", ["é1"], ["1é"]),
    (r"\p{IsAlphabetic}\p{IsLatin}\p{InGreek}", ["éaλ"], ["1aλ", "aλλ"]),
    (r"\p{javaLowerCase}\p{Lu}\p{gc=Lu}\p{script=Greek}", ["aÉÉλ"], ["AÉÉλ"]),
    # '.' stops at line ends
    (".", ["a", "\U0001f600", "\t"], ["\n", "\r", "\x85", "\u2028", ""]),
    ("(?s).", ["\n", "a"], [""]),
    ("(?d).", ["\r", "\u2028"], ["\n"]),
    (r"a\Rb", ["a\r\nb", "a\nb", "a\u2028b"], ["ab", "a\n\rb"]),
    # classes as Java reads them
    (r"[\w-.]+", ["a-b.c"], [",", "/"]),
    (r"[a-z&&[^x]]+", ["abc"], ["x"]),
    (r"[a-z&&[def]&&[^e]]+", ["df"], ["e", "a"]),
    (r"[\p{Print}&&[^|:/]]+", ["a b"], ["a|b", "a:b", "é"]),
    (r"[a[0-3]]+", ["a03"], ["4", "["]),
    (r"[^a[b]]", ["c"], ["a", "b"]),
    (r"[]a]+", ["]a"], ["[", "b"]),
    (r"[[:alpha:]]+", ["alph:"], ["b", "["]),
    (r"[a&b]+", ["a&b"], ["c"]),
    (r"[a-]+[-b]", ["a--", "-b"], ["c-"]),
    (r"[+--]", ["+", ",", "-"], ["."]),
    (r"[\000-\037]", ["\x00", "\x1f"], [" "]),
    (r"[\x{60}\x41\u0042]+", ["`AB"], ["a"]),
    (r"[\uD800\uDC00-\uDBFF\uDFFF]", ["\U00010000", "\U0010ffff"], ["\uffff", "a"]),
    (r"\uD83D\uDE00", ["\U0001f600"], ["\ud83d"]),
    (r"[\n\t\f\a\e\cA]+", ["\n\t\f\x07\x1b\x01"], ["n", "A"]),
    # quoting
    (r"\Qa.b*\E+", ["a.b*", "a.b**"], ["aXb"]),
    (r"[\Q^]\E]+", ["^]"], ["a"]),
    (r"a\Q", ["a"], ["aQ"]),
    (r"\.\-\_\/\ ", [".-_/ "], ["a-_/ "]),
    # quantifiers
    ("a{2}", ["aa"], ["a", "aaa"]),
    ("a{2,}b{0,1}", ["aa", "aaab"], ["a", "aabb"]),
    ("a*+a", [], ["a", "aa"]),
    ("a++b?+", ["aab"], ["b"]),
    ("a+?b", ["aab"], ["aa"]),
    ("[0-9A-Z]{2}+", ["A0"], ["A", "A0B"]),
    ("(?>a|ab)c", ["ac"], ["abc"]),
    ("}]", ["}]"], ["}"]),
    # groups, references, look-around
    (r"(a|b)\1", ["aa", "bb"], ["ab"]),
    (r"(?<x>a+)-\k<x>", ["aa-aa"], ["aa-a"]),
    (r"(a)\11", ["aa1"], ["aa"]),
    (r"\1(a)", [], ["a", "aa"]),
    (r"(?!aws:).+", ["a", "AWS:x"], ["aws:x"]),
    (r"(?=.{2,3}$)\w+", ["ab", "abc"], ["a", "abcd"]),
    (r"\w+(?<!-s3)(?<=c)", ["abc"], ["abd"]),
    (r"a\b-\Bb?", ["a-"], ["a-b"]),
    (r"\Aa\z|\Ab\Z", ["a", "b"], ["a\n"]),
    # flags
    ("(?i)aé", ["aé", "Aé"], ["aÉ"]),
    ("(?iu)é", ["é", "É"], ["e"]),
    ("(?i)[b-d]", ["C", "c"], ["A"]),
    ("(?i)[^b]", ["a"], ["b", "B"]),
    ("(a(?i)b|c)d", ["aBd", "Cd"], ["ABd", "aBD"]),
    ("(?i:a)b", ["Ab"], ["aB"]),
    ("(?i)a(?-i)b", ["Ab"], ["AB"]),
    ("(?x) a b # rest", ["ab"], ["a b"]),
    ("(?m)^a$\\n^b$", ["a\nb"], ["a b"]),
    ("(?m)^\\n?$|(?md)x\\n^", ["\n"], ["", "x\n"]),
    (r"\X", ["e\u0301", "a"], ["ab", ""]),
    (r"\N{LATIN SMALL LETTER A}", ["a"], ["b"]),
]

REFUSED = [
    "(", "(a", "a)", "[", "[a", "[]", "*a", "a**", "a{,2}", "{a}", "a{2", "a{3,2}", "[z-a]", r"[a-\d]", "\\", r"\y",
    r"\p{Nope}",
    r"\p{Lx}", r"\xZ1", r"\u12", "(?z)a", "(?i", r"\k<x>", "(?<1>a)", "(?<a>b)(?<a>c)", r"\p{L",
    r"[\b]", r"\x{110000}", r"\0",
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "accepted", "refused"), MEANINGS, ids=[row[0] for row in MEANINGS])
def test_matches_as_java_does(pattern: str, accepted: list[str], refused: list[str]) -> None:
    matcher = compile_pattern(pattern)
    assert [text for text in accepted if not matcher.fullmatch(text)] == []
    assert [text for text in refused if matcher.fullmatch(text)] == []


@pytest.mark.parametrize("pattern", REFUSED)
def test_refuses_what_java_refuses(pattern: str) -> None:
    with pytest.raises(PatternError) as caught:
        compile_pattern(pattern)
    assert caught.value.pattern == pattern
    assert caught.value.reason
    assert isinstance(caught.value, ValueError)


def test_deep_nesting_is_a_pattern_error() -> None:
    with pytest.raises(PatternError, match="nested too deeply"):
        compile_pattern("(" * 5000 + ")" * 5000)


@given(st.text())
def test_quoted_text_matches_itself_only(text: str) -> None:
    quoted = "\\Q" + text.replace("\\E", "") + "\\E"
    matcher = compile_pattern(quoted)
    assert matcher.fullmatch(text.replace("\\E", ""))
    assert not matcher.fullmatch(text.replace("\\E", "") + "x")


_PIECES = st.sampled_from([
    r"a", r"b", r"B", r".", r"-", r"^", r"$", r"[ab]", r"[^a]", r"[a-c&&[^b]]", r"[a[b]&&[bc]]",
    r"\w", r"\W", r"\s", r"\S", r"\h", r"\R", r"\p{L}", r"\P{L}", r"\p{Punct}", r"\p{IsAlphabetic}", r"\b",
    r"\B", r"[\w-.]", r"[[:alpha:]]", r"[\s\S]", r"\1", r"\Z", r"\z", r"\A", r"[^\P{Lu}]", r"(?i)", r"(?s)",
    r"(?m)", r"(?d)", r"(?U)", r"(?-i)", r"\p{Lower}", r"\x{62}", r"[a&&&&b]", r"[&&a]", r"[a&&]", r"[^&&a]",
    r"[a&&^b]",
    r"[^a&&b]", r"[^^]", r"[a-c-e]", r"[]-a]", r"[\]-a]", r"[a-[b]]", r"[\w&&[^b]a]", r"{2}",
])  # fmt: skip
_PATTERNS = st.recursive(
    _PIECES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).map("".join),
        st.tuples(st.sampled_from(["(", "(?:", "(?=", "(?!", "(?>", "(?i:"]), inner).map(
            lambda two: f"{two[0]}{two[1]})"
        ),
        st.tuples(inner, inner).map("|".join),
        st.tuples(inner, st.sampled_from(["?", "*", "+", "{2}", "{0,2}", "??", "*+", "?+", "{1,}"])).map("".join),
    ),
    max_leaves=6,
)
_TEXTS = st.text(alphabet="abB-_. \n\r\u0085\u2028é1:", max_size=5)

_JAVA = """
import java.io.*; import java.nio.charset.*; import java.util.regex.*;
public class Matches {
  static String read(String hex) {
    StringBuilder b = new StringBuilder();
    for (int i = 0; i + 4 <= hex.length(); i += 4) b.append((char) Integer.parseInt(hex.substring(i, i + 4), 16));
    return b.toString();
  }
  public static void main(String[] args) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] parts = line.split(" ", -1);
      StringBuilder out = new StringBuilder();
      try {
        Pattern pattern = Pattern.compile(read(parts[0]));
        for (int i = 1; i < parts.length; i++) out.append(pattern.matcher(read(parts[i])).matches() ? '1' : '0');
      } catch (PatternSyntaxException error) { out.append('E'); }
      System.out.println(out);
    }
  }
}
"""


def _hex(text: str) -> str:
    return text.encode("utf-16-be", "surrogatepass").hex()


def _ours(pattern: str, texts: list[str]) -> str:
    try:
        matcher = compile_pattern(pattern)
    except PatternError:
        return "E"
    return "".join("1" if matcher.fullmatch(text) else "0" for text in texts)


def _java(rows: list[tuple[str, list[str]]], folder: Path) -> list[str]:
    source = folder / "Matches.java"
    source.write_text(_JAVA, encoding="ascii")
    lines = "".join(" ".join(map(_hex, [pattern, *texts])) + "\n" for pattern, texts in rows)
    done = subprocess.run(["java", str(source)], input=lines, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("java") is None, reason="compares with a Java runtime, and there is none")
def test_any_pattern_means_what_java_says(tmp_path: Path) -> None:
    rows: list[tuple[str, list[str]]] = []

    @seed(1)
    @settings(max_examples=2000, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(_PATTERNS, st.lists(_TEXTS, min_size=3, max_size=8))
    def collect(pattern: str, texts: list[str]) -> None:
        rows.append((pattern, texts))

    collect()
    assert _java(rows, tmp_path) == [_ours(pattern, texts) for pattern, texts in rows]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("java") is None, reason="compares with a Java runtime, and there is none")
def test_tables_are_what_java_says(tmp_path: Path) -> None:
    rows = [(pattern, accepted + refused) for pattern, accepted, refused in MEANINGS]
    rows += [(pattern, []) for pattern in REFUSED]
    assert _java(rows, tmp_path) == [_ours(pattern, texts) for pattern, texts in rows]
