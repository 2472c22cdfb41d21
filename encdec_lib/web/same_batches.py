"""The page's batches in Python: the same examples in the same order.

What a figure learns from (``encdec_lib/web/engine/tasks``) is a function of the task, the seed and
the number of the batch. :func:`batches` gives all of them at once, as
:func:`~encdec_lib.train.loop.fit` takes its data.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from encdec_lib.data import EOS, pronunciations
from encdec_lib.data.padding import pad
from encdec_lib.runtime.checks import check_whole
from encdec_lib.web.page_data import CODE, GREYS
from encdec_lib.web.same_numbers import key_of, numbers, shuffled

FIRST = 4  # the id of the first symbol
Draw = Callable[[int], int]  # the next whole number below another


class Batches(NamedTuple):
    """What the page learns from in its first steps."""

    data: tuple[np.ndarray, np.ndarray]  # source and target, or images and labels, batch by batch
    order: np.ndarray  # (steps, B): which of them make each batch


class _Rule(NamedTuple):
    """How a made-up task draws a source of n symbols, and what its answer is."""

    source: Callable[[Draw, int, int], list[int]]  # of draw, n, and the number of symbols V
    answer: Callable[[list[int], int], list[int]]  # of a source and V
    least: int = 1
    symbols: int | None = None


def batches(
    task: Mapping[str, Any],
    batch: int,
    steps: int,
    seed: int = 0,
    data: bytes | None = None,
) -> Batches:
    """The examples that the page learns from in its first so many steps.

    Args:
      task: as a figure has it, ``{"name": "copy", "symbols": 16, "shortest": 2, "longest": 8}``;
        with ``"distinct": True`` no symbol stands twice in a source.
      batch: B.
      steps: how many batches.
      seed: of the training, from 0 on.
      data: what :mod:`~encdec_lib.web.page_data` packed, for ``"words"`` and ``"digits"``.

    Returns:
      :class:`Batches`: hand ``data`` and ``order`` to :func:`~encdec_lib.train.loop.fit`.

    Raises:
      ValueError: if there is no such task, it lacks its data, or a number is out of range.

    Example:
      >>> (source, target), order = batches({"name": "reverse", "longest": 5}, batch=2, steps=3)
      >>> source.shape, target.shape, order.tolist()
      ((6, 5), (6, 6), [[0, 1], [2, 3], [4, 5]])
    """
    check_whole("batch", batch)
    check_whole("steps", steps)
    check_whole("seed", seed, least=0)
    name, order = task.get("name"), np.arange(batch * steps, dtype=np.int32).reshape(steps, batch)
    if name in RULES:
        examples = [x for n in range(steps) for x in _made_up(task, "batch", seed, n, batch)]
        sources, targets = zip(*examples, strict=True)
        return Batches((pad(sources), pad(targets)), order)
    if name not in ("words", "digits"):
        raise ValueError(f"task must be one of {', '.join(RULES)}, words, digits; got {name!r}.")
    if data is None:
        raise ValueError(f"data must be what page_data.{name}() gives; got None.")
    if name == "digits":
        return Batches(_digits(data, int(task.get("crop", 0)), batch, steps, seed), order)
    source, target = _words(data)
    rows = np.concatenate([_rows(seed, n, batch, len(source)) for n in range(steps)])
    return Batches((source, target), rows.reshape(steps, batch).astype(np.int32))


def held_out(task: Mapping[str, Any], count: int) -> list[tuple[list[int], list[int]]]:
    """The examples of a made-up task that the page scores: sources, and targets with ``<eos>``.

    Args:
      task: as for :func:`batches`.
      count: how many.

    Example:
      >>> [(source, target)] = held_out({"name": "copy", "longest": 4}, 1)
      >>> target == [*source, 2]
      True
    """
    return _made_up(task, "held out", 0, 0, count)


def _made_up(task: Mapping[str, Any], name: str, seed: int, n: int, count: int) -> list:
    rule = RULES[task["name"]]
    symbols = rule.symbols or task.get("symbols", 16)
    shortest, longest = task.get("shortest", rule.least), task.get("longest", 8)
    distinct = task.get("distinct", False)
    most = 5 if task["name"] == "add" else symbols
    if distinct and longest > most:
        raise ValueError(
            f"task must have longest at most {most} where no symbol may stand twice; got {longest}."
        )
    draw = _drawing(key_of(name, seed, n))
    examples = []
    for _ in range(count):
        length = shortest + draw(longest - shortest + 1)
        source = rule.source(draw, length, symbols)
        while distinct and len(set(source)) < len(source):
            source = rule.source(draw, length, symbols)
        examples.append((source, [*rule.answer(source, symbols), EOS]))
    return examples


def _drawing(key: int) -> Draw:
    """A draw without end, from vectors of numbers."""

    def stream():
        start, size = 0, 1024
        while True:
            yield from numbers(key, size, start)
            start += size

    following = stream()
    return lambda count: int(next(following) * count)


def _symbols(draw: Draw, n: int, V: int) -> list[int]:
    return [FIRST + draw(V) for _ in range(n)]


def _look_up(draw: Draw, n: int, V: int) -> list[int]:
    place = draw(n)
    return [FIRST + V + place, *_symbols(draw, n, V)]


def _two_marks(draw: Draw, n: int, V: int) -> list[int]:
    source, first = _symbols(draw, n, V), draw(n)
    other = (first + 1 + draw(n - 1)) % n
    source[first], source[other] = FIRST + V, FIRST + V + 1
    return source


def _one_mark(draw: Draw, n: int, V: int) -> list[int]:
    source = _symbols(draw, n, V)
    source[1 + draw(n - 2)] = FIRST + V
    return source


def _two_looks(source: list[int], V: int) -> list[int]:
    place = source.index(FIRST + V)
    return [source[place - 1], source[place + 1]]


def _two_numbers(draw: Draw, n: int, V: int) -> list[int]:
    return [*_symbols(draw, n, 10), FIRST + 10, *_symbols(draw, n, 10)]


def _sum(source: list[int], V: int) -> list[int]:
    """All n + 1 digits, the lowest first."""
    n = len(source) // 2
    one, other = (
        int("".join(str(digit - FIRST) for digit in part)) for part in (source[:n], source[n + 1 :])
    )
    return [FIRST + int(digit) for digit in f"{one + other:0{n + 1}d}"[::-1]]


# The made-up tasks of rules.js.
RULES: dict[str, _Rule] = {
    "copy": _Rule(_symbols, lambda source, V: source[:]),
    "reverse": _Rule(_symbols, lambda source, V: source[::-1]),
    "sort": _Rule(_symbols, lambda source, V: sorted(source)),
    "remember the first": _Rule(_symbols, lambda source, V: source[:1]),
    "look up": _Rule(_look_up, lambda source, V: [source[1 + source[0] - FIRST - V]]),
    "which came first": _Rule(
        _two_marks, lambda source, V: [next(x for x in source if x >= FIRST + V)], least=2
    ),
    "two looks": _Rule(_one_mark, _two_looks, least=3),
    "add": _Rule(_two_numbers, _sum, symbols=10),
}


def _words(data: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Source and target of the words to learn."""
    lines = [line.split(" ") for line in json.loads(data)["train"].split("\n")]
    sources = [pronunciations.LETTERS.encode(word) for word, _ in lines]
    targets = [[*(FIRST + CODE.index(sound) for sound in sounds), EOS] for _, sounds in lines]
    return pad(sources), pad(targets)


def _rows(seed: int, n: int, batch: int, count: int) -> np.ndarray:
    """Which examples make batch n: every epoch is an order of its own, cut into whole batches."""
    if batch > count:
        raise ValueError(f"batch must be at most {count}, as there are no more; got {batch}.")
    epoch, place = divmod(n, count // batch)
    return shuffled(key_of("epoch", seed, epoch), count)[place * batch : (place + 1) * batch]


def _digits(
    data: bytes, crop: int, batch: int, steps: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Images ``(N, crop, crop, 1)``, each cut out at a random place, and their labels."""
    side, train, held, _ = np.frombuffer(data, "<u4", 4).tolist()
    labels = np.frombuffer(data, np.uint8, train + held, offset=16)
    packed = np.frombuffer(data, np.uint8, offset=16 + train + held)
    levels = np.stack([packed >> 4, packed & 15], axis=1).reshape(-1, side, side)
    crop = crop or side
    rows, corners = [], []
    for n in range(steps):
        draws = numbers(key_of("batch", seed, n), 3 * batch)
        rows.append((draws[:batch] * train).astype(int))
        corners.append((draws[batch:] * (side - crop + 1)).astype(int).reshape(batch, 2))
    row, corner = np.concatenate(rows), np.concatenate(corners)
    down, right = (corner[:, k, None] + np.arange(crop) for k in (0, 1))
    cut = levels[row[:, None, None], down[:, :, None], right[:, None, :]]
    images = cut.astype(np.float32) / np.float32(GREYS - 1)
    return images[..., None], labels[row].astype(np.int32)
