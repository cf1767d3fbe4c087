"""Recordings: their files, and how values that SDKs show differ from those on the wire.

    recorded_answers  one answer, of either kind of recording
    recording_file  the answers in a file, operation by operation
    sdk_output      an output or error as an SDK shows it -> Answer
    placeholders    what recorders write in place of values that vary
    times           how timestamps are spelled

They are separate from the codecs, because these are strict: what a recorder writes is not what the wire carries.
"""
