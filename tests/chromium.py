"""Finds a Chromium for the browser tests, or installs one: `python -m tests.chromium`.

Looked for in this order: the variable CHROMIUM, a browser on the PATH, Playwright's own. As root on Debian
it is installed with apt-get, elsewhere by Playwright. Where neither works, one sentence says what to do.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Without a sandbox, because root and containers have none; no call home, so that the tests may forbid calls.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--no-first-run",
)
WHAT_TO_DO = (
    "The browser tests need a Chromium: install Debian's package chromium, or run "
    "'.venv/bin/python -m playwright install chromium', or set CHROMIUM to the path of one."
)


class NoChromium(RuntimeError):
    """There is no Chromium, and none could be installed."""


def find_chromium() -> Path:
    """Return the browser's executable.

    Raises
    ------
    NoChromium
        None is there, or CHROMIUM names something that cannot be run.
    """
    if named := os.environ.get("CHROMIUM"):
        if found := shutil.which(named):
            return Path(found)
        raise NoChromium(f"CHROMIUM names {named}, which cannot be run; it should be a Chromium's path.")
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found)
    if (own := _playwrights_own()) is not None:
        return own
    raise NoChromium(WHAT_TO_DO)


def _playwrights_own() -> Path | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return path if os.access(path, os.X_OK) else None


def install_chromium() -> Path:
    """Install a Chromium where none is found, and return its executable.

    Raises
    ------
    NoChromium
        The installation failed, or what it installed cannot be found.
    """
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    commands = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if as_root and (apt := shutil.which("apt-get")):
        commands = [
            [apt, "update", "--quiet"],
            [apt, "install", "--yes", "--quiet", "--no-install-recommends", "chromium"],
        ]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in commands:
        if subprocess.run(command, env=environment, check=False, stdout=sys.stderr).returncode != 0:
            raise NoChromium(WHAT_TO_DO)
    return find_chromium()


def main() -> int:
    """Print the path of the browser; 1 with one sentence where there is none."""
    try:
        try:
            path = find_chromium()
        except NoChromium:
            if "CHROMIUM" in os.environ:
                raise
            path = install_chromium()
    except NoChromium as error:
        print(error, file=sys.stderr)
        return 1
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
