"""Accounts out of the store: a handful of queries for one account or for the whole portfolio.

Everything is read as of a day: who was in post, which assessment was the newest, how strong each tie.
Today's strengths are kept on `ENGAGES`, so that Cypher reads the same number; another day's are replayed
from the log by the same rule.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Set
from datetime import date
from difflib import get_close_matches
from typing import Any

from graph.account import (
    Account,
    Channel,
    InfluenceLine,
    Partner,
    Person,
    ReportingLine,
    Tie,
)
from graph.errors import AmbiguousName, Candidate, UnknownName
from graph.policy import Policy, fold
from graph.replay import strength_on
from graph.store import Store
from graph.store.channels import read_channels
from graph.store.fitting import fitting, fitting_assessment, fitting_value
from graph.store.strengths import given_of, last_contact, read_sides, touchpoints_of

Row = dict[str, Any]
KINDS = {"KeyAccount": "key_account", "Distributor": "distributor", "EndCustomer": "end_customer"}
SERVES = "SUPPLIES|DISTRIBUTES_THROUGH|SELLS_DIRECT_TO"

# An account has people, or we sell to it.
ACCOUNTS = f"""
MATCH (a:KeyAccount|Distributor|EndCustomer)
WHERE EXISTS {{ (a)<-[:EMPLOYED_BY]-(:Person) }} OR EXISTS {{ (a)<-[:{SERVES}]-(:Supplier) }}
RETURN DISTINCT a.id AS id, coalesce(toStringOrNull(a.name), a.id) AS name ORDER BY id
"""

ORGANISATIONS = f"""
MATCH (a:Organisation) WHERE a.id IN $accounts
RETURN a.id AS id, coalesce(toStringOrNull(a.name), a.id) AS name, labels(a) AS labels,
       a.country AS country, a.region AS region,
       a.industry AS industry, a.category_volume AS category_volume,
       COLLECT {{ MATCH (s:Supplier)-[r:{SERVES}]->(a)
                 RETURN DISTINCT {{id: s.id, name: coalesce(toStringOrNull(s.name), s.id),
                         revenue: CASE WHEN r.since <= $day OR r.since IS NULL THEN r.revenue END,
                         margin: r.margin}} AS one ORDER BY one.id }}
       AS suppliers
"""

SUPPLIERS = "MATCH (s:Supplier) RETURN s.id AS id, coalesce(toStringOrNull(s.name), s.id) AS name ORDER BY id"

PEOPLE = """
MATCH (p:Person)-[e:EMPLOYED_BY]->(o:Organisation)
WHERE o.id IN $organisations
  AND (e.since IS NULL OR e.since <= $day) AND (e.until IS NULL OR e.until > $day)
WITH DISTINCT p, o
RETURN p.id AS id, coalesce(toStringOrNull(p.name), p.id) AS name, o.id AS organisation,
       p.title AS title, p.level AS level,
       coalesce(p.placeholder, false) AS placeholder, p.time_capacity AS time_capacity,
       p.verified_on AS verified_on, p.confidence AS confidence,
       COLLECT { MATCH (p)-[w:WORKS_IN]->(f:Function)
                 WHERE f.organisation = o.id
                   AND (w.since IS NULL OR w.since <= $day) AND (w.until IS NULL OR w.until > $day)
                 RETURN f.kind ORDER BY coalesce(w.since, date('0001-01-01')) DESC, f.kind } AS functions,
       COLLECT { MATCH (x:Assessment)-[:ASSESSES]->(p) WHERE x.on <= $day
                 RETURN x {.attribute, .value, .on, .evidence, .confidence, .expires_on} AS one
                 ORDER BY x.on DESC, x.id DESC } AS assessments,
       COLLECT { MATCH (f:FormerValue)-[:FORMER_OF]->(p) WHERE f.until > $day
                 RETURN f {.attribute, .value} AS one ORDER BY f.until DESC } AS former
"""

TIES = """
MATCH (s:Person)-[t:ENGAGES]->(c:Person) WHERE s.id IN $ours AND c.id IN $theirs
RETURN s.id AS ours, c.id AS theirs, t.given_strength AS given_strength, t.given_on AS given_on,
       coalesce(t.assumed, false) AS assumed, t.desired AS desired, t.strength AS strength,
       t.strength_on AS strength_on, t.last_on AS last_on, t.contacted_on AS contacted_on,
       coalesce(t.touchpoints, 0) AS touchpoints
"""

TOUCHPOINTS = """
MATCH (c:Person)-[:ATTENDED]->(t:Touchpoint) WHERE c.id IN $theirs AND t.on <= $day
WITH DISTINCT t
RETURN t.id AS id, t.on AS on, t.kind AS kind, t.minutes AS minutes, t.theirs AS theirs,
       COLLECT { MATCH (p:Person)-[:ATTENDED]->(t) RETURN p.id } AS attendees
"""

LINES = """
MATCH (a:Person)-[r:REPORTS_TO|REPORTED_TO|INFLUENCES]->(b:Person)
WHERE a.id IN $people AND b.id IN $people AND a <> b
  AND (r.since IS NULL OR r.since <= $day) AND (r.until IS NULL OR r.until > $day)
RETURN DISTINCT CASE type(r) WHEN 'REPORTED_TO' THEN 'REPORTS_TO' ELSE type(r) END AS type,
       a.id AS a, b.id AS b, r.weight AS weight, r.sign AS sign
"""

TEAMS = """
MATCH (p:Person)-[m:MEMBER_OF]->(:AccountTeam)-[:OF_ACCOUNT]->(a:Organisation)
WHERE a.id IN $accounts
RETURN a.id AS account, p.id AS person, m.share_of_time AS share
"""

ACCOUNTS_OF = """
MATCH (p:Person)-[:ENGAGES]->(:Person)-[e:EMPLOYED_BY]->(a:Organisation)
WHERE p.id IN $ours AND (e.since IS NULL OR e.since <= $day) AND (e.until IS NULL OR e.until > $day)
RETURN p.id AS person, count(DISTINCT a.id) AS accounts
"""


def list_accounts(store: Store) -> tuple[Partner, ...]:
    """Return id and name of every account, sorted by id."""
    return tuple(Partner(row["id"], row["name"]) for row in store.read(ACCOUNTS))


def resolve_account(store: Store, text: str) -> str:
    """Return the id of the account with this id or unique name.

    Raises
    ------
    UnknownName
        Nothing is called so; the nearest names are the candidates.
    AmbiguousName
        Several are called so.
    """
    return resolve(text, [Candidate(one.id, one.name) for one in list_accounts(store)], "account")


def resolve_person(account: Account, text: str) -> str:
    """Return the id of the person of the account, of either side, with this id or unique name."""
    return resolve(text, [Candidate(one.id, one.name) for one in account.people.values()], "person")


def resolve(text: str, candidates: list[Candidate], what: str) -> str:
    """Return the id of the one candidate with this id or unique name."""
    if any(one.id == text for one in candidates):
        return text
    named = [one for one in candidates if fold(one.name) == fold(text)]
    if len(named) == 1:
        return named[0].id
    if named:
        ids = ", ".join(one.id for one in named)
        raise AmbiguousName(
            f"{len(named)} have the name {text!r}: say which by id ({ids}).", candidates=named
        )
    folded = {fold(one.name): one for one in candidates} | {fold(one.id): one for one in candidates}
    near = [folded[name] for name in get_close_matches(fold(text), folded, n=5, cutoff=0.5)]
    near = list(dict.fromkeys(near))
    hint = f"; did you mean {near[0].name} ({near[0].id})?" if near else "."
    raise UnknownName(f"No {what} has the id or name {text!r}{hint}", candidates=near)


def read_account(store: Store, account: str, day: date, policy: Policy) -> Account:
    """Read one account by id, as of `day`."""
    (found,) = _read(store, [account], day, policy)
    return found


def read_portfolio(store: Store, day: date, policy: Policy) -> tuple[Account, ...]:
    """Read every account, sorted by id, as of `day`."""
    return _read(store, [one.id for one in list_accounts(store)], day, policy)


def read_partners(store: Store, account: Account, day: date, policy: Policy) -> tuple[Account, ...]:
    """Read the accounts of the distributors that sell to an end customer, sorted by id, as of `day`.

    Any other account has none: a distributor's own channel says who else sells to its customers.
    """
    if "end_customer" not in account.kinds:
        return ()
    sellers = {
        sale.seller
        for sale in account.channel.sales
        if sale.end_customer == account.id and not sale.direct and sale.seller != account.id
    }
    return _read(store, sorted(sellers), day, policy) if sellers else ()


def _read(store: Store, accounts: list[str], day: date, policy: Policy) -> tuple[Account, ...]:
    organisations = {row["id"]: row for row in store.read(ORGANISATIONS, {"accounts": accounts, "day": day})}
    everyone = [Partner(row["id"], row["name"]) for row in store.read(SUPPLIERS)]
    serving = {
        account: tuple(
            dict.fromkeys(Partner(one["id"], one["name"]) for one in organisations[account]["suppliers"])
        )
        or tuple(one for one in everyone if one.id != account)
        for account in accounts
    }
    employers = sorted({*accounts, *(one.id for suppliers in serving.values() for one in suppliers)})
    people: dict[str, list[Person]] = defaultdict(list)
    for row in store.read(PEOPLE, {"organisations": employers, "day": day}):
        people[row["organisation"]].append(_person(row, day))
    theirs = sorted({person.id for account in accounts for person in people[account]})
    ours = sorted({one.id for suppliers in serving.values() for s in suppliers for one in people[s.id]})
    ties = read_ties(store, ours, theirs, day, policy)
    lines = store.read(LINES, {"people": sorted({*ours, *theirs}), "day": day})
    shares: dict[str, dict[str, float]] = defaultdict(dict)
    teams: dict[str, set[str]] = defaultdict(set)
    for row in store.read(TEAMS, {"accounts": accounts}):
        teams[row["account"]].add(row["person"])
        share = fitting_value("MEMBER_OF", "share_of_time", row["share"])
        if share is not None:
            shares[row["account"]][row["person"]] = share
    accounts_of = {
        row["person"]: row["accounts"] for row in store.read(ACCOUNTS_OF, {"ours": ours, "day": day})
    }
    channels = read_channels(
        store,
        {account: row["name"] for account, row in organisations.items()},
        [account for account, row in organisations.items() if "Distributor" in row["labels"]],
        serving,
        day,
    )
    ties_of: dict[str, list[Tie]] = defaultdict(list)
    for tie in ties:
        ties_of[tie.stakeholder].append(tie)
    lines_of: dict[str, list[Row]] = defaultdict(list)
    for row in lines:
        lines_of[row["a"]].append(fitting("INFLUENCES", row))
    return tuple(
        _account(
            organisations[account],
            day,
            policy,
            serving[account],
            tuple(person for supplier in serving[account] for person in people[supplier.id]),
            tuple(people[account]),
            ties_of,
            lines_of,
            shares[account],
            teams[account],
            accounts_of,
            channels.get(account, Channel()),
        )
        for account in accounts
    )


def _account(
    row: Row,
    day: date,
    policy: Policy,
    suppliers: tuple[Partner, ...],
    ours: tuple[Person, ...],
    theirs: tuple[Person, ...],
    ties_of: Mapping[str, list[Tie]],
    lines_of: Mapping[str, list[Row]],
    shares: Mapping[str, float],
    team: Set[str],
    accounts_of: Mapping[str, int],
    channel: Channel,
) -> Account:
    our_ids = {person.id for person in ours}
    their_ids = {person.id for person in theirs}
    ties = tuple(tie for person in theirs for tie in ties_of.get(person.id, ()) if tie.ours in our_ids)
    lines = [
        line
        for side in (our_ids, their_ids)
        for person in sorted(side)
        for line in lines_of.get(person, ())
        if line["b"] in side
    ]
    contracts = [fitting("SUPPLIES", one) for one in row["suppliers"]]
    served = [one for one in contracts if one["revenue"] is not None]
    revenue = sum(one["revenue"] for one in served) if served else None
    margins = [one for one in served if one["margin"] is not None]
    weight = sum(one["revenue"] for one in margins)
    return Account(
        id=row["id"],
        name=row["name"],
        as_of=day,
        kinds=tuple(kind for label, kind in KINDS.items() if label in row["labels"]),
        suppliers=suppliers,
        ours=ours,
        theirs=theirs,
        ties=ties,
        reports_to=tuple(ReportingLine(r["a"], r["b"]) for r in lines if r["type"] == "REPORTS_TO"),
        influences=tuple(
            InfluenceLine(
                r["a"],
                r["b"],
                1.0 if r["weight"] is None else r["weight"],
                1 if r["sign"] is None else r["sign"],
            )
            for r in lines
            if r["type"] == "INFLUENCES"
        ),
        revenue=revenue,
        margin=sum(one["margin"] * one["revenue"] for one in margins) / weight if weight else None,
        share_of_time={person: share for person, share in sorted(shares.items()) if person in our_ids},
        team=tuple(sorted(team & our_ids)),
        accounts_of={person: count for person, count in accounts_of.items() if person in our_ids},
        newest_contact=max((tie.last_on for tie in ties if tie.last_on), default=None),
        country=row["country"],
        region=row["region"],
        industry=row["industry"],
        category_volume=row["category_volume"],
        channel=channel,
        policy=policy,
    )


def _person(row: Row, day: date) -> Person:
    # Of what was said before, the value that ended first after the day; they come the latest first.
    row = fitting("Person", {**row, **{one["attribute"]: one["value"] for one in row["former"]}})
    newest: dict[str, Row] = {}
    for assessment in filter(fitting_assessment, row["assessments"]):
        newest.setdefault(assessment["attribute"], assessment)
    values = {name: one["value"] for name, one in newest.items()}
    latest = max(newest.values(), key=lambda one: one["on"], default=None)
    verified, expires = row["verified_on"], None
    sure = row["confidence"]
    if verified is not None and verified > day:
        verified, sure = None, None
    if latest is not None and (verified is None or latest["on"] >= verified):
        verified = latest["on"]
        same_day = [one["expires_on"] for one in newest.values() if one["on"] == verified]
        expires = min((day for day in same_day if day is not None), default=None)
    return Person(
        id=row["id"],
        name=row["name"],
        organisation=row["organisation"],
        function=row["functions"][0] if row["functions"] else None,
        title=row["title"],
        level=row["level"],
        role=values.get("role"),
        influence=values.get("influence"),
        orientation=values.get("orientation"),
        proximity=values.get("proximity"),
        placeholder=row["placeholder"],
        time_capacity=row["time_capacity"],
        verified_on=verified,
        expires_on=expires,
        confidence=latest["confidence"] if latest and latest["confidence"] is not None else sure,
        evidence=latest["evidence"] if latest else None,
    )


def read_ties(store: Store, ours: list[str], theirs: list[str], day: date, policy: Policy) -> list[Tie]:
    """Read the ties of some of ours with some of theirs as of `day`: today's as kept, others replayed."""
    found = store.read(TIES, {"ours": ours, "theirs": theirs})
    rows = {(row["ours"], row["theirs"]): fitting("ENGAGES", row) for row in found}
    if all(row["strength_on"] == day for row in rows.values()):
        return [
            _tie(pair, row, row["strength"] or 0.0, row["contacted_on"], row["touchpoints"] or 0)
            for pair, row in rows.items()
        ]
    found = store.read(TOUCHPOINTS, {"theirs": theirs, "day": day})
    log = touchpoints_of(found, read_sides(store), set(ours), set(theirs))
    ties = []
    for pair in {*rows, *log}:
        contacts, row = log.get(pair, []), rows.get(pair, {})
        strength = strength_on(day, contacts, policy, given_of(row, contacts))
        ties.append(_tie(pair, row, strength, last_contact(row, contacts, day), len(contacts)))
    return ties


def _tie(pair: tuple[str, str], row: Row, strength: float, last_on: date | None, touchpoints: int) -> Tie:
    return Tie(
        ours=pair[0],
        stakeholder=pair[1],
        strength=strength,
        desired=row.get("desired"),
        last_on=last_on,
        touchpoints=touchpoints,
        assumed=bool(row.get("assumed")) and not touchpoints,
    )
