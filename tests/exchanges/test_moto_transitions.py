"""Moto stays in transient states: in process and over HTTP, and as it was afterwards."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance.exchanges.moto_transitions import state_models
from doubles.command_line import conformance, of_type, rows_of
from doubles.faulty_servers import no_to_everything, nobody

pytest.importorskip("moto.moto_api")


WHAT = "dax:CreateCluster,DescribeClusters"


def seen(tmp_path: Path, *options: str) -> str:
    """The history of a cluster's status, as the lifecycle scenario of its creation saw it."""
    result = conformance("run", WHAT, "--only", "*lifecycle*", "--seed", "1", "--out", str(tmp_path), *options)
    assert result.err == ""
    words: list[str] = []
    for row in of_type(rows_of(tmp_path), "case"):
        if "/scenario/" not in row["id"] or row["operation"] != "CreateCluster":
            continue
        for step in row["steps"]:
            if step.get("label") and step["operation"] == "DescribeClusters":
                clusters = json.loads(step["response"]["body"]).get("Clusters", ())
                words.extend(each["Status"] for each in clusters)
    return " ".join(words)


def test_histories_show_the_states_that_moto_stays_in(tmp_path: Path) -> None:
    long, short = seen(tmp_path, "--transitions", "5"), seen(tmp_path, "--transitions", "0")
    assert long.count("creating") > short.count("creating")
    assert "available" in long


def test_moto_is_left_as_it_was(tmp_path: Path) -> None:
    from moto.moto_api import state_manager

    before = {name: state_manager.get_transition(name) for name in state_models()}
    seen(tmp_path, "--transitions", "7")
    assert {name: state_manager.get_transition(name) for name in state_models()} == before


def test_a_target_without_a_state_manager_is_told(tmp_path: Path) -> None:
    with no_to_everything() as server:
        result = conformance("run", WHAT, "--target", server.url, "--transitions", "2", "--out", str(tmp_path))
    assert result.status == 2
    assert "is for moto" in result.err


def test_a_target_that_is_not_there_is_told(tmp_path: Path) -> None:
    with nobody() as server:
        result = conformance("run", WHAT, "--target", server.url, "--transitions", "2", "--out", str(tmp_path))
    assert result.status == 3
    assert "does not answer" in result.err
