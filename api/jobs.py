"""Simulations and what is made of many: one at a time in the background, with progress, to be cancelled.

One worker thread runs all of them, because the compiled kernel uses every core by itself and its thread
pool does not bear two callers at once.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Literal

from api.document import document, problem
from api.problems import HttpFault, log
from graph.errors import DiamondError, Unexpected
from graph.progress import Progress

State = Literal["waiting", "running", "done", "failed", "cancelled"]
KEPT = 50  # finished runs that can still be asked for
LONGEST_QUEUE = 20
LOOK_EVERY = 0.1  # s between two looks at a run whose events are streamed
HEARTBEAT = 100  # looks without news after which a comment keeps the connection open


class Cancelled(Exception):
    """Raised inside a run at its next step after somebody cancelled it."""


@dataclass
class Job:
    """One run and how far it is.

    Attributes
    ----------
    kind
        What it is, in a word: simulation or sensitivity.
    asked
        What a page asked for, to ask it once more with other numbers.
    stage, done
        What is being done, and which share of that, in [0, 1].
    result
        What the run returned, once its state is `done`.
    """

    id: str
    kind: str = "simulation"
    asked: Mapping[str, Any] = field(default_factory=dict)
    state: State = "waiting"
    stage: str = "waiting for its turn"
    done: float = 0.0
    result: Any = None
    error: DiamondError | None = None
    finished: threading.Event = field(default_factory=threading.Event, repr=False)
    _cancel: threading.Event = field(default_factory=threading.Event, repr=False)

    def tell(self, stage: str, done: int, total: int) -> None:
        """Note what the run does and how far it is; called by the run itself.

        Raises
        ------
        Cancelled
            Somebody does not want the answer any more.
        """
        if self._cancel.is_set():
            raise Cancelled
        self.stage, self.done = stage, done / max(1, total)

    def cancel(self) -> None:
        """Let the run end at its next step; one that is finished stays as it is."""
        self._cancel.set()

    def run(self, work: Callable[[Progress], Any]) -> None:
        """Do the work and note how it ended."""
        try:
            self.tell("starting", 0, 1)
            self.state = "running"
            self.result = work(self.tell)
            self.done, self.state = 1.0, "done"
        except Cancelled:
            self.state = "cancelled"
        except DiamondError as error:
            self.error, self.state = error, "failed"
        except Exception:
            log.exception("%s %s failed", self.kind, self.id)
            self.error = Unexpected(f"The {self.kind} failed; the log of the server says where.")
            self.state = "failed"
        finally:
            self.finished.set()

    def status(self) -> dict[str, Any]:
        """Return state and progress as a document."""
        return {
            "job": self.id,
            "state": self.state,
            "stage": self.stage,
            "progress": round(self.done, 3),
            "error": problem(self.error) if self.error else None,
        }


class Jobs:
    """The runs of one app."""

    def __init__(self) -> None:
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="simulation")
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._lock = threading.Lock()

    def start(
        self,
        work: Callable[[Progress], Any],
        kind: str = "simulation",
        asked: Mapping[str, Any] | None = None,
    ) -> Job:
        """Queue a run; `work` gets a function to tell its progress to.

        Raises
        ------
        HttpFault
            Too many wait already.
        """
        job = Job(secrets.token_urlsafe(9), kind, asked or {})
        with self._lock:
            waiting = sum(not one.finished.is_set() for one in self._jobs.values())
            if waiting >= LONGEST_QUEUE:
                raise HttpFault(429, f"{waiting} simulations wait already; cancel one, or ask again later.")
            self._jobs[job.id] = job
            finished = [one.id for one in self._jobs.values() if one.finished.is_set()]
            for old in finished[: max(0, len(self._jobs) - KEPT)]:
                del self._jobs[old]
        self._worker.submit(job.run, work)
        return job

    def get(self, name: str, kind: str = "simulation") -> Job:
        """Return a run of a kind.

        Raises
        ------
        HttpFault
            There is none of that name (any more).
        """
        with self._lock:
            job = self._jobs.get(name)
        if job is None or job.kind != kind:
            raise HttpFault(
                404,
                f"There is no {kind} {name}: it was never started, or its result is not kept any more.",
            )
        return job

    def close(self) -> None:
        """Cancel what still runs and wait for the worker to end."""
        with self._lock:
            for job in self._jobs.values():
                job.cancel()
        self._worker.shutdown(wait=True, cancel_futures=True)


def answer(job: Job) -> Any:
    """Return the result of a finished run.

    Raises
    ------
    DiamondError
        The run failed or was cancelled.
    """
    if job.error is not None:
        raise job.error
    if job.state == "cancelled":
        raise HttpFault(409, f"The {job.kind} {job.id} was cancelled.")
    return job.result


async def events(job: Job) -> AsyncIterator[str]:
    """Yield a run's progress as server-sent events: `progress` as it goes, at last `end`."""
    last: dict[str, Any] | None = None
    quiet = 0
    while True:
        ended = job.finished.is_set()
        status = job.status()
        if status != last or ended:
            name = "end" if ended else "progress"
            yield f"event: {name}\ndata: {json.dumps(document(status))}\n\n"
            last, quiet = status, 0
        if ended:
            return
        quiet += 1
        if quiet % HEARTBEAT == 0:
            yield ": still here\n\n"
        await asyncio.sleep(LOOK_EVERY)
