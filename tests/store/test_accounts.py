"""Accounts read back from a real store equal the ones put in; other days are replayed from the log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from fixtures.generator import generate_account, generate_ecosystem, write_accounts
from graph.account import Account, Agreement, Carried, Partner
from graph.errors import AmbiguousName, UnknownName
from graph.gateway import run_cookbook
from graph.imports import import_files
from graph.measures import measure
from graph.policy import load_policy
from graph.replay import Contact, strength_on
from graph.store import Store
from graph.store.accounts import (
    list_accounts,
    read_account,
    read_partners,
    read_portfolio,
    resolve_account,
    resolve_person,
)
from graph.store.strengths import refresh_strengths, rewrite_strengths
from tests.store import straight

POLICY = load_policy()
TODAY = date(2026, 1, 31)


@pytest.mark.parametrize("seed", range(6))
def test_an_account_comes_back_as_it_was_put_in(store: Store, seed: int):
    put = generate_account(seed, as_of=TODAY)
    straight.put(store.write, put)
    got = read_account(store, put.id, TODAY, POLICY)
    assert [person.id for person in got.theirs] == [person.id for person in put.theirs]
    assert got.ties == put.ties
    assert got.reports_to == put.reports_to
    assert got.influences == put.influences
    one, other = measure(got), measure(put)
    assert (one.shape, one.connectivity, one.cut) == (other.shape, other.connectivity, other.cut)
    assert one.diamond_index == pytest.approx(other.diamond_index)
    assert one.coverage == pytest.approx(other.coverage)


def test_a_portfolio_is_every_account_as_it_is_alone(store: Store):
    accounts = [straight.numbered(generate_account(seed, as_of=TODAY), seed) for seed in range(4)]
    for account in accounts:
        straight.put(store.write, account)
    found = read_portfolio(store, TODAY, POLICY)
    assert [account.id for account in found] == sorted(account.id for account in accounts)
    for account in found:
        assert account == read_account(store, account.id, TODAY, POLICY)


@pytest.mark.parametrize(
    "accounts",
    [
        generate_ecosystem(3, accounts=1, theirs=4, as_of=TODAY),
        (generate_account(3, theirs=3, distributors=4, end_customers=6, as_of=TODAY),),
        (generate_account(6, theirs=3, distributors=3, as_of=TODAY),),
    ],
    ids=["ecosystem", "a distributor", "tiers alone"],
)
def test_a_written_channel_comes_back_as_it_was_generated(
    store: Store, tmp_path: Path, accounts: tuple[Account, ...]
):
    report = import_files(store, write_accounts(tmp_path, accounts), today=TODAY)
    assert report.findings == ()
    rewrite_strengths(store, TODAY, POLICY)
    found = {account.id: account for account in read_portfolio(store, TODAY, POLICY)}
    for put in accounts:
        got = found[put.id]
        assert got.channel == put.channel
        assert (got.name, got.kinds, got.suppliers) == (put.name, put.kinds, put.suppliers)
        assert (got.country, got.region) == (put.country, put.region)
        assert (got.revenue, got.margin) == (put.revenue, put.margin)
        assert [(tie.ours, tie.stakeholder, tie.strength) for tie in got.ties] == [
            (tie.ours, tie.stakeholder, tie.strength) for tie in put.ties
        ]
        assert {*put.reports_to, *put.influences} <= {*got.reports_to, *got.influences}


def small(store: Store) -> None:
    store.write(
        """
        CREATE (us:Organisation:Supplier {id: 'us', name: 'Us'}),
               (acme:Organisation:KeyAccount {id: 'acme', name: 'Acme'}),
               (other:Organisation:KeyAccount {id: 'other', name: 'Acme'}),
               (s:Person {id: 's', name: 'Sam'})-[:EMPLOYED_BY]->(us),
               (c:Person {id: 'c', name: 'Cleo'})-[:EMPLOYED_BY {since: date('2024-01-01')}]->(acme),
               (d:Person {id: 'd', name: 'Dan'})-[:EMPLOYED_BY {until: date('2025-06-30')}]->(acme),
               (e:Person {id: 'e', name: 'Eve'})-[:EMPLOYED_BY]->(other)
        """
    )
    meet(store, "t1", "2025-12-01", "meeting", None, "s", "c")
    meet(store, "t2", "2026-01-10", "call", 45.0, "s", "c", "e")
    meet(store, "t3", "2025-05-01", "visit", None, "s", "d")
    meet(store, "t4", "2026-02-15", "visit", None, "s", "c")


def meet(store: Store, id: str, on: str, kind: str, minutes: float | None, *who: str) -> None:
    store.write(
        """
        CREATE (t:Touchpoint {id: $id, on: date($on), kind: $kind, minutes: $minutes})
        WITH t UNWIND $who AS id MATCH (p:Person {id: id}) CREATE (p)-[:ATTENDED]->(t)
        """,
        {"id": id, "on": on, "kind": kind, "minutes": minutes, "who": who},
    )


def strength(account: Account) -> float:
    return {(tie.ours, tie.stakeholder): tie.strength for tie in account.ties}["s", "c"]


def test_strengths_are_derived_once_a_day_and_replayed_for_others(store: Store):
    small(store)
    rewrite_strengths(store, TODAY, POLICY)
    assert not refresh_strengths(store, TODAY, POLICY)
    log = [
        Contact(date(2025, 12, 1), "t1", "meeting", None, 1),
        Contact(date(2026, 1, 10), "t2", "call", 45.0, 2),
    ]
    expected = strength_on(TODAY, log, POLICY)
    assert 0.0 < expected < 1.0
    assert strength(read_account(store, "acme", TODAY, POLICY)) == expected
    kept = store.read("MATCH (:Person {id: 's'})-[t:ENGAGES]->(:Person {id: 'c'}) RETURN t.strength AS s")
    assert kept[0]["s"] == expected
    earlier = date(2026, 1, 5)
    assert strength(read_account(store, "acme", earlier, POLICY)) == strength_on(earlier, log, POLICY)
    tomorrow = TODAY + timedelta(days=1)
    assert refresh_strengths(store, tomorrow, POLICY)
    assert strength(read_account(store, "acme", tomorrow, POLICY)) == strength_on(tomorrow, log, POLICY)


def test_people_are_those_in_post_on_the_day(store: Store):
    small(store)
    rewrite_strengths(store, TODAY, POLICY)
    assert [person.id for person in read_account(store, "acme", TODAY, POLICY).theirs] == ["c"]
    before = read_account(store, "acme", date(2025, 6, 29), POLICY)
    assert [person.id for person in before.theirs] == ["c", "d"]
    assert before.newest_contact == date(2025, 5, 1)
    assert read_account(store, "acme", date(2023, 1, 1), POLICY).theirs[0].id == "d"


def test_assessments_are_the_newest_of_the_day(store: Store):
    small(store)
    for number, (on, value) in enumerate([("2025-01-01", "ally"), ("2025-09-01", "against")]):
        store.write(
            """
            MATCH (p:Person {id: 'c'})
            CREATE (:Assessment {id: $id, attribute: 'orientation', value: $value, on: date($on),
                                 expires_on: date($on) + duration({months: 2})})-[:ASSESSES]->(p)
            """,
            {"id": str(number), "value": value, "on": on},
        )
    rewrite_strengths(store, TODAY, POLICY)
    now = read_account(store, "acme", TODAY, POLICY)
    assert now.theirs[0].orientation == "against"
    assert measure(now).stale == ("c",)
    then = read_account(store, "acme", date(2025, 2, 1), POLICY)
    assert then.theirs[0].orientation == "ally"
    assert measure(then).stale == ()


def test_without_a_row_every_supplier_serves_and_with_one_only_that(store: Store):
    small(store)
    store.write(
        "CREATE (:Person {id: 't', name: 'T'})-[:EMPLOYED_BY]->"
        "(:Organisation:Supplier {id: 'we', name: 'We'})"
    )
    assert [person.id for person in read_account(store, "acme", TODAY, POLICY).ours] == ["s", "t"]
    store.write(
        "MATCH (s {id: 'we'}), (a {id: 'acme'}) CREATE (s)-[:SUPPLIES {revenue: 100.0, margin: 0.2}]->(a)"
    )
    served = read_account(store, "acme", TODAY, POLICY)
    assert [person.id for person in served.ours] == ["t"]
    assert (served.revenue, served.margin) == (100.0, pytest.approx(0.2))


def test_names_are_resolved_or_the_candidates_listed(store: Store):
    small(store)
    assert resolve_account(store, "acme") == "acme"
    with pytest.raises(AmbiguousName) as several:
        resolve_account(store, "ACME ")
    assert [one.id for one in several.value.candidates] == ["acme", "other"]
    with pytest.raises(UnknownName) as unknown:
        resolve_account(store, "acne")
    assert unknown.value.candidates[0].id in ("acme", "other")
    account = read_account(store, "acme", TODAY, POLICY)
    assert resolve_person(account, "cleo") == "c"
    with pytest.raises(UnknownName):
        resolve_person(account, "nobody at all")


CHANNEL = """
CREATE (us:Organisation:Supplier {id: 'us', name: 'Us Ltd'}),
       (a:Organisation:Distributor {id: 'a', name: 'A', country: 'FR', region: 'Bretagne'}),
       (b:Organisation:Distributor {id: 'b', name: 'B'}), (c:Organisation:Distributor {id: 'c', name: 'C'}),
       (x:Organisation:Distributor {id: 'x', name: 'X'}), (z:Organisation:Distributor {id: 'z', name: 'Z'}),
       (e:Organisation:EndCustomer {id: 'e', name: 'E'}), (f:Organisation:EndCustomer {id: 'f', name: 'F'}),
       (g:Organisation:EndCustomer {id: 'g', name: 'G'}), (h:Organisation:EndCustomer {id: 'h', name: 'H'}),
       (us)-[:DISTRIBUTES_THROUGH {transparency: 0.4, exclusive: false, since: date('2020-01-01')}]->(a),
       (us)-[:DISTRIBUTES_THROUGH]->(z),
       (us)-[:DISTRIBUTES_THROUGH {transparency: 0.9, since: date('2026-06-01')}]->(c),
       (a)-[:SELLS_TO {volume: 10.0, brand: 'ours'}]->(e), (a)-[:SELLS_TO {volume: 2.0, brand: 'rival'}]->(e),
       (a)-[:SELLS_TO {volume: 7.0, brand: 'ours'}]->(b), (b)-[:SELLS_TO {volume: 5.0}]->(f),
       (b)-[:SELLS_TO]->(a), (x)-[:SELLS_TO {volume: 1.0}]->(b), (c)-[:SELLS_TO {volume: 4.0}]->(e),
       (c)-[:SELLS_TO]->(g), (c)-[:SELLS_TO]->(h), (us)-[:SELLS_DIRECT_TO {volume: 3.0}]->(e),
       (ours:Brand {id: 'ours', name: 'Ours', owner: 'US  ltd', launched_on: date('2019-05-01')}),
       (rival:Brand {id: 'rival', name: 'Rival', owner: 'them'}), (own:Brand {id: 'own', name: 'Own'}),
       (a)-[:CARRIES {share_of_mind: 0.3, margin: 0.2}]->(ours), (a)-[:CARRIES {margin: 0.1}]->(rival),
       (a)-[:CARRIES {since: date('2026-06-01')}]->(own), (c)-[:CARRIES]->(own), (z)-[:CARRIES]->(ours),
       (s:Person {id: 's', name: 'S'})-[:EMPLOYED_BY]->(us),
       (p:Person {id: 'p', name: 'P'})-[:EMPLOYED_BY]->(g),
       (s)-[:ENGAGES {strength: 0.5, strength_on: date('2026-01-31')}]->(p),
       (:Person {id: 'q', name: 'Q'})-[:EMPLOYED_BY]->(h)
"""


def lines(account: Account) -> list[tuple[str, str, float | None]]:
    return [(sale.seller, sale.end_customer, sale.volume) for sale in account.channel.sales]


def ids(partners: Iterable[Partner | Account]) -> list[str]:
    return [one.id for one in partners]


def test_a_distributors_channel_is_what_lies_downstream_and_who_else_sells_there(store: Store):
    store.write(CHANNEL)
    account = read_account(store, "a", TODAY, POLICY)
    channel = account.channel
    assert (account.country, account.region) == ("FR", "Bretagne")
    # c sells to the same end customer; x only supplies a further tier; b sells back to a.
    assert ids(channel.distributors) == ["a", "b", "c"]
    assert ids(channel.end_customers) == ["e", "f"]
    assert lines(account) == [
        ("a", "b", 7.0),
        ("a", "e", 10.0),
        ("a", "e", 2.0),
        ("c", "e", 4.0),
        ("us", "e", 3.0),
        ("b", "f", 5.0),
    ]
    assert [sale.seller for sale in channel.sales if sale.direct] == ["us"]
    assert channel.carried == (
        Carried("a", "ours", "Ours", True, 0.3, 0.2, date(2019, 5, 1)),
        Carried("a", "rival", "Rival", False, None, 0.1),
        Carried("c", "own", "Own", False),
    )
    assert channel.agreements == (Agreement("a", 0.4, False),)
    later = read_account(store, "a", date(2026, 6, 1), POLICY).channel
    assert [one.brand for one in later.carried if one.distributor == "a"] == ["ours", "own", "rival"]
    assert later.agreements == (Agreement("a", 0.4, False), Agreement("c", 0.9, False))


def test_a_distributor_that_sells_to_nobody_known_is_its_own_channel(store: Store):
    store.write(CHANNEL)
    channel = read_account(store, "z", TODAY, POLICY).channel
    assert (ids(channel.distributors), channel.end_customers, channel.sales) == (["z"], (), ())
    assert [(one.brand, one.ours) for one in channel.carried] == [("ours", True)]
    assert channel.agreements == (Agreement("z"),)


def test_an_end_customers_channel_is_itself_and_its_sellers_who_are_its_partners(store: Store):
    store.write(CHANNEL)
    account = read_account(store, "e", TODAY, POLICY)
    assert ids(account.channel.distributors) == ["a", "c"]
    assert ids(account.channel.end_customers) == ["e"]
    assert {sale.seller for sale in account.channel.sales} == {"a", "c", "us"}
    partners = read_partners(store, account, TODAY, POLICY)
    assert partners == tuple(read_account(store, one, TODAY, POLICY) for one in ("a", "c"))
    assert read_partners(store, partners[0], TODAY, POLICY) == ()


def test_whom_only_the_distributor_knows_is_what_the_cookbook_says(store: Store):
    store.write(CHANNEL)
    hidden = {
        one.id
        for account in read_portfolio(store, TODAY, POLICY)
        for one in account.channel.end_customers
        if not one.known
    }
    assert hidden == {"f", "h"}
    found = run_cookbook(store, "end_customers_behind_distributors", {}, policy=POLICY, today=TODAY)
    assert {row[0] for row in found.rows} == hidden


def test_several_suppliers_agreements_with_one_distributor_are_one(store: Store):
    store.write(CHANNEL)
    store.write(
        """
        MATCH (a {id: 'a'})
        CREATE (o:Organisation:Supplier {id: 'o', name: 'O'}), (w:Organisation:Supplier {id: 'w', name: 'W'}),
               (o)-[:DISTRIBUTES_THROUGH {transparency: 0.2}]->(a),
               (w)-[:DISTRIBUTES_THROUGH {exclusive: true}]->(a)
        """
    )
    assert read_account(store, "a", TODAY, POLICY).channel.agreements == (Agreement("a", 0.4, True),)


def test_the_portfolios_channels_take_no_query_more_for_more_accounts(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    store.write(CHANNEL)
    asked: list[str] = []
    read = Store.read

    def counting(self: Store, cypher: str, *rest: Any, **named: Any) -> list[dict[str, Any]]:
        asked.append(cypher)
        return read(self, cypher, *rest, **named)

    monkeypatch.setattr(Store, "read", counting)
    read_account(store, "a", TODAY, POLICY)
    alone = len(asked)
    portfolio = read_portfolio(store, TODAY, POLICY)
    assert ids(portfolio) == ids(list_accounts(store)) == ["a", "c", "e", "g", "h", "z"]
    assert len(asked) - alone == alone + 2  # the list of accounts, asked for twice here


def test_an_empty_store_has_no_account(store: Store):
    assert read_portfolio(store, TODAY, POLICY) == ()
    assert not refresh_strengths(store, TODAY, POLICY)


def test_an_assumed_strength_gives_way_to_a_touchpoint(store: Store):
    small(store)
    store.write(
        """
        MATCH (s {id: 's'}), (e {id: 'e'})
        CREATE (s)-[:ENGAGES {given_strength: 0.4, given_on: date('2026-01-31'), assumed: true}]->(e)
        CREATE (s)-[:ENGAGES {given_strength: 0.4, given_on: date('2026-01-31'), assumed: true}]->(:Person
               {id: 'f', name: 'F'})-[:EMPLOYED_BY]->(:Organisation:KeyAccount {id: 'third', name: 'Third'})
        """
    )
    rewrite_strengths(store, TODAY, POLICY)
    met = read_account(store, "other", TODAY, POLICY).ties[0]
    assert (met.assumed, met.strength) == (
        False,
        strength_on(TODAY, [Contact(date(2026, 1, 10), "t2", "call", 45.0, 2)], POLICY),
    )
    never = read_account(store, "third", TODAY, POLICY).ties[0]
    assert (never.assumed, never.strength) == (True, 0.4)
    assert replace(never, assumed=False) != never
