"""One real Chromium per test process, a page that may talk to this machine only, and the app to talk to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

from api.http import create_app
from api.workspace import Workspace
from graph.policy import load_policy
from graph.store import Store
from tests.api.serving import live
from tests.chromium import ARGUMENTS, find_chromium

HERE = frozenset({"127.0.0.1", "localhost", "::1"})


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=find_chromium(), args=list(ARGUMENTS))
        yield running
        running.close()


@pytest.fixture
def foreign_requests() -> list[str]:
    """Every request of the page that left this machine; the `context` fixture fails the test on any."""
    return []


@pytest.fixture
def context(browser: Browser, foreign_requests: list[str]) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1440, "height": 900})

    def watch(request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss", "ftp") and address.hostname not in HERE:
            foreign_requests.append(request.url)

    opened.on("request", watch)
    yield opened
    opened.close()
    assert not foreign_requests, f"requests left the machine: {foreign_requests}"


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def faults(page: Page) -> Iterator[list[str]]:
    """Fail the test on any error of a script, and on any script that came out of a name."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    yield found
    assert page.evaluate("window.ran") is None
    assert not found


@pytest.fixture
def complaints(page: Page, faults: list[str]) -> list[str]:
    """Fail the test on faults, and on any file that a page misses; not for a test that asks for a refusal."""
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    return faults


@pytest.fixture(scope="module")
def address(opened_store: Store) -> Iterator[str]:
    """Serve the app over the process's store, which is empty after the module."""
    with live(create_app(Workspace(opened_store, load_policy()))) as found:
        yield found
    opened_store.clear()


@pytest.fixture
def opened_file(page: Page, file: Path) -> Page:
    """Open the module's `file`, and fail on any request but that for it, and on any complaint."""
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(file.as_uri())
    page.wait_for_load_state("networkidle")
    assert asked == [file.as_uri()]
    assert said == []
    assert page.evaluate("window.ran") is None
    return page
