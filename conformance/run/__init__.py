"""A plan carried out at a target: an iterator of the rows of a record.

    Plan, Target --calibrate--> header --operations--> case ... finding ... verdict ... operation --> footer

Nothing here prints, reports or reads configuration. Between the rows of the record, `OperationStarted` says how far
the run is; it is not part of a record.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conformance.run.engine import Target, run
    from conformance.run.events import Event, OperationStarted
    from conformance.run.recording_run import judge_recording

__all__ = ["Event", "OperationStarted", "Target", "judge_recording", "run"]

# Loaded when used: who only concludes rows does not wait for the engine.
_MODULES = {
    "Event": "events",
    "OperationStarted": "events",
    "Target": "engine",
    "judge_recording": "recording_run",
    "run": "engine",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
