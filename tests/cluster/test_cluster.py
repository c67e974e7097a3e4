"""Portfolios on real worker processes: the same bytes, also when one dies; nothing is left over."""

from __future__ import annotations

import os
import signal
import socket
import threading
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from fixtures.generator import generate_account, generate_ecosystem
from graph.errors import ClusterError
from simulation import Scenario, cluster, compiling, slices
from simulation.portfolio import simulate_portfolio, simulate_sweep
from simulation.scenario import HoursCut

pytestmark = pytest.mark.xdist_group("cluster")

NAMES = ["diamond", "distributor_first"]


def children() -> list[psutil.Process]:
    """Return this process's own, without the one that multiprocessing keeps until the end."""
    found = []
    for one in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if "resource_tracker" not in " ".join(one.cmdline()):
                found.append(one)
    return found


def answer(listener: socket.socket) -> None:
    """Answer once as a web server does to what it does not understand; nobody may ask in time."""
    with suppress(OSError), listener.accept()[0] as connection:
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")


def test_a_killed_worker_changes_no_byte_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    market = generate_ecosystem(3, accounts=2, distributors=2, end_customers=6, theirs=6)
    accounts = [*market, *(generate_account(i, theirs=8, account_id=f"l{i}") for i in range(4))]
    scenarios = [Scenario(), Scenario("cut", events=(HoursCut(2, "l0", 0.5),))]
    before = children()
    expected = simulate_sweep(accounts, scenarios, NAMES, replicates=400, months=24, threads=1)
    monkeypatch.setattr(slices, "MOST", 30)
    killed: list[int] = []

    with cluster.local_cluster(2) as client:
        workers = sorted(client.run(os.getpid).values())
        started = [one for one in children() if one not in before]
        assert {one.pid for one in started} >= set(workers)

        def kill(what: str, done: int, total: int) -> None:
            if what == "simulating the portfolio" and not killed:
                assert done < total / 4
                os.kill(workers[0], signal.SIGKILL)
                killed.append(done)

        found = simulate_sweep(
            accounts, scenarios, NAMES, replicates=400, months=24, client=client, progress=kill
        )
        # Another test's store may run below this process as well; it is no part of the cluster.
        cluster_of_ours = [one for one in children() if one not in before and one.name() != "java"]
        listening = [
            connection.laddr
            for process in (psutil.Process(), *cluster_of_ours)
            for connection in process.net_connections(kind="inet")
            if connection.status == psutil.CONN_LISTEN
        ]
        assert {address.ip for address in listening} <= {"127.0.0.1"}
        assert workers[0] not in client.run(os.getpid).values()

        # A cluster that is there already is joined, and goes on afterwards.
        address = client.scheduler.address
        with cluster.connected(address) as joined:
            again = simulate_portfolio(
                accounts[-2:], Scenario(), NAMES[:1], replicates=20, months=3, client=joined
            )
        with monkeypatch.context() as patched:
            patched.setattr(compiling, "fingerprint", lambda: "another")
            refused = pytest.raises(ClusterError, match="have another version of the simulation")
            with refused, cluster.connected(address):
                pass
        assert client.run(os.getpid)

    assert killed
    for number, (one, other) in enumerate(zip(expected, found, strict=True)):
        one.write(tmp_path / f"{number}.one.nc")
        other.write(tmp_path / f"{number}.other.nc")
        same = (tmp_path / f"{number}.one.nc").read_bytes() == (tmp_path / f"{number}.other.nc").read_bytes()
        assert same
    alone = simulate_portfolio(accounts[-2:], Scenario(), NAMES[:1], replicates=20, months=3, threads=2)
    assert (again.measured == alone.measured).all()
    assert not [one for one in children() if one not in before and one.name() not in ("java", "chromium")]


def test_a_scheduler_that_nobody_works_for(monkeypatch: pytest.MonkeyPatch):
    import distributed

    monkeypatch.setattr(cluster, "ANSWERS_WITHIN", 10.0)  # a busy machine may take seconds to answer at all
    with (
        cluster._quietly(),
        distributed.LocalCluster(
            n_workers=0, host="127.0.0.1", processes=False, protocol="tcp", dashboard_address="127.0.0.1:0"
        ) as idle,
        pytest.raises(ClusterError, match="No worker has joined"),
        cluster.connected(idle.scheduler_address),
    ):
        pass


@pytest.mark.parametrize("what", ["closed", "silent", "web"])
def test_an_address_where_no_scheduler_answers(monkeypatch: pytest.MonkeyPatch, what: str):
    monkeypatch.setattr(cluster, "ANSWERS_WITHIN", 1.0)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        if what != "closed":
            silent.listen()
        if what == "web":
            threading.Thread(target=answer, args=(silent,), daemon=True).start()
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        refused = pytest.raises(ClusterError, match=f"No Dask scheduler answers at {address}")
        with refused, cluster.connected(address):
            pass
