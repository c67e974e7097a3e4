"""Names, e-mail addresses and telephone numbers in the form in which two spellings of one are equal.

What is compared is never shown: a key such as `muler hans` only says that two texts may mean the same.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from rapidfuzz.distance import OSA


def _among(words: str) -> frozenset[str]:
    return frozenset(words.split())


NICKNAMES = Path(__file__).parent / "nicknames.csv"

# Ways in which two names can be those of one person, the surest first.
Likeness = Literal["same", "fuller", "initial", "sound", "spelling", "nickname", "part"]

HONORIFICS = _among(
    """
    mr mrs ms miss mister sir madam herr herrn frau hr fr mme mlle monsieur madame mademoiselle senor senora
    sr sra srta dr doctor doktor prof professor ing ingenieur dipl diplom mag mba msc bsc phd md llm emba jun
    jr sen ii iii iv esq cpa
    """
)
PARTICLES = _among("von van vom der den de del della dello di da do dos du la le zu zum zur ter ten y")
# Letters that have no base letter of their own; the others lose their marks.
LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ı": "i", "þ": "th", "ð": "d"})
# Addresses behind which several people sit.
SHARED_MAILBOXES = _among(
    """
    info office contact kontakt mail sales vertrieb service support admin hello team post einkauf purchasing
    order orders bestellung rechnung invoice accounting buchhaltung marketing hr jobs empfang reception
    zentrale central compras achats ventas contacto accueil secretariat sekretariat noreply
    """
)
SAME_DOMAIN = {"googlemail.com": "gmail.com"}
EXTENSION = re.compile(r"\b(?:ext(?:ension)?|x|dw|durchwahl|app|poste)\.?[\s:]*(\d{1,5})\s*$", re.IGNORECASE)
APOSTROPHE = re.compile(r"(?<=\w)['’‘`´](?=\w)")  # O'Neill is one word, however it is written
SHORTEST_PHONE = 6  # digits, without the country's
COUNTRY_CODE = 3  # digits at the most
INITIALS = 2  # letters at the most


@dataclass(frozen=True, slots=True)
class Name:
    """A name in comparable words: first names, then the family name; honorifics and particles left out."""

    words: tuple[str, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """The words in an order that does not tell first from last."""
        return tuple(sorted(self.words))


@lru_cache(maxsize=200_000)
def comparable(text: str) -> str:
    """Return a word without case and marks, in which Müller, Mueller and Muller are equal."""
    folded = unicodedata.normalize("NFKD", text.casefold().translate(LETTERS))
    plain = "".join(char for char in folded if not unicodedata.combining(char))
    return re.sub(r"aa|ae|oe|ue", lambda found: found[0][0], plain)


@lru_cache(maxsize=200_000)
def read_name(text: str) -> Name:
    """Return the comparable words of a name, however it is written.

    `Dr. Hans Müller`, `Mueller, Hans` and `hans.mueller@acme.com` have the same words.
    """
    text = re.sub(r"\([^)]*\)|\bh\.?\s?c\.", " ", text)
    if "@" in text:
        text = text.partition("@")[0].partition("+")[0]
    last, comma, first = text.partition(",")
    words = _words(last)
    if comma and (given := [word for word in _words(first) if word not in HONORIFICS]):
        words = given + words  # what follows a comma and is no honorific are the first names
    named = [word for word in words if word not in PARTICLES]
    return Name(tuple(named or words))


def _words(text: str) -> list[str]:
    found = [comparable(word) for word in re.findall(r"[^\W_]+", APOSTROPHE.sub("", text))]
    return [word for word in found if word not in HONORIFICS] or found


def likeness(one: Name, other: Name) -> Likeness | None:
    """Return how two names could be one person's, or None.

    `same` every word, in any order; `fuller` one has a middle name more; `initial` a first name is only a
    letter; `sound` Stefan and Stephan; `spelling` a letter or two apart in one word; `nickname` Bill and
    William; `part` one word in common at least, which is no reason by itself.
    """
    if not one.words or not other.words:
        return None
    if one.key == other.key:
        return "same"
    if any(char.isdigit() for char in "".join(set(one.words) ^ set(other.words))):
        return None  # numbers tell apart: Manager 1 and Manager 2
    shared = set(one.words) & set(other.words)
    if not shared:
        return None
    if min(len(one.words), len(other.words)) < 2:
        return "part"
    short, long = sorted((one.words, other.words), key=len)
    if len(shared) >= 2 and set(short) <= set(long):
        return "fuller"
    rest_of_one, rest_of_other = _without(one.words, shared), _without(other.words, shared)
    if rest_of_one and rest_of_other:
        left, right = rest_of_one[0], rest_of_other[0]
        if len(left) == 1 or len(right) == 1:
            return "initial" if left[0] == right[0] else "part"
        if len(rest_of_one) == len(rest_of_other) == 1:
            return _one_word_apart(left, right)
    return "part"


def _one_word_apart(left: str, right: str) -> Likeness:
    if sound(left) == sound(right):
        return "sound"
    if right in nicknames().get(left, ()):
        return "nickname"
    return "spelling" if _misspelt(left, right) else "part"


def _misspelt(left: str, right: str) -> bool:
    most = 1 if min(len(left), len(right)) < 8 else 2
    return min(len(left), len(right)) > 3 and OSA.distance(left, right, score_cutoff=most) <= most


def alike_throughout(one: Name, other: Name) -> bool:
    """Tell whether every word of two names, in one order, sounds like its fellow or is a letter or two apart.

    `Wiliam Cartr` and `William Carter`: too little by itself, telling beside a number that both have.
    """
    if len(one.words) != len(other.words) or len(one.words) < 2:
        return False
    return all(
        sound(left) == sound(right) or _misspelt(left, right)
        for left, right in zip(one.words, other.words, strict=True)
    )


def _without(words: tuple[str, ...], shared: set[str]) -> list[str]:
    return [word for word in words if word not in shared]


@lru_cache(maxsize=200_000)
def sound(word: str) -> str:
    """Return a word in which spellings of one sound are equal: Philipp and Filip, Katharina and Catarina."""
    for written, heard in (("ph", "f"), ("ck", "k"), ("th", "t"), ("dt", "t"), ("ei", "ai"), ("ey", "ai")):
        word = word.replace(written, heard)
    word = word.translate(str.maketrans("cyz", "kis"))
    return re.sub(r"(.)\1+", r"\1", word)


@lru_cache(maxsize=1)
def nicknames() -> Mapping[str, frozenset[str]]:
    """Return for each first name the other ones of the same table row, all comparable."""
    found: dict[str, set[str]] = defaultdict(set)
    with NICKNAMES.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            full = comparable(row["name"])
            names = {full, *(comparable(short) for short in row["short"].split())}
            for name in names - {full}:
                found[name].add(full)
                found[full].add(name)
    return {name: frozenset(others) for name, others in found.items()}


@dataclass(frozen=True, slots=True)
class Address:
    """An e-mail address; `local` without its tag, `shared` where it is no single person's."""

    local: str
    domain: str
    tag: str
    shared: bool


def read_address(text: str | None) -> Address | None:
    """Return an address in comparable form: no case, no tag, one name for each domain."""
    local, at, domain = (text or "").strip().casefold().rpartition("@")
    if not at or not local or not domain:
        return None
    local, _, tag = local.partition("+")
    domain = SAME_DOMAIN.get(domain, domain)
    if domain == "gmail.com":
        local = local.replace(".", "")
    if not local:
        return None
    return Address(local, domain, tag, local in SHARED_MAILBOXES)


def abbreviates(one: Address, other: Address, one_name: Name, other_name: Name) -> bool:
    """Tell whether two addresses of one domain may be one person's, one written short: b.carter, bill.carter.

    Both hold a word of both names, and what is left of one of them are initials at the most. Two addresses
    with a first name each, `anna.lee` and `anne.lee`, belong to two.
    """
    if one.domain != other.domain:
        return False
    left, right = (comparable(re.sub(r"[^a-z]", "", address.local)) for address in (one, other))
    for word in set(one_name.words) & set(other_name.words):
        if len(word) > 2 and word in left and word in right:
            rests = left.replace(word, "", 1), right.replace(word, "", 1)
            if min(map(len, rests)) <= INITIALS:
                return True
    return False


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone number; `whole` where the country's code is among the digits."""

    digits: str
    whole: bool
    extension: str


def read_phone(text: str | None) -> Phone | None:
    """Return a number without the marks people put between digits; None for what is too short."""
    text = (text or "").strip()
    found = EXTENSION.search(text)
    extension = found[1] if found else ""
    main = (text[: found.start()] if found else text).replace("(0)", "")
    digits = re.sub(r"\D", "", main)
    whole = main.lstrip(" (").startswith("+") or digits.startswith("00")
    digits = digits.removeprefix("00") if whole else digits.removeprefix("0")
    return Phone(digits, whole, extension) if len(digits) >= SHORTEST_PHONE else None


def same_phone(one: Phone, other: Phone) -> bool:
    """Tell whether two numbers are one, where one of them may lack the country's code."""
    if one.extension != other.extension:
        return False
    if one.whole == other.whole:
        return one.digits == other.digits
    long, short = (one.digits, other.digits) if one.whole else (other.digits, one.digits)
    return long.endswith(short) and 1 <= len(long) - len(short) <= COUNTRY_CODE
