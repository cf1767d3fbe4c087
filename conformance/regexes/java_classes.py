"""The part of the reader that reads sets of characters: `[...]`, `\\d`, `\\p{..}`, `\\x41`, `\\uD83D\\uDE00`.

Follows `Pattern.clazz`, `range` and `escape` of Java 9 and newer step by step, because AWS's patterns
depend on their special cases: `[\\w-.]` holds a literal hyphen, `[a-z&&[^x]]` is an intersection, `[[:alpha:]]` is a
nested class of the letters of ':alph'.
"""

from __future__ import annotations

import unicodedata
from functools import reduce
from operator import or_

import regex

from conformance.regexes import java_properties
from conformance.regexes.charsets import LAST, CharSet, set_of_chars, set_of_span
from conformance.regexes.regex_tree import PatternError

_CONTROL_LETTERS = {"t": 0x09, "n": 0x0A, "f": 0x0C, "r": 0x0D, "a": 0x07, "e": 0x1B}
_HEX = regex.compile(r"[0-9A-Fa-f]+")
_OCTAL = regex.compile(r"[0-3][0-7]{2}|[0-7]{1,2}")
_QUOTE = regex.compile(r"(?s)(\\[^Q])|\\Q(.*?)(?:\\E|$)")


class ClassReader:
    """A cursor over the text of a pattern, the flags in force, and the groups counted so far."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.text: str = _QUOTE.sub(_unquoted, pattern)
        self.at = 0
        self.flags: frozenset[str] = frozenset()
        self.groups = 0
        self.names: dict[str, int] = {}

    def error(self, reason: str) -> PatternError:
        return PatternError(self.pattern, f"{reason} at {self.at}")

    def peek(self) -> str:
        """The next character, `""` at the end; with the flag `x`, blanks and comments are passed over first."""
        if "x" in self.flags:
            self._skip_comments()
        return self.text[self.at : self.at + 1]

    def _skip_comments(self) -> None:
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == "#":
                while self.at < len(self.text) and self.text[self.at] not in "\n\r\x85\u2028\u2029":
                    self.at += 1
            elif char in " \t\n\x0b\f\r":
                self.at += 1
            else:
                return

    def char_class(self) -> CharSet:
        """A class from its `[` to its `]`."""
        self.at += 1
        negated = self.text.startswith("^", self.at)
        if negated:
            self.at += 1
        found = self._members()
        self.at += 1
        return ~found if negated else found

    def _members(self) -> CharSet:
        """The set up to the closing bracket, which is not read."""
        found: CharSet | None = None
        while True:
            char = self.peek()
            if not char:
                raise self.error("unclosed character class")
            if char == "]" and found is not None:
                return found
            if self.text.startswith("&&", self.at):
                self.at += 2
                found = self._intersected(found)
                continue
            item = self.char_class() if char == "[" else self._range()
            found = item if found is None else found | item

    def _intersected(self, left: CharSet | None) -> CharSet:
        right: list[CharSet] = []
        while (char := self.peek()) not in {"]", "&"}:
            if not char:
                raise self.error("unclosed character class")
            right.append(self.char_class() if char == "[" else self._members())
        if not right and left is None:
            raise self.error("bad class syntax")
        both = reduce(or_, right) if right else left
        assert both is not None
        return both if left is None else left & both

    def _range(self) -> CharSet:
        first = self._class_char()
        if isinstance(first, CharSet):
            return first
        if self.peek() != "-" or self.text[self.at + 1 : self.at + 2] in {"[", "]"}:
            return self.folded(first, first)
        self.at += 1
        last = self._class_char()
        if isinstance(last, CharSet) or last < first:
            raise self.error("illegal character range")
        return self.folded(first, last)

    def _class_char(self) -> CharSet | int:
        char = self.peek()
        if not char:
            raise self.error("unclosed character class")
        if char == "\\":
            return self._escaped_char(in_class=True)
        self.at += 1
        return ord(char)

    def escaped_set(self) -> CharSet:
        """The set that an escape outside of a class means."""
        found = self._escaped_char(in_class=False)
        return found if isinstance(found, CharSet) else self.folded(found, found)

    def _escaped_char(self, in_class: bool) -> CharSet | int:
        letter = self.text[self.at + 1 : self.at + 2]
        self.at += 2
        if not letter:
            raise self.error("a backslash ends the pattern")
        if letter == "v" and in_class and self.text.startswith("-", self.at):
            return 0x0B  # Java: vertical tab where it begins a range, else all vertical white space
        if letter in java_properties.PREDEFINED:
            return java_properties.predefined(letter, "U" in self.flags)
        if letter in "pP":
            found = self._property()
            return ~found if letter == "P" else found
        if letter in _CONTROL_LETTERS:
            return _CONTROL_LETTERS[letter]
        readers = {"0": self._octal, "x": self._hexadecimal, "u": self._utf16, "c": self._control, "N": self._char_name}
        if letter in readers:
            return readers[letter]()
        if letter.isascii() and letter.isalnum():
            raise self.error(f"unknown escape '\\{letter}'")
        return ord(letter)

    def _property(self) -> CharSet:
        if not self.text.startswith("{", self.at):
            name = self.text[self.at : self.at + 1]
            self.at += 1
        else:
            end = self.text.find("}", self.at)
            if end < 0:
                raise self.error("unclosed character property")
            name = self.text[self.at + 1 : end]
            self.at = end + 1
        return self.family(name)

    def family(self, name: str) -> CharSet:
        """The set of `\\p{name}` under the flags in force."""
        try:
            return java_properties.property_set(name, "U" in self.flags, "i" in self.flags)
        except ValueError as error:
            raise self.error(str(error)) from None

    def _octal(self) -> int:
        match = _OCTAL.match(self.text, self.at)
        if not match:
            raise self.error("illegal octal escape")
        self.at = match.end()
        return int(match[0], 8)

    def _hexadecimal(self) -> int:
        if self.text.startswith("{", self.at):
            end = self.text.find("}", self.at)
            digits = self.text[self.at + 1 : end] if end > 0 else ""
            self.at = end + 1
        else:
            digits = self.text[self.at : self.at + 2]
            self.at += 2
            digits = digits if len(digits) == 2 else ""
        if not _HEX.fullmatch(digits) or int(digits, 16) > LAST:
            raise self.error("illegal hexadecimal escape")
        return int(digits, 16)

    def _utf16(self) -> int:
        first = self._code_unit()
        if 0xD800 <= first <= 0xDBFF and self.text.startswith("\\u", self.at):
            back = self.at
            self.at += 2
            second = self._code_unit()
            if 0xDC00 <= second <= 0xDFFF:
                return 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)
            self.at = back
        return first

    def _code_unit(self) -> int:
        digits = self.text[self.at : self.at + 4]
        if len(digits) != 4 or not _HEX.fullmatch(digits):
            raise self.error("illegal Unicode escape")
        self.at += 4
        return int(digits, 16)

    def _control(self) -> int:
        char = self.text[self.at : self.at + 1]
        if not char:
            raise self.error("illegal control escape")
        self.at += 1
        return ord(char) ^ 64

    def _char_name(self) -> int:
        end = self.text.find("}", self.at)
        name = self.text[self.at + 1 : end]
        if not self.text.startswith("{", self.at) or end < 0:
            raise self.error("illegal character name escape")
        self.at = end + 1
        try:
            return ord(unicodedata.lookup(name))
        except KeyError:
            raise self.error(f"unknown character name '{name}'") from None

    def folded(self, first: int, last: int) -> CharSet:
        """The characters from `first` to `last`, in both letter cases under the flag `i` (beyond ASCII with `u`)."""
        found = set_of_span(first, last)
        if "i" not in self.flags:
            return found
        for low, high in ((0x41, 0x5A), (0x61, 0x7A)):
            start, end = max(first, low), min(last, high)
            if start <= end:
                found |= set_of_span(start ^ 0x20, end ^ 0x20)
        if "u" in self.flags or "U" in self.flags:
            found |= set_of_chars("".join(_cases(code) for code in range(max(first, 0x80), min(last, 0x1FFFF) + 1)))
        return found


def _cases(code: int) -> str:
    char = chr(code)
    return "".join(other for other in (char.lower(), char.upper()) if len(other) == 1)


def _unquoted(match: regex.Match[str]) -> str:
    plain: str | None = match[1]
    quoted: str = match[2]
    if plain is not None:
        return plain
    return "".join(f"\\x{ord(char):02x}" if char.isascii() else char for char in quoted)
