"""What a job title tells: the phrases of the policy table, matched as whole words.

A hyphenated word is one word, so "Leading-edge" is no lead and "Quality-focused" no quality manager, while
"Vice-President" and "vice president" are the same phrase. A phrase inside a longer one is silent: who is
vice president is no president. Of the others the longest that says something about the function decides it,
and the longest that says something about the level.

A phrase of the table that ends in `*` speaks for what follows it ("assistant to *"), one that begins with
`*` for what comes before the end of the title ("* engineer"), one with a `*` inside for what stands between
("chief * officer"): the rest then tells the function only, and the phrase's own function counts where the
rest tells none. Between slashes stand titles of their own, of which
the highest level counts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from graph.policy import Policy, TitlePattern, fold

# Longer titles are sentences; phrases beyond this many words are not in the table.
LONGEST_PHRASE = 6
LONGEST_TITLE = 40

_WORD = re.compile(r"[\w&+'\-]+")
_PLAIN = str.maketrans({"\u2010": "-", "\u2011": "-", "’": "'", "´": "'", "`": "'", "ß": "ss"})
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


@dataclass(frozen=True, slots=True)
class Reading:
    """What a title tells; None where it says nothing."""

    function: str | None
    level: int | None

    @property
    def empty(self) -> bool:
        """Tell whether the title says nothing at all."""
        return self.function is None and self.level is None


@dataclass(frozen=True, slots=True)
class _Match:
    """A phrase found at some words of a title, given by their places."""

    words: frozenset[int]
    phrase: str
    pattern: TitlePattern

    @property
    def speaks(self) -> tuple[int, int] | None:
        """Return the rank of a phrase that speaks for the rest: what ends a title before what begins it."""
        text = self.pattern.pattern
        if "*" not in text:
            return None
        return (0 if text.startswith("*") else 1 if text.endswith("*") else 2), min(self.words)


class TitleReader:
    """Reads titles by the policy's phrases."""

    def __init__(self, policy: Policy) -> None:
        self._phrases: dict[str, list[TitlePattern]] = {}
        self._framed: list[tuple[str, str, TitlePattern]] = []
        for pattern in policy.titles:
            spellings = {pattern.pattern}
            if pattern.language == "de":
                spellings.add(pattern.pattern.casefold().translate(_UMLAUTS))
            for spelling in sorted(spellings):
                head, _, tail = ("".join(_words(part)) for part in spelling.partition("*"))
                if "*" in spelling and head and tail:
                    self._framed.append((head, tail, pattern))
                else:
                    self._phrases.setdefault(head or tail, []).append(pattern)
        self.read = lru_cache(maxsize=65536)(self._read)

    def _read(self, title: str) -> Reading:
        told = [self._part(_words(part)) for part in re.split(r"[/|;]", title)]
        told = [one for one in told if not one.empty]
        # The first title of the highest level comes first; those without a level last.
        told.sort(key=lambda one: one.level if one.level is not None else 99)
        function = next((one.function for one in told if one.function is not None), None)
        return Reading(function, told[0].level if told else None)

    def _part(self, words: Sequence[str]) -> Reading:
        found = [*self._matches(words), *self._frames(words)]
        found = [one for one in found if not any(one.words < other.words for other in found)]
        found.sort(key=lambda one: (-len(one.phrase), one.phrase, min(one.words)))
        speakers = [(rank, one) for one in found if (rank := one.speaks) is not None]
        if not speakers:
            return _decide(found)
        _, speaker = min(speakers, key=lambda pair: pair[0])
        rest = _decide([one for one in found if one.words != speaker.words])
        return Reading(rest.function or speaker.pattern.function, speaker.pattern.level)

    def _matches(self, words: Sequence[str]) -> Iterator[_Match]:
        for start in range(len(words)):
            for stop in range(start + 1, min(len(words), start + LONGEST_PHRASE) + 1):
                phrase = "".join(words[start:stop])
                for pattern in self._phrases.get(phrase, ()):
                    begins, ends = pattern.pattern.endswith("*"), pattern.pattern.startswith("*")
                    if (not ends or stop == len(words)) and (not begins or stop < len(words)):
                        yield _Match(frozenset(range(start, stop)), phrase, pattern)

    def _frames(self, words: Sequence[str]) -> Iterator[_Match]:
        for head, tail, pattern in self._framed:
            if head in words and tail in words:
                start, stop = words.index(head), len(words) - 1 - words[::-1].index(tail)
                if stop - start > 1:
                    yield _Match(frozenset((start, stop)), head + tail, pattern)


def _decide(found: Sequence[_Match]) -> Reading:
    functions = (one.pattern.function for one in found if one.pattern.function is not None)
    levels = (one.pattern.level for one in found if one.pattern.level is not None)
    return Reading(next(functions, None), next(levels, None))


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return [fold(word) for word in _WORD.findall(plain) if fold(word)][:LONGEST_TITLE]
