"""What later steps know only from the answers of earlier ones, such as ids, and how lines that repeat them say so.

    steps --ties--> Made: the answer is kept in a variable    Told: a value of the params comes from one

A script that sends the ids of the recorded run would ask for things that are not there: what a step made is made
anew, under another id.
"""

from __future__ import annotations

import json
import keyword
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from conformance.record.bodies import content
from conformance.record.steps import RecordedBinding, Step
from conformance.values.paths import Key, NoSuchPlace, Path, get, parse_path

# Protocols whose answers tell an id with the collection that it is in, which requests leave away.
PREFIXED_ID_PROTOCOLS = ("rest-xml",)

# Names that scripts have taken already.
_RESERVED = frozenset(
    {"base64", "boto3", "call", "client", "config", "exactly", "os", "urlsplit", "answer", "bare", "re", "path", "home"}
)


@dataclass(frozen=True, slots=True)
class BoundValue:
    """A value of a step's params that an earlier answer told: where it is, what it was, whose answer, where there."""

    path: Path
    then: str
    variable: str
    source: Path

    @property
    def shell_variable(self) -> str:
        """A name for the value itself."""
        own = _plain(str(_name(self.source[-1])))
        return own if own.startswith(f"{self.variable}_") else f"{self.variable}_{own}"


@dataclass(frozen=True, slots=True)
class BoundValues:
    """What each step (by its position) is told, and what of its answer is needed later, under which variable."""

    told: Mapping[int, tuple[BoundValue, ...]] = field(default_factory=dict)
    needed: Mapping[int, tuple[BoundValue, ...]] = field(default_factory=dict)


def bound_values(steps: Sequence[Step], sendable: Sequence[bool] = ()) -> BoundValues:
    """How the steps hang together; what was never made in the recorded run, or is not sent, is told by nobody."""
    makers: dict[str, tuple[int, str]] = {}
    told: dict[int, tuple[BoundValue, ...]] = {}
    needed: dict[int, dict[Path, BoundValue]] = {}
    variables: set[str] = set()
    for number, step in enumerate(steps):
        found = []
        for binding in step.bound:
            maker = makers.get(binding.resource)
            value = _bound_value(step, binding, maker[1]) if maker is not None and binding.side == "answer" else None
            if maker is not None and value is not None:
                found.append(value)
                needed.setdefault(maker[0], {}).setdefault(value.source, value)
        if found:
            told[number] = tuple(found)
        is_made = step.response is None or step.outcome == "accepted"
        if step.makes and is_made and (not sendable or sendable[number]):
            variable = _variable(step.makes, variables)
            variables.add(variable)
            makers[step.makes] = number, variable
    return BoundValues(told, {number: tuple(values.values()) for number, values in needed.items()})


def _bound_value(step: Step, binding: RecordedBinding, variable: str) -> BoundValue | None:
    try:
        path, source = parse_path(binding.path), parse_path(binding.source)
        then = get(step.params, path)
    except (ValueError, NoSuchPlace):
        return None
    return BoundValue(path, then, variable, source) if isinstance(then, str) and then and source else None


def _variable(name: str, taken: Iterable[str]) -> str:
    plain = _plain(name)
    if keyword.iskeyword(plain) or plain in _RESERVED or not plain[:1].isalpha():
        plain = f"made_{plain}"
    number, found = 2, plain
    while found in taken:
        found, number = f"{plain}_{number}", number + 1
    return found


def _plain(name: str) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")[:60]


def _name(segment: str | int | Key) -> str | int:
    return segment.name if isinstance(segment, Key) else segment


def subscripts(path: Path) -> str:
    """A path as Python subscripts."""
    return "".join(f'["{_name(segment)}"]' if _is_plain(segment) else f"[{_name(segment)!r}]" for segment in path)


def jmespath(path: Path) -> str:
    """A path as a JMESPath expression."""
    text = ""
    for segment in path:
        if isinstance(segment, int):
            text += f"[{segment}]"
        else:
            name = str(_name(segment))
            text += ("." if text else "") + (name if _is_plain(name) else json.dumps(name))
    return text


def _is_plain(segment: object) -> bool:
    return isinstance(segment, str) and re.fullmatch(r"[A-Za-z_]\w*", segment, re.ASCII) is not None


def find_on_wire(text: str, value: BoundValue) -> tuple[str, str, str] | None:
    """Where a body or a URL has a value that was told: what is before it there, how it is written, what follows.

    The name of the member is before it, where the value alone could be another one; None where it is not there.
    """
    name = next((str(_name(segment)) for segment in reversed(value.path) if not isinstance(segment, int)), "")
    for form in dict.fromkeys(
        (value.then, json.dumps(value.then)[1:-1], quote(value.then, safe="-_.~", errors="surrogatepass"))
    ):
        known, written = re.escape(name), re.escape(form)
        for around in (
            rf'(?P<before>"{known}"\s*:\s*\[?\s*"){written}(?P<after>")',
            rf"(?P<before>(?:^|[&.]){known}(?:\.\w+)*=){written}(?P<after>&|$)",
            rf"(?P<before><{known}(?:\s[^>]*)?>){written}(?P<after><)",
            rf"(?P<before>/){written}(?P<after>[/?&]|$)",
            rf'(?P<before>[">=/]){written}(?P<after>["<&/?]|$)',
        ):
            found = re.search(around, text, re.IGNORECASE)
            if found is not None:
                return found["before"], form, found["after"]
    return None


def member_in_response(step: Step, value: BoundValue) -> tuple[str, int]:
    """The name of the member on the wire that tells a value, and the how-manieth of that name it is, from 1.

    Read off the recorded answer, since protocols spell names differently; the name is empty where it is not known.
    """
    own = value.source[-1]
    body = (content(step.response) or b"").decode("utf-8", "replace")
    told = rf"(?:/[a-z]+/)?{re.escape(value.then)}"
    found = re.findall(rf'(?:"(\w+)"\s*:\s*\[?\s*"|<(\w+)>){told}["<]', body, re.ASCII)
    names = sorted((one or other for one, other in found), key=lambda name: name.lower() != str(_name(own)).lower())
    if names:
        every = re.findall(rf'(?:"{names[0]}"\s*:\s*\[?\s*"|<{names[0]}>)([^"<]*)', body, re.IGNORECASE)
        return names[0], next((number for number, text in enumerate(every, 1) if re.fullmatch(told, text)), 1)
    return (own, 1) if isinstance(own, str) and re.fullmatch(r"\w+", own, re.ASCII) else ("", 1)


def placeholder(number: int) -> str:
    """What stands in a text for a value until the text is quoted."""
    return f"<<told {number}>>"


def with_shell_variables(quoted: str, told: Sequence[BoundValue]) -> str:
    """A quoted word of the shell with variables in place of the marks."""
    for number, value in enumerate(told):
        quoted = quoted.replace(placeholder(number), f"'\"${value.shell_variable}\"'")
    return quoted
