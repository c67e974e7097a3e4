"""The verbs of the policy tables: write the shipped ones to a folder, check a folder's."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from api.verbs import told
from api.workspace import Result
from graph.policy import TableInUse, export_policy, load_policy, tables_in_use


@dataclass(frozen=True, slots=True)
class PolicyExported:
    """The tables that were written to a folder."""

    policy: Path
    tables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PolicyChecked:
    """The tables that are used with a folder: its own, and the shipped ones for the rest."""

    policy: Path
    tables: tuple[TableInUse, ...]


def export(folder: Path) -> Result[PolicyExported]:
    """Write the shipped tables to a folder that has none of them."""
    return told(PolicyExported(folder, tuple(path.name for path in export_policy(folder))))


def check(folder: Path) -> Result[PolicyChecked]:
    """Read a folder's tables, and say which are in use.

    Raises
    ------
    InputError
        A table is wrong; every wrong cell is listed.
    """
    load_policy(folder)
    return told(PolicyChecked(folder, tables_in_use(folder)))
