"""What the text of an error gives away: the members that it names, the values that it offers, the things it speaks of.

Texts are anybody's: AWS names members as the API spells them, emulators often as their own code does (`cidr_block`).
"""

from __future__ import annotations

import re

# A word of a camel-case name: Vpc, ID, CIDR, Block.
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

# How names of members end that say which handle of a thing they hold.
_SUFFIX = re.compile(r"(?i:(names?|identifiers?|ids?|arns?|urls?|list|specifiers?|references?))$")

# Stems of names that refer to anything.
_ANYTHING = frozenset({"", "resource", "target", "source", "entity", "object", "parent", "reference"})

# What stands before values that may be given.
_OFFER = re.compile(
    r"\b(?:one of|any of|valid (?:values|options|types)(?: (?:are|include))?|allowed (?:values|types)(?: are)?|"
    r"values? (?:are|must be|should be)|must be|should be|has to be|supported[^:.]{0,30}|enum value set|"
    r"expect(?:ed|ing)|either|at least|minimum(?: \w+)? is|greater than(?: or equal to)?|between)\b\s*:?\s*"
    r"(?P<list>[^.;\n]{1,300})",
    re.IGNORECASE,
)
_VALUE = re.compile(r"['\"‘`](?P<quoted>[^'\"’`]{1,60})['\"’`]|(?P<bare>[A-Za-z0-9][A-Za-z0-9_.:\-]*)")

# Words between values, which are none themselves.
_FILLERS = frozenset({
    "at", "least", "most", "more", "less", "greater", "equal",
    "a", "an", "and", "any", "are", "as", "be", "by", "characters", "each", "either", "for", "from", "given", "in",
    "is", "it", "must", "no", "not", "of", "one", "only", "or", "should", "specified", "string", "than", "that", "the",
    "this", "to", "value", "values", "valid", "with",
})  # fmt: skip

# Texts that say of which form a value should be, and a value of that form.
_FORMS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"json", re.IGNORECASE), "{}"),
    (re.compile(r"base ?64", re.IGNORECASE), "Y29uZm9ybWFuY2U="),
    (re.compile(r"\binteger|numeric|\bnumber\b|\bint\b", re.IGNORECASE), "1"),
    (re.compile(r"boolean|true or false", re.IGNORECASE), "true"),
    (re.compile(r"iso ?8601|timestamp|\bdate", re.IGNORECASE), "2024-01-01T00:00:00Z"),
)


def name_words(name: str) -> tuple[str, ...]:
    """The words of a name in camel case, in lower case."""
    return tuple(word.lower() for word in _WORDS.findall(name))


def mention_rank(name: str, text: str) -> int | None:
    """How surely a text names a member: 0 in quotes, 1 as the API spells it, 2 in other spellings; None not at all."""
    if re.search(rf"['\"`‘]{re.escape(name)}['\"`’]", text):
        return 0
    words = name_words(name)
    if re.search(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", text) and (len(words) > 1 or len(name) > 3):
        return 1
    loose = r"[\s_\-]?".join(map(re.escape, words))
    return 2 if words and re.search(rf"(?<![a-z0-9]){loose}s?(?![a-z0-9])", text, re.IGNORECASE) else None


def offered_values(text: str) -> tuple[str, ...]:
    """The values that a text offers, in its order, those of a form that it asks for last."""
    found: list[str] = []
    for match in _OFFER.finditer(text):
        for value in _VALUE.finditer(match["list"]):
            word = value["quoted"] or value["bare"].rstrip(".:")
            if word.lower() not in _FILLERS:
                found.append(word)
    found.extend(value for form, value in _FORMS if form.search(text))
    return tuple(dict.fromkeys(found))


def handle_kind(member: str) -> str:
    """The kind of handle that a member's name asks for."""
    end = _SUFFIX.search(member)
    suffix = end[1].lower().rstrip("s") if end else ""
    return {"name": "name", "id": "id", "identifier": "id", "arn": "arn", "url": "url"}.get(suffix, "name")


def reference_rank(member: str, noun: str, operation: str, text: str) -> int | None:
    """How likely a member refers to a thing of that noun, 0 being surest; None where nothing speaks for it."""
    stem, thing = _SUFFIX.sub("", member).lower(), noun.lower()
    if stem == thing or stem == f"{thing}s":
        return 0
    if len(stem) > 2 and (thing.endswith(stem) or stem.endswith(thing)):
        return 1
    if stem not in _ANYTHING:
        return None
    if thing in re.sub(r"[\s_\-]", "", text.lower()):
        return 2
    if thing in operation.lower():
        return 3
    return 4 if handle_kind(member) == "arn" else None
