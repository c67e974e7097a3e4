"""The installed command as a process of its own: streams, signals, help."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.xdist_group("commands")


@pytest.fixture
def shell() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the installed command as a process of its own."""
    command = Path(sys.executable).with_name("diamond")

    def ran(*arguments: str, **values: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(command), *arguments], capture_output=True, text=True, timeout=120, check=False, **values
        )

    return ran


def test_the_installed_command(shell, folder: Path):
    done = shell("accounts", "--store", str(folder), "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["accounts"]
    asked = shell("query", "-", "--store", str(folder), "--json", input="RETURN 1 AS one")
    assert json.loads(asked.stdout)["rows"] == [[1]]
    wrong = shell("gaps", "valdera", "--store", str(folder))
    assert wrong.returncode == 2
    assert wrong.stdout == ""
    assert "valdara" in wrong.stderr
    c_locale = shell(
        "accounts", "--store", str(folder), env={**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "LANG": "C"}
    )
    assert c_locale.returncode == 0


def test_help_names_every_command(shell):
    said = shell("--help").stdout
    for name in (
        "demo",
        "serve",
        "import",
        "accounts",
        "account",
        "map",
        "ropi",
        "gaps",
        "without",
        "plan",
        "simulate",
        "portfolio",
        "sensitivity",
        "estimate",
        "query",
        "bolt",
        "engine",
        "check",
    ):
        assert re.search(rf"^\W*{name}\b", said, re.MULTILINE), name


def test_ctrl_c_ends_a_question_at_once(folder: Path):
    endless = "UNWIND range(1, 100000000) AS x UNWIND range(1, 1000) AS y RETURN sum(x * y)"
    command = [str(Path(sys.executable).with_name("diamond")), "query", endless, "--store", str(folder)]
    asking = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(5)
    assert asking.poll() is None
    begun = time.monotonic()
    asking.send_signal(signal.SIGINT)
    assert asking.wait(timeout=20) == 130
    assert time.monotonic() - begun < 5
    assert asking.stderr is not None
    assert b"Traceback" not in asking.stderr.read()
    asking.communicate()


def test_output_that_nobody_reads_is_no_error(folder: Path):
    command = str(Path(sys.executable).with_name("diamond"))
    piped = subprocess.run(
        f"{command} simulate valdara --replicates 20 --months 6 --json --store {folder} | head -1",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert piped.stdout.strip() == "{"
    assert piped.stderr == ""
