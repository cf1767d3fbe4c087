"""Values that a step takes from the answers of earlier steps, such as ids.

    steps --bound_values--> BoundValues: inputs   the values of a step's params that earlier answers gave
                                         outputs  the values of a step's answer that later steps need

A script that sends the ids of the recorded run would ask for resources that do not exist: the resource that a step
creates gets another id each time. The scripts therefore store the answer in a variable and read the id from it.
"""

from __future__ import annotations

import json
import keyword
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from conformance.record.bindings import StepBinding, bindings_of
from conformance.record.bodies import content
from conformance.record.steps import Step
from conformance.values.paths import Key, Path, value_at

# Protocols whose answers put the path of its collection before an id, where requests want the id alone.
PREFIXED_ID_PROTOCOLS = ("rest-xml",)

# Names that the scripts use themselves.
_RESERVED = "answer bare_id base64 boto3 call client config exactly home os path re urlsplit value values"


@dataclass(frozen=True, slots=True)
class BoundValue:
    """A value of a step's params that comes from an earlier answer.

    `path` is its path in the params, `recorded` its value in the recorded run, `variable` the variable with the
    answer, `source` the path in that answer.
    """

    path: Path
    recorded: str
    variable: str
    source: Path

    @property
    def shell_variable(self) -> str:
        """The name of the shell variable for the value itself."""
        own = _plain(str(_name(self.source[-1])))
        return own if own.startswith(f"{self.variable}_") else f"{self.variable}_{own}"


@dataclass(frozen=True, slots=True)
class BoundValues:
    """By the position of a step: the values that it takes from earlier answers, and those that later steps need."""

    inputs: Mapping[int, tuple[BoundValue, ...]] = field(default_factory=dict)
    outputs: Mapping[int, tuple[BoundValue, ...]] = field(default_factory=dict)


def bound_values(steps: Sequence[Step], sendable: Sequence[bool] = ()) -> BoundValues:
    """The data flow between steps. A resource that the recorded run or the script does not create binds nothing."""
    producers: dict[str, tuple[int, str]] = {}
    inputs: dict[int, tuple[BoundValue, ...]] = {}
    outputs: dict[int, dict[Path, BoundValue]] = {}
    variables: set[str] = set()
    for number, step in enumerate(steps):
        found = []
        for binding in bindings_of(step):
            producer = producers.get(binding.resource)
            if producer is None or binding.side != "answer":
                continue
            value = _bound_value(step, binding, producer[1])
            if value is not None:
                found.append(value)
                outputs.setdefault(producer[0], {}).setdefault(value.source, value)
        if found:
            inputs[number] = tuple(found)
        was_created = step.response is None or step.outcome == "accepted"
        if step.makes and was_created and (not sendable or sendable[number]):
            variable = _variable(step.makes, variables)
            variables.add(variable)
            producers[step.makes] = number, variable
    return BoundValues(inputs, {number: tuple(values.values()) for number, values in outputs.items()})


def _bound_value(step: Step, binding: StepBinding, variable: str) -> BoundValue | None:
    recorded = value_at(step.params, binding.path)
    if not isinstance(recorded, str) or not recorded or not binding.source:
        return None
    return BoundValue(binding.path, recorded, variable, binding.source)


def _variable(name: str, taken: Iterable[str]) -> str:
    plain = _plain(name)
    if keyword.iskeyword(plain) or plain in _RESERVED.split() or not plain[:1].isalpha():
        plain = f"created_{plain}"
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
    """Where a body or a URL contains the value: the text before it, its encoded form, the text after it; else None.

    The text before it is the name of the member, where the value alone could be that of another one.
    """
    name = next((str(_name(segment)) for segment in reversed(value.path) if not isinstance(segment, int)), "")
    for form in dict.fromkeys(
        (value.recorded, json.dumps(value.recorded)[1:-1], quote(value.recorded, safe="-_.~", errors="surrogatepass"))
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
    """The name on the wire of the member that has the value, and its number among the members of that name, from 1.

    Both come from the recorded answer, since protocols spell names differently; an unknown name is empty.
    """
    own = value.source[-1]
    body = (content(step.response) or b"").decode("utf-8", "replace")
    pattern = rf"(?:/[a-z]+/)?{re.escape(value.recorded)}"
    found = re.findall(rf'(?:"(\w+)"\s*:\s*\[?\s*"|<(\w+)>){pattern}["<]', body, re.ASCII)
    names = sorted((one or other for one, other in found), key=lambda name: name.lower() != str(_name(own)).lower())
    if names:
        every = re.findall(rf'(?:"{names[0]}"\s*:\s*\[?\s*"|<{names[0]}>)([^"<]*)', body, re.IGNORECASE)
        return names[0], next((number for number, text in enumerate(every, 1) if re.fullmatch(pattern, text)), 1)
    return (own, 1) if isinstance(own, str) and re.fullmatch(r"\w+", own, re.ASCII) else ("", 1)


def placeholder(number: int) -> str:
    """Stands for a value in a text until the text is quoted."""
    return f"<<value {number}>>"


def with_shell_variables(quoted: str, inputs: Sequence[BoundValue]) -> str:
    """A quoted shell word with variables in place of the placeholders."""
    for number, value in enumerate(inputs):
        quoted = quoted.replace(placeholder(number), f"'\"${value.shell_variable}\"'")
    return quoted
