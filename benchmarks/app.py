"""What a user waits for: `diamond simulate` from the shell, and the same request to the running app."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from benchmarks.cases import STAKEHOLDERS
from benchmarks.clock import Timing, in_turn
from benchmarks.rows import Check, Row
from fixtures.bulk import write_generic_form

STRATEGIES = ("do_nothing", "single_threaded", "buyer_and_boss", "function_matching", "diamond", "plan")
REPLICATES, TOUCHPOINTS, ROUNDS = 1000, 600, 5
SHELL_SECONDS, APP_SECONDS = 5.0, 1.0
LONGEST = 60  # seconds that a request waits before it becomes a job
DIAMOND = (sys.executable, "-c", "from api.cli import main; main()")


def rows() -> tuple[list[Row], list[Check]]:
    """Return the rows of the shell and of the app, on a store of their own."""
    with tempfile.TemporaryDirectory(prefix="diamond-bench-") as folder:
        store = Path(folder) / "store"
        try:
            account = _account_in(store, Path(folder) / "files")
            shell = in_turn({"shell": lambda: _simulate(store, account)}, ROUNDS, time.perf_counter)["shell"]
            with _served(store) as address:
                app = in_turn({"app": lambda: _ask(address, account)}, ROUNDS, time.perf_counter)["app"]
        finally:
            _diamond("engine", "stop", "--store", str(store), "--quiet")
    what = f"{STAKEHOLDERS} stakeholders, {len(STRATEGIES)} strategies, {REPLICATES:,} replicates"
    return [
        _row(f"`diamond simulate` from the shell, wall: {what}", shell, SHELL_SECONDS),
        _row(f"the same in the running app, wall: {what}", app, APP_SECONDS),
    ], []


def _row(goal: str, timing: Timing, limit: float) -> Row:
    return Row(goal, timing.least, " s", limit, detail=str(timing))


def _diamond(*arguments: str) -> str:
    done = subprocess.run([*DIAMOND, *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"diamond {' '.join(arguments)} failed: {done.stderr.strip()}")
    return done.stdout


def _account_in(store: Path, files: Path) -> str:
    """Import one account and save a plan for it; return its id."""
    paths = write_generic_form(
        files,
        5,
        accounts=1,
        people_per_account=STAKEHOLDERS,
        touchpoints=TOUCHPOINTS,
        today=date.today(),
    )
    _diamond("import", *map(str, paths), "--store", str(store), "--quiet")
    account: str = json.loads(_diamond("accounts", "--store", str(store), "--json"))["accounts"][0]["id"]
    _diamond("plan", account, "--save", "--store", str(store), "--quiet")
    _simulate(store, account)  # what is compiled once for this version is not what is asked here
    return account


def _simulate(store: Path, account: str) -> None:
    _diamond(
        "simulate",
        account,
        *("--strategies", ",".join(STRATEGIES)),
        *("--replicates", str(REPLICATES)),
        *("--store", str(store)),
        "--quiet",
    )


@contextlib.contextmanager
def _served(store: Path) -> Iterator[str]:
    """Serve the app on a free port; yield its address once it has answered."""
    serving = subprocess.Popen(
        [*DIAMOND, "serve", "--port", "0", "--store", str(store)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert serving.stdout is not None
        found = None
        while found is None:
            line = serving.stdout.readline()
            if not line:
                raise RuntimeError("the app did not start")
            found = re.search(r"http://\S+", line)
        _until_it_answers(found[0])
        yield found[0]
    finally:
        serving.terminate()
        serving.wait(30)


def _until_it_answers(address: str) -> None:
    """Wait: the address is said when it is reserved, a moment before anybody listens."""
    for _ in range(LONGEST * 10):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{address}/api/v1/accounts", timeout=LONGEST).close()
            return
        time.sleep(0.1)
    raise RuntimeError(f"{address} did not answer within {LONGEST} s")


def _ask(address: str, account: str) -> None:
    request = urllib.request.Request(
        f"{address}/api/v1/accounts/{account}/simulations",
        json.dumps({"strategies": STRATEGIES, "replicates": REPLICATES, "wait": LONGEST}).encode(),
        {"content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=2 * LONGEST) as response:
        answer = json.load(response)
        if response.status != 200 or len(answer["strategies"]) != len(STRATEGIES):
            raise RuntimeError(f"the app answered {response.status}: {answer}")
