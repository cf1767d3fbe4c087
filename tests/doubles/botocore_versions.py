"""In what the versions of botocore that are supported differ, where tests hold its behaviour against ours."""

from __future__ import annotations

from datetime import datetime, timezone

from botocore.serialize import create_serializer

from conformance.specs import ingest

# The version of botocore that the data in `specs/_shared` were checked against: they name what it has.
DATA_VERSION = "1.44.5"


def installed_is_older(than: str = DATA_VERSION) -> bool:
    """Whether the installed botocore is older than a version, and may lack what that version has."""
    ours, theirs = (tuple(map(int, version.split(".")[:3])) for version in (ingest.botocore_version(), than))
    return ours < theirs


def botocore_writes_fractions() -> bool:
    """Whether it writes the fractions of a second in timestamps that are numbers; 1.40.0 drops them."""
    moment = datetime(2024, 1, 2, 3, 4, 5, 500_000, timezone.utc)
    written = create_serializer("json", include_validation=False)._convert_timestamp_to_str(moment, "unixtimestamp")
    return float(written) % 1 > 0
