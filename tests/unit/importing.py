"""Read small files of the generic form without a store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from graph.imports import Reading, read_files
from graph.imports.records import Known
from graph.policy import load_policy

TODAY = date(2026, 1, 31)

# The smallest sound portfolio: one of ours, two of theirs.
BASE = {
    "organisations.csv": "id,name,kind\nus,Us Ltd,supplier\nacme,Acme Inc,key_account\n",
    "people.csv": "id,name,organisation,function,level\no1,Olga,us,commercial,3\n"
    "t1,Tom,acme,purchasing,3\nt2,Tia,acme,finance,2\n",
}


def write_files(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        raw = content if isinstance(content, bytes) else content.encode("utf-8")
        (folder / name).write_bytes(raw)
    return folder


def read(
    folder: Path,
    files: Mapping[str, str | bytes],
    *,
    mapping: str | None = None,
    dates: str | None = None,
    known: Known | None = None,
    today: date = TODAY,
    ours: str | None = None,
) -> Reading:
    write_files(folder, files)
    plan = None
    if mapping is not None:
        plan = folder / "mapping.yaml"
        plan.write_text(mapping, encoding="utf-8")
    return read_files(
        [folder],
        known=known or Known(),
        policy=load_policy(),
        today=today,
        mapping=plan,
        dates=dates,
        ours=ours,
    )
