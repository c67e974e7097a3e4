"""What the command line prints: one JSON document, or tables and sentences for people."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from api.document import problem, to_json
from api.workspace import Result
from graph.errors import DiamondError
from graph.progress import Progress
from graph.wording import spelt

# What a terminal would obey instead of showing: control codes and marks that turn the writing direction.
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Output:
    """Where results, warnings and progress go.

    Attributes
    ----------
    json
        Standard output holds exactly one JSON document.
    quiet
        No warnings and no progress.
    """

    json: bool = False
    quiet: bool = False

    def show(self, result: Result[Any], render: Callable[[Console, Any], None]) -> None:
        """Print a result: its document, or its warnings and then what `render` makes of it."""
        if self.json:
            print(to_json(result))
            return
        console = stdout()
        warnings = (*result.warnings, *getattr(result.body, "warnings", ()))
        if not self.quiet:
            for warning in warnings:
                console.print(f"[yellow]![/] {text(warning)}")
            if warnings:
                console.print()
        render(console, result)

    def say(self, sentence: str) -> None:
        """Print a sentence beside the result, for people only."""
        if not self.json and not self.quiet:
            stdout().print(text(sentence))

    def wrote(self, file: Path) -> None:
        """Say on standard error which file was written, and its size."""
        if not self.json and not self.quiet:
            stderr().print(text(f"Wrote {file} ({size(file.stat().st_size)})"))

    def insist(self, sentence: str) -> None:
        """Say on standard error what must be known even where warnings are not wanted."""
        if self.quiet and not self.json:
            stderr().print(f"[yellow]![/] {text(sentence)}")

    def fail(self, error: DiamondError) -> None:
        """Print an error: the document on standard output, or a sentence on standard error."""
        if self.json:
            print(to_json(problem(error)))
            return
        console = stderr()
        console.print(f"[bold red]{text(error.title)}:[/] {text(error.detail)}")
        for fault in error.errors[:20]:
            place = ", ".join(
                f"{name} {value}"
                for name, value in (("", fault.file), ("row", fault.row), ("column", fault.column))
                if value is not None
            ).strip()
            if fault.message and fault.message not in error.detail:
                value = f" (found {fault.value!r})" if fault.value is not None else ""
                console.print(
                    escape(f"  {place}: {fault.message}{value}" if place else f"  {fault.message}{value}")
                )
        if len(error.errors) > 20:
            console.print(f"  … and {len(error.errors) - 20} more; --json lists them all.")
        for one in error.candidates:
            console.print(text(f"  {one.id}  {one.name}"))

    @contextmanager
    def progress(self) -> Iterator[Progress | None]:
        """Show progress on standard error, on a terminal only."""
        if self.quiet or not sys.stderr.isatty():
            yield None
            return
        from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bar

        from api.import_words import stage

        with Bar(
            TextColumn("{task.description}"),
            BarColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        ) as bar:
            tasks: dict[str, Any] = {}

            def report(what: str, done: int, total: int) -> None:
                if what not in tasks:
                    tasks[what] = bar.add_task(stage(what), total=total or None)
                bar.update(tasks[what], completed=done, total=total or None)

            yield report


def stdout() -> Console:
    """Return a console on standard output; wide enough for the tables where it is no terminal."""
    width = None if sys.stdout.isatty() else 120
    return Console(highlight=False, width=width, soft_wrap=False)


def stderr() -> Console:
    """Return a console on standard error, which leaves long lines to the terminal."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def nothing(console: Console, result: Result[Any]) -> None:
    """Show no result: the file that was written, or what was printed as it came, is all of it."""


def table(*columns: str, title: str | None = None, right: tuple[str, ...] = ()) -> Table:
    """Return an empty table in the house's style."""
    made = Table(
        title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0)
    )
    for column in columns:
        made.add_column(column, justify="right" if column in right else "left", header_style="bold dim")
    return made


def number(value: float | None, digits: int = 2) -> str:
    """Return a number for people; what is undefined is a dash."""
    return "–" if value is None else f"{value:,.{digits}f}"


def amount(value: float | None) -> str:
    """Return an amount of money short: 4.38M, 620k, 57."""
    if value is None:
        return "–"
    for size, unit in ((1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:,.3g}{unit}"
    return f"{value:,.0f}"


def share(value: float | None) -> str:
    """Return a share in per cent."""
    return "–" if value is None else f"{value:.0%}"


def size(count: int) -> str:
    """Return a number of bytes short: 620 bytes, 24 kB, 1.3 MB."""
    for step, unit in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if count >= step:
            return f"{count / step:,.3g} {unit}"
    return f"{count} bytes"


def text(value: object) -> str:
    """Return any text so that nothing in it is taken for markup."""
    return "–" if value is None else escape(CONTROLS.sub("\N{REPLACEMENT CHARACTER}", str(value)))


def words(name: str | None) -> str:
    """Return a name of code as words: decision_maker as decision maker."""
    return "–" if name is None else text(spelt(name))
