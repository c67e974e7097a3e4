"""The report by command and over HTTP, over a sample in a real store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

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

pytestmark = pytest.mark.xdist_group("http")

BUYER = "va.cortelazzi"
FEW = ["--replicates", "5", "--months", "12", "--strategies", "do_nothing,diamond"]


@pytest.fixture(scope="module")
def samples(opened_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened_store.clear()
    folder = tmp_path_factory.mktemp("samples")
    import_files(opened_store, sample_files(folder, date.today()), today=date.today())
    yield opened_store
    opened_store.clear()


def diamond(store: Store, *arguments: str) -> int:
    return run([*arguments, "--store", str(store.target.folder)])


def test_the_command_writes_a_report(
    samples: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "report.html"
    assert diamond(samples, "simulate", "valdara", "--leaves", BUYER, *FEW, "--out", str(file)) == 0
    page = file.read_text(encoding="utf-8")
    assert "<h1>What if Silvana Cortelazzi leaves in month 6?</h1>" in page
    assert "Why this is the order" in page
    assert [one.name for one in tmp_path.iterdir()] == ["report.html"]


def test_sensitivity_needs_a_report(
    samples: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert diamond(samples, "simulate", "valdara", *FEW, "--sensitivity") == 2
    assert "--out FILE.html" in capsys.readouterr().err
    assert diamond(samples, "simulate", "valdara", *FEW, "--out", str(tmp_path / "run.pdf")) == 2
    assert ".html" in capsys.readouterr().err


def test_a_finished_simulation_has_a_report(samples: Store) -> None:
    asked = {
        "leaves": [BUYER],
        "replicates": 5,
        "months": 12,
        "strategies": ["do_nothing", "diamond"],
        "wait": 0,
    }
    with (
        live(create_app(Workspace(samples, load_policy()))) as address,
        httpx.Client(base_url=address, timeout=120) as client,
    ):
        job = client.post("/api/v1/accounts/valdara/simulations", json=asked).json()["job"]
        with client.stream("GET", f"/api/v1/simulations/{job}/events") as events:
            assert any("event: end" in line for line in events.iter_lines())
        found = client.get(f"/api/v1/simulations/{job}/report")
        assert found.status_code == 200
        assert found.headers["content-type"].startswith("text/html")
        assert "<h1>What if Silvana Cortelazzi leaves in month 6?</h1>" in found.text
        assert client.get("/api/v1/simulations/none/report").status_code == 404
