import numba
import numpy as np
import pytest

from simulation import compiling, draws

SEEDS = [0, 1, 2**63 - 1]
ENTITIES = [0, 1, 2**64 - 1, draws.entity("anna"), draws.entity("ben", 3)]


@numba.njit
def compiled_draw(seed, replicate, month, kind, entity, second):
    key = draws.event_key(draws.replicate_key(seed, replicate), month, kind)
    return draws.uniform(key, entity, second)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("entity", ENTITIES)
def test_the_compiled_twin_gives_the_same_bits(seed, entity):
    assert compiling.draws is draws
    for replicate in (0, 7, 2**40):
        for month in (0, 1, 17, 600):
            for kind in (1, 9, 40):
                for second in ENTITIES:
                    key = draws.event_key(draws.replicate_key(seed, replicate), month, kind)
                    expected = draws.uniform(key, entity, second)
                    found = compiled_draw(seed, replicate, month, kind, np.uint64(entity), np.uint64(second))
                    assert found == expected
                    assert 0.0 <= expected < 1.0


def test_every_key_is_another_stream():
    base = (1, 0, 6, draws.DEPARTS, draws.entity("anna"), 0)
    others = [
        (2, 0, 6, draws.DEPARTS, draws.entity("anna"), 0),
        (1, 1, 6, draws.DEPARTS, draws.entity("anna"), 0),
        (1, 0, 7, draws.DEPARTS, draws.entity("anna"), 0),
        (1, 0, 6, draws.ARRIVES, draws.entity("anna"), 0),
        (1, 0, 6, draws.DEPARTS, draws.entity("ben"), 0),
        (1, 0, 6, draws.DEPARTS, draws.entity("anna"), 1),
        (1, 0, 6, draws.DEPARTS, draws.entity("anna", 1), 0),
    ]

    def draw(seed, replicate, month, kind, entity, second):
        key = draws.event_key(draws.replicate_key(seed, replicate), month, kind)
        return draws.uniform(key, entity, second)

    assert len({draw(*key) for key in [base, *others]}) == len(others) + 1


def test_months_and_kinds_never_collide():
    keys = {
        draws.event_key(draws.replicate_key(1, 0), month, kind) for month in range(200) for kind in range(64)
    }
    assert len(keys) == 200 * 64


def test_the_finaliser_is_splitmix64():
    # First outputs of SplitMix64 seeded with 0, from the reference implementation.
    state, found = 0, []
    for _ in range(3):
        state = (state + draws.GOLDEN) & draws.MASK
        found.append(draws.mix(state))
    assert found == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]


def test_entities_do_not_run_together():
    assert draws.entity("a", 11) != draws.entity("a1", 1)
    assert draws.entity("a") == draws.entity("a", 0)
