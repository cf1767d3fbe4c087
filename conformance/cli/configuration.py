"""How options reach a command: arguments, then CONFORMANCE_<OPTION>, then the configuration file, then the default.

    click parameters of a command --settings_of--> Settings file --default_map--> click, which has the precedence

The options of a command are the only table: whatever `run` takes, its file and its environment take too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from conformance import settings
from conformance.cli.shared_options import SeedType
from conformance.exceptions import BadFile
from conformance.settings import Kind, Setting, Settings
from conformance.specs.store.named_selections import shipped_selections

Command = TypeVar("Command", bound=Callable[..., Any])

ENVIRONMENT = {"auto_envvar_prefix": "CONFORMANCE"}

# Options that make no sense in a file.
_NOT_IN_A_FILE = frozenset({"config", "help"})

_KINDS: tuple[tuple[type[Any], Kind], ...] = (
    (click.Choice, "choice"),
    (click.Path, "path"),
    (SeedType, "seed"),
    (click.types.IntParamType, "integer"),
    (click.types.FloatParamType, "number"),
    (click.types.BoolParamType, "flag"),
)


def config_option(*, values: bool = True) -> Callable[[Command], Command]:
    """Add `--config`; the command gets the `Settings` as `config`, and its options the file's values as defaults.

    Without `values`, only the selections of the file are read.
    """

    def read(context: click.Context, _: click.Parameter, path: Path | None) -> Settings:
        found = settings.load(setting_of(context.command) if values else None, file=path)
        context.default_map = {**(context.default_map or {}), **_converted(context, found)}
        return found

    def decorate(command: Command) -> Command:
        decorated: Command = click.option(
            "--config",
            type=click.Path(path_type=Path),
            is_eager=True,
            callback=read,
            metavar="FILE",
            help="The configuration file.  [default: the nearest conformance.toml or pyproject.toml]",
        )(command)
        return decorated

    return decorate


def setting_of(command: click.Command) -> Iterator[Setting]:
    """The keys that a file may have for a command: one for each of its options and arguments."""
    for parameter in command.params:
        key = _key(parameter)
        if key not in _NOT_IN_A_FILE:
            kind: Kind = next((word for form, word in _KINDS if isinstance(parameter.type, form)), "text")
            choices = tuple(parameter.type.choices) if isinstance(parameter.type, click.Choice) else ()
            yield Setting(key, kind, parameter.multiple or parameter.nargs == -1, choices)


def _key(parameter: click.Parameter) -> str:
    """The long option without its dashes; the name of an argument."""
    long = [each for each in parameter.opts if each.startswith("--")]
    return long[0].removeprefix("--") if long else str(parameter.name)


def _converted(context: click.Context, found: Settings) -> dict[str, Any]:
    """The values by the names of the parameters; raises BadFile for one that the parameter's type does not take."""
    parameters = {_key(each): each for each in context.command.params}
    values: dict[str, Any] = {}
    for key, value in found.values.items():
        parameter = parameters[key]
        try:
            for each in value if isinstance(value, tuple) else (value,):
                parameter.type.convert(each, parameter, context)
        except click.BadParameter as problem:
            raise BadFile(found.path, f"'{key}' is {value!r}: {problem.message}") from problem
        values[str(parameter.name)] = value
    return values


def selections_of(config: Settings) -> Mapping[str, Sequence[str]]:
    """Every named selection: the shipped ones, and those of the file, which win."""
    return {**{name: each.services for name, each in shipped_selections().items()}, **config.selections}


# Stronger sources first.
_STRENGTH = (
    ParameterSource.PROMPT,
    ParameterSource.COMMANDLINE,
    ParameterSource.ENVIRONMENT,
    ParameterSource.DEFAULT_MAP,
    ParameterSource.DEFAULT,
)


def without_overruled(context: click.Context, options: Mapping[str, Any]) -> dict[str, Any]:
    """The options, without what a stronger source has made void.

    `--endpoint-url` on the command line takes the place of a `target` in the file, and the other way round; but it does
    not make anything else of a target `aws:REGION`, for which it stands in. Such a target takes the place of a region
    that is only configured.
    """
    left = dict(options)

    def stronger(one: str, other: str) -> bool:
        return left[one] is not None and left[other] is not None and is_stronger(context, one, other)

    on_aws = str(left["target"]).startswith("aws:")
    for one, other in (("target", "endpoint_url"), ("endpoint_url", "target")):
        if stronger(one, other) and not (on_aws and other == "target"):
            left[other] = None
    if stronger("target", "region") and str(left["target"]).startswith("aws:"):
        left["region"] = None
    return left


def is_stronger(context: click.Context, one: str, other: str) -> bool:
    """Whether the value of one option comes from a stronger source than that of another."""
    return _strength(context, one) < _strength(context, other)


def _strength(context: click.Context, name: str) -> int:
    source = context.get_parameter_source(name)
    return _STRENGTH.index(source) if source in _STRENGTH else len(_STRENGTH)
