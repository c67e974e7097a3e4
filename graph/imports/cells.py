"""Single cells: text, numbers and yes or no as people and programs write them; nothing guessed."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, datetime

from graph.policy import fold
from graph.schema import Property

YES = frozenset({"true", "yes", "y", "1", "x", "ja", "j", "oui", "si", "sí", "wahr", "vrai", "verdadero"})
NO = frozenset({"false", "no", "n", "0", "nein", "non", "falsch", "faux", "falso"})

# What is longer is no value of the form but a quote that was never closed, or another kind of file; and the
# store cannot index it.
NAME_LIMIT = 500
TEXT_LIMIT = 100_000
SHOWN_LIMIT = 200

_PLAIN = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_COMMA = re.compile(r"[+-]?[0-9]*,[0-9]+")
_GROUPED = tuple(
    (separator, re.compile(rf"[+-]?[0-9]{{1,3}}({re.escape(separator)}[0-9]{{3}})+([{points}][0-9]+)?"))
    for separator, points in ((",", "."), (".", ","), ("'", "."), (" ", ".,"))
)


class Stated(str):
    """A word that the mapping file chose, so there is nothing left to ask about it."""

    __slots__ = ()


class Key(str):
    """The id of a row of another table: where no such row is, nothing is made of it.

    Attributes
    ----------
    said
        What the cell says of it, which is what reports show.
    heading
        Under which it stands, where the column of the form is made of several.
    """

    __slots__ = ("heading", "said")
    said: str
    heading: str | None

    def __new__(cls, text: str, said: str | None = None, heading: str | None = None) -> Key:
        """Make a key of its text."""
        made = super().__new__(cls, text)
        made.said = text if said is None else said
        made.heading = heading
        return made


def as_text(value: object) -> str:
    """Return a cell as text, without spaces around it; an empty cell is empty text."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and math.isfinite(value) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return ";".join(as_text(one) for one in value)
    return str(value)


def shown(value: object) -> str:
    """Return a cell as a message may show it: no control character of its own, and not too long."""
    text = (
        as_text(value.said if isinstance(value, Key) else value)
        .replace("\0", "\\0")
        .encode("utf-8", "backslashreplace")
        .decode("utf-8")
    )
    return text if len(text) <= SHOWN_LIMIT else text[:SHOWN_LIMIT] + "…"


def check_text(text: str, limit: int = TEXT_LIMIT) -> None:
    """Refuse text that no text file should hold.

    Raises
    ------
    ValueError
        A NUL, half a character, or more than `limit` characters.
    """
    if "\0" in text:
        raise ValueError("holds a NUL character, as a file does that is no text")
    if len(text) > limit:
        raise ValueError(f"is longer than {limit:,} characters")
    if not text.isascii() and any(unicodedata.category(char) == "Cs" for char in text):
        raise ValueError("holds half a character")


def read_number(value: object, rule: Property) -> float:
    """Return a number within the schema's bounds.

    Raises
    ------
    ValueError
        No number, an ambiguous one, or one out of bounds.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError:  # an integer may have any number of digits
            number = math.inf
    else:
        number = _number(as_text(value))
    if not math.isfinite(number):
        raise ValueError("is no finite number")
    low, high = rule.minimum, rule.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        raise ValueError(f"is out of bounds: {_bounds(low, high)}")
    if rule.type == "integer" and number != int(number):
        raise ValueError("is no whole number")
    return number


def _number(text: str) -> float:
    text = re.sub(r"[\u00a0\u202f\u2009]", " ", text).replace("\u2212", "-").replace("\u2019", "'")
    share = text.endswith("%")
    text = text.removesuffix("%").rstrip()
    scale = 0.01 if share else 1.0
    if _PLAIN.fullmatch(text):
        return float(text) / 100.0 if share else float(text)
    if _COMMA.fullmatch(text):
        whole, _, fraction = text.partition(",")
        if len(fraction) == 3 and whole.lstrip("+-") not in ("", "0"):
            raise ValueError("could be a thousand or a fraction; write it without a comma")
        return float(text.replace(",", ".")) * scale
    for separator, pattern in _GROUPED:
        if pattern.fullmatch(text):
            plain = text.replace(separator, "")
            return float(plain.replace(",", ".")) * scale
    raise ValueError("is no number")


def _bounds(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"it must lie between {low:g} and {high:g}"
    return f"it must be at least {low:g}" if low is not None else f"it must be at most {high:g}"


def read_boolean(value: object) -> bool:
    """Return yes or no.

    Raises
    ------
    ValueError
        Neither.
    """
    word = fold(as_text(value))
    if word in YES:
        return True
    if word in NO:
        return False
    raise ValueError("is neither yes nor no")
