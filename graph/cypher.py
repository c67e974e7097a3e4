"""Cypher as tokens: what a query, or an expression that the server prints, names and calls.

No parser: it tells names, keywords, strings and comments apart, so that a word inside a string or a name in
backticks is not taken for a keyword.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, cast

Kind = Literal["text", "name", "number", "word", "sign"]

# A string, name or comment that nothing closes runs to the end: the server refuses it anyway. What is no
# ASCII sign and no part of a word counts as space, since what the server ignores must not part two tokens.
_TOKEN = re.compile(
    r"""(?P<skip>\s+|//[^\r\n]*|/\*.*?(?:\*/|\Z))
      | (?P<text>'(?:[^'\\]|\\.)*(?:'|\\?\Z)|"(?:[^"\\]|\\.)*(?:"|\\?\Z))
      | `(?P<name>(?:[^`]|``)*)(?:`|\Z)
      | (?P<number>\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?)
      | (?P<word>\w+)
      | (?P<sign>\.\.|[!-/:-@\[-^{-~])
      | (?P<space>.)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"(\\\\)|\\u([0-9a-fA-F]{4})")


@dataclass(frozen=True, slots=True)
class Token:
    """A string (`text`), a name in backticks, a number, a keyword or bare name (`word`), or a sign."""

    kind: Kind
    value: str

    def says(self, *words: str) -> bool:
        """Tell whether it is one of these keywords or signs; keywords are written in any case."""
        return self.kind in ("word", "sign") and self.value.upper() in words

    @property
    def names(self) -> bool:
        """Whether it can be a name."""
        return self.kind in ("word", "name")


def tokens(text: str) -> list[Token]:
    """Return the tokens of a text, comments and space left out."""
    found = []
    for match in _TOKEN.finditer(text):
        kind = str(match.lastgroup)
        if kind not in ("skip", "space"):
            found.append(
                Token(cast(Kind, kind), match[kind].replace("``", "`") if kind == "name" else match[0])
            )
    return found


def unescaped(text: str) -> str:
    r"""Return the text with escapes like `\u0043` replaced, as the server does before it looks for tokens."""
    return _ESCAPE.sub(lambda escape: escape[1] or chr(int(escape[2], 16)), text)


def body(found: Sequence[Token]) -> Sequence[Token]:
    """Return what follows the options of a query (`CYPHER 5 runtime=slotted`)."""
    place = 0
    while place < len(found):
        if found[place].says("CYPHER") or found[place].kind == "number":
            place += 1
        elif place + 1 < len(found) and found[place + 1].says("="):
            place += 3
        else:
            break
    return found[place:]


def called(found: Sequence[Token]) -> Iterator[str]:
    """Yield each name with a namespace that is called, `db.labels` of `CALL db.labels()` for instance."""
    place = 0
    while place < len(found):
        start, parts = place, []
        while place < len(found) and found[place].names:
            parts.append(found[place].value)
            place += 1
            if place + 1 >= len(found) or not found[place].says(".") or not found[place + 1].names:
                break
            place += 1
        procedure = start > 0 and found[start - 1].says("CALL")
        if len(parts) > 1 and (procedure or (place < len(found) and found[place].says("("))):
            yield ".".join(parts)
        place = max(place, start + 1)


def loads_csv(found: Sequence[Token]) -> bool:
    """Tell whether a LOAD CSV stands anywhere."""
    return any(one.says("LOAD") and other.says("CSV") for one, other in pairwise(found))


def selects_graph(found: Sequence[Token]) -> bool:
    """Tell whether a USE stands at the start of a query, of a subquery, or of a part of a union."""
    for place, (token, following) in enumerate(pairwise(found)):
        if token.says("USE") and following.names:
            before = found[max(0, place - 2) : place]
            if not before or before[-1].says("{", ";", "UNION"):
                return True
            if before[0].says("UNION") and before[-1].says("ALL", "DISTINCT"):
                return True
    return False


def commits_inside(found: Sequence[Token]) -> bool:
    """Tell whether a subquery runs in transactions of its own (`} IN 3 CONCURRENT TRANSACTIONS`)."""
    return any(
        token.says("TRANSACTIONS")
        and any(one.says("IN") and other.says("}") for one, other in zip(before[1:], before, strict=False))
        for place, token in enumerate(found)
        for before in (found[max(0, place - 5) : place],)
    )
