"""Keyed draws: every random number is a function of what it decides, never of when it was asked for.

u = hash(seed, replicate, month, event kind, entity, second entity), a chain of SplitMix64 finalisers cut to
53 bits. The strategy is in no key, so strategies meet the same departures and the same luck. These are the
plain-Python functions; `simulation/compiling.py` gives the compiled kernel their twins, equal bit for bit.

References
----------
Steele, Lea, Flood (2014), *Fast splittable pseudorandom number generators*, doi 10.1145/2660193.2660195.
"""

from __future__ import annotations

from hashlib import blake2b

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
FIRST = 0xBF58476D1CE4E5B9
SECOND = 0x94D049BB133111EB
UNIT = 2.0**-53

# Kinds of events. A kind keeps its number for good: another number is another stream.
DEPARTS, ARRIVES, NEWCOMER, OURS_DEPART, OURS_ARRIVE, REORGANISED, OPENS, MARKET, LOSS = range(1, 10)
REVEALS, ORDERS, CHOOSES = range(10, 13)


def entity(identity: str, ordinal: int = 0) -> int:
    """Return the 64-bit name of a seat: a hash of the id of who holds it at the start, and its ordinal.

    The ordinal tells apart seats that have no other identity, such as two that join alike.
    """
    return int.from_bytes(blake2b(f"{identity}\x1f{ordinal}".encode(), digest_size=8).digest(), "little")


def mix(z: int) -> int:
    """Return the SplitMix64 finaliser of a 64-bit number."""
    z = ((z ^ (z >> 30)) * FIRST) & MASK
    z = ((z ^ (z >> 27)) * SECOND) & MASK
    return z ^ (z >> 31)


def replicate_key(seed: int, replicate: int) -> int:
    """Return the key of one replicate of a seed."""
    return mix((mix((seed + GOLDEN) & MASK) + (replicate + 1) * GOLDEN) & MASK)


def event_key(key: int, month: int, kind: int) -> int:
    """Return the key of one kind of event in one month."""
    return mix((mix((key + (month + 1) * GOLDEN) & MASK) + (kind + 1) * GOLDEN) & MASK)


def uniform(key: int, entity: int, second: int) -> float:
    """Return the uniform number in [0, 1) of an event that happens to one entity, or between two.

    Entities out of an array become Python's numbers, since NumPy's own warn where they wrap.
    """
    of_first = mix((key + int(entity) * GOLDEN) & MASK)
    return (mix((of_first + int(second) * GOLDEN) & MASK) >> 11) * UNIT
