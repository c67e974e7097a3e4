"""The Mesa page in a real browser, with the extra `mesa-viz` installed; not part of the suite.

    .venv/bin/python -m pytest -n 0 tests/browser/mesa_app.py

No request leaves the machine: neither from the browser, as the fixture `context` sees to, nor from the
server, which writes down every address that it connects to.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

SERVER = """
import socket
import sys

asked = open(sys.argv[1], "w", buffering=1)


def watch(event, arguments):
    if event == "socket.getaddrinfo":
        print("name", arguments[0], file=asked)
    elif event == "socket.connect" and isinstance(arguments[1], tuple):
        print("address", arguments[1][0], file=asked)


sys.addaudithook(watch)
socket.getaddrinfo("localhost", 80)  # the first line, so that an empty file cannot pass
from api import mesa_page
from fixtures.generator import generate_account
from simulation.mesa_controls import Choice

mesa_page.check_extra()
seller = generate_account(4, ours=3, theirs=6, distributors=2, end_customers=8, account_id="seller")
mesa_page.serve({"Alpha": Choice(generate_account(1)), "Beta": Choice(seller)}, int(sys.argv[2]))
"""
HERE = {"127.0.0.1", "localhost", "::1", "0.0.0.0", "None"}
PATIENCE = 240  # seconds, until the page is there: the kernel may have to be compiled
SLOW = 30_000  # milliseconds


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Return the page's address, and the file of whom the server asked."""
    folder: Path = tmp_path_factory.mktemp("mesa")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    asked = folder / "asked.txt"
    environment = {**os.environ, "SOLARA_HOME": str(folder)}
    with (folder / "log.txt").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-c", SERVER, str(asked), str(port)], stdout=log, stderr=log, env=environment
        )
    address = f"http://127.0.0.1:{port}/"
    try:
        wait_for(address, server)
        yield address, asked
        assert "Traceback" not in (folder / "log.txt").read_text()
    finally:
        server.terminate()
        server.wait(30)


def wait_for(address: str, server: subprocess.Popen) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with urlopen(address):
                return
        except OSError:
            assert server.poll() is None, "the server has ended"
            assert time.monotonic() < until, "the server does not answer"
            time.sleep(0.2)


def choose(page, label: str, value: str) -> None:
    page.locator(".v-select").filter(has_text=label).click()
    page.get_by_role("option", name=value, exact=True).click()


def test_the_page_plays_an_account_without_leaving_the_machine(page, served):
    address, asked = served
    failed = []
    page.on("response", lambda response: failed.append(response.url) if response.status >= 400 else None)
    page.on("pageerror", lambda error: failed.append(str(error)))
    page.goto(address)
    step = page.get_by_role("button", name="Step")
    expect(step).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("Step: 0")).to_be_visible()
    expect(page.get_by_role("tab", name="Page 1")).to_have_count(0)
    step.click()
    expect(page.get_by_text("Step: 1")).to_be_visible(timeout=SLOW)
    expect(page.locator("img")).to_have_count(4, timeout=SLOW)

    choose(page, "Strategy", "diamond")
    page.get_by_role("button", name="Reset").click()
    expect(page.get_by_text("Step: 0")).to_be_visible(timeout=SLOW)

    choose(page, "Account", "Beta")
    expect(page.get_by_role("tab", name="Page 1")).to_be_visible(timeout=SLOW)
    step.click()
    expect(page.get_by_text("Step: 1")).to_be_visible(timeout=SLOW)
    page.get_by_role("tab", name="Page 1").click()
    expect(page.locator("img").first).to_be_visible(timeout=SLOW)

    assert not failed
    hosts = {line.split()[1] for line in asked.read_text().splitlines()}
    assert "localhost" in hosts
    assert not hosts - HERE, f"the server asked {hosts - HERE}"
