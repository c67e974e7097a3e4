"""JSON as plain data: no key twice, since the second would silently win, and no NaN, which JSON lacks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NoReturn


class NotPlain(ValueError):
    """Text that is no JSON, or more than plain data: what is wrong, and in which line where that is known."""

    def __init__(self, problem: str, lineno: int | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.lineno = lineno

    @property
    def place(self) -> str:
        """The line, to stand behind the name of what is read."""
        return "" if self.lineno is None else f", line {self.lineno}"


def load_json(text: str | bytes) -> Any:
    """Return what a JSON text, as bytes in UTF-8, holds.

    Raises
    ------
    NotPlain
        It is no JSON, gives a key twice, or has NaN or an infinite number.
    """
    try:
        given = text if isinstance(text, str) else text.decode("utf-8-sig")
        return json.loads(given, object_pairs_hook=_once, parse_constant=_no_constant)
    except NotPlain:
        raise
    except UnicodeDecodeError:
        raise NotPlain("it is not UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise NotPlain(error.msg, error.lineno) from None
    except RecursionError:
        raise NotPlain("it is nested too deeply") from None
    except ValueError:  # more digits than Python reads
        raise NotPlain("a date or a number in it is none that can be") from None


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise NotPlain(f"the key {key!r} stands twice")
        found[key] = value
    return found


def _no_constant(name: str) -> NoReturn:
    raise NotPlain(f"{name} is no number that JSON has")
