"""The parts of the benchmarks that need no C compiler; `make bench` itself checks that the programs agree."""

import math
import re
import sys

import numpy as np
import pytest

from benchmarks import goals, native
from benchmarks.cases import MONTHS, TIES, assembly_of, eventful_assembly
from benchmarks.clock import Timing, in_turn
from benchmarks.rows import Row, table
from simulation.outcomes import Arrays
from simulation.run import empty_arrays

HEADER = (native.HERE / "contact.h").read_text(encoding="utf-8")
TYPES = {"int64_t": np.int64, "uint64_t": np.uint64, "double": np.float64, "int8_t": np.int8}


def declared(name: str) -> list[tuple[str, bool, str]]:
    """Return type, whether it is a pointer, and name of the fields of a C structure."""
    found = re.search(r"typedef struct \{([^}]*)\} " + name + ";", HEADER)
    assert found is not None
    fields = []
    for statement in re.sub(r"/\*.*?\*/", "", found[1], flags=re.DOTALL).split(";"):
        words = re.match(r"\s*(?:const )?(\w+) (.*)", statement.strip(), re.DOTALL)
        if words:
            fields += [
                (words[1], part.strip().startswith("*"), part.strip(" *\n")) for part in words[2].split(",")
            ]
    return fields


def test_the_structures_are_those_of_the_header():
    for (kind, pointer, name), (field, told) in zip(declared("Problem"), native.FIELDS, strict=True):
        assert name == field
        assert told is (TYPES[kind] if pointer else {"int64_t": int, "double": float}[kind]), name
    assert [name for _, _, name in declared("Results")] == [name for name, _ in native.Results._fields_]


def test_a_problem_holds_the_numbers_of_the_kernel():
    assembly = eventful_assembly()
    arrays = empty_arrays(assembly, 1, MONTHS)
    problem, kept = native.problem_of(assembly.case, assembly.levers[2], assembly.rates, arrays)
    case = assembly.case
    assert (problem.seats, problem.slots) == case.owner.shape
    assert (problem.events, problem.planned, problem.months) == (case.event_month.size, 5, MONTHS)
    assert (problem.volume, problem.wallet) == (case.volume[0], case.wallet[0])
    assert problem.half_strong == assembly.rates.half_strong
    assert all(array.flags.c_contiguous for array in kept)


def test_at_most_two_ties_a_seat_are_compared():
    owner = assembly_of(12).case.owner
    assert owner.shape == (12, TIES)


def test_without_a_compiler_it_is_said_what_to_install(monkeypatch):
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setattr(native.shutil, "which", lambda name: None)
    monkeypatch.setitem(sys.modules, "ziglang", None)
    monkeypatch.setattr(native.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(native.CompilerError, match="pip install ziglang"):
        native.compiler()


def test_a_chosen_compiler_that_is_not_there_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("CC", "no-such-compiler -m64")
    assert native.compiler() == ["no-such-compiler", "-m64"]
    with pytest.raises(native.CompilerError, match="no-such-compiler cannot be run"):
        native.build("contact_scalar", tmp_path, native.compiler())


def test_goals_are_judged_from_their_side():
    assert Row("fast", 81.0, "×", 80.0, at_least=True).reached is True
    assert Row("fast", 79.0, "×", 80.0, at_least=True).reached is False
    assert Row("small", 10.5, " MB", 10.0).reached is False
    assert Row("told", 3.0).reached is None
    shown = table([Row("small", 10.5, " MB", 10.0, detail="why"), Row("told", 3.0)])
    assert "| small | ≤ 10 MB | 10.5 MB  | **NO**  | why       |" in shown


def test_competitors_take_turns_and_the_least_counts():
    ticks = iter([0.0, 3.0, 3.0, 4.0, 4.0, 6.0, 6.0, 9.0])
    ran = []
    times = in_turn({"a": lambda: ran.append("a"), "b": lambda: ran.append("b")}, 2, lambda: next(ticks))
    assert ran == ["a", "b", "a", "b"]
    assert times == {"a": Timing((3.0, 2.0)), "b": Timing((1.0, 3.0))}
    assert (times["a"].least, times["a"].median) == (2.0, 2.5)


def test_disagreement_is_seen():
    one = Arrays(np.ones((1, 8, 3, 4, 2)), np.ones((1, 4, 3, 4)), np.zeros((3, 4, 0), np.int8))
    near = Arrays(one.series * (1.0 + 1e-12), one.drawn, one.missed)
    far = Arrays(one.series + 1e-6, one.drawn, one.missed)
    assert goals.equal(one, one)
    assert not goals.equal(one, near)
    assert goals.close(one, near)
    assert not goals.close(one, far)
    deviation, where = goals.largest_deviation(one, far)
    assert deviation == math.inf
    assert where == "access of single_threaded"
