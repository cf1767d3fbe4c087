"""Smithy RPC v2 with CBOR bodies."""
