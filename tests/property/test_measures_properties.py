"""What holds for the measures of any account."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from graph.account import Account, Person, Tie
from graph.measures import measure

FUNCTIONS = st.sampled_from(
    [None, "executive", "technical", "quality", "purchasing", "finance", "site safety"]
)
ROLES = st.sampled_from([None, "decision_maker", "evaluator", "influencer", "user"])
ORIENTATIONS = st.sampled_from([None, "ally", "neutral", "against", "unknown"])
SHARE = st.floats(0, 1)


@st.composite
def people(draw: st.DrawFn, prefix: str, most: int) -> tuple[Person, ...]:
    return tuple(
        Person(
            f"{prefix}{index}",
            f"Name {index}",
            prefix,
            function=draw(FUNCTIONS),
            level=draw(st.none() | st.integers(1, 5)),
            role=draw(ROLES),
            orientation=draw(ORIENTATIONS),
            influence=draw(st.none() | SHARE),
            placeholder=prefix == "c" and draw(st.integers(0, 9)) == 0,
        )
        for index in range(draw(st.integers(0, most)))
    )


@st.composite
def accounts(draw: st.DrawFn) -> Account:
    ours, theirs = draw(people("s", 5)), draw(people("c", 7))
    pairs = [(one.id, other.id) for one in ours for other in theirs]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    ties = tuple(Tie(one, other, draw(SHARE)) for one, other in chosen)
    return Account("c", "Account", date(2026, 1, 31), ours=ours, theirs=theirs, ties=ties)


def index_of(account: Account) -> float:
    return measure(account).diamond_index or 0.0


@given(accounts())
def test_every_measure_stays_in_its_range(account: Account):
    found = measure(account)
    for value in (
        found.coverage,
        found.balance,
        found.largest_loss,
        found.diamond_index,
        found.assumed_share,
    ):
        assert value is None or 0.0 <= value <= 1.0 + 1e-12
    assert all(0.0 <= loss <= 1.0 + 1e-12 for loss in found.loss_of.values())
    assert found.connectivity <= min(len(account.ours), len(account.theirs))
    assert (found.shape == "none") == (found.connectivity == 0)
    assert found.connectivity_decision is None or found.connectivity_decision <= found.connectivity


@given(accounts(), st.data())
def test_adding_a_tie_never_lowers_coverage(account: Account, data: st.DataObject):
    free = [
        (one.id, other.id)
        for one in account.ours
        for other in account.theirs
        if (one.id, other.id) not in {(tie.ours, tie.stakeholder) for tie in account.ties}
    ]
    if not free:
        return
    one, other = data.draw(st.sampled_from(free))
    more = replace(account, ties=(*account.ties, Tie(one, other, data.draw(SHARE))))
    assert (measure(more).coverage or 0.0) >= (measure(account).coverage or 0.0) - 1e-12


@given(accounts(), st.data())
def test_connectivity_never_rises_when_a_person_goes(account: Account, data: st.DataObject):
    everybody = sorted(account.people)
    if not everybody:
        return
    gone = data.draw(st.sampled_from(everybody))
    left = replace(
        account,
        ours=tuple(person for person in account.ours if person.id != gone),
        theirs=tuple(person for person in account.theirs if person.id != gone),
        ties=tuple(tie for tie in account.ties if gone not in (tie.ours, tie.stakeholder)),
    )
    before, after = measure(account).connectivity, measure(left).connectivity
    assert before - 1 <= after <= before


@given(accounts(), people("n", 1))
def test_entering_a_person_nobody_covers_never_raises_the_index(
    account: Account, entered: tuple[Person, ...]
):
    more = replace(account, theirs=(*account.theirs, *entered))
    assert index_of(more) <= index_of(account) + 1e-12


@given(accounts(), st.randoms(use_true_random=False))
def test_nothing_depends_on_order_or_names(account: Account, random):
    def shuffled(items):
        return tuple(random.sample(items, len(items)))

    other = replace(
        account,
        ours=tuple(replace(person, name=f"Z{person.id}") for person in shuffled(account.ours)),
        theirs=tuple(replace(person, name=f"A{person.id}") for person in shuffled(account.theirs)),
        ties=shuffled(account.ties),
    )
    one, two = measure(account), measure(other)
    for name in (
        "coverage",
        "connectivity",
        "balance",
        "largest_loss",
        "diamond_index",
        "shape",
        "rows",
        "cut",
    ):
        assert getattr(one, name) == getattr(two, name)
    assert one.loss_of == two.loss_of
