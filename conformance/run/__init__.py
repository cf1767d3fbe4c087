"""A plan carried out at a target: an iterator of the rows of a record.

    Plan, Target --calibrate--> header --operations--> case ... finding ... verdict ... operation --> footer

Nothing here prints, reports or reads configuration. Between the rows of the record, `OperationStarted` says how far
the run is; it is not part of a record.
"""

from __future__ import annotations

from conformance.run.engine import Target, run
from conformance.run.events import Event, OperationStarted
from conformance.run.recording_run import judge_recording

__all__ = ["Event", "OperationStarted", "Target", "judge_recording", "run"]
