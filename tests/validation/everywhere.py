"""How often the signs of the channel literature come out anywhere in what is plausible, without a region.

    python -m tests.validation.everywhere

prints the shares that `docs/validation_channel.md` gives below its table; some minutes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from simulation.scenario import Event
from simulation.strategies import Strategy
from tests.validation.channel_worlds import BASE, Draw, announced, draws, opened, run, settled

DRAWS, SEED, REPLICATES = 4000, 7, 20
LARGEST = 0.3  # share of the end customers that direct sales are open to


def earned(
    draw: Draw, strategies: Sequence[Strategy] = (BASE,), events: tuple[Event, ...] = ()
) -> list[tuple[float, float]]:
    """Return our profit and the distributor's under each strategy."""
    made = run(draw, strategies, events, replicates=REPLICATES, account=draw.account)
    ours, theirs = (settled(made, series).mean(axis=-1) for series in ("margin", "distributor_profit"))
    return list(zip(ours.tolist(), theirs.tolist(), strict=True))


def signs(draw: Draw) -> dict[str, bool]:
    """Return which of the patterns a draw shows."""
    relieved = [replace(BASE, name=f"relief {relief}", relief=relief) for relief in (0.04, 0.08)]
    soothed = [
        *(replace(BASE, name=f"commission {share}", commission=share) for share in (0.05, 0.1)),
        replace(BASE, name="registration", registration=1.0),
    ]
    alone, *with_relief = earned(draw, (BASE, *relieved))
    (threatened,) = earned(draw, events=announced(draw.account))
    direct, *with_policy = earned(draw, (BASE, *soothed), opened(draw.account, LARGEST))
    found = {
        "the announcement raises our profit": threatened[0] > alone[0],
        "after the announcement both lose": threatened[0] < alone[0] and threatened[1] < alone[1],
        "direct sales leave the distributor no worse": direct[1] >= alone[1],
        "direct sales with a commission of 10 % leave it no worse": with_policy[1][1] >= alone[1],
    }
    for strategy, policy in zip(relieved, with_relief, strict=True):
        found[f"{strategy.name} helps both"] = policy[0] > alone[0] and policy[1] > alone[1]
    for strategy, policy in zip(soothed, with_policy, strict=True):
        found[f"{strategy.name} helps both"] = policy[0] > direct[0] and policy[1] > direct[1]
    return found


def main() -> None:
    """Print the share of draws with each sign."""
    shown: Counter[str] = Counter()
    for draw in draws(SEED, DRAWS):
        shown.update(signs(draw))
    for sign, times in shown.items():
        print(f"{times / DRAWS:6.1%}  {sign}")


if __name__ == "__main__":
    main()
