"""What is inconsistent in the data, whichever way it came in.

An import keeps bad rows out and leaves an `ImportFinding` for each; who writes to the graph by Cypher meets
no such check. Both are looked for here, each by a question of the cookbook that shows it again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from graph import cookbook
from graph.cookbook import CookbookQuery
from graph.imports.cycles import smallest_in_cycles
from graph.policy import Policy, load_policy
from graph.store import Store

QUESTIONS = (
    "self_lines",
    "manager_cycles",
    "parent_cycles",
    "orphans",
    "on_both_sides",
    "seats_held_twice",
    "doubled_lines",
    "dates_in_the_future",
    "dates_backwards",
    "values_out_of_range",
    "ties_to_nobody",
    "ties_to_people_who_left",
    "over_allocated",
    "accounts_without_ours",
    "import_findings",
)

# The lines that may go round. Who is in a circle is found at one look at all of them; by the question alone a
# chain of thousands, which is none, may be walked from every other link.
LINES = {
    "manager_cycles": "MATCH (a:Person)-[:REPORTS_TO]->(b:Person)",
    "parent_cycles": "MATCH (a:Organisation)-[:PARENT_OF]->(b:Organisation)",
}
# Ids that cannot be compared, as a number and a word, order nothing.
ENDS = " WHERE a.id < b.id OR a.id > b.id RETURN a.id AS a, b.id AS b"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    Attributes
    ----------
    kind
        self, cycle, future and nobody, as an import's findings are called; orphan, both_sides, seat,
        doubled, backwards, range, left, over_allocated and account_without_ours.
    subject
        Id of the node; "a→b" for a tie; file and row for a row that was kept out.
    message
        One sentence.
    query
        The question of the cookbook that shows it.
    """

    kind: str
    subject: str
    message: str
    query: CookbookQuery


def check(store: Store, today: date, policy: Policy | None = None) -> tuple[Finding, ...]:
    """Return everything that is inconsistent, in the order of `QUESTIONS`, then by subject."""
    policy = policy or load_policy()
    findings = []
    for name in QUESTIONS:
        question = cookbook.entry(name)
        dated = {"as_of": today} if any(one.name == "as_of" for one in question.parameters) else {}
        asked = {"among": _in_circles(store, name)} if name in LINES else {}
        for row in store.read(question.cypher, question.bind({**dated, **asked}, policy=policy)):
            subject = str(row["subject"])
            params = question.bind({**dated, "subject": subject}, policy=policy)
            findings.append(Finding(row["kind"], subject, row["message"], CookbookQuery(name, params)))
    return tuple(findings)


def _in_circles(store: Store, question: str) -> list[str]:
    """Return the smallest id of each knot of lines that go round."""
    return smallest_in_cycles([(row["a"], row["b"]) for row in store.read(LINES[question] + ENDS, timeout=0)])
