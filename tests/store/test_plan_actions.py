"""What becomes of planned actions in a real store: touchpoints, mistakes, other days and owners, lateness."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest

from api import plans
from api.workspace import Workspace
from graph.errors import AmbiguousName, InputError, UnknownName
from graph.imports import import_files
from graph.plan import PlanLimits
from graph.policy import load_policy
from graph.store import Store
from graph.store.actions import change, kept_actions

TODAY = date(2026, 3, 2)
FILES = {
    "organisations.csv": "id,name,kind\nus,Us,supplier\nacme,Acme,key_account\n",
    "people.csv": (
        "id,name,organisation,function,level,role,influence,orientation,time_capacity\n"
        "anna,Anna,us,commercial,3,,,,6\n"
        "boris,Boris,us,technical,3,,,,6\n"
        "bert,Bert,acme,purchasing,3,decision_maker,0.9,,\n"
        "carla,Carla,acme,quality,3,evaluator,0.6,ally,\n"
        "dora,=Dora,acme,technical,3,user,0.5,,\n"
        "otto,Otto,acme,finance,2,evaluator,0.7,against,\n"
    ),
    "ties.csv": "ours,stakeholder,strength,last_on\nanna,carla,0.6,2026-02-20\n",
    "influences.csv": "from,to,weight,sign\ncarla,otto,1,1\ncarla,bert,1,1\n",
}


@pytest.fixture
def work(store: Store, tmp_path: Path) -> Workspace:
    for name, body in FILES.items():
        (tmp_path / name).write_text(body, encoding="utf-8")
    import_files(store, [tmp_path / name for name in FILES], today=TODAY)
    return Workspace(store, load_policy(), TODAY)


def strength(work: Workspace, ours: str, theirs: str) -> float | None:
    account = work.account("acme")
    return next((tie.strength for tie in account.ties if (tie.ours, tie.stakeholder) == (ours, theirs)), None)


def test_a_done_action_is_a_touchpoint_and_a_mistake_leaves_nothing(work: Workspace) -> None:
    pins = ["Anna,Carla,call,1"]
    plan = plans.plan(work, "acme", PlanLimits(months=6), pins=pins, save=True).body
    one = next(a for a in plan.actions if (a.person, a.stakeholder) == ("anna", "bert") and not a.also)
    before = work.store.read("MATCH (n) RETURN count(n) AS n")[0]["n"]
    assert strength(work, "anna", "bert") is None
    (done,) = plans.act(work, "acme", "done", one.id, on=TODAY - timedelta(days=1), minutes=90.0).body.actions
    assert (done.status, done.done_on, done.minutes, done.late) == (
        "done",
        TODAY - timedelta(days=1),
        90.0,
        None,
    )
    # Said again without a day, it stays what it was.
    assert plans.act(work, "acme", "done", one.id).body.actions == (done,)
    (row,) = work.store.read(
        "MATCH (t:Touchpoint {id: $id}) RETURN t.kind AS kind, t.minutes AS minutes, t.on AS on, "
        "COLLECT { MATCH (p:Person)-[:ATTENDED]->(t) RETURN p.id ORDER BY p.id } AS there",
        {"id": done.touchpoint},
    )
    assert row == {"kind": one.kind, "minutes": 90.0, "on": done.done_on, "there": ["anna", "bert"]}
    met = strength(work, "anna", "bert")
    assert met is not None
    assert met > 0
    # Done twice is one touchpoint, with what was said last.
    plans.act(work, "acme", "done", one.id, minutes=30.0)
    shorter = strength(work, "anna", "bert")
    assert shorter is not None
    assert 0 < shorter < met
    assert work.store.read("MATCH (n) RETURN count(n) AS n")[0]["n"] == before + 1
    (again,) = plans.act(work, "acme", "reopen", one.id).body.actions
    assert (again.status, again.touchpoint, again.done_on) == ("planned", None, None)
    assert strength(work, "anna", "bert") is None
    assert work.store.read("MATCH (n) RETURN count(n) AS n")[0]["n"] == before
    # A tie that is known otherwise stays.
    with_carla = next((a for a in plan.actions if "carla" in a.stakeholders and a.person == "anna"), None)
    assert with_carla is not None
    plans.act(work, "acme", "done", with_carla.id)
    plans.act(work, "acme", "reopen", with_carla.id)
    assert strength(work, "anna", "carla") is not None


def test_several_of_theirs_are_all_at_the_touchpoint(work: Workspace) -> None:
    pin = "Anna,Bert,review,2"
    plan = plans.plan(work, "acme", PlanLimits(hours=3.0), pins=[pin], save=True).body
    review = next(a for a in plan.actions if a.pinned)
    assert (review.kind, review.month, review.reason.startswith("is pinned; ")) == ("review", 2, True)
    gathering = next(a for a in plan.actions if a.also)  # a review: three hours for several of theirs
    (done,) = plans.act(work, "acme", "done", gathering.id).body.actions
    there = work.store.read(
        "MATCH (p:Person)-[:ATTENDED]->(:Touchpoint {id: $id}) RETURN p.id AS id ORDER BY id",
        {"id": done.touchpoint},
    )
    assert [row["id"] for row in there] == sorted([gathering.person, *gathering.stakeholders])


def test_planning_anew_keeps_what_was_begun_or_decided(work: Workspace) -> None:
    first = plans.plan(work, "acme", PlanLimits(months=6), save=True).body
    begun, moved, dropped = first.actions[0], first.actions[1], first.actions[2]
    plans.act(work, "acme", "start", begun.id)
    plans.act(work, "acme", "change", moved.id, owner="Boris", due=date(2026, 6, 10))
    plans.act(work, "acme", "drop", dropped.id)
    again = plans.plan(work, "acme", PlanLimits(months=6), save=True).body
    kept = {a.id: a for a in again.actions if a.id in (begun.id, moved.id)}
    assert kept[begun.id].status == "started"
    assert kept[begun.id].due_on == begun.due_on
    assert (kept[moved.id].person, kept[moved.id].due_on, kept[moved.id].pinned) == (
        "boris",
        date(2026, 6, 10),
        True,
    )
    listed = {one.id: one for one in plans.actions(work, "acme").body.actions}
    assert listed[dropped.id].status == "dropped"
    assert {a.id for a in again.actions} | {dropped.id} == set(listed)
    limits = PlanLimits(months=6)
    assert len(kept_actions(work.store, "acme", TODAY, limits.months)) == 2
    for without, words in (
        (
            begun,
            rf"^The .+ of {begun.person_name} with {begun.stakeholder_name}.* due on {begun.due_on} has ",
        ),
        (kept[moved.id], rf"^The .+ of Boris with {moved.stakeholder_name}.* is pinned in the saved plan, "),
    ):
        asked = f"{without.person},{without.stakeholder},{without.kind},{without.month}"
        with pytest.raises(InputError, match=f"{words}.*[Dd]rop") as refused:
            plans.plan(work, "acme", limits, instead=[asked])
        assert without.id not in refused.value.detail


def test_changes_at_the_same_time_all_hold(work: Workspace) -> None:
    plan = plans.plan(work, "acme", PlanLimits(months=6), save=True).body
    first, second = plan.actions[0].id, plan.actions[1].id
    others = [Workspace(work.store, work.policy, TODAY) for _ in range(4)]
    together = threading.Barrier(len(others))

    def busy(number: int) -> None:
        mine, action = others[number], (first, second)[number % 2]
        together.wait()
        for turn in range(3):
            owner = ("Anna", "Boris")[(number // 2 + turn) % 2]
            plans.act(mine, "acme", "change", action, owner=owner, due=TODAY + timedelta(days=turn + 1))
            plans.act(mine, "acme", "start", action)
            plans.actions(mine, "acme")

    with ThreadPoolExecutor(len(others)) as pool:
        for done in [pool.submit(busy, number) for number in range(len(others))]:
            done.result()
    left = {one.id: one for one in plans.actions(work, "acme").body.actions}
    assert {left[one].status for one in (first, second)} == {"started"}
    assert {left[one].person for one in (first, second)} <= {"anna", "boris"}
    owned = work.store.read("MATCH (a:Action)-[o:OWNED_BY]->() RETURN a.id AS id, count(o) AS owners")
    assert {one["owners"] for one in owned} == {1}
    # Planned anew at the same time, what is begun stays, and what is gone by then is said to be.
    with ThreadPoolExecutor(2) as pool:
        again = pool.submit(plans.plan, work, "acme", PlanLimits(months=4), save=True)
        plans.act(others[0], "acme", "done", first)
        again.result()
    assert {a.id: a.status for a in plans.actions(work, "acme").body.actions}[first] == "done"
    work.store.write("MATCH (a:Action {id: $id}) DETACH DELETE a", {"id": second})
    with pytest.raises(UnknownName, match="planning anew has replaced it"):
        change(work.store, "acme", second, "started", today=TODAY)


def test_what_is_late_shows_and_is_done_first(work: Workspace) -> None:
    plan = plans.plan(work, "acme", PlanLimits(months=6), save=True).body
    first = plan.actions[0]
    plans.act(work, "acme", "start", first.id)
    later = Workspace(work.store, work.policy, first.due_on + timedelta(days=40))
    listed = plans.actions(later, "acme")
    assert "late" in listed.warnings[0]
    assert next(one for one in listed.body.actions if one.id == first.id).late == 40
    (kept,) = [a for a in plans.plan(later, "acme", PlanLimits(months=6)).body.actions if a.id == first.id]
    assert (kept.month, kept.due_on, kept.status) == (1, first.due_on, "started")


def test_what_cannot_be_is_refused(work: Workspace) -> None:
    plan = plans.plan(work, "acme", PlanLimits(months=6), save=True).body
    one = plan.actions[0].id
    for words, call in {
        "up to today": lambda: plans.act(work, "acme", "done", one, on=TODAY + timedelta(days=1)),
        "that is done": lambda: plans.act(work, "acme", "start", one, minutes=3.0),
        "minutes": lambda: plans.act(work, "acme", "done", one, minutes=-1.0),
        "only one of ours": lambda: plans.act(work, "acme", "change", one, owner="Bert"),
        "an owner or a due date": lambda: plans.act(work, "acme", "change", one),
        "person,stakeholder,kind,month": lambda: plans.plan(work, "acme", pins=["Anna,Bert"]),
        "month is a whole number": lambda: plans.plan(work, "acme", pins=["Anna,Bert,call,x"]),
        "between 1 and 12": lambda: plans.plan(work, "acme", pins=["Anna,Bert,call,13"]),
        "kinds of touchpoints": lambda: plans.plan(work, "acme", pins=["Anna,Bert,waltz,1"]),
        "pinned and forbidden": lambda: plans.plan(work, "acme", pins=["Anna,Bert,call,1"], bans=["Anna"]),
    }.items():
        with pytest.raises(InputError, match=words):
            call()
    with pytest.raises(UnknownName):
        plans.act(work, "acme", "done", "action:nowhere")
    with pytest.raises(AmbiguousName):
        plans.act(work, "acme", "done", "action:"[:0] or one.removeprefix("action:")[:0] or "a")
    assert {one.status for one in plans.actions(work, "acme").body.actions} == {"planned"}


def test_what_else_could_be_done(work: Workspace) -> None:
    limits = PlanLimits(months=6, budget=300.0)
    found = plans.plan(
        work, "acme", limits, bans=["Boris,,,2", "=Dora"], instead=["Anna,Bert"], more=True
    ).body
    assert not any("dora" in a.stakeholders for a in found.actions)
    assert not any(a.person == "boris" and a.month == 2 for a in found.actions)
    (other,) = found.instead
    assert other.objective[1] <= other.objective[0]
    assert any(c.change < 0 and (c.person, c.stakeholder) == ("anna", "bert") for c in other.changes)
    more = {(one.limit, one.amount): one for one in found.more}
    assert {("budget", 1.0), ("budget", 20.0), ("hours", 1.0), ("hours.anna", 1.0)} <= set(more)
    for one in more.values():
        assert one.at_least <= max(one.objective, 0.0) + 1e-9
        assert one.at_most >= one.objective - 1e-9


def test_the_simulation_agrees_where_nobody_leaves_and_compares_at_equal_hours(work: Workspace) -> None:
    found = plans.plan(work, "acme", PlanLimits(months=6), simulate=True).body
    simulated = found.simulated
    assert simulated is not None
    planned = next(one.coverage for one in found.standing if one.when == "plan done")
    low, high = simulated.as_planned.ci_low, simulated.as_planned.ci_high
    assert low - 1e-9 <= planned <= high + 1e-9
    effect = next(e for e in simulated.effects if (e.strategy, e.measure) == ("plan", "coverage_end"))
    assert abs(simulated.nobody_leaves.mean - planned) <= effect.ci_high - effect.mean
    spent = {e.strategy: e for e in simulated.effects if e.measure == "hours_spent"}
    assert {"plan", "do_nothing", "diamond", "single_threaded"} <= set(spent)
    assert simulated.hours_offered == pytest.approx(found.hours / 6)
    assert all(one.mean <= found.hours + 1e-6 for one in spent.values())
    coverage = {e.strategy: e.mean for e in simulated.effects if e.measure == "coverage_end"}
    assert coverage["plan"] > coverage["do_nothing"]
    told = work.account("acme").revenue is not None
    assert simulated.indexed != told, "hours are never weighed against an index"
