"""Kill the server at random moments of an import: the store is as it was before it, or as after it.

    python -m tests.store.crash --rounds 20

Each round imports 20,000 touchpoints in one transaction and sends SIGKILL to the server at a random moment
of it: by turns anywhere in the transaction, anywhere in the whole import, and in the commit. Then the next
command must work, the counts and checksums of all nodes and relationships must be those before the import
or those after it, and what the import reported as done must be there. In the end the import is run again
and must come out as an undisturbed one.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Event, Thread
from typing import Any

from fixtures.bulk import write_generic_form
from graph.errors import StoreError
from graph.imports import import_files
from graph.policy import load_policy
from graph.store import Store, Target, engine_status, open_store, stop_engine
from graph.store.strengths import refresh_strengths

ROWS = 20_000
TODAY = date(2026, 1, 31)
PARTS = ("commit", "transaction", "whole")


@dataclass(frozen=True)
class Fingerprint:
    """How many nodes and relationships there are, and a checksum over all of their properties."""

    nodes: int
    relationships: int
    checksum: str


@dataclass(frozen=True)
class Undisturbed:
    """How many seconds the import takes, and of these its transaction and that one's commit."""

    whole: float
    transaction: float
    commit: float

    def length(self, part: str) -> float:
        """Return the length of a part by its name."""
        length: float = getattr(self, part)
        return length


class Import(Thread):
    """The import of one file; an event tells when each part of it begins."""

    def __init__(self, store: Store, file: Path) -> None:
        super().__init__()
        self.begins = {part: Event() for part in PARTS}
        self.times: list[float] = []
        self.error: StoreError | None = None
        self._store, self._file, self._transact = store, file, store.transact

    def run(self) -> None:
        self._store.transact = self._watched  # type: ignore[method-assign]
        self._now("whole")
        try:
            import_files(self._store, [self._file], today=TODAY)
        except StoreError as error:
            self.error = error

    def _now(self, part: str | None) -> None:
        self.times.append(time.monotonic())
        if part is not None:
            self.begins[part].set()

    def _watched(self, work: Callable[[Any], Any], **options: Any) -> Any:
        def watched(transaction: Any) -> Any:
            result = work(transaction)
            self._now("commit")
            return result

        self._now("transaction")
        result = self._transact(watched, **options)
        self._now(None)
        return result


def fingerprint(store: Store) -> Fingerprint:
    """Return what is in the store, as the next command finds it: it brings the strengths up to the day."""
    refresh_strengths(store, TODAY, load_policy())
    nodes = store.read(
        # The record of an import says when it was done.
        "MATCH (n) WHERE NOT n:Import AND NOT n:ImportPiece AND NOT n:SchemaVersion "
        "RETURN labels(n) AS labels, properties(n) AS properties",
        timeout=0,
    )
    lines = store.read(
        "MATCH (a)-[r]->(b) RETURN a.id AS a, type(r) AS type, b.id AS b, properties(r) AS properties",
        timeout=0,
    )
    texts = sorted(json.dumps(row, sort_keys=True, default=str) for row in (*nodes, *lines))
    return Fingerprint(len(nodes), len(lines), hashlib.sha256("\n".join(texts).encode()).hexdigest())


class Ground:
    """A data folder, a copy of it as it was before the import, and what is right before and after."""

    def __init__(self, folder: Path) -> None:
        self.target = Target(folder=folder / "data")
        self._copy = folder / "copy"
        files = write_generic_form(
            folder / "files",
            1,
            accounts=10,
            people_per_account=10,
            touchpoints=ROWS,
            today=TODAY,
            attendees=2,
        )
        self.touchpoints = next(file for file in files if file.stem == "touchpoints")
        with self.open() as store:
            import_files(store, [file for file in files if file != self.touchpoints], today=TODAY)
            self.before = fingerprint(store)
        self.stop()
        shutil.copytree(self._data, self._copy)
        with self.open() as store:
            undisturbed = Import(store, self.touchpoints)
            undisturbed.run()
            assert undisturbed.error is None
            self.after = fingerprint(store)
        start, begun, ready, done = undisturbed.times[:4]
        self.undisturbed = Undisturbed(done - start, ready - begun, done - ready)
        self.restore()

    @property
    def _data(self) -> Path:
        assert self.target.folder is not None
        return self.target.folder

    def open(self) -> Store:
        return open_store(self.target, create=True)

    def stop(self) -> None:
        stop_engine(self._data)

    def restore(self) -> None:
        """Put the data folder back to what it was before the import."""
        self.stop()
        shutil.rmtree(self._data)
        shutil.copytree(self._copy, self._data)

    def kill(self) -> None:
        """Send SIGKILL to the server."""
        pid = engine_status(self._data).pid
        if pid is not None:
            os.kill(pid, signal.SIGKILL)


def play(ground: Ground, rng: random.Random, part: str) -> str:
    """Play one round from the state before the import; return what was seen, or raise `AssertionError`."""
    with ground.open() as store:
        running = Import(store, ground.touchpoints)
        running.start()
        running.begins[part].wait(300)
        pause = rng.uniform(0, ground.undisturbed.length(part))
        time.sleep(pause)
        ground.kill()
        running.join(300)
        assert not running.is_alive(), "the import hangs after its server was killed"
    with ground.open() as store:
        found = fingerprint(store)
    assert found in (ground.before, ground.after), f"{found}: neither {ground.before} nor {ground.after}"
    assert running.error is not None or found == ground.after, "the import was reported as done and is lost"
    state = "before" if found == ground.before else "after"
    if state == "after":
        ground.restore()
    said = "done" if running.error is None else running.error.detail
    return f"killed {pause:.3f} s into the {part}; store as {state}; the import said: {said}"


def run(rounds: int, seed: int, folder: Path, tell: Callable[[str], None]) -> int:
    """Play the rounds and the import that follows them; return the number of failures."""
    rng = random.Random(seed)
    ground = Ground(folder)
    failures = 0
    try:
        for number in range(1, rounds + 1):
            try:
                tell(f"round {number}: {play(ground, rng, PARTS[number % len(PARTS)])}")
            except AssertionError as error:
                failures += 1
                tell(f"round {number}: FAILED: {error}")
                ground.restore()
        with ground.open() as store:
            import_files(store, [ground.touchpoints], today=TODAY)
            if fingerprint(store) != ground.after:
                failures += 1
                tell("FAILED: the import that was run again differs from an undisturbed one")
    finally:
        ground.stop()
    return failures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=None, help="of the moments; by default another each time")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(2**31)
    with tempfile.TemporaryDirectory() as folder:
        failures = run(options.rounds, seed, Path(folder), lambda line: print(line, flush=True))
    print(f"{options.rounds} rounds, seed {seed}: {failures} failures")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
