"""Ctrl-C at a bad moment."""

import signal
import subprocess
import sys

import pytest

COMMAND = """
import signal, time, weakref
from api import cli

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have started us without it

class Closed:
    pass

def run(arguments):
    closed = Closed()
    last = weakref.ref(closed, lambda _: HAPPENS)
    del closed
    time.sleep(20)
    return 0

cli.run = run
cli.main([])
"""


def ended(happens: str, seconds: float = 60.0) -> tuple[int, str]:
    """Run a command in one of whose callbacks something happens."""
    done = subprocess.run(
        [sys.executable, "-c", COMMAND.replace("HAPPENS", happens).replace("20", str(seconds))],
        capture_output=True,
        text=True,
        timeout=50,
    )
    return done.returncode, done.stderr


def test_ctrl_c_in_a_callback_of_a_library_ends_the_command():
    """As while a NetCDF file is closed: Python would print a traceback and go on."""
    assert ended(f"signal.raise_signal({int(signal.SIGINT)})") == (130, "")


def test_any_other_fault_of_a_callback_is_told():
    code, said = ended("1 / 0", seconds=0)
    assert code == 0
    assert "ZeroDivisionError" in said


OPENING = """
import signal, sys
from api import cli
from api.cli import opening

signal.signal(signal.SIGINT, signal.default_int_handler)
opening.workspace = lambda *_, **__: signal.raise_signal(signal.SIGINT)
cli.main(sys.argv[1:])
"""


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["import", "people.csv"], "An import is all or nothing"),
        (["imports", "undo", "1"], "Undoing is all or nothing"),
    ],
)
def test_ctrl_c_while_the_store_starts_is_answered_as_later(command: list[str], said: str):
    done = subprocess.run(
        [sys.executable, "-c", OPENING, *command], capture_output=True, text=True, timeout=50
    )
    assert done.returncode == 130
    assert done.stderr.strip().startswith("Interrupted.") and said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
