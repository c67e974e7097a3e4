"""How the plain rules and draws become machine code, and where that code is kept.

Imported by the kernel only, so that nothing else pays for numba. numba notices a change in the file of a
cached function but not in what that function calls: the cache's folder is named after a hash of all sources
that go into the kernel.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numba.core import types
from numba.extending import intrinsic, overload, register_jitable
from platformdirs import user_cache_path

from graph import strength
from simulation import draws, rules

F = TypeVar("F", bound=Callable[..., Any])

SOURCES = (
    "rules.py",
    "draws.py",
    "compiling.py",
    "state.py",
    "kernel.py",
    "phases/seats.py",
    "phases/people.py",
    "phases/ties.py",
    "phases/account.py",
    "phases/focus.py",
    "phases/channel.py",
)

# The kernel allocates nothing, so it goes without reference counts: counting every array at every phase took
# half the time. No rule divides by what can be 0, so no division needs a check.
OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}

_GOLDEN = np.uint64(draws.GOLDEN)
_FIRST = np.uint64(draws.FIRST)
_SECOND = np.uint64(draws.SECOND)
_ONE = np.uint64(1)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_UNIT = draws.UNIT


def fingerprint() -> str:
    """Return the hash of every source that goes into the kernel, and of the compiler's versions."""
    digest = hashlib.blake2b(f"{numba.__version__} {np.__version__}".encode(), digest_size=8)
    for path in (Path(strength.__file__), *(Path(__file__).parent / name for name in SOURCES)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def cache_folder() -> Path | None:
    """Return the folder of the compiled kernel, or None where the user's cache cannot be written."""
    folder = user_cache_path("diamond") / f"kernel-{fingerprint()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return None


CACHE = cache_folder()


def is_compiled() -> bool:
    """Tell whether an earlier process left the compiled kernel behind."""
    return CACHE is not None and next(CACHE.rglob("*.run_block-*.nbc"), None) is not None


def part(function: F) -> F:
    """Compile a phase into whatever calls it."""
    return cast(F, numba.njit(**OPTIONS, inline="always")(function))


def apart(function: F) -> F:
    """Compile a phase by itself: called once a month, so that the call costs nothing, and compiled sooner."""
    return cast(F, numba.njit(**OPTIONS)(function))


def entry(function: F) -> F:
    """Compile what Python calls, and keep it for the next process."""
    config: Any = numba.config
    before = config.CACHE_DIR
    if CACHE is not None:
        config.CACHE_DIR = str(CACHE)
    try:
        return cast(F, numba.njit(**OPTIONS, cache=CACHE is not None)(function))
    finally:
        config.CACHE_DIR = before


def _replicate_key(seed: Any, replicate: Any) -> Any:
    return mix(mix(np.uint64(seed) + _GOLDEN) + (np.uint64(replicate) + _ONE) * _GOLDEN)


def _event_key(key: Any, month: Any, kind: Any) -> Any:
    of_month = mix(np.uint64(key) + (np.uint64(month) + _ONE) * _GOLDEN)
    return mix(of_month + (np.uint64(kind) + _ONE) * _GOLDEN)


def _uniform(key: Any, entity: Any, second: Any) -> Any:
    of_first = mix(key + np.uint64(entity) * _GOLDEN)
    return (mix(of_first + np.uint64(second) * _GOLDEN) >> _S11) * _UNIT


@part
def mix(z: Any) -> Any:
    """Twin of `draws.mix` on unsigned 64-bit numbers, which wrap by themselves."""
    z = (z ^ (z >> _S30)) * _FIRST
    z = (z ^ (z >> _S27)) * _SECOND
    return z ^ (z >> _S31)


def _typed(context: Any, shifted: Any) -> Any:
    word = types.uint64

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        fraction_bits, zeroth_power = (context.get_constant(word, n) for n in (52, 1023 << 52))
        last_bits = builder.bitcast(arguments[0], context.get_value_type(word))
        exponent = builder.add(builder.shl(last_bits, fraction_bits), zeroth_power)
        return builder.bitcast(exponent, context.get_value_type(types.float64))

    return types.float64(types.float64), build


# Twin of `strength.two_to_whole`: the last bits of the shifted number become the exponent of a power.
_two_to_whole: Any = intrinsic(_typed)


for rule in (strength.two_to, *rules.RULES):
    register_jitable(rule)
overload(strength.two_to_whole, strict=False)(lambda shifted: lambda shifted: _two_to_whole(shifted))
overload(draws.replicate_key, strict=False)(lambda seed, replicate: _replicate_key)
overload(draws.event_key, strict=False)(lambda key, month, kind: _event_key)
overload(draws.uniform, strict=False)(lambda key, entity, second: _uniform)
