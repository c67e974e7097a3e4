"""Fixtures of commands and HTTP: a store with the samples, a command run on it, the app over it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.cli import run
from api.http import create_app
from api.workspace import Workspace
from fixtures.samples import sample_files
from graph.imports import import_files
from graph.policy import load_policy
from graph.store import Store
from tests.api.serving import live

Run = Callable[..., tuple[int, Any]]

STRANGE = 'a/ropi <i>é</i>?x=1#%2F "q" \'&;'
MARKUP = "<b onmouseover=alert(1)>Bold</b> & Sons"


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


@pytest.fixture(scope="module")
def work(opened_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Load the samples and one account of strange ids; what a test writes, it takes away again."""
    opened_store.clear()
    folder = tmp_path_factory.mktemp("samples")
    import_files(opened_store, sample_files(folder, date.today()), today=date.today())
    strange = tmp_path_factory.mktemp("strange") / "strange.json"
    strange.write_text(
        json.dumps(
            {
                "organisations": [{"id": STRANGE, "name": MARKUP, "kind": "key_account"}],
                "people": [
                    {"id": f"{STRANGE}/1", "name": MARKUP, "organisation": STRANGE, "function": "purchasing"}
                ],
            }
        ),
        encoding="utf-8",
    )
    import_files(opened_store, [strange], today=date.today())
    yield Workspace(opened_store, load_policy())
    opened_store.clear()


@pytest.fixture(scope="module")
def client(work: Workspace) -> Iterator[httpx.Client]:
    with live(create_app(work)) as address, httpx.Client(base_url=address, timeout=120) as opened:
        yield opened
