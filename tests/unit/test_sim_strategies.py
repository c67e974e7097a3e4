from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from graph.account import Account, Channel, Partner, Person, ReportingLine, Tie
from graph.errors import InputError, UnknownName
from simulation import PlannedAction, Scenario, load_strategies, plan_strategy, strategies_for
from simulation.assembly import assemble
from simulation.parameters import resolve_parameters
from simulation.scenario import HoursCut, Joins
from simulation.seating import seat_people
from simulation.strategies import NAMES, SHIPPED, names_for

OURS = (
    Person("kam", "Kai", "us", function="commercial", level=3, time_capacity=40.0),
    Person("cto", "Cat", "us", function="technical", level=2, time_capacity=10.0),
    Person("ceo", "Eve", "us", function="executive", level=1, time_capacity=4.0),
)
THEIRS = (
    Person("boss", "Bo", "acme", function="executive", level=1, role="decision_maker", influence=0.9),
    Person("buyer", "Bea", "acme", function="purchasing", level=3, role="decision_maker", influence=0.7),
    Person("buyer2", "Bob", "acme", function="purchasing", level=4, role="user", influence=0.3),
    Person("eng", "Ed", "acme", function="quality", level=3, role="evaluator", influence=0.6),
    Person("seat", "Unknown", "acme", function="finance", placeholder=True),
)


@pytest.fixture
def account():
    return Account(
        id="acme",
        name="Acme",
        as_of=date(2026, 1, 31),
        ours=OURS,
        theirs=THEIRS,
        ties=(Tie("kam", "buyer", 0.6), Tie("cto", "buyer", 0.3), Tie("kam", "seat", 0.5)),
        reports_to=(ReportingLine("buyer", "boss"),),
    )


def seating(account, scenario=None, pairs=(), **parameters):
    return seat_people(account, scenario or Scenario(), resolve_parameters(parameters), pairs)


def threads(account, strategy, scenario=None, **parameters):
    """Return what a strategy wants, by names."""
    table = seating(account, scenario, strategy.pairs, **parameters).opened(strategy.pairs)
    weights = strategy.weigh(table)
    return {
        (account.ours[slot.owner].id, table.seats[i].id): float(weights[i, k])
        for i, slots in enumerate(table.slots)
        for k, slot in enumerate(slots)
        if weights[i, k] > 0.0
    }


def owners(account, table, who):
    return [account.ours[slot.owner].id for slot in table.slots[table.index[who]]]


def test_slots_are_existing_ties_then_function_peer_level_peer_and_manager(account):
    table = seating(account)
    assert owners(account, table, "buyer") == ["kam", "cto"]
    assert owners(account, table, "boss") == ["ceo", "cto", "kam"]
    assert owners(account, table, "eng") == ["cto", "kam"]
    assert account.ours[table.manager].id == "kam"


def test_no_seat_gets_a_slot_beyond_max_threads_but_measured_ties_stay(account):
    table = seating(account, max_threads=1)
    assert owners(account, table, "boss") == ["ceo"]
    assert owners(account, table, "buyer") == ["kam", "cto"]
    assert [slot.open for slot in table.slots[table.index["buyer"]]] == [True, False]
    assert table.left_out == 1


def test_a_placeholder_starts_without_ties_because_it_measures_as_uncovered(account):
    table = seating(account)
    assert all(slot.strength == 0.0 for slot in table.slots[table.index["seat"]])


def test_initial_strength_sets_every_imported_tie(account):
    table = seating(account, initial_strength=0.5)
    assert [slot.strength for slot in table.slots[table.index["buyer"]]] == [0.5, 0.5]


def test_buyer_and_boss_are_found(account):
    table = seating(account)
    assert table.seats[table.buyer].id == "buyer"
    assert table.seats[table.boss].id == "boss"


def test_what_the_shipped_strategies_want(account):
    assert threads(account, SHIPPED["do_nothing"]) == {}
    assert threads(account, SHIPPED["single_threaded"]) == {("kam", "buyer"): 1.0}
    assert threads(account, SHIPPED["buyer_and_boss"]) == {("kam", "buyer"): 0.6, ("cto", "boss"): 0.4}
    matched = threads(account, SHIPPED["function_matching"])
    assert matched == pytest.approx({("kam", "buyer"): 0.7, ("ceo", "boss"): 0.9, ("cto", "eng"): 0.36})
    diamond = threads(account, SHIPPED["diamond"])
    assert {stakeholder for _, stakeholder in diamond} == {"boss", "buyer", "buyer2", "eng", "seat"}
    assert diamond[("ceo", "boss")] == pytest.approx(0.9)
    assert diamond[("kam", "boss")] == pytest.approx(0.54)


def test_one_of_ours_alone_can_still_follow_every_strategy(account):
    alone = Account(
        "acme", "Acme", account.as_of, ours=OURS[:1], theirs=THEIRS, ties=(Tie("kam", "buyer", 0.6),)
    )
    for name in ("single_threaded", "buyer_and_boss", "function_matching", "diamond"):
        assert threads(alone, SHIPPED[name]), name
    assert len(threads(alone, SHIPPED["diamond"])) == len(THEIRS)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_strategy_has_the_same_pool_and_uses_no_more(account, name):
    made = assemble(account, Scenario(), [SHIPPED[name]], 24)
    assert made.pool == pytest.approx(54.0)
    assert (made.asked[0] <= made.pool + 1e-9).all()
    if name != "do_nothing":
        assert made.asked[0] == pytest.approx(54.0)


def test_what_nobody_can_use_is_idle(account):
    made = assemble(
        account, Scenario(parameters={"max_person_hours": 20.0}), [SHIPPED["single_threaded"]], 12
    )
    assert made.asked[0] == pytest.approx(20.0)
    spread = assemble(account, Scenario(parameters={"max_person_hours": 20.0}), [SHIPPED["diamond"]], 12)
    assert spread.levers[0].hours.max() == pytest.approx(20.0)
    assert spread.asked[0] == pytest.approx(54.0)


def test_a_cut_of_hours_shrinks_every_strategys_pool_from_its_month_on(account):
    scenario = Scenario(events=(HoursCut(5, "acme", 0.5, ("kam",)),))
    made = assemble(account, scenario, [SHIPPED["diamond"], SHIPPED["single_threaded"]], 8)
    assert made.pool[4] == pytest.approx(54.0)
    assert made.pool[5:] == pytest.approx(34.0)
    assert made.asked[:, 5:] == pytest.approx(34.0)


def test_hours_are_not_staffed_for_a_seat_before_it_exists(account):
    joining = Scenario(events=(Joins(6, "acme", "technical", 2),))
    with_seat = assemble(account, joining, [SHIPPED["diamond"]], 8).levers[0].hours
    without = assemble(account, Scenario(), [SHIPPED["diamond"]], 8).levers[0].hours
    assert np.array_equal(with_seat[:6], without[:6])
    assert with_seat[6, 1] > without[6, 1]


def test_names_of_the_contract(account):
    plan = [PlannedAction("cto", "eng", "meeting", 2)]
    assert tuple(strategy.name for strategy in strategies_for(account, plan)) == NAMES
    assert [strategy.name for strategy in strategies_for(account, plan, ["diamond", "plan"])] == [
        "diamond",
        "plan",
    ]
    with pytest.raises(UnknownName, match="nearest is diamond"):
        strategies_for(account, plan, ["dimond"])
    with pytest.raises(InputError, match="distributor"):
        strategies_for(account, plan, ["distributor_first"])
    with pytest.raises(InputError, match="No strategy is named"):
        strategies_for(account, plan, [])


def test_all_eight_where_there_is_a_distributor(account):
    plan = [PlannedAction("cto", "eng", "meeting", 2)]
    served = Channel(distributors=(Partner("dealer", "Dealer"),))
    for one in (replace(account, kinds=("distributor",)), replace(account, channel=served)):
        assert names_for(one) == (*NAMES, "distributor_first", "conflict_averse")
        assert tuple(strategy.name for strategy in strategies_for(one, plan)) == names_for(one)
    assert names_for(account) == NAMES


def test_levers_of_the_channel(account):
    """Training, commission and deal registration as the strategies state them, no relief, nothing direct."""
    made = assemble(account, Scenario(), list(SHIPPED.values()), 2)
    found = {
        name: (levers.training, levers.commission, levers.registration, levers.relief)
        for name, levers in zip(SHIPPED, made.levers, strict=True)
    }
    assert found == {
        "do_nothing": (0.0, 0.0, 0.0, 0.0),
        "single_threaded": (0.0, 0.0, 0.0, 0.0),
        "buyer_and_boss": (0.0, 0.0, 0.0, 0.0),
        "function_matching": (0.1, 0.0, 0.0, 0.0),
        "diamond": (0.1, 0.0, 0.0, 0.0),
        "distributor_first": (0.3, 0.0, 0.0, 0.0),
        "conflict_averse": (0.1, 0.1, 1.0, 0.0),
    }


def test_a_plan_gives_quality_times_hours_in_its_month_and_goes_on_as_diamond(account):
    strategy = plan_strategy(account, [PlannedAction("ceo", "eng", "visit", 2)], horizon=3)
    made = assemble(account, Scenario(), [strategy], 6)
    levers = made.levers[0]
    i = made.seating.index["eng"]
    k = made.seating.opened(strategy.pairs).slot(i, account.our_index["ceo"])
    assert made.seating.slot(i, account.our_index["ceo"]) is None
    assert levers.effort.shape[0] == 3
    assert levers.effort[1, i, k] == pytest.approx(4 * 0.6)
    assert levers.effort.sum() == pytest.approx(4 * 0.6)
    assert made.asked[0, 1:] == pytest.approx([0.0, 4.0, 0.0, 54.0, 54.0, 54.0])
    assert levers.wanted[:, :].sum() > 0.0


def test_a_plan_has_no_more_hours_than_the_pool(account):
    crowded = [PlannedAction("kam", "buyer", "training", 1)] * 20
    made = assemble(account, Scenario(), [plan_strategy(account, crowded)], 3)
    assert made.asked[0, 1] == pytest.approx(54.0)


def test_a_due_date_becomes_a_month_from_the_accounts_day(account):
    class Action:
        person, stakeholder, kind, due_on = "kam", "buyer", "call", date(2026, 3, 10)

    assert plan_strategy(account, [Action()]).actions[0].month == 2


def test_a_plan_with_somebody_who_is_gone_is_refused(account):
    with pytest.raises(InputError, match="both must be in post"):
        plan_strategy(account, [PlannedAction("kam", "nobody", "call", 1)])
    with pytest.raises(InputError, match="kinds are"):
        plan_strategy(account, [PlannedAction("kam", "buyer", "telegram", 1)])


def load(tmp_path, account, text):
    path = tmp_path / "strategies.yaml"
    path.write_text(text, encoding="utf-8")
    return load_strategies(path, account)


def test_custom_strategies(tmp_path, account):
    made = load(
        tmp_path,
        account,
        """
        strategies:
          - name: two by two
            threads: [{ours: Kai, stakeholder: buyer, weight: 2}, {ours: ceo, stakeholder: eng}]
            weak: 0.25
            handover: 0.6
            reassign: false
            hours: {kam: 10, ceo: 2}
          - {name: patient diamond, like: diamond, weak: 0}
        """,
    )
    assert threads(account, made[0]) == {("kam", "buyer"): 2.0, ("ceo", "eng"): 1.0}
    assert made[1].weak == 0.0
    assert threads(account, made[1]) == threads(account, SHIPPED["diamond"])
    levers = assemble(account, Scenario(), made, 4).levers[0]
    assert (levers.weak, levers.handover, levers.reassign) == (0.25, 0.6, 0)
    by_person = dict(zip([person.id for person in account.ours], levers.hours[1], strict=True))
    assert by_person == {"ceo": 2.0, "cto": 0.0, "kam": 10.0}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("strategies: []", "list of strategies"),
        ("strategies: [{name: x}]", "either `like`"),
        ("strategies: [{name: x, like: best}]", "needs one of"),
        ("strategies: [{name: x, like: [diamond]}]", "needs one of"),
        ("strategies: [{name: x, like: {diamond: 1}}]", "needs one of"),
        ("strategies: [{name: plan, like: diamond}]", "that of a shipped strategy"),
        ("strategies: [{name: '=x', like: diamond}]", "begins with a letter"),
        ("strategies: [{name: x, like: diamond}, {name: x, like: diamond}]", "used twice"),
        ("strategies: [{name: x, like: diamond, weak: -1}]", "weak is -1; it needs a number from 0 to 10"),
        ("strategies: [{name: x, like: diamond, speed: 1}]", "no field of a strategy"),
        (
            "strategies: [{name: x, like: diamond, hours: {kam: 60}}]",
            "more hours than there are: the pool has 54",
        ),
        ("strategies: [{name: x, like: diamond, hours: {buyer: 1}}]", "somebody of ours"),
        (
            "strategies: [{name: x, threads: [{ours: buyer, stakeholder: kam}]}]",
            "one of ours and one of theirs",
        ),
        ("strategies: [{name: x, threads: [{ours: kam}]}]", "needs {ours"),
        ("strategies: [{name: x, threads: [{ours: kam, stakeholder: nobody}]}]", "nobody with the id"),
        ("strategies: [{name: x, like: diamond, reassign: 1}]", "true or false"),
    ],
)
def test_a_wrong_strategy_is_one_sentence(tmp_path, account, text, said):
    with pytest.raises(InputError) as caught:
        load(tmp_path, account, text)
    assert said in caught.value.detail
