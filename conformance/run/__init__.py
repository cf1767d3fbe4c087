"""A plan carried out at a target: an iterator of the lines of a record.

    Plan, Target --calibrate--> header --operations--> case ... finding ... verdict ... operation --> footer

Nothing here prints, reports or reads configuration. Between the lines of the record, `progress` lines tell a face how
far the run is; they are not part of a record.
"""

from __future__ import annotations

from conformance.run.engine import Target, run
from conformance.run.record_rows import Row
from conformance.run.recording_run import judge_recording

__all__ = ["Row", "Target", "judge_recording", "run"]
