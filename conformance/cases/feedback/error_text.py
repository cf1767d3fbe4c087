"""What the text of an error contains: names of members, values that are allowed, kinds of resources.

    "The parameter CidrBlock is missing"     mention_rank("CidrBlock", text) == 1
    "must be one of [mysql, postgres]"       offered_values(text) == ("mysql", "postgres")
    "The volume 'x' does not exist"          reference_rank("VolumeId", "Volume", operation, text) == 0

Texts follow no common form: AWS names members as the API spells them, emulators often as their own code does
(`cidr_block`).
"""

from __future__ import annotations

import re

# A word of a camel-case name: Vpc, ID, CIDR, Block.
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

# The ends of member names that say which handle of a resource they hold.
_SUFFIX = re.compile(r"(?i:(names?|identifiers?|ids?|arns?|urls?|list|specifiers?|references?))$")

# Stems of member names that may refer to any resource.
_ANYTHING = frozenset({"", "resource", "target", "source", "entity", "object", "parent", "reference"})

# Words before a list of allowed values.
_OFFER = re.compile(
    r"\b(?:one of|any of|valid (?:values|options|types)(?: (?:are|include))?|allowed (?:values|types)(?: are)?|"
    r"values? (?:are|must be|should be)|must be|should be|has to be|supported[^:.]{0,30}|enum value set|"
    r"expect(?:ed|ing)|either|at least|minimum(?: \w+)? is|greater than(?: or equal to)?|between)\b\s*:?\s*"
    r"(?P<list>[^.;\n]{1,300})",
    re.IGNORECASE,
)
_VALUE = re.compile(r"['\"‘`](?P<quoted>[^'\"’`]{1,60})['\"’`]|(?P<bare>[A-Za-z0-9][A-Za-z0-9_.:\-]*)")

# Words in such a list that are no values.
_FILLERS = frozenset({
    "at", "least", "most", "more", "less", "greater", "equal",
    "a", "an", "and", "any", "are", "as", "be", "by", "characters", "each", "either", "for", "from", "given", "in",
    "is", "it", "must", "no", "not", "of", "one", "only", "or", "should", "specified", "string", "than", "that", "the",
    "this", "to", "value", "values", "valid", "with",
})  # fmt: skip

# Texts that require a form, and a value of that form.
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
    """How clearly a text names a member: 0 quoted, 1 as the API spells it, 2 in another spelling; None not at all."""
    if re.search(rf"['\"`‘]{re.escape(name)}['\"`’]", text):
        return 0
    words = name_words(name)
    if re.search(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", text) and (len(words) > 1 or len(name) > 3):
        return 1
    loose = r"[\s_\-]?".join(map(re.escape, words))
    return 2 if words and re.search(rf"(?<![a-z0-9]){loose}s?(?![a-z0-9])", text, re.IGNORECASE) else None


def offered_values(text: str) -> tuple[str, ...]:
    """The values that a text says are allowed, in its order, then values of a form that it requires."""
    found: list[str] = []
    for match in _OFFER.finditer(text):
        for value in _VALUE.finditer(match["list"]):
            word = value["quoted"] or value["bare"].rstrip(".:")
            if word.lower() not in _FILLERS:
                found.append(word)
    found.extend(value for form, value in _FORMS if form.search(text))
    return tuple(dict.fromkeys(found))


def handle_kind(member: str) -> str:
    """The kind of handle that a member's name ends with: id, arn or url; else name."""
    end = _SUFFIX.search(member)
    suffix = end[1].lower().rstrip("s") if end else ""
    return {"name": "name", "id": "id", "identifier": "id", "arn": "arn", "url": "url"}.get(suffix, "name")


def reference_rank(member: str, noun: str, operation: str, text: str) -> int | None:
    """How likely a member refers to a resource of that noun: 0 is the likeliest, None is not at all."""
    stem, resource = _SUFFIX.sub("", member).lower(), noun.lower()
    if stem == resource or stem == f"{resource}s":
        return 0
    if len(stem) > 2 and (resource.endswith(stem) or stem.endswith(resource)):
        return 1
    if stem not in _ANYTHING:
        return None
    if resource in re.sub(r"[\s_\-]", "", text.lower()):
        return 2
    if resource in operation.lower():
        return 3
    return 4 if handle_kind(member) == "arn" else None
