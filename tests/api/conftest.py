"""Fixtures of the commands: a store with the samples, and a command run on it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from api.cli import run
from fixtures.samples import sample_files
from graph.imports import import_files
from graph.store import Store

Run = Callable[..., tuple[int, Any]]


@pytest.fixture(scope="module")
def folder(opened_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Load the samples once for a file of tests, none of which changes them."""
    opened_store.clear()
    import_files(
        opened_store, sample_files(tmp_path_factory.mktemp("samples"), date.today()), today=date.today()
    )
    found = opened_store.target.folder
    assert found is not None
    return found


@pytest.fixture
def diamond(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on the samples and return its exit code and its one JSON document."""

    def ran(*arguments: str, store: str | None = None) -> tuple[int, Any]:
        capsys.readouterr()
        code = run([*arguments, "--json", "--store", store or str(folder)])
        return code, json.loads(capsys.readouterr().out, parse_constant=pytest.fail)

    return ran
