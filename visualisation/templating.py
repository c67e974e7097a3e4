"""How templates become pages: every text escaped, and a value that is missing a fault."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from visualisation.figures import count
from visualisation.text import NOT_XML

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).parent / "templates"


def environment(finalize: Callable[[Any], Any] | None = None) -> Environment:
    """Return what makes pages from the templates.

    Parameters
    ----------
    finalize
        What becomes of a value before it is written.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=finalize,
    )


@lru_cache(maxsize=1)
def report_environment() -> Environment:
    """Return what makes reports: pages that are kept as files and ask for nothing beside themselves."""

    def finalize(value: Any) -> Any:
        """Leave out characters that no page may hold."""
        return NOT_XML.sub("", value) if type(value) is str else value

    made = environment(finalize)
    made.filters["counted"] = count
    return made
