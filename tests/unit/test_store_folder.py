"""A data folder that two first commands make at once."""

import json
import stat
import subprocess
import sys

import pytest

from graph.errors import StoreError
from graph.store.folder import DataFolder

FIRST_COMMAND = """
import secrets, sys, time
from graph.store.folder import DataFolder

make = secrets.token_urlsafe
def slowly(size):
    made = make(size)
    time.sleep(float(sys.argv[2]))
    return made
secrets.token_urlsafe = slowly
folder = DataFolder.at(sys.argv[1])
sys.stdin.readline()
folder.prepare(create=True)
print(folder.credentials()[1])
"""


def test_two_first_commands_have_one_password(tmp_path):
    """Each would write its own: the later one takes that of the first, whose server may know it already."""
    place = tmp_path / "new"
    commands = [
        subprocess.Popen(
            [sys.executable, "-c", FIRST_COMMAND, str(place), seconds],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for seconds in ("0.4", "1.2")
    ]
    for command in commands:
        command.stdin.write("now\n")
        command.stdin.flush()
    said = [command.communicate(timeout=60)[0].strip() for command in commands]
    written = DataFolder.at(place).credentials_file
    assert said == [json.loads(written.read_text())["password"]] * 2
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert not [entry.name for entry in place.iterdir() if entry.name.startswith(".")]


def test_a_password_that_is_gone_is_not_made_again(tmp_path):
    folder = DataFolder.at(tmp_path / "used")
    folder.prepare(create=True)
    (folder.home / "data" / "databases").mkdir(parents=True)
    folder.credentials_file.unlink()
    with pytest.raises(StoreError, match="put the file back"):
        folder.prepare(create=True)


def test_a_folder_of_somebody_else_is_refused(tmp_path):
    (tmp_path / "notes.txt").touch()
    with pytest.raises(StoreError, match="holds other files"):
        DataFolder.at(tmp_path).prepare(create=True)
    assert [entry.name for entry in tmp_path.iterdir()] == ["notes.txt"]
