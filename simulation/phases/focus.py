"""Phase 6: conflict, trust, transparency, mark-up, what a distributor's people know, and its effort."""

from __future__ import annotations

from typing import Any

from simulation.compiling import (
    apart,
)
from simulation.rules import (
    ChannelRates,
    distributor_value,
    enablement_after,
    markup_wanted,
    novelty,
    pull_of_ours,
    ratio,
    share_of_three,
    soothed,
    towards,
    trust_after,
)
from simulation.state import (
    ACCESSED,
    BRANDS,
    KNOWLEDGE,
    LEFT,
    MARKUP,
    NO_OFFER,
    OFFERED,
    OPEN,
    OPENNESS,
    OTHER,
    OURS,
    OVERLAP,
    OWN,
    RIVAL,
    TENSION,
    TRUST,
    Case,
    Levers,
    State,
)


@apart
def reset_channel(case: Case, rates: ChannelRates, state: State) -> None:
    """Bring distributors and end customers to month 0; conflict starts at the steady state of today."""
    market, feature = case.channel, state.feature
    for c in range(market.known.size):
        state.known[c] = market.known[c]
        state.offer[c] = market.offer[c]
    for lot in range(market.last.size):
        state.last[lot] = market.last[lot]
    overlap(case, rates, state)
    for d in range(market.mind.size):
        feature[d, TRUST] = rates.trust_start
        feature[d, OPENNESS] = market.transparency[d]
        feature[d, KNOWLEDGE] = rates.enablement_start
        feature[d, MARKUP] = market.markup[d]
        feature[d, TENSION] = feature[d, OVERLAP]
        state.launch[d] = market.launched[d]
        state.has_rival[d] = market.has_rival[d]
        state.taken[d] = 0
        rival = rival_pull(rates, state, d, 0)
        share = share_of_three(rival, -1.0e9, rival)
        state.minds[d, OURS] = market.mind[d]
        state.minds[d, RIVAL] = (1.0 - market.mind[d]) * share
        state.minds[d, OTHER] = (1.0 - market.mind[d]) * (1.0 - share)


@apart
def overlap(case: Case, rates: ChannelRates, state: State) -> None:
    """6a: of what each distributor sells for us, how much is offered directly, and how much that hurts."""
    market, feature = case.channel, state.feature
    for d in range(market.mind.size):
        feature[d, OWN] = 0.0
        feature[d, OFFERED] = 0.0
        feature[d, OVERLAP] = 0.0
    for lot in range(market.last.size):
        d = state.last[lot] - 1
        if d < 0 or d >= market.mind.size:
            continue
        volume = market.lot_volume[lot]
        feature[d, OWN] += volume
        offer = state.offer[market.customer[lot]]
        if offer != NO_OFFER:
            feature[d, OFFERED] += volume
            feature[d, OVERLAP] += volume if offer == OPEN else rates.announce * volume
    for d in range(market.mind.size):
        feature[d, OFFERED] = ratio(feature[d, OFFERED], feature[d, OWN])
        feature[d, OVERLAP] = ratio(feature[d, OVERLAP], feature[d, OWN])


@apart
def rival_pull(rates: ChannelRates, state: State, d: int, month: int) -> float:
    """6e: what draws a distributor to the rival's brand: its novelty, for ever after a takeover."""
    if state.has_rival[d] == 0:
        return 0.0
    age = 0.0 if state.taken[d] == 1 else month - state.launch[d]
    return rates.a_novel * novelty(age, rates.novel_fade)


@apart
def focus(case: Case, rates: ChannelRates, levers: Levers, state: State, key: Any, month: int) -> None:
    """6: every distributor's month, by last month's choices of its end customers."""
    market, feature, minds = case.channel, state.feature, state.minds
    if month == 1:
        for c in range(market.known.size):
            state.offer[c] = max(state.offer[c], levers.offer[c])
    overlap(case, rates, state)
    calm = soothed(
        levers.commission, levers.registration, rates.soothe_comm, rates.soothe_reg, rates.comm_full
    )
    for d in range(market.mind.size):
        g = market.seats_at[d]
        access = state.level[g, ACCESSED] if g >= 0 else 0.0
        left = state.level[g, LEFT] if g >= 0 else 0.0
        taught = state.taught[g] if g >= 0 else 0.0
        depend = market.depend[d]
        threat = rates.accept * feature[d, OFFERED]
        feature[d, TENSION] = towards(feature[d, TENSION], feature[d, OVERLAP] * calm, rates.conflict_rate)
        feature[d, TRUST] = trust_after(
            feature[d, TRUST], feature[d, TENSION], access, rates.trust_fall, rates.trust_rise
        )
        feature[d, OPENNESS] = towards(
            feature[d, OPENNESS], feature[d, TRUST] * rates.incentive, rates.open_rate
        )
        wanted = markup_wanted(
            market.markup[d], threat, depend, levers.relief, rates.fight_price, rates.passed
        )
        feature[d, MARKUP] = towards(feature[d, MARKUP], wanted, rates.price_rate)
        feature[d, KNOWLEDGE] = enablement_after(
            feature[d, KNOWLEDGE], left, taught, rates.forget, rates.learn
        )
        ours = market.leaning[d] + pull_of_ours(
            feature[d, MARKUP],
            access,
            feature[d, KNOWLEDGE],
            feature[d, TRUST],
            threat,
            depend,
            feature[d, TENSION],
            rates.markup_rival,
            rates.a_margin,
            rates.a_rel,
            rates.a_enable,
            rates.a_trust,
            rates.fight_effort,
            rates.a_fear,
        )
        rival = rival_pull(rates, state, d, month)
        for brand in range(BRANDS):
            pull = ours if brand == OURS else rival if brand == RIVAL else 0.0
            minds[d, brand] = towards(minds[d, brand], share_of_three(ours, rival, pull), rates.focus_rate)
        state.value[d] = market.liking[d] + distributor_value(
            feature[d, MARKUP],
            market.markup[d],
            levers.relief,
            minds[d, OURS],
            rates.b_price,
            rates.b_effort,
        )
