"""Words that tell what a message or an address is: free providers, machines, automatic replies."""

from __future__ import annotations

import csv
import re
from functools import lru_cache
from pathlib import Path

REPLY_DEPTH = 20


@lru_cache(maxsize=8)
def words_of(kind: str) -> frozenset[str]:
    """Return the words of one kind in `words.csv`."""
    with (Path(__file__).parent / "words.csv").open(encoding="utf-8", newline="") as lines:
        return frozenset(row["word"] for row in csv.DictReader(lines) if row["kind"] == kind)


def is_free(domain: str) -> bool:
    """Tell whether anybody can have an address at a domain."""
    return domain in words_of("free_provider")


def is_machine(local: str) -> bool:
    """Tell whether nobody writes from an address, by what stands before the @."""
    return local in words_of("machine") or local.startswith(("noreply", "no-reply", "bounce-", "bounces-"))


@lru_cache(maxsize=1)
def _automatic() -> tuple[str, ...]:
    return tuple(sorted(words_of("automatic_subject")))


def is_automatic(subject: str) -> bool:
    """Tell whether a subject is one that programs write."""
    return subject.casefold().startswith(_automatic())


@lru_cache(maxsize=1)
def _reply() -> re.Pattern[str]:
    words = "|".join(sorted(map(re.escape, words_of("reply"))))
    return re.compile(rf"\s*(?:{words})(?:\[\d{{1,3}}\])?\s?[:：]\s*", re.IGNORECASE)


def bare_subject(subject: str) -> tuple[str, bool]:
    """Return a subject without what replies and forwards put before it, and whether there was any."""
    bare = subject
    for _ in range(REPLY_DEPTH):
        found = _reply().match(bare)
        if found is None:
            break
        bare = bare[found.end() :]
    return " ".join(bare.split()).casefold(), len(bare) < len(subject)
