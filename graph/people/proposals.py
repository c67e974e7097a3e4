"""Who may be one person: pairs with the reasons, how sure they are, and what speaks against them.

Only people who share an address, a number or, within one organisation, a word of their names are compared,
so that the work grows with the people and not with their square. Nothing here merges anybody.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Literal

from graph.people.names import (
    Address,
    Likeness,
    Name,
    Phone,
    abbreviates,
    alike_throughout,
    likeness,
    nicknames,
    read_address,
    read_name,
    read_phone,
    same_phone,
    sound,
)

Confidence = Literal["sure", "likely", "doubtful"]
Reason = Literal["same_email", "same_phone", "same_name", "similar_name", "alias_domain"]

CONFIDENCES: tuple[Confidence, ...] = ("sure", "likely", "doubtful")
REASONS: tuple[Reason, ...] = ("same_email", "same_phone", "same_name", "similar_name", "alias_domain")
# A name that more people have, in different organisations, is a common one.
COMMON_NAME = 3
# Of more people who share a word of their names, another word has to begin with the same three letters.
LARGE_GROUP = 60
PHONE_TAIL = 6

HOW: Mapping[Likeness, str] = {
    "same": "the same name",
    "fuller": "the same name, once with a word more",
    "initial": "the same name, once with an initial",
    "sound": "names that sound the same",
    "spelling": "names a letter or two apart",
    "nickname": "a first name and its short form",
}
THROUGHOUT = "names of which every word is a letter or two apart"
CLOSE: tuple[Likeness, ...] = ("same", "fuller", "sound")


@dataclass(frozen=True, slots=True)
class Entry:
    """A person as far as comparing needs it.

    Attributes
    ----------
    organisation
        Id of where they work, or worked last; `left_on` says until when.
    organisation_name
        What people call it; its id where that is None.
    weight
        What is known of them: touchpoints, assessments and ties. The entry with more is kept, of two
        entries of one company the one where more people work.
    """

    id: str
    name: str
    organisation: str | None = None
    organisation_name: str | None = None
    email: str | None = None
    phone: str | None = None
    title: str | None = None
    level: int | None = None
    function: str | None = None
    left_on: date | None = None
    weight: int = 0


@dataclass(frozen=True, slots=True)
class Conflict:
    """A fact of which the two say different things."""

    fact: str
    a: str
    b: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two entries that may be one person; `a` is the one to keep."""

    a: str
    a_name: str
    b: str
    b_name: str
    why: str
    confidence: Confidence
    reasons: tuple[Reason, ...]
    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    entry: Entry
    name: Name
    address: Address | None
    phone: Phone | None


def propose(
    entries: Iterable[Entry],
    *,
    among: Collection[str] | None = None,
    distinct: Collection[tuple[str, str]] = (),
) -> tuple[Proposal, ...]:
    """Propose whom to merge, the surest first, then by id.

    Parameters
    ----------
    entries
        Everybody but seats without a known holder.
    among
        Only pairs in which one of these ids takes part.
    distinct
        Pairs that somebody has said are two people, lower id first.
    """
    people = [
        _Read(one, read_name(one.name), read_address(one.email), read_phone(one.phone))
        for one in sorted(entries, key=lambda one: one.id)
    ]
    said, names = set(distinct), Counter(one.name.key for one in people)
    staff = Counter(one.entry.organisation for one in people if one.entry.left_on is None)
    found = []
    for pair in sorted(_candidates(people, among)):
        one, other = people[pair[0]], people[pair[1]]
        if (one.entry.id, other.entry.id) in said:
            continue
        judged = _judge(one, other, names, staff)
        if judged is not None:
            found.append(judged)
    return tuple(sorted(found, key=lambda one: (CONFIDENCES.index(one.confidence), one.a, one.b)))


def _candidates(people: Sequence[_Read], among: Collection[str] | None) -> set[tuple[int, int]]:
    """Return the pairs worth a look, by their places."""
    blocks: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, one in enumerate(people):
        for key in _keys(one):
            blocks[key].append(place)
    wanted = None if among is None else {place for place, one in enumerate(people) if one.entry.id in among}
    pairs: set[tuple[int, int]] = set()
    for key, places in blocks.items():
        if len(places) < 2:
            continue
        for group in _groups(key, places, people):
            found = combinations(group, 2)
            if wanted is None:
                pairs.update(found)
            else:
                pairs.update(pair for pair in found if pair[0] in wanted or pair[1] in wanted)
    return pairs


def _keys(one: _Read) -> Iterator[tuple[str, ...]]:
    """Return what people worth a look have in common.

    Two spellings of one name share a word, and the beginning of another one: as it sounds, or as one of its
    short forms does.
    """
    organisation, words = one.entry.organisation or "", one.name.words
    if one.address is not None:
        yield "mail", one.address.local, one.address.domain
        yield "local", organisation, one.address.local
    if one.phone is not None:
        yield "phone", one.phone.digits[-PHONE_TAIL:]
    if len(words) > 1:
        yield "full", *one.name.key
        begins = {word: {sound(name)[0] for name in (word, *nicknames().get(word, ()))} for word in words}
        yield from {
            ("words", organisation, word, begin)
            for word in words
            if len(word) > 1
            for other in words
            if other != word
            for begin in begins[other]
        }
    elif words:
        yield "word", organisation, *words


def _groups(key: tuple[str, ...], places: list[int], people: Sequence[_Read]) -> Iterator[list[int]]:
    """Leave out what too many share to mean anything; split a group of people with a common name."""
    if key[0] == "full" and len(places) > COMMON_NAME:
        return
    if len(places) <= LARGE_GROUP:
        yield places
    elif key[0] == "words":
        finer: dict[str, list[int]] = defaultdict(list)
        for place in places:
            for word in people[place].name.words:
                if word != key[2]:
                    finer[sound(word)[:3]].append(place)
        yield from (group for group in finer.values() if len(group) > 1)


def _judge(
    one: _Read, other: _Read, names: Mapping[tuple[str, ...], int], staff: Mapping[str | None, int]
) -> Proposal | None:
    like = likeness(one.name, other.name)
    together = one.entry.organisation is not None and one.entry.organisation == other.entry.organisation
    own = _own_addresses(one, other)
    told = [
        judged
        for judged in (
            _by_address(one, other, like),
            _by_phone(one, other, like, own),
            _by_alias(one, other, like, together),
            _by_name(one, other, like, together, own, names),
        )
        if judged is not None
    ]
    if not told:
        return None
    confidence = min((one for one, _, _ in told), key=CONFIDENCES.index)
    keep, drop = one.entry, other.entry
    if _twice(keep, drop) and staff[keep.organisation] != staff[drop.organisation]:
        # The present post is that of the entry kept: nobody leaves the fuller entry of their company.
        worth = staff[keep.organisation], staff[drop.organisation]
    else:
        worth = keep.weight, drop.weight
    if worth[1] > worth[0]:
        keep, drop = drop, keep
    return Proposal(
        a=keep.id,
        a_name=keep.name,
        b=drop.id,
        b_name=drop.name,
        why=", ".join(why for _, _, why in told),
        confidence=confidence,
        reasons=tuple(reason for _, reason, _ in told),
        conflicts=_conflicts(keep, drop),
    )


Judged = tuple[Confidence, Reason, str]


def _by_address(one: _Read, other: _Read, like: Likeness | None) -> Judged | None:
    left, right = one.address, other.address
    if left is None or right is None or (left.local, left.domain) != (right.local, right.domain):
        return None
    tagged = left.tag != right.tag
    shown = f"{left.local}@{left.domain}"
    why = f"the same e-mail {shown}" + (", once with a tag" if tagged else "")
    if left.shared:
        return ("likely" if like == "same" else "doubtful", "same_email", f"{why}, which several may share")
    if like is None:
        if alike_throughout(one.name, other.name):
            return "likely", "same_email", f"{why}, {THROUGHOUT}"
        return "doubtful", "same_email", f"{why} under two names"
    return "sure", "same_email", why


def _by_phone(one: _Read, other: _Read, like: Likeness | None, own: bool) -> Judged | None:
    if one.phone is None or other.phone is None or not same_phone(one.phone, other.phone):
        return None
    why = f"the same telephone {other.entry.phone}"
    if like is None and alike_throughout(one.name, other.name):
        return "likely", "same_phone", f"{why}, {THROUGHOUT}"
    # Colleagues share a telephone; without a likeness of names it says nothing, and to two of one
    # initial, or with an address each, it may be that of the house.
    if like is None or like == "part":
        return None
    return "sure" if like in CLOSE and not own else "likely", "same_phone", why


def _by_alias(one: _Read, other: _Read, like: Likeness | None, together: bool) -> Judged | None:
    left, right = one.address, other.address
    if not together or left is None or right is None or left.shared:
        return None
    if left.local != right.local or left.domain == right.domain or like is None:
        return None
    why = f"the same address {left.local} at {left.domain} and {right.domain}"
    return "sure" if like in CLOSE else "likely", "alias_domain", why


def _by_name(
    one: _Read,
    other: _Read,
    like: Likeness | None,
    together: bool,
    own: bool,
    names: Mapping[tuple[str, ...], int],
) -> Judged | None:
    if like is None or like == "part":
        return None
    reason: Reason = "same_name" if like == "same" else "similar_name"
    if not together:
        if like != "same" or len(one.name.words) < 2 or names[one.name.key] > COMMON_NAME:
            return None
        if _twice(one.entry, other.entry):
            return "doubtful", reason, f"the same name in two entries of {_house(one.entry)}: one company?"
        houses = sorted({_house(one.entry) or "nowhere", _house(other.entry) or "nowhere"})
        return "doubtful", reason, f"the same name in {' and '.join(houses)}: another employer?"
    why = f"{HOW[like]} in {_house(one.entry)}"
    if own or _two_addresses(one, other):
        # Two of a name are rare in one house, and so are two with all words of one name; two whose names
        # are merely alike have an address each, unless one is the other's written short.
        rare = like in ("same", "fuller") or not own
        return ("doubtful", reason, f"{why}, but different e-mails") if rare else None
    one_word = len(one.name.words) < 2
    sure_enough = like in ("same", "fuller", "sound") and not one_word
    return "likely" if sure_enough else "doubtful", reason, why


def _house(one: Entry) -> str | None:
    return one.organisation_name or one.organisation


def _twice(one: Entry, other: Entry) -> bool:
    """Tell whether two work in two entries of a company, as far as its name tells."""
    houses = _house(one), _house(other)
    return None not in houses and houses[0] == houses[1] and one.organisation != other.organisation


def _two_addresses(one: _Read, other: _Read) -> bool:
    left, right = one.address, other.address
    if left is None or right is None or left.shared or right.shared:
        return False
    return left.local != right.local


def _own_addresses(one: _Read, other: _Read) -> bool:
    """Tell whether each has an address of their own, none of which could be the other's alias."""
    if not _two_addresses(one, other) or one.address is None or other.address is None:
        return False
    return not abbreviates(one.address, other.address, one.name, other.name)


def _conflicts(keep: Entry, drop: Entry) -> tuple[Conflict, ...]:
    found = []
    for fact, one, other in (
        ("name", keep.name, drop.name),
        ("e-mail", keep.email, drop.email),
        ("telephone", keep.phone, drop.phone),
        ("organisation", _house(keep), _house(drop)),
        ("title", keep.title, drop.title),
        ("level", keep.level, drop.level),
        ("function", keep.function, drop.function),
    ):
        if one is not None and other is not None and one != other:
            found.append(Conflict(fact, str(one), str(other)))
    return tuple(found)


RULES: Mapping[str, str] = {
    "sure": "all that are sure",
    "same_email": "sure, with the same e-mail address",
    "same_phone": "sure, with the same telephone number",
    "alias_domain": "sure, with the same address at two domains of one house",
    "same_name": "likely or sure, with the same name",
}


def chosen_by(
    rule: str, proposals: Iterable[Proposal], distinct: Collection[tuple[str, str]] = ()
) -> tuple[Proposal, ...]:
    """Return the proposals that a rule accepts, one of `RULES`.

    Two who were said to be two people are not made one by way of a third: of such proposals the later ones
    are left out.
    """
    together: dict[str, set[str]] = {}
    said = set(distinct)
    chosen = []
    for one in proposals:
        wanted = one.confidence == "sure" and (rule == "sure" or rule in one.reasons)
        if not wanted and not (rule == "same_name" == one.reasons[-1] and one.confidence == "likely"):
            continue
        left, right = together.get(one.a, {one.a}), together.get(one.b, {one.b})
        if any(tuple(sorted((a, b))) in said for a in left for b in right):
            continue
        chosen.append(one)
        joined = left | right
        together |= dict.fromkeys(joined, joined)
    return tuple(chosen)
