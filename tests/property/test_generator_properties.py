"""What every generated account keeps, whatever its sizes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.generator import generate_account, generate_ecosystem
from graph.account import Account, Channel
from graph.measures import measure
from graph.policy import ORIENTATIONS, ROLES

SEEDS = st.integers(0, 2**31)
SIZES = st.fixed_dictionaries(
    {
        "ours": st.integers(0, 9),
        "theirs": st.integers(0, 16),
        "distributors": st.integers(0, 3),
        "end_customers": st.integers(0, 8),
        "density": st.none() | st.floats(0.0, 1.0),
    }
)


@settings(max_examples=150, deadline=None)
@given(SEEDS, SIZES)
def test_an_account_holds_together(seed: int, sizes: dict[str, Any]) -> None:
    account = generate_account(seed, **sizes)
    assert (len(account.ours), len(account.theirs)) == (sizes["ours"], sizes["theirs"])
    ours, theirs = account.our_index.keys(), account.their_index.keys()
    assert not ours & theirs
    assert {person.organisation for person in account.ours} <= {partner.id for partner in account.suppliers}
    assert all(person.organisation == account.id for person in account.theirs)
    pairs = [(tie.ours, tie.stakeholder) for tie in account.ties]
    assert len(pairs) == len(set(pairs))
    for tie in account.ties:
        assert tie.ours in ours
        assert tie.stakeholder in theirs
        assert 0.0 <= tie.strength <= 1.0
        assert tie.desired is None or 0.0 <= tie.desired <= 5.0
        assert tie.last_on is None or tie.last_on < account.as_of
        assert not account.people[tie.stakeholder].placeholder
    for person in account.theirs:
        assert person.role is None or person.role in ROLES
        assert person.orientation is None or person.orientation in ORIENTATIONS
        assert person.influence is None or 0.0 <= person.influence <= 1.0
        assert person.proximity is None or 0.0 <= person.proximity <= 5.0
        assert person.verified_on is None or person.verified_on <= account.as_of
    assert account.accounts_of.keys() == ours
    assert account.share_of_time.keys() <= ours
    assert all(0.0 <= share <= 1.0 for share in account.share_of_time.values())
    assert (account.hours >= 0.0).all()


@settings(max_examples=80, deadline=None)
@given(SEEDS, SIZES)
def test_lines_stay_inside_a_side_and_nobody_manages_themselves(seed: int, sizes: dict[str, Any]) -> None:
    account = generate_account(seed, **sizes)
    side = dict.fromkeys(account.our_index, "ours") | dict.fromkeys(account.their_index, "theirs")
    manager = {line.person: line.manager for line in account.reports_to}
    assert len(manager) == len(account.reports_to)
    for person in manager:
        above, steps = person, 0
        while above in manager:
            assert side[above] == side[manager[above]]
            above, steps = manager[above], steps + 1
            assert steps <= len(manager)
    lines = [(line.source, line.target) for line in account.influences]
    assert len(lines) == len(set(lines))
    for line in account.influences:
        assert line.source != line.target
        assert side[line.source] == side[line.target]
        assert line.sign in (-1, 1)
        assert 0.0 < line.weight <= 1.0


def assert_channel_holds_together(account: Account) -> None:
    channel = account.channel
    distributors = [partner.id for partner in channel.distributors]
    customers = [partner.id for partner in channel.end_customers]
    assert distributors == sorted(set(distributors))
    assert customers == sorted(set(customers))
    brands = {
        one: {line.brand for line in channel.carried if line.distributor == one} for one in distributors
    }
    keys = [(sale.end_customer, sale.seller, sale.direct, sale.brand or "") for sale in channel.sales]
    assert keys == sorted(set(keys))
    for sale in channel.sales:
        if sale.direct:
            assert sale.seller in {partner.id for partner in account.suppliers}
            assert sale.end_customer in customers
        else:
            assert sale.brand in brands[sale.seller]
            assert sale.end_customer in {*customers, *distributors} - {account.id, sale.seller} or (
                customers == [account.id]
            )
    assert {sale.end_customer for sale in channel.sales if sale.end_customer in customers} == set(customers)
    for one in distributors:
        shares = [line.share_of_mind or 0.0 for line in channel.carried if line.distributor == one]
        assert sum(shares) <= 1.0 + 1e-9
        assert brands[one]
    for line in channel.carried:
        assert line.launched_on is None or line.launched_on < account.as_of
    made = [one.distributor for one in channel.agreements]
    assert made == sorted(set(made) & set(distributors))
    for agreement in channel.agreements:
        carried = [line.ours for line in channel.carried if line.distributor == agreement.distributor]
        assert all(carried) if agreement.exclusive else any(carried)
    direct = {sale.end_customer for sale in channel.sales if sale.direct}
    assert direct <= {partner.id for partner in channel.end_customers if partner.known}


@settings(max_examples=80, deadline=None)
@given(SEEDS, SIZES)
def test_an_account_with_a_channel_is_its_first_distributor(seed: int, sizes: dict[str, Any]) -> None:
    account = generate_account(seed, **sizes)
    channel = account.channel
    is_distributor = bool(sizes["distributors"] or sizes["end_customers"])
    assert account.kinds == (("distributor",) if is_distributor else ("key_account",))
    assert len(channel.end_customers) == sizes["end_customers"]
    assert len(channel.distributors) == (max(1, sizes["distributors"]) if is_distributor else 0)
    if is_distributor:
        assert channel.distributors[0].id == account.id
        trading = {one for sale in channel.sales for one in (sale.seller, sale.end_customer)}
        assert {partner.id for partner in channel.distributors} <= trading | {account.id}
    assert_channel_holds_together(account)


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.integers(0, 3), st.integers(1, 4), st.integers(0, 9), st.integers(0, 5))
def test_an_ecosystem_is_one_market_seen_from_each_account(
    seed: int, accounts: int, distributors: int, end_customers: int, theirs: int
) -> None:
    ecosystem = generate_ecosystem(
        seed,
        accounts=accounts,
        distributors=distributors,
        end_customers=end_customers,
        ours=3,
        theirs=theirs,
    )
    ids = [account.id for account in ecosystem]
    assert ids == sorted(ids)
    assert len(ids) == accounts + distributors + -(-end_customers // 4)
    market = {sale for account in ecosystem for sale in account.channel.sales}
    known = {one.id: one for account in ecosystem for one in account.channel.end_customers}
    met = {account.id for account in ecosystem if account.ties}
    assert len(known) == end_customers
    for account in ecosystem:
        assert_channel_holds_together(account)
        channel = account.channel
        assert all(known[one.id] == one for one in channel.end_customers)
        bought_here = {one.id for one in channel.end_customers}
        assert {sale for sale in market if sale.end_customer in bought_here} <= set(channel.sales)
        if account.kinds == ("key_account",):
            assert channel == Channel()
        elif account.kinds == ("end_customer",):
            assert bought_here == {account.id}
            assert known[account.id].known or account.id not in met
        else:
            assert account.id in {one.id for one in channel.distributors}
            own = {sale for sale in market if sale.seller == account.id}
            assert own <= set(channel.sales)
    managers = {
        line for account in ecosystem for line in account.reports_to if line.person in account.our_index
    }
    assert len({line.person for line in managers}) == len(managers)


@settings(max_examples=60, deadline=None)
@given(SEEDS, SIZES)
def test_the_same_arguments_make_the_same_account(seed: int, sizes: dict[str, Any]) -> None:
    assert generate_account(seed, **sizes) == generate_account(seed, **sizes)


@settings(max_examples=60, deadline=None)
@given(SEEDS, SIZES, st.randoms(use_true_random=False))
def test_measures_do_not_depend_on_names_or_order(seed: int, sizes: dict[str, Any], random: Any) -> None:
    account = generate_account(seed, **sizes)

    def shuffled(items: tuple) -> tuple:
        return tuple(random.sample(items, len(items)))

    renamed = replace(
        account,
        ours=shuffled(tuple(replace(person, name="Somebody") for person in account.ours)),
        theirs=shuffled(tuple(replace(person, name="Else") for person in account.theirs)),
        ties=shuffled(account.ties),
        reports_to=shuffled(account.reports_to),
        influences=shuffled(account.influences),
    )
    assert _numbers(renamed) == _numbers(account)


def _numbers(account: Account) -> tuple[object, ...]:
    m = measure(account)
    return (
        m.shape,
        m.diamond_index,
        m.coverage,
        m.connectivity,
        m.connectivity_decision,
        m.largest_loss,
        m.loss_of,
        m.threads_of,
        m.stale,
        m.assumed_share,
    )
