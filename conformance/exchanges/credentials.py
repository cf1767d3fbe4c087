"""Credentials, region and certificates as the AWS CLI has them.

    environment, shared files, profile --botocore.session--> Login | region | CA bundle

Every error that botocore finds in a configuration (an unknown profile, half a key, an expired login) becomes a
UsageError of one line.
"""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import botocore.httpsession
import botocore.session
from botocore.credentials import Credentials as StaticCredentials
from botocore.exceptions import BotoCoreError

from conformance.exceptions import BadFile, UnknownName, UsageError
from conformance.exchanges.signing import Credentials

# What botocore takes as a part of a host name (`botocore.utils.validate_region_name`), and not empty.
_REGION = re.compile("[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")

DEFAULT_REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class Login:
    """Credentials, and whether they are the user's own; the others are placeholders that only emulators accept."""

    credentials: Credentials = field(repr=False)
    own: bool = True


def dummy_login(access_key: str = "test") -> Login:
    """Placeholder credentials, which emulators accept and AWS refuses; `access_key` may name an account."""
    return Login(StaticCredentials(access_key, "test"), own=False)


def open_session(profile: str | None = None) -> Any:
    """A botocore session; raises UnknownName for a profile that is in no shared file, UsageError for broken files."""
    with botocore_errors():
        session = botocore.session.Session()
        known = session.available_profiles
        wanted = profile or os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE")
        if wanted and wanted not in known and not (wanted == "default" and not profile):
            names = ", ".join(sorted(known))
            hint = f"known profiles: {names}" if known else "no profile is configured; 'aws configure' makes one"
            raise UnknownName("profile", wanted, known, hint=hint)
        if profile:
            session.set_config_variable("profile", profile)
        session.get_scoped_config()
        return session


def login_from(session: Any, *, metadata: bool) -> Login | None:
    """The credentials of botocore's chain, or None; `metadata` allows to ask the metadata service of a machine."""
    with botocore_errors():
        if not metadata:
            session.get_component("credential_provider").remove("iam-role")
        found = session.get_credentials()
        if found is None:
            return None
        found.get_frozen_credentials()
        return Login(found)


def region_from(session: Any, explicit: str | None = None) -> str | None:
    """The region: `explicit`, else that of the environment, else that of the profile; None without any.

    Raises UsageError for one that cannot be the name of a region.
    """
    with botocore_errors():
        configured = session.get_config_variable("region")
    region = explicit if explicit is not None else os.environ.get("AWS_REGION") or configured or None
    if region is not None and not _REGION.fullmatch(region):
        raise UsageError(f"{region!r} is not the name of a region", hint="as in --region eu-west-1")
    return region


def ca_bundle_from(session: Any, explicit: str | None = None) -> str:
    """The path of the certificates to trust; raises BadFile where they cannot be read."""
    with botocore_errors():
        configured = session.get_config_variable("ca_bundle")
    named = explicit or configured or os.environ.get("REQUESTS_CA_BUNDLE")
    if not named:
        return str(botocore.httpsession.where())
    path = Path(named).expanduser()
    if not path.exists():
        raise BadFile(named, "no such file of certificates", hint="--ca-bundle wants a file in PEM format")
    if path.is_file():
        try:
            ssl.create_default_context(cafile=str(path))
        except (OSError, ssl.SSLError) as problem:
            raise BadFile(named, "not certificates in PEM format") from problem
    return str(path)


@contextmanager
def botocore_errors() -> Iterator[None]:
    """Turn what botocore finds wrong in a configuration into a UsageError."""
    try:
        yield
    except (BotoCoreError, ValueError) as problem:  # botocore converts settings without an error of its own
        text = " ".join(str(problem).split())
        raise UsageError(f"AWS configuration: {text}", hint="see 'aws configure list'") from problem
