"""Bad numbers, ids, images, masks, texts and files, drawn by Hypothesis.

Each function returns a strategy; every value it draws is wrong for what the name says.
"""

import numpy as np
from hypothesis import strategies as st

NAN, INF = float("nan"), float("inf")


def wholes(least: int = 1, most: int | None = None, none: bool = False):
    """No whole number from ``least`` to ``most``."""
    never = [2.5, NAN, INF, True, "3", [2], least - 1] + ([] if none else [None])
    kinds = [st.sampled_from(never), st.integers(-99, least - 1)]
    if most is not None:
        kinds.append(st.integers(most + 1, most + 99))
    return st.one_of(kinds)


def numbers(least: float = 0.0, most: float = 1e30, none: bool = False, zero: bool = False):
    """No finite number above ``least``; with ``zero`` the ends themselves are good."""
    never = [NAN, INF, -INF, "fast", [0.1], 1j] + ([] if none else [None])
    never += [] if zero else [least]
    return st.one_of(
        st.sampled_from(never),
        st.floats(-1e6, least - 1e-3),
        st.sampled_from([most * 2 + 1]) if most < 1e29 else st.nothing(),
    )


def shares():
    """Nothing in [0, 1)."""
    return st.one_of(
        st.sampled_from([NAN, INF, "half", None, 1.0, 1]),
        st.floats(1.0, 1e6),
        st.floats(-1e6, -1e-6),
    )


def choices(none: bool = False):
    """None of some words."""
    words = st.text(st.characters(codec="ascii", categories=["Ll"]), max_size=5)
    return st.one_of(
        words.map(lambda word: "x" + word), st.sampled_from([3, 0.5, ["x"]] + [None] * (not none))
    )


def flags():
    """Neither True nor False."""
    return st.sampled_from(["no", "", 2, 0, None, 0.0, [True]])


@st.composite
def ids(draw, size: int, shape: tuple[int, ...], without: tuple[str, ...] = ()):
    """Ids of this shape, of which one is not in [0, size); or no ids at all.

    Args:
      draw: Hypothesis's.
      size: V.
      shape: of good ones.
      without: kinds that would be good here.
    """
    good = np.random.default_rng(0).integers(4, size, shape)
    kinds = ["high", "low", "float", "text", "ragged", "rank", "empty"]
    kind = draw(st.sampled_from([kind for kind in kinds if kind not in without]))
    place = tuple(draw(st.integers(0, n - 1)) for n in shape)
    if kind == "high":
        good[place] = draw(st.integers(size, size + 9) | st.just(2**31 - 1))
        return good
    if kind == "low":
        good[place] = draw(st.integers(-100, -1))
        return good
    rows = good.tolist()
    return {
        "float": good.astype(np.float32),
        "text": [["a"] * shape[-1]] * shape[0],
        "ragged": [*rows, [4] * (shape[-1] + 1)] if len(shape) > 1 else [4, [5]],
        "rank": good[..., None],
        "empty": good[:0],
    }[kind]


@st.composite
def images(draw, shape: tuple[int, ...], size: bool = True):
    """Images of this shape, one pixel of which is no number; or none of this shape.

    Args:
      draw: Hypothesis's.
      shape: of good ones, ``(N, H, W, C)``.
      size: whether another side or number of channels is wrong too.
    """
    good = np.random.default_rng(0).random(shape, np.float32)
    kinds = ["nan", "inf", "bytes", "rank", "empty", "text"] + ["side", "channels"] * size
    kind = draw(st.sampled_from(kinds))
    if kind in ("nan", "inf"):
        good[tuple(draw(st.integers(0, n - 1)) for n in shape)] = NAN if kind == "nan" else INF
        return good
    return {
        "bytes": (255 * good).astype(np.uint8),
        "rank": good[0] if draw(st.booleans()) else good[..., None],
        "empty": good[:0],
        "text": "picture.png",
        "side": good[:, :-1, :-1],
        "channels": np.concatenate([good, good], axis=-1),
    }[kind]


def arrays(shape: tuple[int, ...], dtype=float):
    """Arrays of another shape, and what is none."""
    other = [shape[:-1], (*shape, 2), tuple(n + 1 for n in shape)]
    return st.one_of(
        st.sampled_from(other).map(lambda s: np.ones(s, dtype)),
        st.sampled_from([None, "weights", [[1.0], [1.0, 2.0]], 3]),
    )


def token_lists():
    """No list of token lists."""
    return st.sampled_from([None, 3, "the cat", ["the cat"], [3], [None], {"a": 1}])


def missing(folder):
    """Paths where there is no file."""
    names = st.text(st.characters(codec="ascii", categories=["Ll", "Nd"]), min_size=1, max_size=9)
    return names.map(lambda name: folder / name / "model.safetensors")
