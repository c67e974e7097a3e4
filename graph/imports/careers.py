"""People into the store with their days: what a newer row changes becomes history.

A row speaks of its `verified_on`, else of the import's day. A newer row than the one that was written last
ends the post it contradicts, and keeps as a former value what it overwrites; an older one overwrites
nothing: it fills what nobody has said, and where it names another employer, that was an earlier one.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from graph.imports.merging import Merger, differs, line_rows, stored_lines
from graph.imports.records import LineKey, PersonRecord, Properties

# Of a person, what measures read and a later row may say otherwise.
REMEMBERED = ("title", "level", "time_capacity", "placeholder")

OPEN_ELSEWHERE = """
UNWIND $rows AS row MATCH (:Person {{id: row.source}})-[r:{kind}]->(other)
WHERE other.id <> row.target AND r.until IS NULL
RETURN row.source AS source, other.id AS other, row.on AS on, r.since AS since
"""
POSTS = """
UNWIND $ids AS id MATCH (:Person {id: id})-[e:EMPLOYED_BY]->(o:Organisation)
RETURN id, o.id AS organisation, properties(e) AS properties ORDER BY e.stay
"""
END = """
UNWIND $rows AS row MATCH (:Person {{id: row.source}})-[r:{kind}]->(other) WHERE other.id = row.other
AND r.until IS NULL SET r.until = row.on
"""


class Careers:
    """Writes people, where they work and in which function.

    Attributes
    ----------
    older
        Those of whom the store knows something newer.
    """

    def __init__(self, merger: Merger, today: date) -> None:
        self._merger = merger
        self._today = today
        self._former: dict[str, tuple[str, Properties]] = {}
        self._passing: set[str] = set()
        self.older: set[str] = set()

    def write(self, people: Mapping[str, PersonRecord]) -> None:
        """Write people as far as their rows are news."""
        merger = self._merger
        self._passing = {id_ for id_, one in people.items() if one.passing}
        merger.nodes("Person", {id_: one.properties for id_, one in people.items()}, settle=self._person)
        merger.nodes("FormerValue", {id_: one for id_, (_, one) in self._former.items()}, settle=_first)
        merger.lines(
            "FORMER_OF", {(id_, person, ""): {} for id_, (person, _) in self._former.items()}, count=False
        )
        no_news = self.older | self._passing
        self._posts({id_: one for id_, one in people.items() if id_ not in no_news})
        self._earlier_posts({id_: people[id_] for id_ in no_news})

    def _person(self, stored: Properties | None, properties: Properties) -> Properties:
        """Return what of a row is to be written, and remember what it overwrites."""
        day = properties.get("verified_on") or self._today
        if stored is None:
            return {**properties, "stated_on": day}
        if stored["id"] in self._passing:
            return unsaid(stored, properties)
        known = stored.get("stated_on") or stored.get("verified_on")
        if known is not None and day < known:
            self.older.add(stored["id"])
            return unsaid(stored, properties)
        for name in REMEMBERED:
            value = stored.get(name)
            if name in properties and value is not None and value != properties[name]:
                id_ = _hash(stored["id"], name, day.isoformat())
                former = {"attribute": name, "value": value, "until": day}
                self._former[id_] = (stored["id"], former)
        return {**properties, "stated_on": day} if differs(stored, properties) else properties

    def _posts(self, people: Mapping[str, PersonRecord]) -> None:
        posts: dict[LineKey, Properties] = {}
        functions: dict[LineKey, Properties] = {}
        days: dict[str, date] = {}
        for id_, one in people.items():
            # Who is listed without a last day is there.
            since = {"since": one.since} if one.since is not None else {}
            posts[id_, one.organisation, ""] = {"until": one.until, **since}
            if one.function is not None:
                functions[id_, one.function, ""] = {"until": one.until}
            if one.until is None or one.until > self._today:  # else the row is about a post of the past
                days[id_] = one.since or one.properties.get("verified_on") or self._today
        back = self._come_back({id_: (people[id_].organisation, day) for id_, day in days.items()})
        moved = self._end_others("EMPLOYED_BY", {id_: people[id_].organisation for id_ in days}, days)
        for id_, earlier in back.items():
            now = (id_, people[id_].organisation, "")
            posts[now]["since"] = people[id_].since or moved.get(id_, days[id_])
            posts[id_, people[id_].organisation, earlier["stay"]] = earlier
        self._begin("EMPLOYED_BY", posts, moved)
        # Who changed employer has left the function there, even if nobody says which they have now.
        at = {id_: people[id_].function or "" for id_ in days if people[id_].function or id_ in moved}
        changed = self._end_others("WORKS_IN", at, {**days, **moved})
        self._begin("WORKS_IN", functions, changed)

    def _come_back(self, now: Mapping[str, tuple[str, date]]) -> dict[str, Properties]:
        """Return the earlier stay of those who are back at an employer whom they had left for another."""
        merger = self._merger
        known: dict[str, dict[str, Properties]] = defaultdict(dict)
        for ids in merger.batches("EMPLOYED_BY", sorted(now)):
            for row in merger.transaction.run(POSTS, {"ids": ids}):
                if "stay" not in row["properties"]:
                    known[row["id"]][row["organisation"]] = row["properties"]
        found: dict[str, Properties] = {}
        for id_, posts in known.items():
            organisation, day = now[id_]
            left = posts.get(organisation, {}).get("until")
            if left is None or left > day:
                continue
            elsewhere = (post for other, post in posts.items() if other != organisation)
            if any(post.get("until", date.max) > left for post in elsewhere):
                found[id_] = {**posts[organisation], "stay": left.isoformat()}
        return found

    def _earlier_posts(self, people: Mapping[str, PersonRecord]) -> None:
        """Write where somebody was when an older row was written, if that was somewhere else."""
        merger = self._merger
        known: dict[str, dict[str, Properties]] = defaultdict(dict)
        for ids in merger.batches("EMPLOYED_BY", sorted(people)):
            for row in merger.transaction.run(POSTS, {"ids": ids}):
                known[row["id"]][row["organisation"]] = row["properties"]
        lines: dict[LineKey, Properties] = {}
        for id_, one in sorted(people.items()):
            if one.organisation in known[id_]:
                continue
            day: date = one.properties.get("verified_on") or self._today
            open_ones = {
                organisation: post for organisation, post in known[id_].items() if "until" not in post
            }
            starts = [post["since"] for post in open_ones.values() if post.get("since", day) > day]
            end: date = min(starts, default=day) if one.until is None else one.until
            lines[id_, one.organisation, ""] = {"until": end}
            since = one.since
            if since is not None and since < end:
                lines[id_, one.organisation, ""]["since"] = since
            # Of the present post nobody has said since when: not before that day.
            lines |= {
                (id_, organisation, ""): {"since": end}
                for organisation, post in open_ones.items()
                if "since" not in post
            }
        merger.lines("EMPLOYED_BY", lines)

    def _end_others(self, kind: str, targets: Mapping[str, str], days: Mapping[str, date]) -> dict[str, date]:
        """End what somebody did before; return whose it was, and the day."""
        merger = self._merger
        ended: dict[str, date] = {}
        keys = [
            {"source": source, "target": target, "on": days[source]}
            for source, target in sorted(targets.items())
        ]
        for rows in merger.batches(kind, keys):
            others = merger.transaction.run(OPEN_ELSEWHERE.format(kind=kind), {"rows": rows})
            for row in others:
                if row["since"] is not None and row["since"] >= row["on"]:
                    row["on"] = self._today  # two first days that contradict each other: until now, then
                ended[row["source"]] = max(row["on"], ended.get(row["source"], date.min))
                merger.journal.line_changed((kind, row["source"], row["other"], ""), {}, {"until": row["on"]})
            merger.count(kind, 0, len(others), 0)
            merger.run(END.format(kind=kind), others)
        return ended

    def _begin(self, kind: str, lines: Mapping[LineKey, Properties], moved: Mapping[str, date]) -> None:
        """Write where people are; what follows on something else begins on the day that ended."""
        merger = self._merger
        fresh = sorted(key for key in lines if key[0] in moved and "since" not in lines[key])
        begun: dict[LineKey, Properties] = {}
        for keys in merger.batches(kind, fresh):
            known = stored_lines(merger.transaction, kind, line_rows(keys))
            begun |= {key: {"since": moved[key[0]]} for number, key in enumerate(keys) if number not in known}
        merger.lines(kind, {key: {**properties, **begun.get(key, {})} for key, properties in lines.items()})


def unsaid(stored: Mapping[str, Any], properties: Properties) -> Properties:
    """Return those properties of which the store knows nothing."""
    return {name: value for name, value in properties.items() if stored.get(name) is None}


def _first(stored: Properties | None, properties: Properties) -> Properties:
    """Keep what stood there at the beginning of a day on which several rows said otherwise."""
    return properties if stored is None else {}


def _hash(*parts: str) -> str:
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=12).hexdigest()
