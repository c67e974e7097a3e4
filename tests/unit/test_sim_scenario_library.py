"""The shipped scenarios, and the selectors by which they fit every account."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from fixtures.generator import generate_account
from fixtures.samples import SAMPLES, sample_files
from fixtures.scenario_library import FOLDER, library_table, scenario_file, shipped_scenarios
from graph.account import Account, Carried, Channel, Partner, Person, ReportingLine, Sale
from graph.errors import InputError, UnknownName
from graph.plain_yaml import load_yaml
from simulation import Scenario, naming
from simulation.parameters import resolve_parameters
from simulation.scenario import EVENTS, AnnounceDirect, Event, GoDirect, Leaves, RivalLaunch, leaving_scenario
from simulation.scenario_file import load_scenario, parse_scenario
from simulation.seating import seat_people
from tests.unit.accounts import account, person
from tests.unit.test_fixtures_samples import plain_account, read

TODAY = date(2026, 5, 17)
DOCS = Path(__file__).parents[2] / "docs" / "scenarios.md"
SHIPPED = shipped_scenarios()
NAMES = [one.name for one in SHIPPED]


def channel_of(tables, distributor: str) -> Channel:
    """Return what the sample files say of a distributor's business."""
    names = {row["id"]: row["name"] for row in tables["organisations"]}
    sellers = [row["distributor"] for row in tables["carries"]]
    sales = tuple(
        Sale(
            row["seller"],
            row["end_customer"],
            row["seller"] == "varnholm",
            float(row["volume"]),
            row["brand"],
        )
        for row in tables["sales"]
    )
    direct = {sale.end_customer for sale in sales if sale.direct}
    customers = sorted({sale.end_customer for sale in sales} - set(sellers))
    return Channel(
        distributors=tuple(Partner(one, names[one]) for one in sorted({distributor, *sellers})),
        end_customers=tuple(Partner(one, names[one], one in direct) for one in customers),
        sales=sales,
        carried=tuple(
            Carried(
                row["distributor"],
                row["brand"],
                row["brand"],
                row["owner"] == "varnholm",
                float(row["share_of_mind"]),
                float(row["margin"]),
                date.fromisoformat(row["launched_on"]),
            )
            for row in tables["carries"]
        ),
    )


@pytest.fixture(scope="module")
def samples(tmp_path_factory) -> dict[str, Account]:
    folder = tmp_path_factory.mktemp("samples")
    sample_files(folder, TODAY)
    tables = read(folder)
    found = {one: plain_account(tables, one, TODAY) for one in SAMPLES}
    channel = channel_of(tables, "verdelan")
    found["verdelan"] = replace(found["verdelan"], kinds=("distributor",), channel=channel)
    return found


def chain() -> Account:
    """Return an end customer's account with two distributors and a few brands."""
    return account(
        ["kam", person("eng", function="technical")],
        [
            person("buyer", function="purchasing", level=4, influence=0.4),
            person("boss", function="executive", level=1, influence=0.8, role="decision_maker"),
            person("tech", function="technical", level=3, influence=0.9),
            person("tech2", function="technical", level=4, influence=0.1),
        ],
        {("kam", "buyer"): 0.7, ("eng", "tech"): 0.3},
        kinds=("end_customer",),
        reports_to=(ReportingLine("buyer", "boss"),),
        channel=Channel(
            distributors=(Partner("d1", "Northern"), Partner("d2", "Southern")),
            end_customers=(
                Partner("acme", "Acme"),
                Partner("e1", "One", known=False),
                Partner("e2", "Two"),
                Partner("e3", "Three", known=False),
            ),
            sales=(
                Sale("d1", "acme", False, 10.0),
                Sale("d2", "e1", False, 40.0),
                Sale("d1", "e2", False, 15.0),
                Sale("d2", "e3", False, 5.0),
            ),
            carried=(
                Carried("d1", "ours", "Our Brand", True, launched_on=date(2026, 1, 1)),
                Carried("d2", "old", "Old Rival", False, launched_on=date(2010, 1, 1)),
                Carried("d2", "young", "Young Rival", False, launched_on=date(2025, 1, 1)),
                Carried("d2", "timeless", "Timeless", False),
            ),
        ),
    )


def events(one: Account, *entries: dict, partners=(), **more):
    return parse_scenario({"events": list(entries), **more}, one, partners).events


# The library ---------------------------------------------------------------------------------------------


def test_there_are_more_than_ten_and_they_use_every_event():
    assert len(SHIPPED) >= 14
    text = "".join(one.file.read_text(encoding="utf-8") for one in SHIPPED)
    assert [event for event in EVENTS if f"{event}:" not in text] == []


@pytest.mark.parametrize("one", SHIPPED, ids=NAMES)
def test_each_begins_with_what_it_is_for_and_what_to_look_at(one):
    lines = one.file.read_text(encoding="utf-8").splitlines()
    assert lines[0] == f"# {one.description}"
    assert lines[1].startswith("# Look at ")
    assert one.description.endswith(".")


def test_the_page_has_the_table_of_the_files():
    assert library_table() in DOCS.read_text(encoding="utf-8"), "see python -m fixtures.scenario_library"


def test_the_page_names_every_event_field_and_selector():
    page = DOCS.read_text(encoding="utf-8")
    selectors = (
        *naming.PEOPLE,
        *naming.DISTRIBUTORS,
        *naming.END_CUSTOMERS,
        *naming.BRANDS,
        *naming.FUNCTIONS,
    )
    assert [word for word in (*EVENTS, *selectors) if f"`{word}`" not in page] == []
    names = {field.name for kind in get_args(Event) for field in fields(kind)}
    assert [name for name in names - {"month", "subject"} if f"`{name}`" not in page] == []


def test_the_example_of_the_page_can_be_read(samples):
    (example,) = re.findall(r"```yaml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    found = parse_scenario(load_yaml(example), samples["verdelan"])
    assert [event.event for event in found.events] == list(EVENTS)


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("one", SHIPPED, ids=NAMES)
def test_every_scenario_fits_every_sample_or_says_why_not(samples, one, name):
    if one.needs_distributors and name != "verdelan":
        with pytest.raises(InputError, match="cannot happen here: this account has no distributors"):
            load_scenario(one.file, samples[name])
    else:
        found = load_scenario(one.file, samples[name])
        assert (found.name, found.description) == (one.title, one.description)
        assert found.months is not None
        found.check_months(found.months)


@pytest.mark.parametrize("seed", range(5))
def test_every_scenario_fits_generated_accounts(seed):
    key_account = generate_account(seed, ours=3, theirs=8)
    distributor = generate_account(seed, ours=3, theirs=8, distributors=2, end_customers=6)
    for one in SHIPPED:
        assert load_scenario(one.file, distributor).months
        if not one.needs_distributors:
            assert load_scenario(one.file, key_account).months


# Whoever buys from us directly already is not meant.
ALL_INDIRECT = ("guilvaux", "sainte-aurene", "treganec", "undisclosed-1")


def test_what_matters_most_at_the_distributor(samples):
    one = samples["verdelan"]
    by_name = {shipped.name: load_scenario(shipped.file, one).events for shipped in SHIPPED}
    assert by_name["rival_launch"] == (RivalLaunch(12, "verdelan", "Kelmora Flex"),)
    assert by_name["announce_direct"] == (AnnounceDirect(15, "verdelan", ALL_INDIRECT),)
    assert by_name["go_direct"] == (GoDirect(18, "verdelan", ("guilvaux",)),)
    assert by_name["go_direct_to_all"][1].end_customers == ALL_INDIRECT


def test_a_scenario_is_taken_by_name_and_the_file_wins(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for text in ("rival_launch", "Rival-Launch", "rival_launch.yaml"):
        assert scenario_file(Path(text)) == FOLDER / "rival_launch.yaml"
    Path("rival_launch").mkdir()
    assert scenario_file(Path("rival_launch")) == FOLDER / "rival_launch.yaml"
    Path("go_direct").write_text("name: my own", encoding="utf-8")
    assert scenario_file(Path("go_direct")) == Path("go_direct")


@pytest.mark.parametrize("text", ["rival_lunch", "here/rival_lunch", "", "x" * 5000])
def test_an_unknown_scenario_lists_the_shipped_ones(text):
    with pytest.raises(UnknownName) as caught:
        scenario_file(Path(text))
    assert all(name in caught.value.detail for name in NAMES)
    if text == "rival_lunch":
        assert caught.value.candidates[0].id == "rival_launch"


# Selectors -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("selector", "who"),
    [("@buyer", "buyer"), ("@boss", "boss"), ("@key_account_manager", "kam"), ("@largest_influence", "tech")],
)
def test_a_person_by_part_is_the_person_by_id_name_or_click(selector, who):
    one = chain()
    by_id = events(one, {"month": 4, "leaves": who})
    assert by_id == (Leaves(4, who),)
    assert events(one, {"month": 4, "leaves": selector}) == by_id
    assert events(one, {"month": 4, "leaves": who.upper()}) == by_id
    assert leaving_scenario(one, [selector], [4]).events == by_id
    assert leaving_scenario(one, [who], [4]).events == by_id


def test_the_buyer_is_the_one_whom_the_strategies_follow():
    for seed in range(4):
        one = generate_account(seed, ours=4, theirs=10)
        seating = seat_people(one, Scenario(), resolve_parameters({}))
        found = events(one, {"month": 1, "leaves": "@buyer"}, {"month": 1, "leaves": "@boss"})
        assert [event.subject for event in found] == [
            seating.seats[seating.buyer].id,
            seating.seats[seating.boss].id,
        ]


@pytest.mark.parametrize(
    ("given", "ids"),
    [
        ("@all", ("acme", "e1", "e2", "e3")),
        ("@known", ("acme", "e2")),
        ("@hidden", ("e1", "e3")),
        ("@largest 50%", ("e1", "e2")),
        ("@largest 1 %", ("e1",)),
        ("@largest 100%", ("acme", "e1", "e2", "e3")),
        (["@largest 25%", "Three"], ("e1", "e3")),
        (["e3", "acme"], ("acme", "e3")),
        ("Two", ("e2",)),
    ],
)
def test_end_customers_by_selector(given, ids):
    for kind, made in (("go_direct", GoDirect), ("announce_direct", AnnounceDirect)):
        found = events(chain(), {"month": 2, kind: {"end_customers": given}})
        assert found == (made(2, "acme", ids),)


def test_the_distributor_is_the_account_itself_or_the_one_that_sells_most():
    launch = {"month": 2, "rival_launch": {"distributor": "@distributor", "brand": "@rival"}}
    assert events(chain(), launch) == (RivalLaunch(2, "d2", "young"),)
    itself = replace(chain(), kinds=("distributor",))
    assert events(itself, launch) == (RivalLaunch(2, "acme", "a rival"),)


@pytest.mark.parametrize(
    ("written", "brand"),
    [
        ("young", "young"),
        ("old rival", "old"),
        ("Brand New", "Brand New"),
        (" Timeless ", "timeless"),
        (7, "7"),
    ],
)
def test_a_brand_is_one_that_is_carried_or_a_new_one(written, brand):
    for kind, field in (("rival_launch", "brand"), ("takeover", "by")):
        (found,) = events(chain(), {"month": 2, kind: {"distributor": "d2", field: written}})
        assert getattr(found, field) == brand


@pytest.mark.parametrize("written", ["ours", "OUR BRAND", "our-brand"])
def test_our_own_brand_is_no_rival(written):
    with pytest.raises(InputError, match="not ours"):
        events(chain(), {"month": 2, "takeover": {"distributor": "d2", "by": written}})


def test_the_largest_function_is_the_one_with_most_people():
    (found,) = events(chain(), {"month": 2, "reorganises": {"function": "@largest", "share": 1}})
    assert found.function == "technical"


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"leaves": "@byer"}, "the nearest is @buyer"),
        ({"go_direct": {"end_customers": "@al"}}, "the nearest is @all"),
        ({"go_direct": {"end_customers": "@largest"}}, "@largest 30%"),
        ({"go_direct": {"end_customers": "@largest 0%"}}, "above 0 % and up to 100 %"),
        ({"go_direct": {"end_customers": "@largest 130%"}}, "above 0 % and up to 100 %"),
        ({"rival_launch": {"distributor": "@distributer", "brand": "x"}}, "the nearest is @distributor"),
        ({"rival_launch": {"distributor": "d1", "brand": "@rivals"}}, "the nearest is @rival"),
        ({"reorganises": {"function": "@biggest", "share": 1}}, "the nearest is @largest"),
        ({"joins": {"function": "@largest"}}, "there is no function '@largest'"),
    ],
)
def test_a_selector_that_is_none_is_answered_with_the_nearest(entry, said):
    with pytest.raises(InputError, match=re.escape(said)):
        events(chain(), {"month": 2, **entry})


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"leaves": "@buyer"}, "nobody of theirs is known at Acme"),
        ({"leaves": "@boss"}, "nobody of theirs besides the buyer is known at Acme"),
        ({"leaves": "@largest_influence"}, "nobody of theirs is known"),
        ({"leaves": "@key_account_manager"}, "nobody of ours is known"),
        ({"reorganises": {"function": "@largest", "share": 1}}, "no function is known at acme"),
        ({"go_direct": {"end_customers": "@all"}}, "Acme has no end customers"),
        ({"go_direct": {"end_customers": "@hidden"}}, "Acme has no hidden end customers"),
        ({"rival_launch": {"distributor": "d", "brand": None}}, "needs the name of a brand"),
        ({"takeover": {"by": "x"}}, "needs a distributor"),
    ],
)
def test_a_selector_that_finds_nobody_is_a_sentence(entry, said):
    empty = account([], [], {}, channel=Channel(distributors=(Partner("d", "D"),)))
    with pytest.raises(InputError, match=re.escape(said)):
        events(empty, {"month": 2, **entry})


def test_a_person_whose_id_is_like_a_selector_is_that_person():
    one = account([], [Person("@buyer", "Odd Id", "acme"), person("b", function="purchasing")], {})
    assert events(one, {"month": 1, "leaves": "@buyer"}) == (Leaves(1, "@buyer"),)


# Partners ------------------------------------------------------------------------------------------------


def partner() -> Account:
    return Account(
        id="d1",
        name="Northern",
        as_of=date(2026, 1, 31),
        kinds=("distributor",),
        ours=(person("dm", organisation="us", name="Dana Marsh"),),
        theirs=(person("seller", organisation="d1", function="commercial", name="Sam Elm"),),
    )


def test_partners_people_and_organisations_can_be_named():
    found = events(
        chain(),
        {"month": 1, "leaves": "Sam Elm"},
        {"month": 2, "joins": {"account": "Northern", "function": "legal"}},
        {"month": 3, "reorganises": {"account": "d1", "function": "Commercial", "share": 0.5}},
        {"month": 4, "reorganises": {"account": "d1", "function": "legal", "share": 0.5}},
        {"month": 5, "new_key_account_manager": {"from": "dm"}},
        {"month": 6, "hours_cut": {"share": 0.5, "people": ["Dana Marsh", "kam"]}},
        {"month": 7, "joins": {"account": "@distributor", "level": 2}},
        partners=(partner(),),
    )
    assert [event.subject for event in found] == ["seller", "d1", "d1", "d1", "dm", "acme", "d2"]
    assert found[5].people == ("dm", "kam")
    assert leaving_scenario(chain(), ["Sam Elm"], partners=(partner(),)).name == "Sam Elm leaves"
    with pytest.raises(UnknownName, match="Sam Elm"):
        events(chain(), {"month": 1, "leaves": "Sam Elm"})


def test_a_portfolio_has_the_distributors_of_its_accounts():
    key_account = account(["kam"], ["b"], {})
    launch = {"month": 1, "rival_launch": {"distributor": "Northern", "brand": "x"}}
    assert events(key_account, launch, partners=(key_account, partner())) == (RivalLaunch(1, "d1", "x"),)
    with pytest.raises(InputError, match="no distributors"):
        events(key_account, launch, partners=(key_account,))


def test_the_order_of_partners_and_of_names_does_not_matter():
    other = replace(partner(), id="a2", name="Other", ours=(), theirs=())
    entries = ({"month": 1, "go_direct": {"end_customers": ["e3", "e1"]}}, {"month": 2, "leaves": "seller"})
    assert events(chain(), *entries, partners=(partner(), other)) == events(
        chain(), *entries, partners=(other, partner())
    )
