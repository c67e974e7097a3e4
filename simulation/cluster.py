"""Slices on the workers of a Dask cluster: one of this machine's processes, or one that is already there.

A task is a slice of a part of the portfolio. A worker that is lost costs only time: its tasks are run again
by another, and since a slice depends on nothing but what it is given, every number stays the same.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from graph.errors import ClusterError, InputError
from graph.progress import Progress
from simulation.reading import whole
from simulation.run import warm_up
from simulation.slices import AHEAD, Answers, Job, Slice, Work, in_order, run_slice

if TYPE_CHECKING:
    from distributed import Client

HERE = "127.0.0.1"
MOST_WORKERS = 256
ANSWERS_WITHIN = 10.0  # seconds, for a scheduler and for its workers
GRAPH = "1 TiB"  # no warning of large tasks: the arrays of many coupled accounts are
NO_PAGES: dict[str, list[str]] = {
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
}
PROTOCOLS = ("tcp", "tls", "ws", "wss", "ucx")


def cluster_of(
    workers: int | None, address: str | None, progress: Progress | None = None
) -> AbstractContextManager[Client | None]:
    """Return the cluster that is asked for: processes here, one at an address, or none."""
    if workers is not None and address is not None:
        raise InputError("Take either workers of this machine or the address of a cluster, not both.")
    if workers is not None:
        return local_cluster(workers, progress)
    return nullcontext() if address is None else connected(address)


@contextmanager
def local_cluster(workers: int, progress: Progress | None = None) -> Iterator[Client]:
    """Start worker processes here, on the loopback interface alone, and end them whatever happens.

    Raises
    ------
    InputError
        A number of workers out of its range.
    ClusterError
        They do not start.
    """
    whole(workers, 1, MOST_WORKERS, "workers", None)
    warm_up(progress)  # the compiled kernel is there before two processes look for it
    import dask

    distributed = _dask()
    with ExitStack() as stack:
        with _undisturbed():
            stack.enter_context(_quietly())
            stack.enter_context(dask.config.set(NO_PAGES))
            folder = TemporaryDirectory(prefix="diamond-", ignore_cleanup_errors=True)
            try:
                cluster = stack.enter_context(
                    distributed.LocalCluster(
                        n_workers=workers,
                        threads_per_worker=1,
                        processes=True,
                        host=HERE,
                        dashboard_address=f"{HERE}:0",
                        worker_dashboard_address=f"{HERE}:0",
                        scheduler_kwargs={"dashboard": False},
                        memory_limit=0,
                        local_directory=stack.enter_context(folder),
                        silence_logs=logging.CRITICAL,
                    )
                )
            except (RuntimeError, OSError) as error:
                raise ClusterError(f"The {workers} workers do not start: {error}") from None
            client = stack.enter_context(distributed.Client(cluster, set_as_default=False))
        try:
            yield client
        finally:
            with _undisturbed():
                stack.close()


@contextmanager
def connected(address: str) -> Iterator[Client]:
    """Connect to the scheduler of a cluster; it goes on when the connection ends.

    Raises
    ------
    InputError
        What is no address.
    ClusterError
        Nobody answers there in time, nobody works there, or with another version of the simulation.
    """
    _check_address(address)
    place = address if "://" in address else f"tcp://{address}"
    with _quietly():
        try:
            asyncio.run(_identity(place))
        except Exception:  # whatever it is that answers so
            raise ClusterError(
                f"No Dask scheduler answers at {address} within {ANSWERS_WITHIN:.0f} seconds; "
                "start one there by dask scheduler, or take --workers N of this machine."
            ) from None
        try:
            client = _dask().Client(place, timeout=ANSWERS_WITHIN, set_as_default=False)
        except (OSError, ImportError) as error:
            raise ClusterError(f"The Dask scheduler at {address} cannot be used: {error}") from None
        with client:
            _check_workers(client, address)
            yield client


def on_cluster(client: Client, jobs: Iterable[Job]) -> Answers:
    """Run slices on the workers of a cluster and give them back in their order.

    Raises
    ------
    ClusterError
        The cluster is lost.
    """
    import dask
    from distributed import KilledWorker
    from distributed.client import FutureCancelledError

    held: dict[tuple[int, int], Any] = {}

    def begin(job: Job) -> Callable[[], Slice]:
        """Send a slice; what several of them share is sent once and kept by the cluster."""
        work: Any = job.work
        if not job.alone:
            part = (job.run, job.part)
            if part not in held:
                held.clear()
                held[part] = client.submit(hold, job.work, pure=False)
            work = held[part]
        future = client.submit(run_slice, work, job.start, job.size, pure=False)
        return future.result

    scheduler: Any = client
    threads = max(1, sum(scheduler.nthreads().values()))
    with dask.config.set({"distributed.admin.large-graph-warning-threshold": GRAPH}):
        try:
            yield from in_order(jobs, begin, AHEAD * threads)
        except (OSError, CancelledError, FutureCancelledError, KilledWorker, TimeoutError) as error:
            raise ClusterError(
                f"The Dask cluster was lost while it worked ({type(error).__name__}); "
                "nothing was written. Start it again, or take --workers N of this machine."
            ) from None


def hold(work: Work) -> Work:
    """Return what the slices of a part share, so that a worker has it."""
    return work


def fingerprint() -> str:
    """Return the hash of the sources of the kernel where this is run."""
    from simulation import compiling

    return compiling.fingerprint()


def _dask() -> Any:
    """Return the library, most of which has no types."""
    import distributed

    return distributed


def _check_address(address: str) -> None:
    """Refuse what cannot be an address, before somebody waits for it."""
    protocol, _, place = address.rpartition("://")
    host, _, port = place.rpartition(":")
    if (
        (protocol and protocol not in PROTOCOLS)
        or not host
        or not port.isdigit()
        or not 0 < int(port) < 65536
    ):
        raise InputError(
            f"{address!r} is no address of a Dask scheduler; it needs a host and a port, "
            "such as tcp://10.0.0.5:8786."
        )


async def _identity(address: str) -> None:
    """Ask who is there; the client itself would wait for ever for one that listens and says nothing."""
    distributed = _dask()
    security = distributed.Security().get_connection_args("client")
    async with asyncio.timeout(ANSWERS_WITHIN), distributed.rpc(address, connection_args=security) as peer:
        await peer.identity()


def _check_workers(client: Client, address: str) -> None:
    """Refuse a cluster that nobody works for, or whose workers would give other numbers."""
    try:
        client.wait_for_workers(1, timeout=ANSWERS_WITHIN)
        theirs = client.run(fingerprint)
    except TimeoutError:
        raise ClusterError(
            f"No worker has joined the scheduler at {address}; start one by dask worker {address}."
        ) from None
    except ImportError as error:
        raise ClusterError(
            f"The workers at {address} lack this program ({error}); install it where they run."
        ) from None
    other = sorted(worker for worker, version in theirs.items() if version != fingerprint())
    if other:
        raise ClusterError(
            f"{len(other)} of the workers at {address} have another version of the simulation or of numba; "
            "install this one where they run."
        )


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Put Ctrl-C off: processes must not be left half started or half ended.

    A terminal sends it to every process; those that are started in here, or by a thread that is, do not
    notice it and leave it to whoever started them.
    """
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # which lets Ctrl-C through again when the first process is started
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGINT, before)
        if came:
            signal.raise_signal(signal.SIGINT)


@contextmanager
def _quietly() -> Iterator[None]:
    """Keep Dask's log to itself: a lost worker is no news for whoever asked, the result says what holds."""
    log = logging.getLogger("distributed")
    before = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(before)
