"""No two label boxes of a map overlap: measured in Chromium over generated accounts of many sizes."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page

from fixtures.generator import generate_account
from graph.account import Account
from graph.gaps import find_gaps
from graph.measures import measure
from visualisation.svg import draw_map
from visualisation.text import FONT_FILES

ACCOUNTS, A_PAGE = 200, 20
SIZES = (0, 1, 2, 3, 5, 8, 12, 18, 27, 40)
AWKWARD = (
    "Maximiliane-Wilhelmina von und zu Hohenlohe-Schillingsfürst-Waldenburg der Ältere (kommissarisch)",
    "محمد بن عبد الرحمن الخوارزمي",
    "田中 花子・シニアバイヤー・購買本部第一課",
    "👩🏽‍🔬🚀 Zoë 👨‍👩‍👧‍👦 O'Neill",
    '<b>Bold</b> & "quoted" <script>alert(1)</script>',
    "W" * 80,
    "i" * 80,
    "Z̷̢̛͎a̵͖͐l̶̰̎g̸͇̈́o̵̜͝",
    "שרה כהן־לוי",
    "",
)

# A label box is a line of text or a word in its own frame; a text inside a frame belongs to the frame.
BOXES = """() => {
  const found = [];
  for (const map of document.querySelectorAll('.diamond-map')) {
    const boxes = [], frame = map.getBoundingClientRect();
    const add = (element, words) => {
      const box = element.getBoundingClientRect();
      if (box.width && box.height) boxes.push({words, l: box.left, r: box.right, t: box.top, b: box.bottom});
    };
    for (const framed of map.querySelectorAll('.tag, .shape'))
      add(framed.querySelector('rect'), framed.textContent);
    for (const text of map.querySelectorAll('text')) {
      if (text.closest('.tag, .shape') || text.classList.contains('sign')) continue;
      add(text, text.textContent);
    }
    boxes.sort((one, other) => one.t - other.t);
    for (let i = 0; i < boxes.length; i++) {
      const one = boxes[i];
      if (one.l < frame.left || one.r > frame.right || one.b > frame.bottom)
        found.push([map.id, one.words, 'the edge of the map']);
      for (let j = i + 1; j < boxes.length && boxes[j].t < one.b - 0.25; j++) {
        const other = boxes[j];
        const shared = Math.min(one.r, other.r) - Math.max(one.l, other.l);
        if (shared > 0.25) found.push([map.id, one.words, other.words]);
      }
    }
    found.push(...[...map.querySelectorAll('text')]
      .filter(text => parseFloat(getComputedStyle(text).fontSize) < 11)
      .map(text => [map.id, text.textContent, 'smaller than 11 px']));
  }
  return found;
}"""


def _font_face() -> str:
    faces = []
    for weight, path in FONT_FILES.items():
        data = base64.b64encode(path.read_bytes()).decode()
        number = 600 if weight == "semibold" else 400
        faces.append(
            f"@font-face{{font-family:Inter;font-weight:{number};src:url(data:font/ttf;base64,{data})}}"
        )
    return "".join(faces)


OUR_FONT = _font_face()
# Where our font is missing: the widest in common use, else whatever the machine has.
FALLBACK = ".diamond-map{font-family:'DejaVu Sans',sans-serif}"


def _accounts() -> Iterator[Account]:
    for seed in range(ACCOUNTS):
        ours, theirs = SIZES[seed % 10], SIZES[(seed // 10 + 3 * (seed % 10)) % 10]
        account = generate_account(
            seed,
            ours=ours,
            theirs=theirs,
            distributors=seed % 4 if seed % 2 else 0,
            end_customers=(seed % 7) * 2 if seed % 2 else 0,
            account_id=f"a{seed}",
        )
        if seed % 5 == 0:
            account = _awkward(account)
        yield account


def _awkward(account: Account) -> Account:
    ours, theirs = (
        tuple(
            replace(person, name=AWKWARD[index % 10], title=AWKWARD[(index + 3) % 10] or None)
            for index, person in enumerate(people)
        )
        for people in (account.ours, account.theirs)
    )
    return replace(account, name=AWKWARD[0], ours=ours, theirs=theirs)


def _maps(states: bool) -> list[str]:
    maps = []
    for index, account in enumerate(_accounts()):
        measures = measure(account)
        gone = [max(account.people)] if states and index % 3 == 1 and account.people else []
        state = "target" if states and index % 3 == 0 else "now"
        maps.append(
            draw_map(
                account,
                measures,
                find_gaps(account, measures),
                state=state,
                without=gone,
                lines=("influences", "reporting") if states else (),
            )
        )
    return maps


@pytest.mark.parametrize(("style", "states"), [(OUR_FONT, False), (FALLBACK, True)], ids=["ours", "fallback"])
def test_no_two_label_boxes_overlap(page: Page, style: str, states: bool) -> None:
    maps = _maps(states)
    assert len(maps) == ACCOUNTS
    for start in range(0, ACCOUNTS, A_PAGE):
        page.set_content(f"<style>{style}</style>{''.join(maps[start : start + A_PAGE])}")
        page.evaluate("() => document.fonts.ready")
        assert page.evaluate("() => document.querySelectorAll('.diamond-map').length") == A_PAGE
        assert page.evaluate(BOXES) == []


def test_the_measurement_sees_an_overlap(page: Page) -> None:
    account = generate_account(1)
    drawn = draw_map(account, measure(account))
    page.set_content(drawn)
    assert page.evaluate(BOXES) == []
    page.evaluate(
        "() => { const [one, other] = document.querySelectorAll('.person.theirs');"
        "other.setAttribute('transform', one.getAttribute('transform')); }"
    )
    assert page.evaluate(BOXES) != []
