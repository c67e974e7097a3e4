"""What a job title tells: the phrases of the policy table, matched as whole words.

A hyphenated word is one word, so "Leading-edge" is no lead and "Quality-focused" no quality manager, while
"Vice-President" and "vice president" are the same phrase. The longest phrase that says something about the
function decides it, and the longest that says something about the level.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from graph.policy import Policy, TitlePattern, fold

# Longer titles are sentences; phrases beyond this many words are not in the table.
LONGEST_PHRASE = 6
LONGEST_TITLE = 40

_WORD = re.compile(r"[\w&'’\-\u2010\u2011]+")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a title tells; None where it says nothing."""

    function: str | None
    level: int | None

    @property
    def empty(self) -> bool:
        """Tell whether the title says nothing at all."""
        return self.function is None and self.level is None


class TitleReader:
    """Reads titles by the policy's phrases."""

    def __init__(self, policy: Policy) -> None:
        self._phrases: dict[str, list[TitlePattern]] = {}
        for pattern in policy.titles:
            self._phrases.setdefault("".join(_words(pattern.pattern)), []).append(pattern)
        self.read = lru_cache(maxsize=65536)(self._read)

    def _read(self, title: str) -> Reading:
        function: str | None = None
        level: int | None = None
        found = {phrase for phrase in _spans(_words(title)) if phrase in self._phrases}
        for phrase in sorted(found, key=lambda phrase: (-len(phrase), phrase)):
            for pattern in self._phrases[phrase]:
                function = function if function is not None else pattern.function
                level = level if level is not None else pattern.level
        return Reading(function, level)


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.replace("\u2010", "-").replace("\u2011", "-"))
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return [fold(word) for word in _WORD.findall(plain) if fold(word)][:LONGEST_TITLE]


def _spans(words: list[str]) -> Iterator[str]:
    for start in range(len(words)):
        for stop in range(start + 1, min(len(words), start + LONGEST_PHRASE) + 1):
            yield "".join(words[start:stop])
