"""`diamond portfolio`: its document, its tables, what it refuses, and Ctrl-C with workers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from api.cli import run
from fixtures.samples import SAMPLES
from simulation import cluster
from tests.api.conftest import Run

pytestmark = pytest.mark.xdist_group("commands")

QUICK = ("--replicates", "10", "--months", "6")


def test_the_document(diamond: Run, tmp_path: Path):
    out = tmp_path / "p.nc"
    asked = ("--replicates", "10", "--months", "30", "--scenario", "rival_launch")
    code, found = diamond("portfolio", *asked, "--out", str(out))
    assert code == 0
    assert {one["id"] for one in found["accounts"]} >= set(SAMPLES)
    assert found["components"][0] == len(found["accounts"])  # one team serves them all
    assert len(found["total"]["strategies"]) == 7
    assert any("plan is left out" in one for one in found["warnings"])
    assert sum(len(one["accounts"]) for one in found["regions"]) == len(found["accounts"])
    assert found["events"][0]["event"] == "rival_launch"
    assert out.stat().st_size > 10_000
    again = diamond("portfolio", *asked, "--threads", "2")[1]
    assert again == found


def test_some_accounts_and_their_own_plans(diamond: Run):
    code, found = diamond("portfolio", "valdara", "tornvik", *QUICK, "--strategies", "plan,diamond")
    assert code == 0
    assert [one["id"] for one in found["accounts"]] == ["tornvik", "valdara"]
    assert [one["name"] for one in found["total"]["strategies"]] == ["plan", "diamond"]
    code, found = diamond("portfolio", "--region", "fr", *QUICK, "--strategies", "do_nothing")
    assert {one["country"] for one in found["accounts"]} == {"FR"}


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["nowhere"], 2, "No account"),
        (["--region", "Atlantis"], 2, "Atlantis"),
        (["--workers", "0"], 2, "workers is 0"),
        (["--workers", "2", "--threads", "2"], 2, "--threads"),
        (["--workers", "2", "--cluster", "127.0.0.1:9"], 2, "not both"),
        (["--cluster", "nonsense"], 2, "needs a host and a port"),
        (["--cluster", "127.0.0.1:9"], 3, "No Dask scheduler answers at 127.0.0.1:9"),
        (["--replicates", "1000000000"], 2, "at most"),
        (["--strategies", "diamnd"], 2, "nearest is diamond"),
        (["--scenario", "nothing_like_it"], 2, "shipped scenario"),
        (["--out", "p.txt"], 2, ".parquet"),
    ],
)
def test_what_is_refused(
    diamond: Run, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int, said: str
):
    monkeypatch.setattr(cluster, "ANSWERS_WITHIN", 1.0)
    ended, found = diamond("portfolio", *arguments)
    assert ended == code
    assert said in found["detail"]


def test_the_tables(folder: Path, capsys: pytest.CaptureFixture[str]):
    assert run(["portfolio", *QUICK, "--strategies", "diamond,do_nothing", "--store", str(folder)]) == 0
    shown = capsys.readouterr().out
    for expected in (
        "run together",
        "earns most over all accounts",
        "Accounts lost",
        "Westfalen",
        "Ahead of the next",
    ):
        assert expected in shown
    assert run(["portfolio", "valdara", *QUICK, "--strategies", "diamond", "--store", str(folder)]) == 0
    assert "each is run alone" in capsys.readouterr().out


def test_ctrl_c_leaves_no_file_and_no_worker(folder: Path, tmp_path: Path):
    out = tmp_path / "p.nc"
    command = [str(Path(sys.executable).with_name("diamond")), "portfolio", "--replicates", "30000"]
    running = subprocess.Popen(
        [*command, "--workers", "2", "--out", str(out), "--store", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    started = psutil.Process(running.pid)
    until = time.monotonic() + 90
    workers: list[psutil.Process] = []
    while len(workers) < 2 or any(one.cpu_times().user < 1.5 for one in workers):
        assert time.monotonic() < until
        assert running.poll() is None
        time.sleep(0.2)
        workers = [
            one
            for one in started.children(recursive=True)
            if "--multiprocessing-fork" in " ".join(one.cmdline())
        ]
    os.killpg(running.pid, signal.SIGINT)  # as a terminal does: to every process
    shown, said = running.communicate(timeout=60)
    assert running.returncode == 130
    assert (shown, said) == (b"", b"")
    assert not any(one.is_running() for one in workers)
    assert list(tmp_path.iterdir()) == []
