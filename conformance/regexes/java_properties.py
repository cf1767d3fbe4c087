"""The named character classes of Java as sets: `\\d`, `\\p{Alpha}`, `\\p{IsLatin}`, `\\p{javaLowerCase}`.

Source: the tables of `java.util.regex.Pattern` and `CharPredicates`. Without the flag `U` the predefined and the
POSIX classes know ASCII only; general categories, scripts, blocks and binary properties always know all of
Unicode. Names that the `regex` library spells differently stand in the tables; the rest is asked of it by name.
"""

from __future__ import annotations

from functools import cache

from conformance.regexes.charsets import EVERY, CharSet, named_set, set_of_chars, set_of_ranges, set_of_span

LINE_ENDS = set_of_chars("\n\r\x85\u2028\u2029")
DIGITS = set_of_span(0x30, 0x39)
WORD = set_of_ranges([(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)])
SPACES = set_of_chars(" \t\n\x0b\f\r")
HORIZONTAL = set_of_chars(" \t\xa0\u1680\u180e\u202f\u205f\u3000") | set_of_span(0x2000, 0x200A)
VERTICAL = set_of_chars("\n\x0b\f\r\x85\u2028\u2029")

PREDEFINED: dict[str, CharSet] = {
    "d": DIGITS, "D": ~DIGITS, "w": WORD, "W": ~WORD, "s": SPACES, "S": ~SPACES,
    "h": HORIZONTAL, "H": ~HORIZONTAL, "v": VERTICAL, "V": ~VERTICAL,
}  # fmt: skip

_LOWER, _UPPER = set_of_span(0x61, 0x7A), set_of_span(0x41, 0x5A)
_ALPHA = _LOWER | _UPPER
_PUNCT = set_of_chars("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_ASCII: dict[str, CharSet] = {
    "Lower": _LOWER, "Upper": _UPPER, "ASCII": set_of_span(0, 0x7F), "Alpha": _ALPHA, "Digit": DIGITS,
    "Alnum": _ALPHA | DIGITS, "Punct": _PUNCT, "Graph": _ALPHA | DIGITS | _PUNCT, "Print": set_of_span(0x20, 0x7E),
    "Blank": set_of_chars(" \t"), "Cntrl": set_of_span(0, 0x1F) | set_of_span(0x7F, 0x7F),
    "XDigit": DIGITS | set_of_span(0x41, 0x46) | set_of_span(0x61, 0x66),
    "Space": SPACES, "L1": set_of_span(0, 0xFF), "all": EVERY, "ALL": EVERY,
}  # fmt: skip

# With the flag `U`, as Pattern's table "Unicode support" has them.
_UNICODE: dict[str, str] = {
    "Lower": r"\p{Lowercase}", "Upper": r"\p{Uppercase}", "Alpha": r"\p{Alphabetic}", "Digit": r"\p{Nd}",
    "Alnum": r"\p{Alphabetic}\p{Nd}", "Punct": r"\p{P}", "Graph": r"[^\p{White_Space}\p{Cc}\p{Cs}\p{Cn}]",
    "Print": r"[[^\p{Cc}\p{Cs}\p{Cn}]&&[^\p{Zl}\p{Zp}]]", "Blank": r"\p{Zs}\t", "Cntrl": r"\p{Cc}",
    "XDigit": r"\p{Nd}\p{Hex_Digit}", "Space": r"\p{White_Space}",
    "d": r"\p{Nd}", "s": r"\p{White_Space}", "w": r"\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}",
}  # fmt: skip

_BINARY: dict[str, str] = {
    "ALPHABETIC": r"\p{Alphabetic}", "LETTER": r"\p{L}", "IDEOGRAPHIC": r"\p{Ideographic}",
    "LOWERCASE": r"\p{Lowercase}", "UPPERCASE": r"\p{Uppercase}", "TITLECASE": r"\p{Lt}",
    "WHITE_SPACE": r"\p{White_Space}", "WHITESPACE": r"\p{White_Space}", "CONTROL": r"\p{Cc}",
    "PUNCTUATION": r"\p{P}", "HEX_DIGIT": r"\p{Nd}\p{Hex_Digit}", "HEXDIGIT": r"\p{Nd}\p{Hex_Digit}",
    "ASSIGNED": r"[^\p{Cn}]", "NONCHARACTER_CODE_POINT": r"\p{Noncharacter_Code_Point}",
    "NONCHARACTERCODEPOINT": r"\p{Noncharacter_Code_Point}", "DIGIT": r"\p{Nd}", "ALNUM": r"\p{Alphabetic}\p{Nd}",
    "BLANK": r"\p{Zs}\t", "GRAPH": r"[^\p{White_Space}\p{Cc}\p{Cs}\p{Cn}]",
    "PRINT": r"[[^\p{Cc}\p{Cs}\p{Cn}]&&[^\p{Zl}\p{Zp}]]", "WORD": r"\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}",
    "JOIN_CONTROL": r"\p{Join_Control}", "JOINCONTROL": r"\p{Join_Control}",
}  # fmt: skip

_JAVA: dict[str, str] = {
    "javaLowerCase": r"\p{Lowercase}", "javaUpperCase": r"\p{Uppercase}", "javaAlphabetic": r"\p{Alphabetic}",
    "javaIdeographic": r"\p{Ideographic}", "javaTitleCase": r"\p{Lt}", "javaDigit": r"\p{Nd}",
    "javaDefined": r"[^\p{Cn}]", "javaLetter": r"\p{L}", "javaLetterOrDigit": r"\p{L}\p{Nd}",
    "javaSpaceChar": r"\p{Z}", "javaWhitespace": r"[\p{Z}--[\xa0\u2007\u202f]]\t-\r\x1c-\x1f",
    "javaISOControl": r"\x00-\x1f\x7f-\x9f", "javaMirrored": r"\p{Bidi_Mirrored}",
}  # fmt: skip

_CATEGORIES = frozenset({
    "Cn", "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Me", "Mc", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Co", "Cs",
    "Pd", "Ps", "Pe", "Pc", "Po", "Sm", "Sc", "Sk", "So", "Pi", "Pf", "L", "M", "N", "Z", "C", "P", "S",
})  # fmt: skip
_UNIONS: dict[str, str] = {"LC": r"\p{Lu}\p{Ll}\p{Lt}", "LD": r"\p{L}\p{Nd}"}
_KEYS: dict[str, str] = {
    "sc": "Script", "script": "Script", "blk": "Block", "block": "Block", "gc": "", "general_category": "",
}  # fmt: skip


def predefined(letter: str, unicode: bool) -> CharSet:
    """The set of `\\d`, `\\D`, `\\w` ...; `unicode` is Java's flag `U`."""
    if unicode and letter.lower() in _UNICODE:
        found = named_set(_UNICODE[letter.lower()])
        return ~found if letter.isupper() else found
    return PREDEFINED[letter]


@cache
def property_set(name: str, unicode: bool = False, insensitive: bool = False) -> CharSet:
    """The set of `\\p{name}`; `unicode` and `insensitive` are Java's flags `U` and `i`.

    Raises `ValueError` for a name that Java has not.
    """
    if "=" in name:
        key, _, value = name.partition("=")
        return _by_key(key.lower(), value)
    if insensitive and name in {"Lower", "Upper"}:
        name = "Alpha"
    if insensitive and name in {"Lu", "Ll", "Lt", "IsLu", "IsLl", "IsLt"}:
        name = "LC"
    if unicode and name in _UNICODE:
        return named_set(_UNICODE[name])
    return _ASCII[name] if name in _ASCII else _by_name(name)


def _by_name(name: str) -> CharSet:
    if name in _JAVA:
        return named_set(_JAVA[name])
    if name.startswith("In"):
        return _by_key("block", name[2:])
    bare = name.removeprefix("Is")
    if bare in _CATEGORIES or bare in _UNIONS:
        return _category(bare)
    if bare != name and bare.upper() in _BINARY:
        return named_set(_BINARY[bare.upper()])
    if bare != name:
        return _by_key("script", bare)
    raise ValueError(f"unknown character property '{name}'")


def _by_key(key: str, value: str) -> CharSet:
    if key not in _KEYS:
        raise ValueError(f"unknown Unicode property '{key}'")
    if not _KEYS[key]:
        return _category(value)
    try:
        return named_set(rf"\p{{{_KEYS[key]}={value}}}")
    except ValueError:
        raise ValueError(f"unknown {key} '{value}'") from None


def _category(name: str) -> CharSet:
    if name in _UNIONS:
        return named_set(_UNIONS[name])
    if name not in _CATEGORIES:
        raise ValueError(f"unknown general category '{name}'")
    return named_set(rf"\p{{{name}}}")
