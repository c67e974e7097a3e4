"""An import straight from another Neo4j: one query per form, their rows read like a file of that form.

The mapping file names the queries beside what it may always say:

    ours: Varnholm
    neo4j:
      people: |
        MATCH (c:Contact)-[:WORKS_AT]->(o:Company)
        RETURN c.uuid AS id, c.fullName AS name, o.name AS organisation, c.jobTitle AS title
      ties: MATCH (u:User)-[k:KNOWS]->(c:Contact) RETURN u.uuid AS ours, c.uuid AS stakeholder

The queries pass the same gateway as a user's own: they only read, and nothing is created over there.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from graph.errors import Fault, InputError
from graph.gateway import run_query
from graph.imports import ImportReport, import_files
from graph.imports.forms import FORMS, form_named
from graph.imports.mapping import MAPPING_LIMIT, VALUES_LIMIT
from graph.plain_yaml import load_yaml
from graph.policy import Policy
from graph.progress import Progress
from graph.store import Store, Target, open_source, resolve_target

ROWS, SECONDS = 1_000_000, 300.0
# Of the source; the store's own are NEO4J_USERNAME and so on.
CREDENTIALS = ("USERNAME", "PASSWORD", "DATABASE")
SECTION = "neo4j"


def source_target(uri: str, environ: Mapping[str, str]) -> Target:
    """Return the source, its user and password from NEO4J_SOURCE_USERNAME and NEO4J_SOURCE_PASSWORD.

    Raises
    ------
    InputError
        It is not an address of Bolt's, or carries a password.
    """
    if "://" not in uri:
        raise InputError(f"--from-neo4j takes an address like neo4j://host:7687, found {uri!r}.")
    login = {
        f"NEO4J_{name}": environ[f"NEO4J_SOURCE_{name}"]
        for name in CREDENTIALS
        if f"NEO4J_SOURCE_{name}" in environ
    }
    return resolve_target(uri, login)


def import_from_neo4j(
    store: Store,
    source: Target,
    mapping: Path,
    *,
    dates: str | None = None,
    dry_run: bool = False,
    today: date | None = None,
    policy: Policy | None = None,
    progress: Progress | None = None,
    rows: int = ROWS,
    seconds: float = SECONDS,
) -> ImportReport:
    """Bring another Neo4j's people, ties and touchpoints into the store, all of them or nothing.

    Parameters
    ----------
    mapping
        The mapping file with a query for each form under `neo4j:`.
    rows, seconds
        What one query may return and take.

    Raises
    ------
    InputError
        The mapping, a query or what it returns is wrong; the store is unchanged.
    NotPermitted
        A query does anything but read.
    StoreError
        The source cannot be reached.
    """
    queries, rest = _queries(mapping)
    with tempfile.TemporaryDirectory(prefix="diamond-") as name:
        folder, aside = Path(name) / "rows", Path(name) / "mapping"
        folder.mkdir()
        aside.mkdir()
        with open_source(source) as there:
            for number, (form, query) in enumerate(queries.items()):
                if progress:
                    progress(f"reading {form}", number, len(queries))
                found = run_query(there, query, limit=rows, timeout=seconds)
                if found.truncated:
                    raise _wrong(
                        mapping,
                        f"{SECTION}: {form}: returns more than {rows:,} rows; ask for fewer at a time",
                    )
                _write(mapping, folder / f"{form}.csv", found.columns, found.rows)
        told = None
        if rest:
            told = aside / mapping.name
            told.write_text(_dumped(rest), encoding="utf-8")
        return import_files(
            store,
            [folder],
            mapping=told,
            dates=dates,
            dialect="generic",
            dry_run=dry_run,
            today=today,
            policy=policy,
            progress=progress,
        )


def _queries(mapping: Path) -> tuple[dict[str, str], dict[str, Any]]:
    """Return the queries by form, and what else the mapping file says."""
    import yaml

    try:
        if mapping.stat().st_size > MAPPING_LIMIT:
            raise _wrong(mapping, "is larger than any mapping file")
        document = load_yaml(mapping.read_text(encoding="utf-8-sig"), largest=VALUES_LIMIT)
    except OSError as error:
        raise _wrong(mapping, f"cannot be read ({error.strerror or error})") from None
    except (yaml.YAMLError, UnicodeError, ValueError, RecursionError) as error:
        raise _wrong(mapping, f"is no YAML ({str(error).splitlines()[0]})") from None
    if not isinstance(document, dict) or not isinstance(document.get(SECTION), dict):
        raise _wrong(mapping, f"needs a section {SECTION}: with a query for each form")
    queries: dict[str, str] = {}
    for name, query in document.pop(SECTION).items():
        form = form_named(str(name))
        if form is None:
            near = get_close_matches(str(name), FORMS, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there is {', '.join(FORMS)}"
            raise _wrong(mapping, f"{SECTION}: {name} is no form; {hint}")
        if not isinstance(query, str) or not query.strip():
            raise _wrong(mapping, f"{SECTION}: {name}: must be a query")
        if form.name in queries:
            raise _wrong(mapping, f"{SECTION}: {name} stands there twice")
        queries[form.name] = query
    if not queries:
        raise _wrong(mapping, f"{SECTION}: names no query")
    return queries, document


def _write(mapping: Path, path: Path, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(columns)
        for number, row in enumerate(rows, start=2):
            writer.writerow(
                [
                    _cell(mapping, path.stem, number, name, value)
                    for name, value in zip(columns, row, strict=True)
                ]
            )


def _cell(mapping: Path, form: str, row: int, column: str, value: Any) -> str:
    """Return a value as a cell of the form; lists as lists inside a cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        parts = [_cell(mapping, form, row, column, one) for one in value]
        if any(";" in part for part in parts):
            raise _wrong(mapping, f"{SECTION}: {form}: {column} has a list with a semicolon in row {row}")
        return "; ".join(parts)
    if isinstance(value, dict):
        raise _wrong(
            mapping, f"{SECTION}: {form}: {column} is no single value in row {row}; return a property of it"
        )
    return str(value)


def _dumped(rest: Mapping[str, Any]) -> str:
    import yaml

    return str(yaml.safe_dump(dict(rest), allow_unicode=True))


def _wrong(mapping: Path, message: str) -> InputError:
    return InputError(
        f"The mapping {mapping.name}: {message}.", errors=[Fault(mapping.name, None, None, None, message)]
    )
