"""Options that several commands share, spelled as the AWS CLI spells them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from conformance.cli.output import show_note
from conformance.planning.pace import REQUEST_TIMEOUT
from conformance.planning.seeds import LARGEST, random_seed
from conformance.settings import RANDOM

Command = TypeVar("Command", bound=Callable[..., Any])


class Whole(click.IntRange):
    """A whole number within bounds."""

    name = "integer"


class Amount(click.FloatRange):
    """A finite number within bounds: a limit that is not a number, or infinite, limits nothing."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number; fails for NaN and infinity, which compare with no bound as a user expects."""
        number = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value!r} is not a finite number.", param, ctx)
        return number


_TARGET = (
    click.option("--target", metavar="TARGET", help="moto (default), http://..., aws:REGION or recording:PATH."),
    click.option("--endpoint-url", metavar="URL", help="The URL of the target; the same as --target URL."),
    click.option("--region", metavar="REGION", help="The region to sign requests for and to send them to."),
    click.option("--profile", metavar="NAME", help="The profile to take credentials from."),
    click.option("--ca-bundle", type=click.Path(), metavar="FILE", help="Certificates to trust, in PEM form."),
    click.option("--no-verify-ssl", is_flag=True, help="Do not verify certificates of the target."),
    click.option(
        "--timeout", type=Amount(min=0, min_open=True), metavar="SECONDS", default=REQUEST_TIMEOUT, show_default=True,
        help="Seconds that one request may take.",
    ),
)  # fmt: skip


if TYPE_CHECKING:  # generic in new versions only
    SeedParamType = click.ParamType[int | str]
else:
    SeedParamType = click.ParamType


class SeedType(SeedParamType):
    """A seed, or the word for any."""

    name = "seed"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | str:
        """The seed; the word stays."""
        if value == RANDOM:
            return RANDOM
        return Whole(0, LARGEST).convert(value, param, ctx)


def chosen_seed(value: int | str | None) -> int | None:
    """The seed that the option means; one that was drawn is printed."""
    if value != RANDOM:
        return value if isinstance(value, int) else None
    seed = random_seed()
    show_note(f"the seed is {seed}")
    return seed


def with_options(command: Command, options: Sequence[Callable[[Command], Command]]) -> Command:
    """Add options to a command, shown in this order."""
    for option in reversed(options):
        command = option(command)
    return command


def target_options(command: Command) -> Command:
    """Add the options for the target: its address, the credentials, the certificates."""
    return with_options(command, _TARGET)


def seed_option(command: Command) -> Command:
    """Add `--seed`."""
    decorated: Command = click.option(
        "--seed",
        type=SeedType(),
        metavar="N|random",
        help="The same seed sends the same requests; 'random' chooses one.  [default: that of the specs]",
    )(command)
    return decorated


def spec_option(command: Command) -> Command:
    """Add `--spec`."""
    decorated: Command = click.option(
        "--spec", "source", metavar="SOURCE", default="repository", show_default=True,
        help="The spec to test against: repository, installed, a botocore version or a path.",
    )(command)  # fmt: skip
    return decorated
