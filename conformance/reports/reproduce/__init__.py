"""The steps of a case as scripts that run without this project.

    case, ReproductionContext --boto3_script----> Python
                              --aws_cli_script--> shell, an `aws` command a step
                              --curl_script-----> shell, a `curl` command a step: always the exact request

The scripts send what the run sent: method, path, query, meaningful headers and body bytes. Where only the wire form
is invalid, boto3 gets a handler that replaces the bytes; the AWS CLI cannot do that, and its script gives the reason.
All text comes from a record and is hostile: every part is quoted for the language that it is put into.
"""

from conformance.reports.reproduce.aws_cli import aws_cli_script
from conformance.reports.reproduce.boto3_script import boto3_script
from conformance.reports.reproduce.curl import curl_script
from conformance.reports.reproduce.script_context import CANNOT_SEND, ReproductionContext, context_of

__all__ = ["CANNOT_SEND", "ReproductionContext", "aws_cli_script", "boto3_script", "context_of", "curl_script"]
