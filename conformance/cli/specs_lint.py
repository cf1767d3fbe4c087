"""`conformance specs lint`: prints mistakes in specs and their overlays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import click

from conformance.cases.patterns import PatternError, compile_pattern, shortest
from conformance.exceptions import BadFile
from conformance.specs.lint import problems
from conformance.specs.model import Spec
from conformance.specs.overlay import entries
from conformance.specs.overlay.parser import load_overlay
from conformance.specs.store import files, loading
from conformance.values.text import counted


class _Patterns:
    """Reads patterns as the generator and the checks do."""

    def problem(self, pattern: str, minimum: int | None, maximum: int | None) -> str | None:
        try:
            shortest(pattern, minimum, maximum)
        except PatternError as problem:
            return str(problem)
        return None

    def matches(self, pattern: str, text: str) -> bool:
        try:
            return compile_pattern(pattern).fullmatch(text)
        except PatternError:
            return True


@click.command("lint")
@click.argument("services", nargs=-1, metavar="[SERVICE]...")
@click.option(
    "--spec", "source", default=loading.REPOSITORY, metavar="SOURCE", help="A version, 'installed', or a path."
)
@click.option("--errors-only", is_flag=True, help="Print no warnings.")
def command(services: tuple[str, ...], source: str, errors_only: bool) -> int:
    """Print mistakes in specs and their overlays; without SERVICE, in all stored specs.

    The exit status is 1 if there is an error.
    """
    root = files.package_root()
    names = services or (files.stored_services(root) if root else ())
    if not names:
        raise BadFile(
            "specs", "no specs are stored here", hint="name a service, or write specs with 'conformance specs extract'"
        )
    errors = warnings = 0
    for name in names:
        for problem in _problems(loading.load_spec(name, source=source)):
            errors += problem.severity == "error"
            warnings += problem.severity == "warning"
            if problem.severity == "error" or not errors_only:
                click.echo(f"{name}: {problem.severity}: {problem.where}: {problem.what}")
    click.echo(f"{counted(len(names), 'spec')}, {counted(errors, 'error')}, {counted(warnings, 'warning')}")
    return 1 if errors else 0


def _problems(loaded: loading.Loaded) -> Iterator[problems.Problem]:
    rules = load_overlay(loaded.overlay_path) if loaded.overlay_path else None
    yield from problems.lint(loaded.spec, rules, patterns=_Patterns())
    if rules and loaded.overlay_path:
        yield from _older_rules(loaded.spec, rules, files.stored_folder(loaded.overlay_path.parent))


def _older_rules(spec: Spec, rules: entries.Overlay, known: files.Stored) -> Iterator[problems.Problem]:
    """The mistakes in rules of older versions, found with the newest stored version that each rule is valid for.

    A condition may name members that came later: only what is missing in both versions is a mistake.
    """
    left = [rule for rule in rules.rules if not rule.holds_for(spec.provenance.botocore)]
    for version in known.versions:
        due = tuple(rule for rule in left if rule.holds_for(version.provenance.botocore))
        left = [rule for rule in left if rule not in due]
        if due:
            then = _of_rules(files.read_stored_version(known, version), replace(rules, rules=due))
            endless = tuple(replace(rule, since=None, until=None) for rule in due)
            now = _of_rules(spec, replace(rules, rules=endless))
            yield from (problem for problem in then if problem in now)


def _of_rules(spec: Spec, rules: entries.Overlay) -> list[problems.Problem]:
    return [problem for problem in problems.lint(spec, rules) if problem.where.startswith("overlay rules")]
