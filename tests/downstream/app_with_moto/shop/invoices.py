"""Invoices, in a bucket of S3 under year/month/order.txt."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from shop.aws import REGION, client, code_of, pages

BUCKET = "shop-invoices-archive"


class Invoices:
    """The bucket."""

    def __init__(self) -> None:
        self.s3 = client("s3")

    def create_bucket(self) -> None:
        """Make the bucket: versioned, encrypted, closed to the public, old files to the archive."""
        self.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.s3.get_waiter("bucket_exists").wait(Bucket=BUCKET)
        self.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        closed = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
        self.s3.put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration=dict.fromkeys(closed, True))

    def protect(self) -> None:
        """Encrypt what is stored, and move it to cheaper storage in time."""
        encrypted = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
        self.s3.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration=encrypted)
        rule = {
            "ID": "to-archive",
            "Status": "Enabled",
            "Filter": {"Prefix": "2"},
            "Transitions": [{"Days": 90, "StorageClass": "GLACIER"}],
        }
        self.s3.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration={"Rules": [rule]})

    def store(self, year: int, month: int, order: str, text: str) -> str:
        """Store an invoice, and return its key."""
        key = f"{year}/{month:02}/{order}.txt"
        self.s3.put_object(
            Bucket=BUCKET,
            Key=key,
            Body=text.encode(),
            ContentType="text/plain; charset=utf-8",
            Metadata={"order": order},
            Tagging=f"year={year}",
        )
        return key

    def store_large(self, key: str, parts: list[bytes]) -> None:
        """Store a file in parts."""
        upload = self.s3.create_multipart_upload(Bucket=BUCKET, Key=key)["UploadId"]
        done = []
        for number, body in enumerate(parts, start=1):
            part = self.s3.upload_part(Bucket=BUCKET, Key=key, UploadId=upload, PartNumber=number, Body=body)
            done.append({"PartNumber": number, "ETag": part["ETag"]})
        self.s3.complete_multipart_upload(Bucket=BUCKET, Key=key, UploadId=upload, MultipartUpload={"Parts": done})

    def text(self, key: str, version: str | None = None) -> str | None:
        """The text of an invoice, None where there is none."""
        try:
            more = {} if version is None else {"VersionId": version}
            return str(self.s3.get_object(Bucket=BUCKET, Key=key, **more)["Body"].read().decode())
        except ClientError as error:
            if code_of(error) == "NoSuchKey":
                return None
            raise

    def first_bytes(self, key: str, count: int) -> bytes:
        """The beginning of a file."""
        return bytes(self.s3.get_object(Bucket=BUCKET, Key=key, Range=f"bytes=0-{count - 1}")["Body"].read())

    def exists(self, key: str) -> bool:
        """Whether there is an invoice."""
        try:
            self.s3.head_object(Bucket=BUCKET, Key=key)
        except ClientError as error:
            if code_of(error) == "404":
                return False
            raise
        return True

    def keys(self, year: int, month: int | None = None) -> list[str]:
        """The keys of a year, or of a month."""
        prefix = f"{year}/" if month is None else f"{year}/{month:02}/"
        return [each["Key"] for each in pages(self.s3, "list_objects_v2", "Contents", Bucket=BUCKET, Prefix=prefix)]

    def months(self, year: int) -> list[str]:
        """The months of a year in which there are invoices."""
        answer = self.s3.list_objects_v2(Bucket=BUCKET, Prefix=f"{year}/", Delimiter="/")
        return [each["Prefix"].split("/")[1] for each in answer.get("CommonPrefixes", [])]

    def versions(self, key: str) -> list[str]:
        """The versions of an invoice, the newest first."""
        answer = self.s3.list_object_versions(Bucket=BUCKET, Prefix=key)
        return [each["VersionId"] for each in answer["Versions"]]

    def tags(self, key: str) -> dict[str, str]:
        """The tags of an invoice."""
        answer = self.s3.get_object_tagging(Bucket=BUCKET, Key=key)
        return {each["Key"]: each["Value"] for each in answer["TagSet"]}

    def move(self, key: str, to: str) -> None:
        """Move an invoice to another key."""
        self.s3.copy_object(Bucket=BUCKET, Key=to, CopySource={"Bucket": BUCKET, "Key": key})
        self.s3.delete_object(Bucket=BUCKET, Key=key)

    def remove(self, keys: list[str]) -> list[str]:
        """Delete invoices; returns what was deleted."""
        answer: Any = self.s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": key} for key in keys]})
        return [each["Key"] for each in answer["Deleted"]]

    def link(self, key: str, seconds: int) -> str:
        """A URL that shows an invoice to whom it is given."""
        params = {"Bucket": BUCKET, "Key": key}
        return str(self.s3.generate_presigned_url("get_object", Params=params, ExpiresIn=seconds))
