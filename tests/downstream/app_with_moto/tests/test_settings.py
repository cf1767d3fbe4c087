from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from shop.settings import Keys, Parameters, Secrets


@pytest.fixture
def parameters() -> Parameters:
    return Parameters("test")


@pytest.mark.parametrize("kind", ["String", "SecureString", "StringList"])
@pytest.mark.parametrize("value", ["a", "a,b", "Größe 42", "x" * 4096])
def test_a_parameter_is_kept(parameters: Parameters, kind: str, value: str) -> None:
    assert parameters.set("db/host", value, kind) == 1
    assert parameters.get("db/host") == value
    assert parameters.described("db/host")["Type"] == kind


@pytest.mark.parametrize("default", [None, "x"])
def test_a_missing_parameter_has_a_default(parameters: Parameters, default: str | None) -> None:
    assert parameters.get("nothing", default) == default


def test_parameters_by_name(parameters: Parameters) -> None:
    parameters.set("a", "1")
    assert parameters.some("a", "b") == ({"a": "1"}, {"b"})


@pytest.mark.parametrize("count", [0, 1, 12])
def test_all_parameters_of_a_stage(parameters: Parameters, count: int) -> None:
    expected = {f"group/{number}": str(number) for number in range(count)}
    for name, value in expected.items():
        parameters.set(name, value)
    Parameters("live").set("group/other", "x")
    assert parameters.all() == expected


def test_a_parameter_has_a_history(parameters: Parameters) -> None:
    assert [parameters.set("a", value) for value in ("1", "2", "3")] == [1, 2, 3]
    assert parameters.history("a") == ["1", "2", "3"]


def test_parameters_are_removed(parameters: Parameters) -> None:
    parameters.set("a", "1")
    assert parameters.remove("a", "b") == {"a"}
    assert parameters.all() == {}


@pytest.fixture
def secrets() -> Secrets:
    return Secrets()


@pytest.mark.parametrize("value", [{}, {"user": "shop", "password": "x"}, {"text": "Größe 🎁"}])
def test_a_secret_is_kept(secrets: Secrets, value: dict[str, str]) -> None:
    assert ":secret:db-" in secrets.create("db", value)
    assert secrets.get("db") == value


def test_a_secret_keeps_its_last_value(secrets: Secrets) -> None:
    secrets.create("db", {"password": "old"})
    secrets.change("db", {"password": "new"})
    assert secrets.get("db") == {"password": "new"}
    assert secrets.get("db", "AWSPREVIOUS") == {"password": "old"}


def test_a_missing_secret_is_none(secrets: Secrets) -> None:
    assert secrets.get("db") is None


def test_secrets_are_listed(secrets: Secrets) -> None:
    for name in ("db", "mail", "payment/key"):
        secrets.create(name, {})
    assert secrets.names() == ["db", "mail", "payment/key"]


@pytest.mark.parametrize("days", [None, 7, 30])
def test_a_secret_is_removed(secrets: Secrets, days: int | None) -> None:
    secrets.create("db", {})
    secrets.remove("db", days)
    assert secrets.names() == []


def test_a_secret_is_restored(secrets: Secrets) -> None:
    secrets.create("db", {"a": "b"})
    secrets.remove("db")
    with pytest.raises(ClientError, match="InvalidRequestException"):
        secrets.get("db")
    secrets.restore("db")
    assert secrets.get("db") == {"a": "b"}


@pytest.mark.parametrize("length", [8, 32])
def test_passwords_have_a_length(secrets: Secrets, length: int) -> None:
    assert len(secrets.password(length)) == length


@pytest.fixture
def keys() -> Keys:
    return Keys()


@pytest.mark.parametrize("text", [b"4111 1111 1111 1111", bytes(range(256))])
def test_text_is_encrypted(keys: Keys, text: bytes) -> None:
    keys.create("cards")
    blob = keys.encrypt("cards", text, order="1001")
    assert text not in blob
    assert keys.decrypt(blob, order="1001") == text


def test_the_context_decides(keys: Keys) -> None:
    keys.create("cards")
    assert keys.decrypt(keys.encrypt("cards", b"x", order="1001"), order="1002") is None


def test_a_data_key_is_decrypted(keys: Keys) -> None:
    keys.create("files")
    plain, blob = keys.data_key("files")
    assert len(plain) == 32
    assert keys.decrypt(blob) == plain


def test_keys_have_aliases(keys: Keys) -> None:
    for alias in ("cards", "files"):
        keys.create(alias)
    assert keys.aliases() == {"cards", "files"}


@pytest.mark.parametrize("days", [7, 30])
def test_a_key_is_retired(keys: Keys, days: int) -> None:
    key = keys.create("cards")
    assert keys.state(key) == "Enabled"
    assert keys.retire(key, days) == "PendingDeletion"


def test_there_is_no_key(keys: Keys) -> None:
    with pytest.raises(ClientError, match="NotFoundException"):
        keys.encrypt("cards", b"x")
