"""Three of the rounds that `make crash` plays twenty of."""

from __future__ import annotations

from pathlib import Path

from tests.store import crash


def test_an_import_whose_server_is_killed_is_wholly_in_or_not_at_all(tmp_path: Path) -> None:
    told: list[str] = []
    assert crash.run(3, seed=20260131, folder=tmp_path, tell=told.append) == 0, "\n".join(told)
    assert len(told) == 3
