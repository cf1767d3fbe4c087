from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from shop.invoices import BUCKET, Invoices


@pytest.fixture
def invoices() -> Invoices:
    bucket = Invoices()
    bucket.create_bucket()
    return bucket


@pytest.mark.parametrize("text", ["", "19.90 EUR", "Größe 42\n", "🎁" * 100, "x" * 100_000])
def test_a_text_is_kept(invoices: Invoices, text: str) -> None:
    key = invoices.store(2026, 3, "1001", text)
    assert key == "2026/03/1001.txt"
    assert invoices.text(key) == text


@pytest.mark.parametrize("order", ["1001", "with space", "plus+sign", "Größe", "a&b=c", "100%"])
def test_orders_have_any_name(invoices: Invoices, order: str) -> None:
    key = invoices.store(2026, 1, order.encode("ascii", "replace").decode(), "text")
    assert invoices.exists(key)
    assert invoices.keys(2026) == [key]


@pytest.mark.parametrize("key", ["2026/03/1001.txt", "x", "with space/é"])
def test_what_is_not_there_is_missing(invoices: Invoices, key: str) -> None:
    assert invoices.text(key) is None
    assert not invoices.exists(key)


@pytest.mark.parametrize(("month", "count"), [(None, 3), (1, 2), (2, 1), (3, 0)])
def test_keys_of_a_month(invoices: Invoices, month: int | None, count: int) -> None:
    for number, each in enumerate((1, 1, 2)):
        invoices.store(2026, each, str(number), "text")
    invoices.store(2025, 1, "old", "text")
    assert len(invoices.keys(2026, month)) == count


def test_months_with_invoices(invoices: Invoices) -> None:
    for month in (1, 5, 12):
        invoices.store(2026, month, "1", "text")
    assert invoices.months(2026) == ["01", "05", "12"]
    assert invoices.months(2025) == []


def test_old_versions_are_kept(invoices: Invoices) -> None:
    key = invoices.store(2026, 1, "1", "first")
    invoices.store(2026, 1, "1", "second")
    newest, oldest = invoices.versions(key)
    assert [invoices.text(key, newest), invoices.text(key, oldest)] == ["second", "first"]


def test_invoices_are_tagged(invoices: Invoices) -> None:
    assert invoices.tags(invoices.store(2026, 1, "1", "text")) == {"year": "2026"}


def test_an_invoice_is_moved(invoices: Invoices) -> None:
    key = invoices.store(2026, 1, "1", "text")
    invoices.move(key, "2026/02/1.txt")
    assert invoices.keys(2026) == ["2026/02/1.txt"]


@pytest.mark.parametrize("count", [1, 2, 20])
def test_invoices_are_removed_together(invoices: Invoices, count: int) -> None:
    keys = [invoices.store(2026, 1, str(number), "text") for number in range(count)]
    assert sorted(invoices.remove(keys)) == sorted(keys)
    assert invoices.keys(2026) == []


@pytest.mark.parametrize("count", [1, 4, 10])
def test_the_beginning_of_a_file(invoices: Invoices, count: int) -> None:
    key = invoices.store(2026, 1, "1", "0123456789")
    assert invoices.first_bytes(key, count) == b"0123456789"[:count]


def test_a_large_file_is_stored_in_parts(invoices: Invoices) -> None:
    invoices.store_large("export.bin", [b"a" * 5 * 1024 * 1024, b"b"])
    assert invoices.first_bytes("export.bin", 3) == b"aaa"


def test_a_link_names_the_invoice(invoices: Invoices) -> None:
    assert f"{BUCKET}.s3" in invoices.link("2026/01/1.txt", 60)


def test_the_archive_is_protected(invoices: Invoices) -> None:
    invoices.protect()
    (rule,) = invoices.s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
    assert rule["ID"] == "to-archive"
    found = invoices.s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]["Rules"]
    assert found[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"


def test_a_bucket_is_made_once(invoices: Invoices) -> None:
    with pytest.raises(ClientError, match="BucketAlreadyOwnedByYou"):
        invoices.create_bucket()


def test_without_a_bucket_nothing_is_stored() -> None:
    with pytest.raises(ClientError, match="NoSuchBucket"):
        Invoices().store(2026, 1, "1", "text")
