"""From the steps of a case to lines that somebody can run without this project.

    case, ReproductionContext --boto3_script----> Python
                              --aws_cli_script--> shell, one `aws` command a step
                              --curl_script-----> shell, one `curl` command a step: always the very request

What the lines send is what was sent: method, path, query, headers that mean something, body bytes. Where a request
is broken on the wire form, boto3 gets a handler that puts the bytes in place; the AWS CLI cannot do that and says so.
All text comes from a record and is hostile: every part is quoted for the language that it is put into.
"""

from conformance.reports.reproduce.aws_cli import aws_cli_script
from conformance.reports.reproduce.boto3_script import boto3_script
from conformance.reports.reproduce.curl import curl_script
from conformance.reports.reproduce.script_context import ReproductionContext, context_of

__all__ = ["ReproductionContext", "aws_cli_script", "boto3_script", "context_of", "curl_script"]
