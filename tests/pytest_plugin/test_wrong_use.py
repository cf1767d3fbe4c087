"""What is wrong in a session is told with the words of pytest's own options."""

from __future__ import annotations

import pytest

from conformance.exceptions import UsageError
from conformance.pytest_plugin import wrong_use


def test_options_have_the_names_that_they_have_in_pytest() -> None:
    problem = UsageError("--baseline takes YAML", hint="leave out --only, --region or --out-of-order")
    assert wrong_use.in_one_line(problem) == (
        "conformance: --conformance-baseline takes YAML (leave out --conformance-only, --region or --out-of-order)"
    )


@pytest.mark.parametrize(("version", "is_taken"), [((8, 0, 2), False), ((7, 4), False), ((8, 1), True), ((9, 2), True)])
def test_an_old_pytest_is_refused(version: tuple[int, ...], is_taken: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pytest, "version_tuple", version)
    if is_taken:
        wrong_use.check_version()
        return
    with pytest.raises(pytest.UsageError, match=r"too old \(use 8\.1 or newer\)"):
        wrong_use.check_version()
