"""What the properties of the simulation are tried on: any accounts, scenarios, strategies and parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from fixtures.generator import generate_account, generate_ecosystem
from graph.account import Account
from simulation import PlannedAction, Scenario, plan_strategy
from simulation.assembly import Assembly, assemble
from simulation.outcomes import Arrays
from simulation.parameters import parameter_table
from simulation.run import empty_arrays, run_kernel
from simulation.scenario import (
    AnnounceDirect,
    Event,
    GoDirect,
    HoursCut,
    Joins,
    Leaves,
    NewKeyAccountManager,
    PricePressure,
    Reorganises,
    RivalLaunch,
    Takeover,
)
from simulation.strategies import SHIPPED, Strategy
from simulation.strategy_file import CHANNEL_LEVERS

MONTHS = 14
FUNCTIONS = ("technical", "purchasing", "executive")
WHOLE_ROWS = {"max_threads"}


@dataclass(frozen=True)
class World:
    """Accounts of one run, and the distributors beside an end customer's."""

    accounts: tuple[Account, ...]
    partners: tuple[Account, ...] = ()

    def _repr_pretty_(self, printer, cycle):
        """Print sizes alone: accounts in full are more than Hypothesis prints."""
        sizes = {one.id: (len(one.ours), len(one.theirs)) for one in self.organisations}
        printer.text(f"World({sizes}, partners={len(self.partners)})")

    @property
    def organisations(self) -> tuple[Account, ...]:
        return (*self.accounts, *self.partners)

    @property
    def distributors(self) -> list[str]:
        found = {one.id for account in self.organisations for one in account.channel.distributors}
        return sorted(found | {one.id for one in self.organisations if "distributor" in one.kinds})

    @property
    def customers(self) -> list[str]:
        return sorted({one.id for account in self.organisations for one in account.channel.end_customers})


def assembled(world: World, scenario: Scenario, chosen: Sequence[Strategy], months: int = MONTHS) -> Assembly:
    return assemble(world.accounts, scenario, chosen, months, partners=world.partners)


def run(assembly: Assembly, seed: int, first=0, count=3, months=MONTHS, threads=1) -> Arrays:
    arrays = empty_arrays(assembly, count, months)
    run_kernel(assembly, seed, first, arrays, threads=threads)
    return arrays


@st.composite
def single_accounts(draw, fewest=0, most=7):
    seed, ours = draw(st.integers(0, 10_000)), draw(st.integers(0, 4))
    return generate_account(seed, ours=ours, theirs=draw(st.integers(fewest, most)))


@st.composite
def distributor_accounts(draw):
    return generate_account(
        draw(st.integers(0, 10_000)),
        ours=draw(st.integers(0, 3)),
        theirs=draw(st.integers(0, 5)),
        distributors=draw(st.integers(1, 3)),
        end_customers=draw(st.integers(0, 6)),
    )


@st.composite
def ecosystems(draw):
    distributors = draw(st.integers(1, 3))
    customers = draw(st.integers(1, 5))
    return generate_ecosystem(
        draw(st.integers(0, 10_000)),
        accounts=draw(st.integers(0, 1)),
        distributors=distributors,
        end_customers=customers,
        end_customer_accounts=draw(st.integers(1, min(2, customers))),
        ours=draw(st.integers(1, 3)),
        theirs=draw(st.integers(0, 4)),
    )


@st.composite
def end_customers_with_partners(draw):
    everybody = draw(ecosystems())
    account = draw(st.sampled_from([one for one in everybody if "end_customer" in one.kinds]))
    sellers = {one.id for one in account.channel.distributors}
    return World((account,), tuple(one for one in everybody if one.id in sellers))


@st.composite
def portfolios(draw):
    everybody = draw(ecosystems())
    chosen = draw(st.lists(st.sampled_from(everybody), unique_by=lambda one: one.id, min_size=1, max_size=4))
    return World(tuple(chosen))


def channels():
    """Worlds that mostly have distributors."""
    return st.one_of(
        distributor_accounts().map(lambda one: World((one,))), end_customers_with_partners(), portfolios()
    )


def worlds():
    return st.one_of(single_accounts().map(lambda one: World((one,))), channels())


@st.composite
def parameters(draw):
    """Any values of any rows, over the whole range of the table."""
    given_values = {}
    for row in draw(st.lists(st.sampled_from(sorted(parameter_table())), unique=True, max_size=40)):
        found = parameter_table()[row]
        if row in WHOLE_ROWS:
            given_values[row] = float(draw(st.integers(int(found.low), int(found.high))))
        else:
            given_values[row] = draw(st.floats(found.low, found.high, allow_nan=False))
    return given_values


@st.composite
def events(draw, world: World) -> list[Event]:
    """All ten kinds, as far as there is anybody to whom they happen."""
    month, share = st.integers(1, MONTHS), st.floats(0.0, 1.0)
    everywhere = st.sampled_from(world.organisations)
    people = sorted({person for one in world.organisations for person in one.people})
    ours = sorted({person.id for one in world.organisations for person in one.ours})
    found: list[Event] = []
    if people:
        found += [Leaves(draw(month), who) for who in draw(st.lists(st.sampled_from(people), max_size=2))]
    for _ in range(draw(st.integers(0, 2))):
        function, level = draw(st.sampled_from(FUNCTIONS)), draw(st.integers(1, 5))
        found.append(Joins(draw(month), draw(everywhere).id, function, level))
    at = draw(everywhere)
    known = sorted({person.function for person in at.theirs if person.function})
    if known and draw(st.booleans()):
        found.append(Reorganises(draw(month), at.id, draw(st.sampled_from(known)), draw(share)))
    if ours and draw(st.booleans()):
        found.append(NewKeyAccountManager(draw(month), draw(st.sampled_from(ours))))
    account = draw(st.sampled_from(world.accounts)).id
    if draw(st.booleans()):
        found.append(HoursCut(draw(month), account, draw(share)))
    if draw(st.booleans()):
        found.append(PricePressure(draw(month), account, draw(st.floats(0.0, 100.0)), draw(month)))
    if world.distributors and draw(st.booleans()):
        found.append(RivalLaunch(draw(month), draw(st.sampled_from(world.distributors)), "rival"))
    if world.distributors and draw(st.booleans()):
        found.append(Takeover(draw(month), draw(st.sampled_from(world.distributors)), "rival"))
    if world.customers:
        some = st.lists(st.sampled_from(world.customers), unique=True, min_size=1).map(tuple)
        if draw(st.booleans()):
            found.append(AnnounceDirect(draw(month), account, draw(some)))
        if draw(st.booleans()):
            found.append(GoDirect(draw(month), account, draw(some)))
    return found


@st.composite
def scenarios(draw, world: World):
    return Scenario("drawn", MONTHS, tuple(draw(events(world))), draw(parameters()))


@st.composite
def custom(draw, names: Sequence[str] = tuple(sorted(SHIPPED))):
    """A shipped strategy with any levers."""
    levers = {}
    for name, most in CHANNEL_LEVERS.items():
        if draw(st.booleans()):
            whole = name == "registration"
            levers[name] = float(draw(st.integers(0, 1))) if whole else draw(st.floats(0.0, most))
    return replace(
        SHIPPED[draw(st.sampled_from(names))],
        name="custom",
        weak=draw(st.floats(0.0, 10.0)),
        handover=draw(st.one_of(st.none(), st.floats(0.0, 1.0))),
        reassign=draw(st.booleans()),
        distributors_first=draw(st.booleans()),
        **levers,
    )


@st.composite
def plans(draw, world: World):
    account = draw(st.sampled_from(world.organisations))
    if not account.ours or not account.theirs:
        return plan_strategy(account, [], horizon=draw(st.integers(0, 6)))
    actions = [
        PlannedAction(
            draw(st.sampled_from(account.ours)).id,
            draw(st.sampled_from(account.theirs)).id,
            draw(st.sampled_from(sorted(account.policy.kinds))),
            draw(st.integers(1, 5)),
        )
        for _ in range(draw(st.integers(0, 6)))
    ]
    return plan_strategy(account, actions, horizon=draw(st.integers(0, 6)))


@st.composite
def cases(draw, of=None):
    """A world, a scenario, three strategies (a shipped one, one with any levers, a plan), and a seed."""
    world = draw(worlds() if of is None else of)
    scenario = draw(scenarios(world))
    shipped = SHIPPED[draw(st.sampled_from(sorted(SHIPPED)))]
    chosen = [shipped, draw(custom()), draw(plans(world))]
    return world, scenario, chosen, draw(st.integers(0, 2**63 - 1))
