"""The sign patterns of the channel literature, each with the region of the parameters in which it must hold.

A region is a list of inequalities on named parameters; all others are drawn from the whole of their plausible
ranges. What published models derive is a sign under their own assumptions, so the region says which of them
the pattern needs here; it was found by running the model, then written down. Both arms of a comparison have
the same draws and the same ecosystem and differ in one thing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from simulation.results import Simulation
from simulation.scenario import RivalLaunch, Scenario
from simulation.strategies import SHIPPED
from tests.validation.cases import history
from tests.validation.channel_worlds import (
    BASE,
    DISTRIBUTOR,
    Draw,
    Region,
    Values,
    announced,
    opened,
    run,
    settled,
)
from tests.validation.scale import replicates

DRAWS = 200
WANTED = 0.9
SEED = 11
RATIOS: Mapping[str, Callable[[Values], float]] = {
    # What the distributor earns with a unit that we lose, as a share of what it earns with one of ours.
    "rival_share x markup_rival / markup": lambda values: (
        values["rival_share"] * values["markup_rival"] / values["markup"]
    ),
}
NOTHING = SHIPPED["do_nothing"]
TALK = replace(SHIPPED["diamond"], name="talk", training=0.0)
TALK_AND_TRAINING = replace(SHIPPED["diamond"], name="talk and training", training=0.4)
LAUNCH = 12  # month of the rival's launch
LARGEST = 0.3  # of the end customers, to whom we sell directly as well

Holds = Callable[[Draw], bool]


@dataclass(frozen=True)
class Pattern:
    """One sign and where it must hold.

    Attributes
    ----------
    holds
        Runs both arms of a draw and tells whether the sign is there.
    region
        Bounds of parameters, or of a ratio of them; empty: everywhere.
    plane
        The two parameters on which the region is drawn.
    """

    name: str
    says: str
    source: str
    holds: Holds
    region: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    plane: tuple[str, str] | None = None

    def inside(self, values: Values) -> bool:
        """Tell whether a draw lies in the region."""
        return lies_in(self.region)(values)

    def outside(self, values: Values) -> bool:
        """Tell whether a draw lies outside of the region."""
        return not self.inside(values)


def lies_in(region: Mapping[str, tuple[float, float]]) -> Region:
    """Return what tells whether a draw meets all bounds."""

    def inside(values: Values) -> bool:
        return all(low <= quantity(name, values) <= high for name, (low, high) in region.items())

    return inside


def quantity(name: str, values: Values) -> float:
    """Return a parameter of a draw, or a ratio of several."""
    return RATIOS[name](values) if name in RATIOS else values[name]


def _gains(one: Simulation, other: Simulation, a: int, b: int) -> tuple[float, float]:
    """Return what we and what the distributor earn more a year in arm `a` of `one` than in `b` of `other`."""
    return tuple(
        float((settled(one, series)[a] - settled(other, series)[b]).mean())
        for series in ("margin", "distributor_profit")
    )  # type: ignore[return-value]


def _announcing(draw: Draw) -> tuple[float, float]:
    account, number = draw.account, replicates(20)
    silent = run(draw, replicates=number, account=account)
    told = run(draw, events=announced(account), replicates=number, account=account)
    return _gains(told, silent, 0, 0)


def _with_lever(draw: Draw, share_direct: float, **levers: float) -> tuple[float, float]:
    account = draw.account
    arms = (BASE, replace(BASE, name="with", **levers))
    events = opened(account, share_direct) if share_direct else ()
    both = run(draw, arms, events, replicates=replicates(20, 20), account=account)
    return _gains(both, both, 1, 0)


def _opening(draw: Draw, **levers: float) -> tuple[float, float]:
    account, number = draw.account, replicates(20)
    indirect = run(draw, replicates=number, account=account)
    direct = run(
        draw, [replace(BASE, **levers)], opened(account, LARGEST), replicates=number, account=account
    )
    return _gains(direct, indirect, 0, 0)


def _mind(draw: Draw, *, launch: bool) -> np.ndarray:
    """Return share of mind by month under nothing, talk, talk and training, mean of the replicates."""
    events = [RivalLaunch(LAUNCH, DISTRIBUTOR, "Theirs")] if launch else []
    found = run(draw, (NOTHING, TALK, TALK_AND_TRAINING), events, replicates=replicates(12))
    return found.series("share_of_mind").mean(axis=1)


def _lost_to_launch(draw: Draw) -> np.ndarray:
    """Return the share of its share of mind that each strategy loses to a launch, by month."""
    with_launch, without = _mind(draw, launch=True), _mind(draw, launch=False)
    return 1.0 - with_launch / without


def _launch_cuts_every_strategy(draw: Draw) -> bool:
    return bool((_lost_to_launch(draw)[:, LAUNCH:].max(axis=1) > 0.0).all())


def _relations_raise_level_and_recovery(draw: Draw) -> bool:
    after, before = _mind(draw, launch=True), _mind(draw, launch=False)
    lost = (1.0 - after / before)[:, LAUNCH:].mean(axis=1)
    return bool(after[2, -1] > after[0, -1] and lost[2] < lost[0])


def _training_beats_talk(draw: Draw) -> bool:
    found = _mind(draw, launch=True)
    return bool(found[2, -1] > found[1, -1])


def _access_raises_effort(draw: Draw) -> bool:
    found = _mind(draw, launch=False)
    return bool(found[1, -1] > found[0, -1])


def _contact_lowers_the_forecast_error(draw: Draw) -> bool:
    found = run(draw, (NOTHING, TALK), replicates=replicates(12)).series("forecast_error")
    return bool(found[1, :, -1].mean() < found[0, :, -1].mean())


def _registration_lowers_conflict(draw: Draw) -> bool:
    account = draw.account
    arms = (BASE, replace(BASE, name="registered", registration=1.0))
    found = run(draw, arms, opened(account, LARGEST), replicates=replicates(12), account=account)
    conflict = settled(found, "conflict").mean(axis=1)
    return bool(conflict[1] < conflict[0])


def _trust_reveals_sooner(draw: Draw) -> bool:
    return _months_hidden(draw, 0.8) < _months_hidden(draw, 0.2)


def _months_hidden(draw: Draw, trust: float) -> float:
    """Return the months that end customers stay hidden from us, summed up."""
    account = replace(
        draw.account,
        channel=replace(
            draw.account.channel,
            end_customers=tuple(replace(one, known=False) for one in draw.account.channel.end_customers),
        ),
    )
    scenario = Scenario(parameters={**draw.parameters, "trust_start": trust})
    months = (state for _, _, state in history(account, scenario, NOTHING, 36, replicates=replicates(4, 2)))
    return sum(float((state.known == 0).sum()) for state in months)


PATTERNS = (
    Pattern(
        "announcement_gains",
        "Announcing direct sales, and never opening them, raises our profit",
        "Chiang, Chhajed & Hess 2003",
        lambda draw: _announcing(draw)[0] > 0.0,
        {
            "depend": (0.7, 1.0),
            "accept": (0.6, 1.0),
            "b_price": (6.0, 15.0),
            "fight_price": (0.3, 1.0),
            "rival": (0.0, 2.0),
            "b_effort": (0.0, 4.0),
            "err_cost": (0.0, 0.2),
        },
        ("depend", "accept"),
    ),
    Pattern(
        "announcement_loses",
        "With a distributor of many brands the same announcement lowers our profit",
        "Chiang, Chhajed & Hess 2003, the other regime",
        lambda draw: _announcing(draw)[0] < 0.0,
        {"depend": (0.0, 0.3), "a_fear": (1.0, 5.0), "b_effort": (1.0, 6.0), "announce": (0.2, 1.0)},
        ("depend", "b_effort"),
    ),
    Pattern(
        "relief_helps_both",
        "A relief of 4 % on the wholesale price raises our profit and the distributor's",
        "Tsay & Agrawal 2004",
        lambda draw: min(_with_lever(draw, 0.0, relief=0.04)) > 0.0,
        {
            "rival": (1.0, 2.0),
            "b_price": (9.0, 15.0),
            "cost": (0.4, 0.6),
            "passed": (0.4, 0.8),
            "b_effort": (0.0, 3.0),
            "rival_share x markup_rival / markup": (0.0, 0.4),
        },
        ("rival", "b_price"),
    ),
    Pattern(
        "commission_helps_both",
        "Beside direct sales to the largest, a commission of 10 % on them raises our profit and the "
        "distributor's",
        "Tsay & Agrawal 2004",
        lambda draw: min(_with_lever(draw, LARGEST, commission=0.1)) > 0.0,
        {
            "soothe_comm": (0.4, 1.0),
            "b_effort": (1.0, 6.0),
            "accept": (0.0, 0.6),
            "b_accept": (2.5, 6.0),
            "rival": (-1.0, 2.0),
            "rival_share x markup_rival / markup": (0.0, 0.6),
        },
        ("soothe_comm", "accept"),
    ),
    Pattern(
        "direct_not_detrimental",
        "Direct sales to the largest, with a commission of 10 %, leave the distributor no worse than none",
        "Tsay & Agrawal 2004",
        lambda draw: _opening(draw, commission=0.1)[1] >= 0.0,
        {
            "spill": (0.5, 1.0),
            "b_effort": (0.0, 1.5),
            "rival": (0.5, 2.0),
            "accept": (0.0, 0.7),
            "rival_share x markup_rival / markup": (0.0, 0.3),
        },
        ("rival", "b_effort"),
    ),
    Pattern(
        "registration_helps_both",
        "Beside direct sales to the largest, registered deals raise our profit and the distributor's",
        "assumption, as the commission",
        lambda draw: min(_with_lever(draw, LARGEST, registration=1.0)) > 0.0,
        {
            "soothe_reg": (0.5, 1.0),
            "reg_cost": (0.0, 0.01),
            "a_fear": (1.0, 5.0),
            "b_effort": (1.0, 6.0),
            "depend": (0.0, 0.8),
            "rival": (-0.5, 2.0),
            "rival_share x markup_rival / markup": (0.0, 0.6),
        },
        ("soothe_reg", "rival"),
    ),
    Pattern(
        "training_beats_talk",
        "Two hours in five spent on training end with more share of mind than talk alone",
        "assumption",
        _training_beats_talk,
        {"a_enable": (0.5, 3.0)},
        ("a_enable", "a_rel"),
    ),
    Pattern(
        "launch_cuts_share_of_mind",
        "A rival's launch cuts our share of mind whatever we do",
        "stratusresearch.com (sign)",
        _launch_cuts_every_strategy,
    ),
    Pattern(
        "relations_raise_level_and_recovery",
        "After a launch, talk and training end with more share of mind than doing nothing, and lose less "
        "of it on the way",
        "Hughes & Ahearne 2010",
        _relations_raise_level_and_recovery,
    ),
    Pattern(
        "effort_rises_with_access",
        "A distributor ends with more effort for us where we meet its people",
        "Hughes & Ahearne 2010",
        _access_raises_effort,
    ),
    Pattern(
        "contact_lowers_the_forecast_error",
        "Where we meet a distributor's people, trust opens its books and our forecast errs less",
        "assumption",
        _contact_lowers_the_forecast_error,
    ),
    Pattern(
        "registration_lowers_conflict",
        "Registered deals lower conflict over direct sales",
        "assumption",
        _registration_lowers_conflict,
    ),
    Pattern(
        "trust_reveals_end_customers",
        "End customers hidden from us show sooner with a distributor that trusts us",
        "assumption",
        _trust_reveals_sooner,
    ),
)
