"""What a program adds to every service that is loaded after: checks of its own, and rules of its own."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from conformance.exceptions import BadFile, ConformanceError, UnknownName, UsageError
from conformance.planning import registrations
from conformance.specs.overlay.parser import parse_rule
from conformance.specs.overlay.registered_checks import RegisteredCheck
from conformance.values.vocabulary import SEVERITIES, Severity
from conformance.verdicts.registered import CheckFunction

Function = TypeVar("Function", bound=CheckFunction)

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def register_check(
    *,
    name: str,
    statement: str,
    source: str,
    operations: str | Iterable[str],
    severity: Severity = "error",
    replace: bool = False,
) -> Callable[[Function], Function]:
    """Decorate a function that checks the answers of some operations; runs call it from then on.

    Provisional.

    The function takes a `Context` (the case, the request as sent, the answer) and yields a `Match` or a `Mismatch`, or
    nothing where the answer does not matter to it. Runs call it for every answer of the operations that the globs
    `operations` match, such as `sqs:Create*`. It adds the clause `<service>:<Operation>/check#<name>`: the `statement`
    is one sentence of what holds, the `source` says who says so, such as `docs: our handbook, 2026-01-31`. A mismatch
    is a finding of that `severity`: error, warning or info. A function that raises leaves its clause undecided.

    Raises UsageError for an argument that is empty or of another form, and for a name that is registered already,
    unless `replace`; UnknownName for another severity.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise UsageError(f"name is {name!r}, not a word of letters, digits, '.', '_' and '-'")
    for argument, value in (("statement", statement), ("source", source)):
        if not isinstance(value, str) or not value.strip():
            raise UsageError(f"{argument} of the check '{name}' is {value!r}, not a text")
    globs = (operations,) if isinstance(operations, str) else tuple(operations)
    for each in globs or ("",):
        if not isinstance(each, str) or not all(each.partition(":")):
            raise UsageError(f"operations of the check '{name}' has {each!r}", hint="as in sqs:CreateQueue or sqs:*")
    if severity not in SEVERITIES:
        raise UnknownName("severity", str(severity), SEVERITIES)

    def register(function: Function) -> Function:
        if not callable(function):
            raise UsageError(f"the check '{name}' is {function!r}, not a function")
        check = RegisteredCheck(name, statement, source, severity, globs, function)
        registrations.add_check(check, replace_known=replace)
        return function

    return register


def register_rule(service: str, rule: Mapping[str, Any], *, replace: bool = False) -> None:
    """Add a rule to a service, spelled as in an overlay file; runs put it to the test from then on.

    Provisional.

    `rule` has the keys of an entry under `rules` in `overlay.yaml`: id, operations, statement, source, enforcement, and
    `request` or `answer` with a JMESPath condition. A request rule also says how valid requests are repaired (`repair`)
    and broken (`violations`). It adds the clause `<service>:<Operation>/rule#<id>`.

    Raises UsageError for a rule that breaks the format, with the key, and for an id that is registered already, unless
    `replace`. An operation that the service does not have is refused when the service is loaded.
    """
    if not isinstance(service, str) or not service:
        raise UsageError(f"service is {service!r}, not a text")
    if not isinstance(rule, Mapping):
        raise UsageError(f"rule is {rule!r:.60}, not a mapping")
    registrations.add_rule(service, parse_rule(service, dict(rule)), replace_known=replace)


def load_checks(path: Path) -> None:
    """Run a Python file that registers checks and rules; raises BadFile for one that cannot be run."""
    if not path.is_file():
        raise BadFile(path, "is not a file", hint="a Python file that calls conformance.register_check")
    name = f"conformance_checks_{re.sub(r'[^0-9A-Za-z]', '_', str(path.resolve()))}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise BadFile(path, "is not a Python file", hint="its name ends in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except ConformanceError:
        raise
    except Exception as problem:
        raise BadFile(path, f"raises {type(problem).__name__}: {problem}") from problem
