"""How the shop reaches AWS."""

from __future__ import annotations

import functools
from typing import Any

import boto3
from botocore.exceptions import ClientError

REGION, ACCOUNT = "eu-west-1", "123456789012"


@functools.cache
def session() -> boto3.Session:
    """The session of this process: it reads the models of services once."""
    return boto3.Session(region_name=REGION)


def client(service: str) -> Any:
    """A client of a service, in the region of the shop."""
    return session().client(service)


def code_of(error: ClientError) -> str:
    """The code of an error."""
    return str(error.response["Error"]["Code"])


def pages(service: Any, operation: str, member: str, **params: Any) -> list[Any]:
    """The items of all pages of a list."""
    return [item for page in service.get_paginator(operation).paginate(**params) for item in page.get(member, [])]
