"""Policy tables read from a folder: every cell checked, every wrong one named by file, row, column and value.

A folder holds a team's own tables. A table that it does not have is the shipped one, and so is a value of
`measures.csv` or `targets.csv` that its table leaves out, so that a folder written for an earlier version
still holds. Further columns are a team's own notes. Spreadsheets of some countries write semicolons between
cells and decimal commas: both are read.
"""

from __future__ import annotations

import csv
import difflib
import io
import math
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from graph.errors import Fault, InputError
from graph.policy.model import (
    ORIENTATIONS,
    ROLES,
    FunctionKind,
    Policy,
    TitlePattern,
    TouchpointKind,
    fold,
)

FOLDER = Path(__file__).parent
# The columns that each table must have; `theirs` may be left out.
TABLES = {
    "functions.csv": ("kind", "row", "faces", "expected_weight"),
    "titles.csv": ("pattern", "language", "function", "level"),
    "roles.csv": ("value", "role", "orientation"),
    "touchpoint_kinds.csv": ("kind", "hours", "quality", "cost", "yearly_limit"),
    "targets.csv": ("role", "target_coverage"),
    "defaults.csv": ("by", "value", "influence"),
    "selling_functions.csv": ("function", "weight"),
    "measures.csv": ("name", "value"),
}
LARGEST = 10_000_000  # bytes of a table
LISTED = 20  # names of which a sentence lists all
SEPARATORS = ",;\t|"
LEVELS = (1, 5)
SHARES = (0.0, 1.0)
NOT_NEGATIVE = (0.0, math.inf)
# Where a limit's range does not follow from its unit: a share for 1, else nothing below 0.
RANGES = {
    "opponent_below": (-1.0, 0.0),
    "decay_scale": NOT_NEGATIVE,
    "similar_size": (1.0, math.inf),
    "step_days": (1.0, 366.0),  # a replay goes step by step
}
ABOVE_ZERO = ("contact_gain", "half_weak", "half_strong", "similar_from")


@dataclass(frozen=True, slots=True)
class TableInUse:
    """One policy table as it is in use.

    Attributes
    ----------
    own
        It stands in the team's folder.
    changed
        It says something else than the shipped one.
    """

    table: str
    rows: int
    own: bool
    changed: bool


@dataclass
class _Row:
    """A row of a table; what is wrong with its cells is kept with the table's faults."""

    table: str
    number: int
    cells: dict[str, str]
    comma: bool
    faults: list[Fault]

    def text(self, column: str) -> str:
        if not self.cells[column]:
            self.wrong(column, "must not be empty")
        return self.cells[column]

    def word(self, column: str, known: Sequence[str], *, empty: bool = False, many: str = "") -> str | None:
        """Return a name that is one of those known; None if it may be empty and is.

        `many` says what is known where that is too much to be listed.
        """
        value = self.cells[column]
        if not value and empty:
            return None
        if value not in known:
            near = difflib.get_close_matches(value, known, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            listed = ", ".join(known) if len(known) <= LISTED or not many else many
            self.wrong(column, f"needs one of {listed}{hint}")
        return value

    def number_in(
        self, column: str, low: float, high: float, *, whole: bool = False, above: bool = False
    ) -> float:
        text = self.cells[column]
        try:
            value = float(text.replace(",", ".") if self.comma else text)
        except ValueError:
            value = math.nan
        fits = low < value <= high if above else low <= value <= high
        if math.isfinite(value) and fits and (not whole or value == int(value)):
            return value
        kind = "a whole number" if whole else "a number"
        if math.isinf(high):
            bounds = f"above {low:g}" if above else f"of {low:g} or more"
        else:
            bounds = f"above {low:g}, up to {high:g}" if above else f"from {low:g} to {high:g}"
        self.wrong(column, f"needs {kind} {bounds}")
        return 1.0

    def wrong(self, column: str, message: str) -> None:
        self.faults.append(Fault(self.table, self.number, column, self.cells[column], message))


@dataclass
class _Tables:
    """The tables of a folder, beside the shipped ones."""

    folder: Path
    faults: list[Fault] = field(default_factory=list)

    def rows(self, name: str) -> list[_Row]:
        """Return the rows of a table, the team's or the shipped one."""
        own = self.folder / name
        return self.read(own if own.exists() else FOLDER / name)

    def read(self, path: Path) -> list[_Row]:
        try:
            if path.stat().st_size > LARGEST:
                raise InputError(
                    f"The policy table {path} is larger than {LARGEST / 1e6:g} MB, the most that is read."
                )
            text = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            row = path.read_bytes()[: error.start].count(b"\n") + 1
            self.faults.append(Fault(path.name, row, None, None, "is not UTF-8; save it as CSV UTF-8"))
            return []
        except OSError as error:
            self.faults.append(Fault(path.name, None, None, None, f"cannot be read: {error.strerror}"))
            return []
        rows: list[_Row] = []
        try:
            rows.extend(self._parsed(path.name, text))
        except csv.Error as error:
            # The reader gives up where a quotation ends, which may be far below the row that began it.
            number = rows[-1].number + 1 if rows else 1
            line = text.splitlines()[number - 1].strip()
            said = f"is no CSV from here on ({error}): look for a quotation mark that stands alone"
            self.faults.append(Fault(path.name, number, None, line, said))
            return []
        return rows

    def _parsed(self, name: str, text: str) -> Iterator[_Row]:
        head = text.partition("\n")[0]
        separator = max(SEPARATORS, key=head.count)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        header = [fold(cell) for cell in next(reader, [])]
        places: dict[str, int] = {}
        needed = TABLES[name]
        for column in (*needed, *(("theirs",) if name == "touchpoint_kinds.csv" else ())):
            found = [place for place, cell in enumerate(header) if cell == fold(column)]
            if len(found) > 1:
                self.faults.append(Fault(name, 1, column, column, "stands twice in the header"))
            elif not found and column in needed:
                said = f"is missing in the header; it needs {', '.join(needed)}, separated by commas"
                self.faults.append(Fault(name, 1, column, head.strip(), said))
            elif found:
                places[column] = found[0]
        if any(column not in places for column in needed):
            return
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > len(header):
                extra = separator.join(cells[len(header) :])
                self.faults.append(
                    Fault(name, reader.line_num, None, extra, f"has more than {len(header)} cells")
                )
                continue
            values = {
                column: cells[place].strip() if place < len(cells) else "" for column, place in places.items()
            }
            yield _Row(name, reader.line_num, values, separator != ",", self.faults)

    def once(self, rows: Iterable[_Row], *columns: str) -> Iterator[_Row]:
        """Yield rows, and note which say again what an earlier row said already."""
        seen: dict[tuple[str, ...], int] = {}
        for row in rows:
            key = tuple(fold(row.cells[column]) for column in columns)
            if key in seen:
                row.wrong(columns[-1], f"stands in row {seen[key]} already")
            seen.setdefault(key, row.number)
            yield row


def load_policy(folder: Path = FOLDER) -> Policy:
    """Read and check the tables of a folder, the shipped ones in place of those that it does not have.

    Raises
    ------
    InputError
        The folder is none, has a table of an unknown name, or a table is wrong; every wrong cell is listed
        with file, row and column.
    """
    return _shipped() if folder == FOLDER else _read(folder)


@lru_cache(maxsize=1)
def _shipped() -> Policy:
    return _read(FOLDER)


def _read(folder: Path) -> Policy:
    if not folder.is_dir():
        raise InputError(
            f"The policy folder {folder} does not exist; diamond policy export {folder} writes one."
        )
    tables = _Tables(folder)
    for path in sorted(folder.glob("*.csv")):
        if path.name not in TABLES:
            near = difflib.get_close_matches(path.name, TABLES, n=1)
            hint = f"did you mean {near[0]}?" if near else f"they are {', '.join(TABLES)}"
            tables.faults.append(Fault(path.name, None, None, None, f"is no policy table; {hint}"))
    policy = _policy(tables)
    if tables.faults:
        first = tables.faults[0]
        more = len(tables.faults) - 1
        raise InputError(
            f"{_said(first)}{f', and {more} more' if more else ''} (policy tables of {folder}).",
            errors=tables.faults,
        )
    return policy


def tables_in_use(folder: Path) -> tuple[TableInUse, ...]:
    """Return of each table whether it is the team's own, and whether it differs from the shipped one."""
    tables = _Tables(folder)
    found = []
    for name in TABLES:
        rows = [row.cells for row in tables.rows(name)]
        own = folder.resolve() != FOLDER.resolve() and (folder / name).exists()
        shipped = [row.cells for row in tables.read(FOLDER / name)]
        found.append(TableInUse(name, len(rows), own, own and rows != shipped))
    return tuple(found)


def export_policy(folder: Path) -> tuple[Path, ...]:
    """Write the shipped tables to a folder to be edited there; none that stands there is overwritten.

    Raises
    ------
    InputError
        The folder has such a table already, or cannot be written to.
    """
    there = [name for name in TABLES if (folder / name).exists()]
    if there:
        raise InputError(
            f"{folder} has {', '.join(there)} already: name another folder, or take them away first."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return tuple(Path(shutil.copyfile(FOLDER / name, folder / name)) for name in TABLES)
    except OSError as error:
        raise InputError(f"{folder} cannot be written to: {error.strerror}.") from None


def _said(fault: Fault) -> str:
    place = f"The policy table {fault.file}"
    if fault.row is not None:
        place += f", row {fault.row}"
    if fault.column is not None:
        place += f", column {fault.column}"
    found = f", found {fault.value!r}" if fault.value is not None else ""
    return f"{place}: {fault.message}{found}"


def _policy(tables: _Tables) -> Policy:
    functions, weights = _functions(tables)
    targets = {
        **_targets(tables.read(FOLDER / "targets.csv")),
        **_targets(tables.rows("targets.csv"), tables),
    }
    role_influence, level_influence, otherwise = _defaults(tables)
    limits = _limits(tables)
    limits["influence_default"] = otherwise
    shipped = tables.folder.resolve() == FOLDER.resolve()
    own = () if shipped else tuple(one.table for one in tables_in_use(tables.folder) if one.changed)
    return Policy(
        functions=functions,
        row_weights=weights,
        kinds=_kinds(tables),
        role_targets=targets,
        role_influence=role_influence,
        level_influence=level_influence,
        role_values={
            fold(row.text("value")): (
                row.word("role", ROLES, empty=True),
                row.word("orientation", ORIENTATIONS, empty=True),
            )
            for row in tables.once(tables.rows("roles.csv"), "value")
        },
        titles=_titles(tables, functions),
        selling_functions={
            row.text("function"): row.number_in("weight", *SHARES)
            for row in tables.once(tables.rows("selling_functions.csv"), "function")
        },
        limits=limits,
        folder=None if shipped else tables.folder,
        own_tables=own,
    )


def _functions(tables: _Tables) -> tuple[dict[str, FunctionKind], dict[str, float]]:
    functions: dict[str, FunctionKind] = {}
    weights: dict[str, float] = {}
    rows = tables.rows("functions.csv")
    kinds = [row.cells["kind"] for row in rows]
    for row in tables.once(rows, "kind"):
        kind, place, faces = row.text("kind"), row.text("row"), row.word("faces", kinds, empty=True)
        weight = row.number_in("expected_weight", *SHARES)
        functions[kind] = FunctionKind(kind, place, faces or "")
        if weights.setdefault(place, weight) != weight:
            row.wrong("expected_weight", f"is another than that of {place} above")
    return functions, weights


def _kinds(tables: _Tables) -> dict[str, TouchpointKind]:
    return {
        row.text("kind"): TouchpointKind(
            row.cells["kind"],
            row.number_in("hours", 0.0, 24.0, above=True),
            row.number_in("quality", *SHARES),
            row.number_in("cost", *NOT_NEGATIVE),
            int(row.number_in("yearly_limit", 0, 10_000, whole=True)),
            int(row.number_in("theirs", 1, 1000, whole=True)) if row.cells.get("theirs") else 1,
        )
        for row in tables.once(tables.rows("touchpoint_kinds.csv"), "kind")
    }


def _targets(rows: Iterable[_Row], tables: _Tables | None = None) -> dict[str, float]:
    known = (*ROLES, "unknown")
    return {
        str(row.word("role", known)): row.number_in("target_coverage", *SHARES, above=True)
        for row in (tables.once(rows, "role") if tables else rows)
    }


def _defaults(tables: _Tables) -> tuple[dict[str, float], dict[int, float], float]:
    """Return the influence assumed by role and by level, and what is assumed where neither is known."""
    roles: dict[str, float] = {}
    levels: dict[int, float] = {}
    shipped = tables.read(FOLDER / "defaults.csv")
    otherwise = next(float(row.cells["influence"]) for row in shipped if row.cells["by"] == "else")
    for row in tables.once(tables.rows("defaults.csv"), "by", "value"):
        by = row.word("by", ("role", "level", "else"))
        influence = row.number_in("influence", *SHARES)
        if by == "role":
            roles[str(row.word("value", ROLES))] = influence
        elif by == "level":
            levels[int(row.number_in("value", *LEVELS, whole=True))] = influence
        else:
            otherwise = influence
    return roles, levels, otherwise


def _titles(tables: _Tables, functions: dict[str, FunctionKind]) -> tuple[TitlePattern, ...]:
    rows = tables.rows("titles.csv")
    # Where a function could not be read, that is the fault, and not each title that leads to it.
    unread = any(fault.file == "functions.csv" for fault in tables.faults)
    known = {*functions, *(row.cells["function"] for row in rows)} if unread else functions
    titles = [
        TitlePattern(
            row.text("pattern"),
            row.cells["language"],
            row.word("function", list(known), empty=True, many="a kind of functions.csv"),
            int(row.number_in("level", *LEVELS, whole=True)) if row.cells["level"] else None,
        )
        for row in rows
    ]
    said: dict[str, tuple[_Row, TitlePattern]] = {}
    for row, title in zip(rows, titles, strict=True):
        earlier, known_as = said.setdefault(fold(title.pattern), (row, title))
        if (known_as.function, known_as.level) != (title.function, title.level):
            row.wrong("pattern", f"means another function or level in row {earlier.number} already")
    return tuple(sorted(titles, key=lambda title: (-len(title.pattern), title.pattern)))


def _limits(tables: _Tables) -> dict[str, float]:
    shipped = {row.cells["name"]: float(row.cells["value"]) for row in tables.read(FOLDER / "measures.csv")}
    limits = dict(shipped)
    units = _units()
    for row in tables.once(tables.rows("measures.csv"), "name"):
        name = str(row.word("name", list(shipped), many="a name of the shipped measures.csv"))
        if name in shipped:
            low, high = RANGES.get(name, SHARES if units[name] == "1" else NOT_NEGATIVE)
            limits[name] = row.number_in("value", low, high, above=name in ABOVE_ZERO)
    return limits


def _units() -> dict[str, str]:
    with (FOLDER / "measures.csv").open(encoding="utf-8", newline="") as lines:
        return {row["name"]: row["unit"] for row in csv.DictReader(lines)}
