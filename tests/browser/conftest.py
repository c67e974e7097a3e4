"""One real Chromium per test process, and a page that may talk to this machine only."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

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
