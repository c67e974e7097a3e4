"""Names that users choose, names that are given twice, numbers that are texts, and files that are none."""

import json
import os
from datetime import date
from itertools import pairwise

import pytest

from graph.account import Account, Channel, Partner, Person
from graph.errors import InputError
from simulation import Scenario, leaving_scenario, load_scenario, load_strategies
from simulation.reading import LARGEST_FILE, LONGEST_DESCRIPTION, LONGEST_NAME
from simulation.scenario import HoursCut, Leaves, RivalLaunch
from simulation.scenario_file import has_selectors


@pytest.fixture
def account():
    return Account(
        id="acme",
        name="Acme",
        as_of=date(2026, 1, 31),
        ours=(Person("anna", "Anna Berg", "us", time_capacity=40.0), Person("ben", "Ben Cole", "us")),
        theirs=(Person("kim", "Kim Lund", "acme", level=3), Person("lee", "Lee Moss", "acme", level=2)),
        channel=Channel(distributors=(Partner("d", "Dist"),)),
    )


def written(folder, data, name="mine.json"):
    path = folder / name
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return path


def refusal(read, path, account):
    with pytest.raises(InputError) as caught:
        read(path, account)
    assert all(fault.file == path.name for fault in caught.value.errors)
    assert caught.value.detail.isprintable()
    assert len(caught.value.detail) < 1000
    return caught.value.detail


def launch(brand):
    return {"events": [{"month": 6, "rival_launch": {"distributor": "d", "brand": brand}}]}


def cut(*people):
    return {"events": [{"month": 6, "hours_cut": {"share": 0.5, "people": list(people)}}]}


UNSEEN = {
    "turned": ("safe\u202egnp.exe", "right-to-left override (U+202E)"),
    "isolated": ("a\u2067b", "right-to-left isolate (U+2067)"),
    "marked": ("a\u200fb", "right-to-left mark (U+200F)"),
    "no width": ("a\u200bb", "zero width space (U+200B)"),
    "ligature in Latin": ("a\u200db", "zero width joiner (U+200D)"),
    "escape": ("a\x1b[31m", "a control character (U+001B)"),
    "nothing": ("a\0b", "a control character (U+0000)"),
    "half a character": ("a\ud800b", "a control character (U+D800)"),
    "line separator": ("a\u2028b", "line separator (U+2028)"),
}


@pytest.mark.parametrize("name", UNSEEN)
@pytest.mark.parametrize("where", ["scenario", "description", "brand", "strategy"])
def test_what_is_not_seen_is_in_no_name(tmp_path, account, where, name):
    text, said = UNSEEN[name]
    read = load_strategies if where == "strategy" else load_scenario
    data = {
        "scenario": {"name": text},
        "description": {"description": text},
        "brand": launch(text),
        "strategy": {"name": text, "like": "diamond"},
    }[where]
    detail = refusal(read, written(tmp_path, data), account)
    field = {"brand": "events[1].rival_launch.brand", "description": "description"}.get(where, "name")
    assert detail.startswith(f"mine.json: {field} is ")
    assert f"it has {said} in it" in detail


@pytest.mark.parametrize("text", ["", " ", "=1+1", "-a", "<b>a</b>", "\na", 7, ["a"]])
def test_a_name_begins_with_a_letter_or_a_digit(tmp_path, account, text):
    for read, data in (
        (load_scenario, {"name": text}),
        (load_strategies, {"name": text, "like": "diamond"}),
    ):
        assert "begins with a letter or a digit" in refusal(read, written(tmp_path, data), account)


def test_a_name_is_in_one_line_and_of_a_length_that_can_be_shown(tmp_path, account):
    for data in ({"name": "a\nb"}, launch("a\nb")):
        assert "U+000A" in refusal(load_scenario, written(tmp_path, data), account)
    for data in ({"name": "x" * 5000}, launch("x" * 5000), {"description": "x" * 5000}):
        assert "5,000 characters" in refusal(load_scenario, written(tmp_path, data), account)
    longest = {"name": "x" * LONGEST_NAME, "description": "x" * LONGEST_DESCRIPTION}
    assert load_scenario(written(tmp_path, longest), account).description == longest["description"]


def test_names_in_any_script_are_taken(tmp_path, account):
    for name in (
        "\u05d4\u05e8\u05d5\u05db\u05e9",
        "\u0645\u06cc\u200c\u0631\u0648\u062f",
        "3M & Söhne",
        "年",
    ):
        assert load_scenario(written(tmp_path, {"name": name}), account).name == name
        assert load_scenario(written(tmp_path, launch(name)), account).events == (RivalLaunch(6, "d", name),)
    assert load_scenario(written(tmp_path, {"name": "e\u0301te"}), account).name == "\u00e9te"


def test_a_description_may_take_several_lines(tmp_path, account):
    text = "description: |\n  What it is for,\n\n  and for whom.\n"
    found = load_scenario(written(tmp_path, text, "mine.yaml"), account)
    assert found.description == "What it is for, and for whom."


@pytest.mark.parametrize("name", ["Do nothing", "do-nothing", "DIAMOND", "distributor first"])
def test_a_strategy_is_not_called_as_a_shipped_one_looks(tmp_path, account, name):
    detail = refusal(load_strategies, written(tmp_path, {"name": name, "like": "diamond"}), account)
    assert "that of a shipped strategy" in detail


def test_two_strategies_with_names_that_are_read_alike(tmp_path, account):
    data = {"strategies": [{"name": one, "like": "diamond"} for one in ("two by two", "Two-by-two")]}
    assert "is used twice" in refusal(load_strategies, written(tmp_path, data), account)


@pytest.mark.parametrize("again", ["kim", "Kim Lund", "kim lund"])
def test_who_leaves_leaves_once_in_a_month(tmp_path, account, again):
    events = [{"month": 6, "leaves": "kim"}, {"month": 6, "leaves": again}]
    detail = refusal(load_scenario, written(tmp_path, {"events": events}), account)
    assert "events[2].leaves is 'kim'; it names who leaves in month 6 already" in detail
    with pytest.raises(InputError, match="leaves in month 6 already"):
        leaving_scenario(account, ["kim", again])
    with pytest.raises(InputError, match="leaves in month 6 already"):
        leaving_scenario(account, [again], [6], onto=Scenario(events=(Leaves(6, "kim"),)))


def test_whoever_follows_in_the_seat_may_leave_it_too(tmp_path, account):
    events = [{"month": 6, "leaves": "kim"}, {"month": 30, "leaves": "Kim Lund"}]
    found = load_scenario(written(tmp_path, {"events": events}), account)
    assert found.events == (Leaves(6, "kim"), Leaves(30, "kim"))


def test_the_same_person_twice_by_id_and_by_name(tmp_path, account):
    assert "names anna a second time" in refusal(
        load_scenario, written(tmp_path, cut("anna", "Anna Berg")), account
    )
    both = load_scenario(written(tmp_path, cut("Ben Cole", "anna")), account)
    assert both.events == (HoursCut(6, "acme", 0.5, ("anna", "ben")),)
    hours = {"name": "m", "like": "diamond", "hours": {"anna": 4, "Anna Berg": 5}}
    assert "names anna a second time" in refusal(load_strategies, written(tmp_path, hours), account)
    threads = [{"ours": "anna", "stakeholder": who} for who in ("kim", "Kim Lund")]
    detail = refusal(load_strategies, written(tmp_path, {"name": "m", "threads": threads}), account)
    assert "threads is 'anna, kim'; it stands twice" in detail


@pytest.mark.parametrize(
    "text", ['{"name": "a", "name": "b"}', '{"parameters": {"decay_scale": 1, "decay_scale": 2}}']
)
def test_a_key_stands_once_in_json_too(tmp_path, account, text):
    assert "stands twice" in refusal(load_scenario, written(tmp_path, text), account)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("parameters: {revenue_assumed: 1e9}", "write 1.0e+9 or 1000000000"),
        ("parameters: {revenue_assumed: 2.5e6}", "write 2.5e+6 or 2500000"),
        ("parameters: {turnover_theirs: 2e-1}", "write 2.0e-1 or 0.2"),
        ("parameters: {turnover_theirs: '0.2'}", "write 0.2, without quotes"),
        ("parameters: {turnover_theirs: '0,2'}", "write 0.2, with a point"),
        ("months: 6e1", "write 6.0e+1 or 60"),
        ("events: [{month: 1, hours_cut: {share: 3e-1}}]", "write 3.0e-1 or 0.3"),
    ],
)
def test_a_number_that_yaml_takes_for_a_text(tmp_path, account, text, hint):
    import yaml

    detail = refusal(load_scenario, written(tmp_path, text, "mine.yaml"), account)
    assert detail.endswith(f": {hint}.")
    for number in hint.removeprefix("write ").split(",")[0].split(" or "):
        assert isinstance(yaml.safe_load(number), int | float)


@pytest.mark.parametrize("text", ["nan", "soon", "1e999", ""])
def test_what_is_no_number_gets_no_hint(tmp_path, account, text):
    data = {"parameters": {"turnover_theirs": text}}
    detail = refusal(load_scenario, written(tmp_path, data), account)
    assert detail.endswith("needs a number from 0 to 1 (1/year).")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("deep.yaml", "a: " + "[" * 9000, "nested too deeply"),
        ("deep.json", '{"a": ' + "[" * 90_000, "nested too deeply"),
        ("day.yaml", "name: 2026-99-99", "a date or a number in it is none that can be"),
        ("digits.json", '{"months": ' + "9" * 5000 + "}", "a date or a number in it is none that can be"),
        ("object.yaml", "name: !!python/object/apply:os.getcwd []", "only plain data are read"),
    ],
)
def test_why_a_file_is_not_plain_data(tmp_path, account, name, text, said):
    assert said in refusal(load_scenario, written(tmp_path, text, name), account)


def test_a_file_that_is_too_large_is_not_read_to_its_end(tmp_path, account):
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        os.truncate(file.fileno(), 10**12)
    for read in (load_scenario, load_strategies):
        assert "larger than 1 MB" in refusal(read, path, account)
    fits = "name: a\n#".ljust(LARGEST_FILE, "x")
    assert load_scenario(written(tmp_path, fits, "fits.yaml"), account).name == "a"


def test_a_folder_is_no_file(tmp_path, account):
    assert "Is a directory" in refusal(load_scenario, tmp_path, account)


def test_selectors_are_looked_for_once_in_what_grows_without_end():
    import yaml

    grown = ", ".join(f"&{b} [{', '.join([f'*{a}'] * 9)}]" for a, b in pairwise("abcdefghijklmnop"))
    assert not has_selectors(yaml.safe_load(f"events: [&a [x], {grown}]"))
    assert has_selectors(yaml.safe_load(f"events: [&a ['@buyer'], {grown}]"))
    assert not has_selectors(yaml.safe_load("events: &a [*a]"))
