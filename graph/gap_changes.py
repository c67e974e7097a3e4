"""What changed between two reports: gaps that are new, closed, worse, better, and how many are as before.

A gap is the same gap if kind and subject are, and, for a tie that falls short of what is wanted, our person.
It is worse or better if its severity changed by at least the policy's `gap_change`: strengths fade a little
every day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from graph.gaps import Gap
from graph.wording import count

Source = Literal["history", "saved"]


@dataclass(frozen=True, slots=True)
class Standing:
    """What is kept of a gap to be compared later.

    Attributes
    ----------
    ours
        Our person, of a tie that falls short of what is wanted.
    """

    kind: str
    subject: str
    subject_name: str
    severity: float
    ours: str | None = None


@dataclass(frozen=True, slots=True)
class GapChange:
    """One gap that is not as it was; None where there was or is none."""

    account: str
    kind: str
    subject: str
    subject_name: str
    before: float | None
    now: float | None


@dataclass(frozen=True, slots=True)
class GapChanges:
    """What changed since a day.

    Attributes
    ----------
    since
        The day that is compared with.
    source
        `history`: the records as of that day; `saved`: a report that was kept then.
    """

    since: date
    source: Source
    new: tuple[GapChange, ...]
    closed: tuple[GapChange, ...]
    worse: tuple[GapChange, ...]
    better: tuple[GapChange, ...]
    unchanged: int

    def sentence(self) -> str:
        """Return the change in one sentence."""
        told = [
            f"{len(found)} {name}"
            for name, found in (
                ("new", self.new),
                ("closed", self.closed),
                ("worse", self.worse),
                ("better", self.better),
            )
            if found
        ]
        against = "the report of" if self.source == "saved" else ""
        since = f"Since {against} {self.since}".replace("  ", " ")
        if not told:
            return f"{since} nothing changed: {count(self.unchanged, 'gap')} as before."
        return f"{since}: {', '.join(told)}, {self.unchanged} unchanged."


def standing(gap: Gap) -> Standing:
    """Return what is kept of a gap."""
    ours = str(gap.evidence[0]["ours"]) if gap.kind == "below_desired" else None
    return Standing(gap.kind, gap.subject, gap.subject_name, gap.severity, ours)


def compare(
    since: date,
    source: Source,
    before: Mapping[str, Sequence[Standing]],
    now: Mapping[str, Sequence[Standing]],
    least: float,
) -> GapChanges:
    """Return what changed, the largest change first.

    Parameters
    ----------
    before, now
        By account.
    least
        Change of severity from which a gap is worse or better.
    """
    old = {
        (account, one.kind, one.subject, one.ours): one for account, all_ in before.items() for one in all_
    }
    new = {(account, one.kind, one.subject, one.ours): one for account, all_ in now.items() for one in all_}
    made = {
        key: GapChange(
            key[0],
            key[1],
            key[2],
            (new.get(key) or old[key]).subject_name,
            old[key].severity if key in old else None,
            new[key].severity if key in new else None,
        )
        for key in sorted({*old, *new}, key=lambda key: (key[0], key[1], key[2], key[3] or ""))
    }
    rises = {key: new[key].severity - old[key].severity for key in made if key in old and key in new}
    return GapChanges(
        since,
        source,
        new=_sorted(made[key] for key in made if key not in old),
        closed=_sorted(made[key] for key in made if key not in new),
        worse=_sorted(made[key] for key, rise in rises.items() if rise >= least),
        better=_sorted(made[key] for key, rise in rises.items() if rise <= -least),
        unchanged=sum(abs(rise) < least for rise in rises.values()),
    )


def _sorted(changes: Iterable[GapChange]) -> tuple[GapChange, ...]:
    return tuple(sorted(changes, key=lambda one: -round(abs((one.now or 0.0) - (one.before or 0.0)), 12)))
