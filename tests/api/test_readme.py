"""Every command of the README runs, in its order, on the files that it shows."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from graph.store import Store, Target, credentials, stop_engine

pytestmark = pytest.mark.xdist_group("readme")

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
COMMANDS = [
    line.split("  #")[0].strip()
    for language, text in BLOCKS
    if language == "sh"
    for line in text.splitlines()
    if line.strip()
]


def blocks(language: str) -> list[str]:
    return [text for kind, text in BLOCKS if kind == language]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return an empty folder for the user's data, with the README's files in it."""
    folder = tmp_path_factory.mktemp("readme")
    people, touchpoints = blocks("csv")
    (mapping,) = blocks("yaml")
    (folder / "people.csv").write_text(people, encoding="utf-8")
    (folder / "touchpoints.csv").write_text(touchpoints, encoding="utf-8")
    (folder / "mapping.yaml").write_text(mapping, encoding="utf-8")
    yield folder
    for data in (folder / "data").glob("**/engine.json"):
        stop_engine(data.parent)


def environment(home: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NEO4J_")}
    return {**kept, "XDG_DATA_HOME": str(home / "data"), **more}


def words(command: str) -> list[str]:
    diamond, *rest = shlex.split(command)
    assert diamond == "diamond"
    return [str(Path(sys.executable).with_name("diamond")), *rest]


def test_the_diamond_commands_run_in_their_order(home: Path, opened_store: Store):
    own = credentials(opened_store.target)
    team: dict[str, str] = {}
    ran = 0
    for command in COMMANDS:
        if command.startswith("export NEO4J_URI"):
            team = {"NEO4J_URI": own.address, "NEO4J_USERNAME": own.username, "NEO4J_PASSWORD": own.password}
        if not command.startswith("diamond ") or command == "diamond serve":
            continue
        done = subprocess.run(
            words(command),
            cwd=home,
            env=environment(home, **team),
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        ran += 1
    assert ran >= 10
    assert (home / "map.svg").exists()
    assert (home / "plan.csv").exists()


def test_serve_answers_and_stops(home: Path):
    assert "diamond serve" in COMMANDS
    serving = subprocess.Popen(
        words("diamond serve --port 8765"), cwd=home, env=environment(home), stdout=subprocess.DEVNULL
    )
    try:
        assert answer("http://127.0.0.1:8765/").startswith(b"<!doctype html>")
    finally:
        serving.send_signal(signal.SIGINT)
        assert serving.wait(timeout=30) in (0, 130)


def answer(address: str) -> bytes:
    until = time.monotonic() + 90
    while True:
        try:
            with urllib.request.urlopen(address) as page:
                return page.read().lower()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.3)


def test_what_is_not_run_here_is_there():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for command in COMMANDS:
        if command.startswith("make "):
            assert re.search(rf"^{command.split()[1]}:", makefile, re.MULTILINE), command
        elif not command.startswith(("diamond ", "export ")):
            pytest.fail(f"no test runs {command!r}")
    service = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    assert all(port.startswith("127.0.0.1:") for one in service.values() for port in one["ports"])


def test_files_that_the_readme_names_are_there():
    for name in re.findall(r"`((?:docs|graph|fixtures)/[\w./-]+)`|\]\((docs/[\w./-]+)\)", README):
        path = next(part for part in name if part)
        assert (ROOT / path).exists(), path


def test_demo_from_make(tmp_path: Path):
    """The first command of the README: an empty folder for data, the jars from the user's cache."""
    env = {**environment(tmp_path), "PYTHON": sys.executable}
    folder = tmp_path / "data" / "diamond" / "demo"
    try:
        done = subprocess.run(
            ["make", "demo", "SERVE=no"], cwd=ROOT, env=env, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stdout + done.stderr
        for said in (
            "Diabolo",
            "Diamond",
            "in transition",
            "earns most",
            "By hours",
            "actions",
            "All in all",
        ):
            assert said in done.stdout
    finally:
        stop_engine(Target(folder=folder).folder)
