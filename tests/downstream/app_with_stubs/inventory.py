"""An application that takes stock of an AWS account."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.exceptions import ClientError


def client(service: str) -> Any:
    """A client of a service."""
    return boto3.client(service, region_name="eu-west-1", aws_access_key_id="testing", aws_secret_access_key="testing")


def answer(service: str, operation: str, **params: Any) -> Any:
    """What an operation answers, or the code of its error."""
    try:
        return getattr(client(service), operation)(**params)
    except ClientError as error:
        return error.response.get("Error", {}).get("Code")
