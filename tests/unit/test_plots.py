"""The charts of a report: drawn where the values are."""

import re
from itertools import pairwise
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest

from visualisation.plots import Line, line_chart, ticks, whisker


def test_ticks_are_round_and_hold_the_values():
    assert ticks(0.0, 0.83) == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert ticks(0.0, 8667.0) == [0.0, 2500.0, 5000.0, 7500.0, 10000.0]
    assert ticks(0.0, 0.0) == [0.0, 0.25]
    assert ticks(-30.0, 70.0)[0] <= -30.0


def test_a_point_stands_where_its_value_is():
    drawn = line_chart(
        [Line("diamond", [0, 1], [0.0, 50.0], [0.0, 40.0], [0.0, 60.0], "50")],
        label="Access",
        across=[(0.0, "0"), (1.0, "1")],
        across_name="month",
        text="{:.0f}".format,
        top=100.0,
    )
    root = ElementTree.fromstring(drawn)
    paths = [one.get("d") for one in root.iter("{http://www.w3.org/2000/svg}path")]
    course = next(path for path in paths if re.fullmatch(r"M[\d. ]+L[\d. ]+", path))
    (x0, y0), (x1, y1) = (tuple(map(float, point.split())) for point in course[1:].split("L"))
    grid = {
        float(re.match(r"M[\d.]+ ([\d.]+)H", path)[1]) for path in paths if re.match(r"M[\d.]+ [\d.]+H", path)
    }
    assert y0 == max(grid)  # nothing, on the axis
    assert x1 > x0
    up = ticks(0.0, 60.0)
    assert y1 == pytest.approx(y0 - (y0 - min(grid)) * 50.0 / up[-1], abs=0.1)


def test_endings_never_overlap_and_stay_in_the_chart():
    lines = [Line("diamond", [0, 1], [1.0, 1.0], ending="1.0")]
    lines += [
        Line(f"other{i}", [0, 1], [1.0, value], ending=str(value))
        for i, value in enumerate((0.0, 0.01, 0.02))
    ]
    drawn = line_chart(lines, label="x", across=[(0.0, "0"), (1.0, "1")], across_name="m", text="{:g}".format)
    root = ElementTree.fromstring(drawn)
    places = sorted(
        float(one.get("y"))
        for one in root.iter("{http://www.w3.org/2000/svg}text")
        if one.get("font-weight") == "600"
    )
    assert len(places) == 4
    assert all(after - before >= 11.0 for before, after in pairwise(places))
    assert places[-1] <= 190.0


def test_a_whisker_shows_mean_interval_and_worst_cases():
    found = SimpleNamespace(mean=50.0, ci_low=40.0, ci_high=60.0)
    drawn = whisker("diamond", found, 10.0, 0.0, 100.0, "<Profit>")
    root = ElementTree.fromstring(drawn)
    at = [float(one.get("cx")) for one in root.iter("{http://www.w3.org/2000/svg}circle")]
    assert at == sorted(at)
    assert at[1] == pytest.approx(95.0)
    assert root.get("aria-label") == "<Profit>"
    nothing = SimpleNamespace(mean=None, ci_low=None, ci_high=None)
    assert "circle" not in whisker("diamond", nothing, None, 0.0, 0.0, "x")
