"""Every rule of the model, once: scalar, pure, uniforms passed in.

Plain functions with `math` only. The kernel compiles exactly these (`simulation/compiling.py`), the ordinary
Mesa model of the tests calls them, and both give the same bits. Decay and contact stand in
`graph/strength.py`, because the measures replay the touchpoint log with them.

Symbols as in the documentation of the model: o orientation in [-1, 1], cov coverage in [0, 1], A access,
S support, Q shock, q share of the wallet, m margin. A distributor's effort for us is our share of mind;
money in the channel is in wholesale prices.
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp, sqrt
from typing import Any, NamedTuple

from graph.strength import contact, decay

SQRT12 = sqrt(12.0)


class Rates(NamedTuple):
    """The parameters that the rules take, by their names in the parameter table."""

    replacement_theirs: float
    replacement_ours: float
    mood: float
    decay_scale: float
    half_weak: float
    half_strong: float
    contact_gain: float
    attention: float
    new_tie_rate: float
    referral: float
    s_new: float
    s_gone: float
    warm: float
    warm_block: float
    fit: float
    cool: float
    o_base: float
    sway: float
    loss: float
    loss_A: float
    loss_S: float
    A_ref: float
    S_ref: float
    shock: float
    follow: float
    shock_fade: float
    r_half: float
    grow: float
    shrink: float
    q_max: float
    m_low: float
    m_high: float
    m_rate: float
    market_sd: float
    hour_cost: float


class ChannelRates(NamedTuple):
    """The parameters that the rules of distributors and end customers take."""

    a_margin: float
    a_novel: float
    a_rel: float
    a_enable: float
    a_trust: float
    a_fear: float
    novel_fade: float
    focus_rate: float
    learn: float
    forget: float
    enablement_start: float
    fight_effort: float
    fight_price: float
    passed: float
    price_rate: float
    markup_rival: float
    announce: float
    conflict_rate: float
    trust_fall: float
    trust_rise: float
    trust_start: float
    open_rate: float
    incentive: float
    soothe_comm: float
    soothe_reg: float
    comm_full: float
    err_max: float
    err_min: float
    order: float
    reveal: float
    accept: float
    b_price: float
    b_effort: float
    b_habit: float
    b_known: float
    b_hop: float
    b_accept: float
    rival: float
    spill: float
    p_direct: float
    serve: float
    reg_cost: float
    err_cost: float
    rival_share: float


def monthly_chance(yearly: float) -> float:
    """Return the chance a month that gives the chance a year."""
    stays: float = (1.0 - yearly) ** (1.0 / 12.0)
    return 1.0 - stays


def ratio(part: float, whole: float) -> float:
    """Return a weighted mean from its sums, 0 where nothing has weight."""
    return part / whole if whole > 0.0 else 0.0


def newcomer_orientation(mean: float, u: float, mood: float) -> float:
    """Return the orientation of a successor: the organisation's mood, and luck that may be good.

    A successor can be better than the one who left (Schmitz et al. 2020, doi 10.1177/0022242919882630).
    """
    return mood * mean + (1.0 - mood) * (2.0 * u - 1.0)


def hit_of_leavers(share: float, access_of_others: float) -> float:
    """Return the shock of decision makers leaving: their share, buffered by who else we know."""
    return min(1.0, share) * (1.0 - access_of_others)


def hit_of_ours(before: float, after: float, follow: float, r_half: float) -> float:
    """Return the shock of one of ours leaving: the share of the relation that goes along."""
    return follow * (before - after) / (before + r_half)


def shock_after(shock: float, hit: float, fade: float) -> float:
    """Return Q a month later: what was there fades, a hit takes its share of what is left to 1."""
    faded = shock * (1.0 - 1.0 / fade)
    return faded + (1.0 - faded) * hit


def has_ended(s: float, s_gone: float, decay_scale: float) -> bool:
    """Tell whether a tie that was not met has faded away; without decay none does."""
    return s < s_gone and decay_scale > 0.0


def wish(weight: float, weak: float, s: float) -> float:
    """Return how much a strategy wants an hour in a tie, weak ties more by `weak`."""
    return weight * (1.0 + weak * (1.0 - s))


def tie_hours(hours: float, wished: float, total: float) -> float:
    """Return a tie's part of its owner's hours."""
    return hours * wished / total


def effort(hours: float, attention: float) -> float:
    """Return the hours that count after what a tie takes before anything comes of it."""
    return hours - attention if hours > attention else 0.0


def opening_chance(hours: float, reach: float, rate: float, referral: float) -> float:
    """Return the chance a month that hours open a missing tie, more where allies speak for us."""
    return 1.0 - exp(-rate * hours * (1.0 + referral * reach))


def most_opening(hours: float, rate: float, referral: float) -> float:
    """Return what the chance of opening a tie cannot exceed, however far allies reach.

    1 - exp(-y) is below y, and the reach is at most 1; a billionth makes up for rounding.
    """
    return rate * hours * (1.0 + referral) + 1e-9


def referral_reach(pull: float, cov: float, o: float) -> float:
    """Return how far one colleague, covered and in favour, reaches along an influence line."""
    return abs(pull) * cov * o if o > 0.0 else 0.0


def sway_of(pull: float, o: float, own: float) -> float:
    """Return the pull of one colleague: towards theirs along support, away from it along conflict."""
    return pull * o - abs(pull) * own


def is_against(o: float, opponent_below: float) -> bool:
    """Tell whether somebody is against us."""
    return o < opponent_below


def orientation_after(
    o: float,
    cov: float,
    swayed: float,
    against: bool,
    warm: float,
    warm_block: float,
    fit: float,
    cool: float,
    o_base: float,
    sway: float,
) -> float:
    """Return o a month later: a convex step towards the fit, the base and the colleagues."""
    warmth = warm * warm_block if against else warm
    return o + warmth * cov * (fit - o) - cool * (1.0 - cov) * (o - o_base) + sway * swayed


def is_thread(s: float, thread_min: float) -> bool:
    """Tell whether a tie between two people in post is strong enough for a thread."""
    return s >= thread_min


def market_after(market: float, u: float, sd: float) -> float:
    """Return the size of the market a month later, as a multiple of its start."""
    return market * (1.0 + sd * SQRT12 * (u - 0.5))


def loss_chance(
    access: float,
    support: float,
    shock_level: float,
    loss: float,
    loss_A: float,
    loss_S: float,
    A_ref: float,
    S_ref: float,
    shock: float,
) -> float:
    """Return the chance of losing the account this month."""
    relative = exp(-loss_A * (access - A_ref) - loss_S * (support - S_ref))
    return 1.0 - exp(-loss / 12.0 * relative * (1.0 + shock * shock_level))


def wallet_after(q: float, support: float, grow: float, shrink: float, q_max: float) -> float:
    """Return our share of the wallet a month later."""
    won = grow * support * (q_max - q) if support > 0.0 else 0.0
    return q + (won - shrink * q) / 12.0


def margin_after(m: float, value_access: float, m_rate: float, m_low: float, m_high: float) -> float:
    """Return the margin a month later: value talk earns, price-only talk erodes."""
    return m + m_rate * (m_low + (m_high - m_low) * value_access - m)


def profit_of(volume: float, margin: float, price: float) -> float:
    """Return the profit before hours; a lower price takes the same off revenue and profit."""
    return volume * (margin - (1.0 - price))


def learning_hours(hours: float, training: float) -> float:
    """Return the part of the hours with a distributor's people that goes into training."""
    return hours * training


def towards(value: float, target: float, rate: float) -> float:
    """Return a value a month later that moves to its target by a share of the distance."""
    return value + rate * (target - value)


def soothed(
    commission: float, registration: float, soothe_comm: float, soothe_reg: float, comm_full: float
) -> float:
    """Return the share of the conflict that is left after a commission and deal registration."""
    paid = min(1.0, commission / comm_full)
    return (1.0 - soothe_comm * paid) * (1.0 - soothe_reg * registration)


def trust_after(trust: float, conflict: float, access: float, trust_fall: float, trust_rise: float) -> float:
    """Return a distributor's trust a month later: conflict destroys it, access builds it."""
    return trust - trust_fall * conflict * trust + trust_rise * access * (1.0 - trust)


def forecast_error(transparency: float, err_max: float, err_min: float) -> float:
    """Return the error of our forecast of what a distributor sells, as a share of its volume."""
    return err_max * (1.0 - transparency) + err_min


def markup_wanted(
    markup: float, threat: float, depend: float, relief: float, fight_price: float, passed: float
) -> float:
    """Return the mark-up that a distributor wants: lower under threat, higher by the relief it keeps.

    Under the threat of direct business a reseller cuts its mark-up (Chiang, Chhajed, Hess 2003).
    """
    fought = markup * (1.0 - fight_price * depend * threat)
    return fought + (1.0 - passed) * (1.0 + markup) * relief / (1.0 - relief)


def enablement_after(known: float, left: float, hours: float, forget: float, learn: float) -> float:
    """Return what a distributor's people know: leavers take their share, some is forgotten, training adds."""
    kept = known * (1.0 - left) * (1.0 - forget)
    return 1.0 - (1.0 - kept) * exp(-learn * hours)


def novelty(age: float, fade: float) -> float:
    """Return how new a rival's brand still is, `age` months after its launch."""
    return exp(-age / fade)


def pull_of_ours(
    markup: float,
    access: float,
    known: float,
    trust: float,
    threat: float,
    depend: float,
    conflict: float,
    markup_rival: float,
    a_margin: float,
    a_rel: float,
    a_enable: float,
    a_trust: float,
    fight_effort: float,
    a_fear: float,
) -> float:
    """Return what draws a distributor's effort to our brand.

    Signs: effort rises with identification (Hughes & Ahearne 2010), and with the threat of direct business
    where the reseller depends on us (Tsay & Agrawal 2004).
    """
    earned = a_margin * (markup / (1.0 + markup) - markup_rival / (1.0 + markup_rival))
    liked = a_rel * access + a_enable * known + a_trust * (trust - 0.5)
    fought = fight_effort * depend * threat - a_fear * (1.0 - depend) * conflict
    return earned + liked + fought


def share_of_three(one: float, other: float, own: float) -> float:
    """Return e^own / (e^one + e^other + 1): the share of one of three brands, the third drawing with 0."""
    return exp(own) / (exp(one) + exp(other) + 1.0)


def direct_value(p_direct: float, accept: float, b_price: float, b_accept: float) -> float:
    """Return what an end customer sees in buying from us directly."""
    return b_price * (1.0 - p_direct) + b_accept * (accept - 1.0)


def distributor_value(
    markup: float, markup_start: float, relief: float, effort: float, b_price: float, b_effort: float
) -> float:
    """Return what an end customer sees in a distributor: its price against the start, and its effort."""
    price = (1.0 - relief) * (1.0 + markup) / (1.0 + markup_start)
    return b_price * (1.0 - price) + b_effort * (effort - 1.0 / 3.0)


def offer_via(value: float, known: bool, opened: bool, home: bool, last: bool, rates: ChannelRates) -> float:
    """Return the weight of buying our brand from a distributor, in the choice of one end customer."""
    if known:
        value += rates.b_known
    if opened:
        value += rates.spill
    if not home:
        value -= rates.b_hop
    if last:
        value += rates.b_habit
    return exp(value)


def offer_of(value: float, last: bool, b_habit: float) -> float:
    """Return the weight of buying directly, or of a rival's brand, in the choice of one end customer."""
    return exp(value + b_habit) if last else exp(value)


def earned_via(
    relief: float,
    registration: float,
    error: float,
    cost: float,
    reg_cost: float,
    err_cost: float,
) -> float:
    """Return what we earn with a unit sold through a distributor."""
    return 1.0 - relief - cost - reg_cost * registration - err_cost * error


def direct_price(p_direct: float, markup_start: float, commission: float) -> float:
    """Return what we get for a unit sold directly, the commission paid."""
    return p_direct * (1.0 + markup_start) * (1.0 - commission)


def earned_direct(price: float, cost: float, serve: float) -> float:
    """Return what we earn with a unit sold directly."""
    return price - cost - serve


def commission_of(p_direct: float, markup_start: float, commission: float) -> float:
    """Return what a distributor gets for a unit that its end customer buys from us directly."""
    return commission * p_direct * (1.0 + markup_start)


def resold(relief: float, markup: float) -> float:
    """Return what a distributor earns with a unit of ours."""
    return (1.0 - relief) * markup


def resold_rival(rival_share: float, markup_rival: float) -> float:
    """Return what a distributor earns with a unit of a rival's, on average."""
    return rival_share * markup_rival


RULES: tuple[Callable[..., Any], ...] = (
    decay,
    contact,
    monthly_chance,
    ratio,
    newcomer_orientation,
    hit_of_leavers,
    hit_of_ours,
    shock_after,
    wish,
    tie_hours,
    effort,
    opening_chance,
    most_opening,
    referral_reach,
    sway_of,
    has_ended,
    is_against,
    orientation_after,
    is_thread,
    market_after,
    loss_chance,
    wallet_after,
    margin_after,
    profit_of,
    learning_hours,
    towards,
    soothed,
    trust_after,
    forecast_error,
    markup_wanted,
    enablement_after,
    novelty,
    pull_of_ours,
    share_of_three,
    direct_value,
    distributor_value,
    offer_via,
    offer_of,
    earned_via,
    direct_price,
    earned_direct,
    commission_of,
    resold,
    resold_rival,
)
