"""What the shop has to know: parameters of Systems Manager, secrets, and the keys that encrypt them."""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import ClientError

from shop.aws import client, code_of, pages


class Parameters:
    """Parameters under one path."""

    def __init__(self, stage: str) -> None:
        self.ssm, self.path = client("ssm"), f"/shop/{stage}"

    def set(self, name: str, value: str, kind: str = "String") -> int:
        """Set a parameter, and return its version."""
        answer = self.ssm.put_parameter(Name=f"{self.path}/{name}", Value=value, Type=kind, Overwrite=True)
        return int(answer["Version"])

    def get(self, name: str, default: str | None = None) -> str | None:
        """A parameter, or the default."""
        try:
            answer = self.ssm.get_parameter(Name=f"{self.path}/{name}", WithDecryption=True)
        except ClientError as error:
            if code_of(error) == "ParameterNotFound":
                return default
            raise
        return str(answer["Parameter"]["Value"])

    def some(self, *names: str) -> tuple[dict[str, str], set[str]]:
        """Parameters by name, and the names of those that there are not."""
        answer = self.ssm.get_parameters(Names=[f"{self.path}/{name}" for name in names])
        found = {self._short(each["Name"]): each["Value"] for each in answer["Parameters"]}
        return found, {self._short(name) for name in answer["InvalidParameters"]}

    def all(self) -> dict[str, str]:
        """All parameters."""
        found = pages(self.ssm, "get_parameters_by_path", "Parameters", Path=self.path, Recursive=True)
        return {self._short(each["Name"]): each["Value"] for each in found}

    def history(self, name: str) -> list[str]:
        """The values that a parameter has had."""
        answer = self.ssm.get_parameter_history(Name=f"{self.path}/{name}")
        return [each["Value"] for each in answer["Parameters"]]

    def described(self, name: str) -> dict[str, Any]:
        """What Systems Manager says of a parameter."""
        filters = [{"Key": "Name", "Option": "Equals", "Values": [f"{self.path}/{name}"]}]
        (found,) = self.ssm.describe_parameters(ParameterFilters=filters)["Parameters"]
        return dict(found)

    def remove(self, *names: str) -> set[str]:
        """Delete parameters; returns which there were."""
        answer = self.ssm.delete_parameters(Names=[f"{self.path}/{name}" for name in names])
        return {self._short(name) for name in answer["DeletedParameters"]}

    def _short(self, name: str) -> str:
        return name.removeprefix(f"{self.path}/")


class Secrets:
    """Secrets, each a JSON object."""

    def __init__(self) -> None:
        self.secrets = client("secretsmanager")

    def create(self, name: str, value: dict[str, str]) -> str:
        """Make a secret, and return its ARN."""
        tags = [{"Key": "team", "Value": "sales"}]
        return str(self.secrets.create_secret(Name=name, SecretString=json.dumps(value), Tags=tags)["ARN"])

    def get(self, name: str, stage: str = "AWSCURRENT") -> dict[str, str] | None:
        """A secret, None where there is none."""
        try:
            answer = self.secrets.get_secret_value(SecretId=name, VersionStage=stage)
        except ClientError as error:
            if code_of(error) == "ResourceNotFoundException":
                return None
            raise
        return dict(json.loads(answer["SecretString"]))

    def change(self, name: str, value: dict[str, str]) -> None:
        """Give a secret a new value; the old one stays as AWSPREVIOUS."""
        self.secrets.put_secret_value(SecretId=name, SecretString=json.dumps(value))

    def names(self) -> list[str]:
        """The names of all secrets."""
        return sorted(each["Name"] for each in pages(self.secrets, "list_secrets", "SecretList"))

    def remove(self, name: str, days: int | None = 30) -> None:
        """Delete a secret, in so many days or at once."""
        how = {"ForceDeleteWithoutRecovery": True} if days is None else {"RecoveryWindowInDays": days}
        self.secrets.delete_secret(SecretId=name, **how)

    def restore(self, name: str) -> None:
        """Keep a secret that was to be deleted."""
        self.secrets.restore_secret(SecretId=name)

    def password(self, length: int) -> str:
        """A random password."""
        answer = self.secrets.get_random_password(PasswordLength=length, ExcludePunctuation=True)
        return str(answer["RandomPassword"])


class Keys:
    """Keys that the shop encrypts with, by alias."""

    def __init__(self) -> None:
        self.kms = client("kms")

    def create(self, alias: str) -> str:
        """Make a key under an alias, and return its id."""
        key = self.kms.create_key(Description=f"{alias} of the shop", KeyUsage="ENCRYPT_DECRYPT")["KeyMetadata"]
        self.kms.create_alias(AliasName=f"alias/{alias}", TargetKeyId=key["KeyId"])
        self.kms.enable_key_rotation(KeyId=key["KeyId"])
        return str(key["KeyId"])

    def encrypt(self, alias: str, text: bytes, **context: str) -> bytes:
        """Text that only who knows the context can decrypt."""
        answer = self.kms.encrypt(KeyId=f"alias/{alias}", Plaintext=text, EncryptionContext=context)
        return bytes(answer["CiphertextBlob"])

    def decrypt(self, blob: bytes, **context: str) -> bytes | None:
        """The text of what was encrypted, None with another context."""
        try:
            return bytes(self.kms.decrypt(CiphertextBlob=blob, EncryptionContext=context)["Plaintext"])
        except ClientError as error:
            if code_of(error) == "InvalidCiphertextException":
                return None
            raise

    def data_key(self, alias: str) -> tuple[bytes, bytes]:
        """A key for one file, open and encrypted."""
        answer = self.kms.generate_data_key(KeyId=f"alias/{alias}", KeySpec="AES_256")
        return bytes(answer["Plaintext"]), bytes(answer["CiphertextBlob"])

    def state(self, key: str) -> str:
        """The state of a key."""
        return str(self.kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"])

    def aliases(self) -> set[str]:
        """The aliases of the shop's own keys."""
        found = {each["AliasName"] for each in pages(self.kms, "list_aliases", "Aliases")}
        return {each.removeprefix("alias/") for each in found if not each.startswith("alias/aws/")}

    def retire(self, key: str, days: int) -> str:
        """Delete a key in so many days; returns its state."""
        self.kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=days)
        return self.state(key)
