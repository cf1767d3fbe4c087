"""The collector rests while documents are read, and is left as it was."""

from __future__ import annotations

import atexit
import gc

import pytest

from conformance.watching.garbage_collection import leave_to_exit, paused_collection


@pytest.mark.parametrize("enabled", [True, False])
def test_collection_is_paused_and_left_as_it_was(enabled: bool) -> None:
    before = gc.isenabled()
    try:
        (gc.enable if enabled else gc.disable)()
        with paused_collection():
            assert not gc.isenabled()
        assert gc.isenabled() is enabled
        with pytest.raises(KeyError), paused_collection():
            raise KeyError
        assert gc.isenabled() is enabled
    finally:
        (gc.enable if before else gc.disable)()


def test_at_the_end_of_the_process_nothing_is_searched_for_garbage(monkeypatch: pytest.MonkeyPatch) -> None:
    at_exit: list[object] = []
    monkeypatch.setattr(atexit, "register", at_exit.append)
    leave_to_exit()
    assert at_exit == [gc.freeze]
