"""Accounts read back from a real store equal the ones put in; other days are replayed from the log."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from fixtures.generator import generate_account
from graph.account import Account
from graph.errors import AmbiguousName, UnknownName
from graph.measures import measure
from graph.policy import load_policy
from graph.replay import Contact, strength_on
from graph.store import Store
from graph.store.accounts import (
    list_accounts,
    read_account,
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


def test_the_channel_of_a_distributor(store: Store):
    store.write(
        """
        CREATE (us:Organisation:Supplier {id: 'us', name: 'Us'}),
               (d:Organisation:Distributor {id: 'd', name: 'D'}),
               (e:Organisation:EndCustomer {id: 'e', name: 'E'}),
               (f:Organisation:EndCustomer {id: 'f', name: 'F'}),
               (us)-[:DISTRIBUTES_THROUGH]->(d), (d)-[:SELLS_TO {volume: 10.0, brand: 'B'}]->(e),
               (d)-[:SELLS_TO {volume: 5.0}]->(f), (us)-[:SELLS_DIRECT_TO {volume: 3.0}]->(e)
        """
    )
    channel = read_account(store, "d", TODAY, POLICY).channel
    assert [one.id for one in channel.distributors] == ["d"]
    assert [one.id for one in channel.end_customers] == ["e", "f"]
    assert [(sale.seller, sale.end_customer, sale.direct) for sale in channel.sales] == [
        ("d", "e", False),
        ("us", "e", True),
        ("d", "f", False),
    ]
    assert [one.id for one in list_accounts(store)] == ["d", "e"]


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
