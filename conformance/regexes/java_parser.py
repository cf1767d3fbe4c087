"""Reads a Java regular expression into a tree, as `java.util.regex.Pattern` of Java 9 and newer reads it.

AWS checks its patterns with Java, so Java's reading is the meaning, special cases included: inline flags reach to the
end of their group, `]` is literal where a class would be empty, `[` inside a class opens a nested one, two UTF-16
escapes make one character, letter case folds in ASCII only, and `\\Q..\\E` is taken away before anything else is
read.

    parse_java(pattern) -- expression: a|b -- sequence: ab -- atom: one character, class, group -- quantifier
                                                                `-- java_classes: [...] and escapes
"""

from __future__ import annotations

from conformance.regexes.charsets import EVERY, CharSet, set_of_chars
from conformance.regexes.java_classes import ClassReader
from conformance.regexes.java_properties import LINE_ENDS, VERTICAL
from conformance.regexes.regex_tree import (
    NOTHING,
    Anchor,
    AnchorKind,
    Chain,
    Chars,
    Choice,
    Greed,
    Group,
    Look,
    Node,
    Reference,
    Repeat,
)

_ANCHORS: dict[str, AnchorKind] = {
    "A": "start", "G": "start", "z": "end", "b": "word", "B": "not-word",
}  # fmt: skip
_GROUPS: dict[str, tuple[bool, bool]] = {
    "?=": (True, True), "?!": (True, False), "?<=": (False, True), "?<!": (False, False),
}  # fmt: skip
_GREEDS: dict[str, Greed] = {"?": "lazy", "+": "possessive"}
_FLAGS = frozenset("idmsuxU")


def parse_java(pattern: str) -> Node:
    """The tree of a pattern; raises `PatternError` where Java would refuse it."""
    reader = _Reader(pattern)
    node = reader.expression()
    if reader.at < len(reader.text):
        raise reader.error("unmatched closing ')'")
    return node


class _Reader(ClassReader):
    """A cursor over the pattern; one method for each level of the grammar."""

    def expression(self) -> Node:
        options = [self._sequence()]
        while self.peek() == "|":
            self.at += 1
            options.append(self._sequence())
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def _sequence(self) -> Node:
        items: list[Node] = []
        while (char := self.peek()) and char not in "|)":
            if char in "*+?":
                raise self.error(f"dangling '{char}'")
            node = self._atom(char)
            if node is not None:
                items.append(self._quantified(node))
        return items[0] if len(items) == 1 else Chain(tuple(items))

    def _atom(self, char: str) -> Node | None:
        if char == "(":
            return self._group()
        if char == "[":
            return Chars(self.char_class())
        if char == "{":
            return NOTHING  # a quantifier with nothing before it
        if char == "\\":
            return self._escape()
        self.at += 1
        if char == "^":
            return Anchor(self._line_anchor("start"))
        if char == "$":
            return Anchor(self._line_anchor("end"))
        if char == ".":
            return Chars(self._dot())
        return Chars(self.folded(ord(char), ord(char)))

    def _dot(self) -> CharSet:
        if "s" in self.flags:
            return EVERY
        return ~set_of_chars("\n") if "d" in self.flags else ~LINE_ENDS

    def _line_anchor(self, edge: str) -> AnchorKind:
        unix, lines = "d" in self.flags, "m" in self.flags
        if edge == "start":
            return ("unix-line-start" if unix else "line-start") if lines else "start"
        if lines:
            return "unix-line-end" if unix else "line-end"
        return "last-unix-line" if unix else "last-line"

    def _escape(self) -> Node:
        letter = self.text[self.at + 1 : self.at + 2]
        if letter == "Z":
            self.at += 2
            return Anchor("last-unix-line" if "d" in self.flags else "last-line")
        if letter and letter in _ANCHORS:
            self.at += 2
            if letter == "b" and self.text.startswith("{g}", self.at):
                raise self.error("\\b{g} is not supported")
            return Anchor(_ANCHORS[letter])
        if letter == "R":
            self.at += 2
            return Choice((Chain((Chars(set_of_chars("\r")), Chars(set_of_chars("\n")))), Chars(VERTICAL)))
        if letter == "X":
            self.at += 2
            return self._grapheme()
        if letter == "k":
            return self._named_reference()
        if letter and letter in "123456789":
            return self._reference()
        return Chars(self.escaped_set())

    def _grapheme(self) -> Node:
        marks = self.family("M")
        base = Chain((Chars(EVERY), Repeat(Chars(marks), 0, None, "possessive")))
        return Group(Choice((Chain((Chars(set_of_chars("\r")), Chars(set_of_chars("\n")))), base)), 0)

    def _reference(self) -> Node:
        number = int(self.text[self.at + 1])
        self.at += 2
        while self.peek().isdecimal() and self.peek().isascii():
            longer = number * 10 + int(self.peek())
            if longer > self.groups:
                break
            number = longer
            self.at += 1
        return Reference(number)

    def _named_reference(self) -> Node:
        self.at += 2
        if self.peek() != "<":
            raise self.error("\\k is not followed by '<'")
        self.at += 1
        name = self._name()
        if name not in self.names:
            raise self.error(f"no group is named '{name}'")
        return Reference(self.names[name])

    def _name(self) -> str:
        end = self.text.find(">", self.at)
        name = self.text[self.at : end]
        if end < 0 or not (name.isascii() and name.isalnum() and name[0].isalpha()):
            raise self.error("bad group name")
        self.at = end + 1
        return name

    def _group(self) -> Node | None:
        self.at += 1
        before = self.flags
        look = next((mark for mark in _GROUPS if self.text.startswith(mark, self.at)), None)
        if look:
            self.at += len(look)
            node: Node = Look(self._body(), *_GROUPS[look])
        elif self.text.startswith("?>", self.at):
            self.at += 2
            node = Group(self._body(), 0)
        elif self.text.startswith("?<", self.at):
            self.at += 2
            node = self._capture(self._name())
        elif self.text.startswith("?", self.at):
            self.at += 1
            if self._read_flags():
                return None  # they hold until the group around them ends
            node = self._body()
        else:
            node = self._capture(None)
        self.flags = before
        return node

    def _capture(self, name: str | None) -> Node:
        self.groups += 1
        number = self.groups
        if name is not None:
            if name in self.names:
                raise self.error(f"two groups are named '{name}'")
            self.names[name] = number
        return Group(self._body(), number)

    def _body(self) -> Node:
        node = self.expression()
        if self.peek() != ")":
            raise self.error("unclosed group")
        self.at += 1
        return node

    def _read_flags(self) -> bool:
        """Reads `idmsuxU-idmsuxU` up to `:` or `)`; True where nothing but flags was inside the parentheses."""
        on = True
        flags = set(self.flags)
        while (char := self.text[self.at : self.at + 1]) not in {":", ")"}:
            if char == "-" and on:
                on = False
            elif char and char in _FLAGS:
                (flags.add if on else flags.discard)(char)
            else:
                raise self.error("unknown inline flag" if char else "unclosed group")
            self.at += 1
        self.at += 1
        self.flags = frozenset(flags)
        return char == ")"

    def _quantified(self, node: Node) -> Node:
        bounds = self._bounds()
        if bounds is None:
            return node
        greed = _GREEDS.get(self.peek(), "greedy")
        if greed != "greedy":
            self.at += 1
        return Repeat(node, *bounds, greed)

    def _bounds(self) -> tuple[int, int | None] | None:
        char = self.peek()
        simple: dict[str, tuple[int, int | None]] = {"?": (0, 1), "*": (0, None), "+": (1, None)}
        if char in simple:
            self.at += 1
            return simple[char]
        if char != "{":
            return None
        self.at += 1
        low = self._number()
        if low is None:
            raise self.error("illegal repetition")
        high: int | None = low
        if self.text.startswith(",", self.at):
            self.at += 1
            high = self._number()
        if not self.text.startswith("}", self.at):
            raise self.error("unclosed repetition")
        if high is not None and high < low:
            raise self.error(f"illegal repetition range {{{low},{high}}}")
        self.at += 1
        return low, high

    def _number(self) -> int | None:
        start = self.at
        while self.text[self.at : self.at + 1].isdecimal() and self.text[self.at].isascii():
            self.at += 1
        return int(self.text[start : self.at]) if self.at > start else None
