"""Verbs that trade with other tools: an import from another Neo4j, an account as a file for them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from api.caveats import policy_notes
from api.workspace import Result, Workspace
from graph.errors import InputError
from graph.progress import Progress

if TYPE_CHECKING:
    from graph.imports import ImportReport

EXPORTS = (".graphml",)


def import_from_neo4j(
    work: Workspace,
    uri: str,
    mapping: Path,
    *,
    dates: str | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Result[ImportReport]:
    """Bring in what the mapping's queries return from another Neo4j, or say what would happen."""
    from graph.imports.elsewhere import import_from_neo4j as bring
    from graph.imports.elsewhere import source_target

    report = bring(
        work.store,
        source_target(uri, os.environ),
        mapping,
        dates=dates,
        dry_run=dry_run,
        today=work.today,
        policy=work.policy,
        progress=progress,
    )
    return Result(work.today, policy_notes(work.policy), report)


def check_source(
    files: Sequence[Path] | None, from_neo4j: str | None, mapping: Path | None, ours: str | None
) -> None:
    """Refuse an import that names neither files nor another Neo4j, or both."""
    if from_neo4j is None:
        if not files:
            raise InputError("Name the files to import, or another Neo4j by --from-neo4j.")
    elif files:
        raise InputError("An import reads files or, by --from-neo4j, another Neo4j; not both at once.")
    elif mapping is None:
        raise InputError("--from-neo4j needs --mapping FILE with a query for each form under neo4j:.")
    elif ours is not None:
        raise InputError("--ours is for files; of another Neo4j the mapping file says who we are, by ours:.")


def export(work: Workspace, name: str, kind: str, as_of: date | None = None) -> bytes:
    """Return one account as a file for other tools.

    Parameters
    ----------
    kind
        One of `EXPORTS`.
    """
    from graph.analysis.networks import graphml, to_networkx

    if kind not in EXPORTS:
        raise InputError(f"An account is exported as {' or '.join(EXPORTS)}, not as {kind or 'that'}.")
    return graphml(to_networkx(work.account(name, as_of)))
