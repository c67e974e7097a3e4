"""The reference page of the parameters, written from their table.

`python -m simulation.reference` prints it.
"""

from __future__ import annotations

from simulation.parameters import parameter_table


def parameter_reference() -> str:
    """Return the table as the Markdown page `docs/parameters.md`."""
    lines = [
        "# Parameters of the simulation",
        "",
        "Written from `simulation/parameters.csv` by `python -m simulation.reference`; do not edit.",
        "",
        "Any row can be set under `parameters:` of a scenario file. A name before the dot sets its",
        "whole family (`turnover_theirs: 0.25`), a full name one row (`turnover_theirs.level1: 0.1`);",
        "the row wins. The range is what is accepted, the uncertainty what is plausible. Sources: A",
        "peer-reviewed or official, B named survey or vendor data. None of it is calibrated to your",
        "own accounts.",
        "",
        "| name | part | unit | default | range | uncertainty | description | source |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines.extend(
        f"| `{row.name}` | {row.part} | {row.unit} | {row.default:.10g} | {row.low:.10g} … {row.high:.10g} "
        f"| {row.distribution} | {row.description} | {row.source} |"
        for row in parameter_table().values()
    )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(parameter_reference(), end="")
