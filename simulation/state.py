"""The arrays of the kernel: what is fixed in a run, what a strategy wants, what changes by month.

G organisations with seats, the first A of them accounts; N seats of theirs, K slots for ties at each, J of
ours, T months, E influence lines, X events; D distributors, C end customers, L lots, a lot being what one end
customer buys from one seller. Organisations, seats and people are in the order of their ids, joining seats
after those of their organisation; slots are filled from the left, -1 where empty.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.int8]
Names = NDArray[np.uint64]

# Of a seat: nobody there, somebody there, its holder leaves this month.
ABSENT, PRESENT, LEAVING = 0, 1, 2

# Kinds of events that the kernel carries out itself; the others are in the arrays by month.
SEAT_LEAVES, OURS_LEAVES, REORGANISES, NEW_MANAGER, RIVAL_LAUNCHES, TAKEN_OVER, ANNOUNCES, OPENS_DIRECT = (
    range(8)
)

# Of an end customer: no direct offer, one that is announced, one that is open.
NO_OFFER, ANNOUNCED, OPEN = 0, 1, 2

# Series of a month, the second axis of the kernel's output; the second group only with distributors.
SERIES = ("access", "support", "coverage", "threads", "survival", "revenue", "margin", "hours")
ACCESS, SUPPORT, COVERAGE, THREADS, SURVIVAL, REVENUE, MARGIN, HOURS = range(len(SERIES))
CHANNEL_SERIES = ("share_of_mind", "conflict", "transparency", "forecast_error", "distributor_profit")
SHARE_OF_MIND, CONFLICT, TRANSPARENCY, FORECAST_ERROR, DISTRIBUTOR_PROFIT = range(
    len(SERIES), len(SERIES) + len(CHANNEL_SERIES)
)
ALL_SERIES = (*SERIES, *CHANNEL_SERIES)

# Brands at a distributor: ours, the rival's that may be launched, any other.
BRANDS = 3
OURS, RIVAL, OTHER = range(BRANDS)

# What the drawn loss of a replicate gives: its month (0: none), and what was earned until then.
DRAWN = ("lost_month", "revenue_drawn", "margin_drawn", "hours_drawn")
LOST_MONTH, REVENUE_DRAWN, MARGIN_DRAWN, HOURS_DRAWN = range(len(DRAWN))

# Scalars of an organisation: of all, of accounts, and of what is earned through distributors, a year's worth.
LEVELS = 16
VALUE_ACCESS, SHOCK, ALIVE, WALLET, PROFITABILITY, MARKET_SIZE, SPENT = range(7)
REACHED, WEIGHT, LEFT, HIT, ACCESSED = range(7, 12)
SOLD, EARNED, SOLD_DRAWN, EARNED_DRAWN = range(12, 16)

# Scalars of a distributor.
FEATURES = 8
TENSION, TRUST, OPENNESS, KNOWLEDGE, MARKUP, OWN, OFFERED, OVERLAP = range(FEATURES)


class Market(NamedTuple):
    """Distributors, their end customers and the lots, the same for all strategies and months.

    Attributes
    ----------
    seats_at
        (D,) organisation of a distributor's people.
    account_of
        (D,) its account, -1 where its own loss is not simulated.
    mind, transparency, markup, depend
        (D,) share of mind, transparency, mark-up at the start; share of its business that is ours.
    leaning
        (D,) what draws its effort to us beside what the rules know, so that the start is a steady state.
    launched
        (D,) month of the rival's launch, 0 or less; its age at the start is that many months.
    has_rival
        (D,) 1 where a rival's brand has been launched.
    serves_start, serves
        (A + 1,), (…,) the distributors of an account.
    known, offer
        (C,) at the start.
    home
        (C,) the distributor of most of an end customer's volume.
    liking
        (D,) what end customers see in a distributor beside price and effort, so that today's choices last.
    liking_direct
        (C,) the same of buying directly, 0 for those who do not do so yet.
    sells
        (C, D) 1 where a distributor sells to an end customer, its home distributor always.
    account_at
        (C,) the end customer's own account, -1 without one.
    books
        (C,) account that earns with what is sold directly.
    entity, entity_lot
        (C,), (L,) keys of the draws.
    customer, lot_volume, last
        (L,) end customer, units a year, choice at the start: 0 direct, 1 … D a distributor, D + 1 a rival.
    unit
        (A,) wholesale price of a unit, in the unit of the revenue.
    unit_cost
        (A,) our cost of a unit, wholesale price 1.
    """

    seats_at: Ints
    account_of: Ints
    mind: Floats
    transparency: Floats
    markup: Floats
    depend: Floats
    leaning: Floats
    launched: Floats
    has_rival: Flags
    serves_start: Ints
    serves: Ints
    known: Flags
    offer: Flags
    home: Ints
    liking: Floats
    liking_direct: Floats
    sells: Flags
    account_at: Ints
    books: Ints
    entity: Names
    entity_lot: Names
    customer: Ints
    lot_volume: Floats
    last: Ints
    unit: Floats
    unit_cost: Floats


class Case(NamedTuple):
    """What is the same for all strategies and months.

    Attributes
    ----------
    accounts
        A, the number of organisations that are accounts.
    seat_start
        (G + 1,) the first seat of each organisation.
    distributing
        (G,) 1 where the people are a distributor's.
    joined
        (N,) month from which the seat exists, 0 from the start.
    weight, influence, decisive
        (N,) w; influence alone; w of those whose leaving shocks the account, 0 for others.
    talks_value
        (N,) 1 at technical, marketing and executive seats.
    leave, leave_ours
        (N,), (J,) chance a month of leaving.
    entity, entity_ours, entity_account
        (N,), (J,), (A,) keys of the draws.
    function
        (N,) code of the function at its organisation, for reorganisations.
    owner
        (N, K) which of ours a slot belongs to.
    strength, orientation
        (N, K), (N,) at the start.
    line_start, line_from, line_pull
        (N + 1,), (E,), (E,) who sways whom: rows of a with sum of absolute pulls at most 1.
    event_month, event_kind, event_at, event_share
        (X,) in the order of the scenario; `event_at` is a seat, one of ours, a function code, a distributor
        or an end customer.
    price
        (A, T + 1) price as a multiple of today's.
    volume, wallet, margin
        (A,) category volume a year, our share of it, our margin at the start; the volume is 0 where the
        revenue is that of the lots.
    hour_scale
        (A,) turns the cost of an hour into the unit of the revenue.
    channel
        The distributors and end customers; empty arrays without any.
    """

    accounts: int
    seat_start: Ints
    distributing: Flags
    joined: Ints
    weight: Floats
    influence: Floats
    decisive: Floats
    talks_value: Flags
    leave: Floats
    leave_ours: Floats
    entity: Names
    entity_ours: Names
    entity_account: Names
    function: Ints
    owner: Ints
    strength: Floats
    orientation: Floats
    line_start: Ints
    line_from: Ints
    line_pull: Floats
    event_month: Ints
    event_kind: Ints
    event_at: Ints
    event_share: Floats
    price: Floats
    volume: Floats
    wallet: Floats
    margin: Floats
    hour_scale: Floats
    thread_min: float
    opponent_below: float
    channel: Market


class Levers(NamedTuple):
    """What a strategy wants, on the arrays of a case.

    Attributes
    ----------
    wanted
        (N, K) weights W.
    meant, meant_seat, meant_ours, meant_weight
        (M,) the slots that have a weight, counted over all seats; their seat, owner and weight.
    meant_start
        (G + 1,) the first of them at each organisation.
    hours
        (T + 1, J) hours that each of ours is asked for, by month.
    weak
        Preference for weak ties.
    reassign
        1: the hours of a seat that is vacant go to the owner's other stakeholders; 0: they are idle.
    handover
        Share of a tie that a successor on our side takes over.
    effort, effort_hours, effort_taught
        (P, N, K) effort, hours and hours of training of planned actions in the months 1 … P, in which
        nothing else is done.
    training
        Share of the hours at a distributor that goes into training.
    commission, registration, relief
        Commission on diverted customers, deal registration (0 or 1), relief on the wholesale price.
    offer
        (C,) offers from the first month on, by the strategy.
    """

    wanted: Floats
    meant: Ints
    meant_seat: Ints
    meant_ours: Ints
    meant_weight: Floats
    meant_start: Ints
    hours: Floats
    weak: float
    reassign: int
    handover: float
    effort: Floats
    effort_hours: Floats
    effort_taught: Floats
    training: float
    commission: float
    registration: float
    relief: float
    offer: Flags


class State(NamedTuple):
    """What changes from month to month in one replicate.

    Attributes
    ----------
    present, present_ours
        (N,), (J,) ABSENT, PRESENT or LEAVING.
    orientation, coverage
        (N,) o and cov; `new_orientation` is filled while the old one is still read.
    strength
        (N, K) s.
    tied, faded, effective
        (N K,), (N K + 8,), (N K + 8,) where the ties at hand are, one after the other, their strength, and
        the hours that count for them.
    asked
        (N K,) what is wished in the slots that the strategy means.
    departing, departing_ours
        (N,), (J,) 1 where this month's draw would have the holder leave.
    handed
        (J,) 1 where ties change hands this month.
    wished
        (J,) sum of what is wished of each of ours.
    now
        (A, len(ALL_SERIES)) this month's results.
    level
        (G, LEVELS) the scalars named above.
    taught
        (G,) hours of training this month.
    drawn
        (A, len(DRAWN)) what the drawn loss gives, so far.
    missed
        (X,) 1 where an event found its seat vacant.
    feature
        (D, FEATURES) the scalars of a distributor.
    minds
        (D, BRANDS) shares of its selling effort.
    launch, has_rival, taken
        (D,) month of the rival's launch; 1 where there is one; 1 where the rival has taken over.
    value
        (D,) what end customers see in it this month.
    known, offer
        (C,) as in `Market`, now.
    last
        (L,) last choice.
    odds
        (D + 2,) weights of a choice.
    """

    present: Flags
    present_ours: Flags
    orientation: Floats
    new_orientation: Floats
    coverage: Floats
    strength: Floats
    tied: Ints
    faded: Floats
    effective: Floats
    asked: Floats
    departing: Flags
    departing_ours: Flags
    handed: Flags
    wished: Floats
    now: Floats
    level: Floats
    taught: Floats
    drawn: Floats
    missed: Flags
    feature: Floats
    minds: Floats
    launch: Floats
    has_rival: Flags
    taken: Flags
    value: Floats
    known: Flags
    offer: Flags
    last: Ints
    odds: Floats


def new_state(case: Case) -> State:
    """Return room for one replicate at a time; the kernel fills it.

    The kernel itself allocates nothing, so that it needs no reference counts.
    """
    seats, slots = case.owner.shape
    ours = case.leave_ours.size
    organisations = case.distributing.size
    distributors, customers, lots = case.channel.mind.size, case.channel.known.size, case.channel.last.size
    return State(
        present=np.zeros(seats, np.int8),
        present_ours=np.zeros(ours, np.int8),
        orientation=np.zeros(seats),
        new_orientation=np.zeros(seats),
        coverage=np.zeros(seats),
        strength=np.zeros((seats, slots)),
        tied=np.zeros(seats * slots, np.int64),
        faded=np.zeros(seats * slots + 8),  # up to a whole vector
        effective=np.zeros(seats * slots + 8),
        asked=np.zeros(seats * slots),
        departing=np.zeros(seats, np.int8),
        departing_ours=np.zeros(ours, np.int8),
        handed=np.zeros(ours, np.int8),
        wished=np.zeros(ours),
        now=np.zeros((case.accounts, len(ALL_SERIES))),
        level=np.zeros((organisations, LEVELS)),
        taught=np.zeros(organisations),
        drawn=np.zeros((case.accounts, len(DRAWN))),
        missed=np.zeros(case.event_month.size, np.int8),
        feature=np.zeros((distributors, FEATURES)),
        minds=np.zeros((distributors, BRANDS)),
        launch=np.zeros(distributors),
        has_rival=np.zeros(distributors, np.int8),
        taken=np.zeros(distributors, np.int8),
        value=np.zeros(distributors),
        known=np.zeros(customers, np.int8),
        offer=np.zeros(customers, np.int8),
        last=np.zeros(lots, np.int64),
        odds=np.zeros(distributors + 2),
    )


def series_of(case: Case) -> tuple[str, ...]:
    """Return the series that a run records: those of the channel only where there are distributors."""
    return ALL_SERIES if case.channel.mind.size else SERIES
