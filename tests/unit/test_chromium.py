"""Finding the browser of the tests: where it is looked for, and what is said where there is none."""

from __future__ import annotations

import stat
import subprocess
from pathlib import Path

import pytest

from tests import chromium


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(chromium, "_playwrights_own", lambda: None)
    return tmp_path


def program(folder: Path, name: str) -> Path:
    path = folder / name
    path.write_text("#!/bin/sh\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_the_variable_wins_over_the_path(nothing_installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(nothing_installed, "chromium")
    named = program(nothing_installed, "my-browser")
    monkeypatch.setenv("CHROMIUM", str(named))
    assert chromium.find_chromium() == named


def test_a_browser_on_the_path_is_found(nothing_installed: Path) -> None:
    there = program(nothing_installed, "google-chrome")
    assert chromium.find_chromium() == there


def test_a_wrong_variable_is_named_and_nothing_is_installed(
    nothing_installed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CHROMIUM", "/nowhere/browser")
    monkeypatch.setattr(chromium, "install_chromium", lambda: pytest.fail("installed"))
    assert chromium.main() == 1
    assert "/nowhere/browser" in capsys.readouterr().err


@pytest.mark.parametrize("root", [True, False])
def test_what_cannot_be_installed_is_one_sentence_and_exit_1(
    nothing_installed: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    root: bool,
) -> None:
    program(nothing_installed, "apt-get")
    asked: list[list[str]] = []

    def fail(command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        asked.append(command)
        return subprocess.CompletedProcess(command, 1)

    monkeypatch.setattr(chromium.os, "geteuid", lambda: 0 if root else 1000)
    monkeypatch.setattr(chromium.subprocess, "run", fail)
    assert chromium.main() == 1
    said = capsys.readouterr().err.strip()
    assert "package chromium" in said
    assert "\n" not in said
    assert ("apt-get" in asked[0][0]) == root


def test_what_was_installed_is_found(nothing_installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(nothing_installed, "apt-get")

    def install(command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        if "install" in command:
            program(nothing_installed, "chromium")
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(chromium.os, "geteuid", lambda: 0)
    monkeypatch.setattr(chromium.subprocess, "run", install)
    assert chromium.install_chromium() == nothing_installed / "chromium"
