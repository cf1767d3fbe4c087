"""The configuration file: [tool.conformance] of a pyproject.toml, or a conformance.toml.

    --config FILE, or the nearest folder with one --load--> Settings -- values:     {key: value}, of the type expected
                                                                     -- selections: {name: (SERVICE:Operation, ...)}

It is separate from the command line because every front end reads the same file. What may be in it is not known here:
the front end passes a `Setting` for each of its options, so that a new option can be configured at once. Arguments win
over the environment, the environment over the file; the front end sees to that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

from conformance.exceptions import BadFile, from_here, near
from conformance.values.text_formats import NotADocument, toml_document

Kind: TypeAlias = Literal["text", "path", "integer", "seed", "number", "flag", "choice"]

OWN_FILE, PROJECT_FILE = "conformance.toml", "pyproject.toml"
TABLE = "[tool.conformance]"
SELECTIONS = "selections"
RANDOM = "random"


@dataclass(frozen=True, slots=True)
class Setting:
    """One key that the file may have: the option's long name without dashes, and the type of its value."""

    key: str
    kind: Kind = "text"
    many: bool = False
    choices: tuple[str, ...] = ()

    @property
    def expected(self) -> str:
        """The type in words, for an error."""
        one = f"one of {', '.join(self.choices)}" if self.kind == "choice" else _WORDS[self.kind]
        return f"a list with each item {one}" if self.many else one


@dataclass(frozen=True, slots=True)
class Settings:
    """What a configuration file says; empty where there is none."""

    path: Path | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    selections: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


_WORDS: Mapping[Kind, str] = {
    "text": "a string",
    "path": "a string with a path",
    "integer": "an integer",
    "seed": "an integer or 'random'",
    "number": "a number",
    "flag": "true or false",
}


def _is_number(value: Any, types: type[int] | tuple[type[int], type[float]]) -> bool:
    return isinstance(value, types) and not isinstance(value, bool)


_IS_KIND: Mapping[Kind, Callable[[Any], bool]] = {
    "text": lambda value: isinstance(value, str),
    "path": lambda value: isinstance(value, str),
    "choice": lambda value: isinstance(value, str),
    "integer": lambda value: _is_number(value, int),
    "seed": lambda value: _is_number(value, int) or value == RANDOM,
    "number": lambda value: _is_number(value, (int, float)),
    "flag": lambda value: isinstance(value, bool),
}


def load(known: Iterable[Setting] | None = None, *, file: Path | None = None, folder: Path | None = None) -> Settings:
    """The settings in `file`, or else in the file that is found from `folder` (the current one by default) upwards.

    `known` has the keys that may occur; without it only the selections are read. Relative paths are taken from the
    folder of the file. Raises BadFile for a file that cannot be read, an unknown key and a value of another type.
    """
    path = file if file is not None else find(folder or Path.cwd())
    if path is None:
        return Settings()
    table = dict(_table(path, required=file is not None))
    selections = _selections(path, table.pop(SELECTIONS, {}))
    if known is None:
        return Settings(path, {}, selections)
    settings = {each.key: each for each in known}
    for key in table:
        if key not in settings:
            raise _unknown(path, key, settings)
    return Settings(path, {key: _value(path, settings[key], value) for key, value in table.items()}, selections)


def find(folder: Path) -> Path | None:
    """The nearest file, from `folder` upwards; in one folder conformance.toml wins over pyproject.toml.

    A pyproject.toml without a [tool.conformance] table does not count.
    """
    for place in (folder, *folder.parents):
        own, project = place / OWN_FILE, place / PROJECT_FILE
        if own.is_file():
            return own
        if project.is_file() and _has_table(project):
            return project
    return None


def _has_table(path: Path) -> bool:
    # Most projects do not mention this tool: their file is not parsed, so that its errors are not reported here.
    return b"conformance" in _content(path) and bool(_project_table(path))


def _project_table(path: Path) -> Any:
    tool = _parsed(path).get("tool", {})
    return tool.get("conformance") if isinstance(tool, dict) else None


def _table(path: Path, *, required: bool) -> Mapping[str, Any]:
    if path.name != PROJECT_FILE:
        return _parsed(path)
    table = _project_table(path)
    if table is None and required:
        raise BadFile(path, f"has no {TABLE} table")
    if not isinstance(table, dict):
        raise BadFile(path, f"{TABLE} is not a table")
    return table


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise BadFile(path, f"cannot be read: {problem.strerror or problem}") from problem


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return toml_document(_content(path))
    except NotADocument as problem:
        raise BadFile(path, str(problem)) from problem


def _unknown(path: Path, key: str, known: Iterable[str]) -> BadFile:
    if key == "tool" and path.name != PROJECT_FILE:
        return BadFile(path, "unknown key 'tool'", hint=f"in {path.name} the keys stand at the top, without {TABLE}")
    close = near(key, (*known, SELECTIONS))
    hint = f"did you mean {' or '.join(close)}?" if close else "the keys are the long options of 'conformance run'"
    return BadFile(path, f"unknown key '{key}'{_place(path)}", hint=hint)


def _place(path: Path) -> str:
    return f" in {TABLE}" if path.name == PROJECT_FILE else ""


def _value(path: Path, setting: Setting, value: Any) -> Any:
    """The value, of the type that is expected; raises BadFile."""
    values = value if setting.many and isinstance(value, list) else [value]
    if isinstance(value, list) != setting.many or not all(_IS_KIND[setting.kind](each) for each in values):
        raise BadFile(path, f"'{setting.key}'{_place(path)} is {_shown(value)}, not {setting.expected}")
    if setting.kind == "choice":
        for each in values:
            _check_choice(path, setting, each)
    if setting.kind == "path":
        values = [from_here(str(path.parent / Path(each).expanduser())) for each in values]
    return tuple(values) if setting.many else values[0]


def _check_choice(path: Path, setting: Setting, value: str) -> None:
    if value not in setting.choices:
        close = near(value, setting.choices)
        hint = f"did you mean {' or '.join(close)}?" if close else None
        raise BadFile(path, f"'{setting.key}'{_place(path)} is {_shown(value)}, not {setting.expected}", hint=hint)


def _shown(value: Any, limit: int = 60) -> str:
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else repr(value)
    return text if len(text) <= limit else f"{text[:limit]}..."


def _selections(path: Path, table: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(table, dict):
        raise BadFile(path, f"'{SELECTIONS}'{_place(path)} is not a table", hint='as in NAME = ["sqs:CreateQueue"]')
    for name, value in table.items():
        if not isinstance(value, list) or not value or not all(isinstance(each, str) for each in value):
            what = f"the selection '{name}'{_place(path)} is {_shown(value)}, not a list of strings"
            raise BadFile(path, what, hint='as in NAME = ["sqs:CreateQueue,DeleteQueue", "sns"]')
    return {name: tuple(value) for name, value in table.items()}
