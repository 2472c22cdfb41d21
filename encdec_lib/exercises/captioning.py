"""Checks of chapter 5: captions of scenes, from the rule to another encoder."""

import itertools
from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from encdec_lib.data.captions import caption, parse
from encdec_lib.data.digits import NAMES
from encdec_lib.data.scenes import Placed
from encdec_lib.evaluation import captions as caption_metrics
from encdec_lib.exercises.checking import agrees, exercise
from encdec_lib.exercises.report import Property
from encdec_lib.generate.sampling import greedy
from encdec_lib.models.captioning import CaptionConfig, CNNEncoder, captioner
from encdec_lib.models.seq2seq import RNNDecoder

_LAYOUT = [Placed(6, 2, 20, 12, 28), Placed(4, 18, 14, 29, 21), Placed(4, 3, 2, 13, 11)]
# Rows and columns from one middle to another: four directions, tilted to either side.
_DIRECTIONS = [m for a in (9, -9) for b in (2, -2) for m in ((a, b), (b, a))]


@exercise("captioning-1")
def by_the_rule(sentence: Any) -> Iterator[Property]:
    """The caption of one layout, as a string."""
    tokens, truth = str(sentence).replace(",", " , ").split(), _clear_caption(_LAYOUT)
    (digits, relations), (true_digits, true_relations) = parse(tokens), parse(truth)
    yield Property(
        "the three digits are named",
        sorted(digits) == sorted(true_digits),
        "Each digit on the canvas is named once, in words; equal ones too.",
    )
    yield Property(
        "they are named in the order of the rule",
        digits == true_digits,
        "Rising order, and of equal ones the upper one first.",
    )
    yield Property(
        "the relations",
        relations == true_relations,
        "Take the middle of each rectangle. Is the larger distance across or up and down? And "
        "remember who is seen from whom.",
    )
    yield Property(
        "the tokens between them",
        tokens == truth,
        "Compare with the example word by word: articles, 'of', and where the comma stands.",
    )


@exercise("captioning-2")
def mirror(mirrored: Any) -> Iterator[Property]:
    """The layout of a mirrored scene, against mirrored pictures of rectangles."""
    rng = np.random.default_rng(2)

    def random_layout(side):
        tops, lefts = rng.integers(0, side - 7, (2, 3))
        heights, widths = rng.integers(2, 7, (2, 3))
        rows = np.stack([rng.integers(0, 10, 3), tops, lefts, tops + heights, lefts + widths], 1)
        return [Placed(*row) for row in rows.tolist()]

    def drawn(place, side):
        image = np.zeros((side, side), bool)
        image[place.top : place.bottom, place.left : place.right] = True
        return image

    cases = [(random_layout(side), side) for side in (17, 32) for _ in range(10)]
    answers = [list(mirrored(list(layout), side)) for layout, side in cases]
    yield Property(
        "as many digits as before, with their labels",
        all(
            [p.label for p in layout] == [q.label for q in answer]
            for (layout, _), answer in zip(cases, answers, strict=True)
        ),
        "A mirror moves a digit, it does not rename it. Keep the order of the list.",
    )
    pairs = [
        (p, q, side)
        for (layout, side), answer in zip(cases, answers, strict=True)
        for p, q in zip(layout, answer, strict=False)
    ]
    yield Property(
        "no digit moves up or down",
        all((p.top, p.bottom) == (q.top, q.bottom) for p, q, _ in pairs),
        "Which of the four numbers does a mirror beside the canvas leave alone?",
    )
    yield Property(
        "every digit has the width it had",
        all(p.right - p.left == q.right - q.left for p, q, _ in pairs),
        "Left must stay smaller than right: which old edge becomes the new left one?",
    )
    yield Property(
        "the pixels are those of the mirrored picture",
        all((drawn(q, side) == drawn(p, side)[:, ::-1]).all() for p, q, side in pairs),
        "Draw a canvas 5 pixels wide with a digit in columns 0 and 1: left 0, right 2. Where is "
        "it afterwards?",
    )


@exercise("captioning-3")
def how_many(of_one: Any, of_two: Any, of_three_different: Any, bits: Any) -> Iterator[Property]:
    """Numbers of captions, against captions of layouts in every direction."""
    one, two, three = _all_captions(1), _all_captions(2), _all_captions(3)
    yield Property(
        "captions of one digit", of_one == one, "What can differ between 'a D' and 'a D'?"
    )
    yield Property(
        "captions of two digits",
        of_two == two,
        "Two different digits are named in one order only. Of two equal ones, who is the subject, "
        "and which relation can it then never have?",
    )
    yield Property(
        "captions of three different digits",
        of_three_different == three,
        "In how many ways can three digits be chosen from ten? How many relations are stated?",
    )
    yield Property(
        "the bits, within 1%",
        abs(float(bits) / np.log2(one + two + three) - 1) < 0.01,
        "n things are told apart by the logarithm of n, to the base 2. Add the three numbers up.",
    )


@exercise("captioning-4")
def parameters(convolution_parameters: Any, projection_parameters: Any) -> Iterator[Property]:
    """Formulas for the number of parameters, compared with encoders that were built."""
    for side, channels, d in ((8, (2, 3), 5), (32, (16, 32, 32), 192), (24, (4, 5, 7, 3), 11)):
        encoder = nnx.eval_shape(
            lambda side=side, channels=channels, d=d: CNNEncoder(
                side, 1, channels, d, rngs=nnx.Rngs(0)
            )
        )
        yield Property(
            f"the convolutions with channels {channels}",
            convolution_parameters(channels) == _count(encoder.convolutions),
            "A kernel is 3×3 for every pair of an input and an output channel. The first block "
            "reads one channel. Did you count the biases, and the two lists of each normalisation?",
        )
        yield Property(
            f"W and its bias for side {side}, channels {channels}, D = {d}",
            projection_parameters(side, channels, d) == _count(encoder.project),
            "How often is the image halved? How many cells are left, with how many numbers each?",
        )


@exercise("captioning-5")
def describe(describe: Any) -> Iterator[Property]:
    """One picture's caption, step by step, against the library's greedy search."""
    model = captioner(CaptionConfig(9, 8, 1, (2, 3), 5, 7), rngs=nnx.Rngs(5))
    assert isinstance(model.decoder, RNNDecoder)
    output = model.decoder.output
    assert output.bias is not None
    output.kernel[...] = output.kernel[...] * 6
    output.bias[...] = jnp.array([-99.0, -99, 0, -99, 0, 0, 0, 0, 0])  # no specials
    pictures = np.asarray(jax.random.uniform(jax.random.key(6), (6, 8, 8, 1)))
    for longest in (1, 12):
        truth = [
            [int(token) for token in row if token not in (0, 2)]
            for row in greedy(model, pictures, longest).tokens
        ]
        got = [list(describe(model, picture, longest)) for picture in pictures]
        yield Property(
            f"at most {longest} token{'s' if longest > 1 else ''}",
            all(len(row) <= longest for row in got),
            "When does your loop end if <eos> does not come?",
        )
        yield Property(
            "no <eos> in the answer",
            all(2 not in row for row in got),
            "It tells you to stop. It is not a word.",
        )
        yield Property(
            "the same tokens as the library",
            [list(map(int, row)) for row in got] == truth,
            "Each step needs the state and the token of the step before. Which token is the first "
            "that is read?",
        )


@exercise("captioning-6")
def digits_right(share: Any) -> Iterator[Property]:
    """The share of digits right, against the library on made-up captions."""
    rng = np.random.default_rng(6)

    def made_up(count):
        names = [rng.choice(NAMES[:5], rng.integers(1, 5)).tolist() for _ in range(count)]
        return [
            caption_metrics.sentence(few, rng.choice(["left", "above"], len(few) - 1).tolist())
            for few in names
        ]

    def agree(said, true):
        truth = caption_metrics.digits_right(said, true)
        return abs(float(share(said, true)) - truth) < 1e-6

    true = made_up(20)
    yield Property("100 where nothing is wrong", agree(true, true), "Percent, not a part of 1.")
    turned = [caption_metrics.sentence(parse(t)[0][::-1], parse(t)[1]) for t in true]
    yield Property(
        "the order does not matter", agree(turned, true), "Compare how often, not at which place."
    )
    two, one = ["a two above a two".split()], ["a two above a six".split()]
    yield Property(
        "a digit counts as often as both captions name it",
        agree(two, one) and agree(one, two),
        "'a two above a two' has one digit in common with 'a two above a six', not two.",
    )
    yield Property(
        "a digit too many and one too few both cost",
        agree(two, [["a", "two"]]) and agree([["a", "two"]], two),
        "By which of the two numbers of digits do you divide?",
    )
    yield Property(
        "several captions of different lengths",
        agree(made_up(30), made_up(30)),
        "Add up before you divide: a caption of three digits weighs more than one of one.",
    )


@exercise("captioning-7")
def averaging(encoder_class: Any) -> Iterator[Property]:
    """An encoder that averages over the cells, against the mean by hand."""
    side, channels, d = 12, (2, 3), 7
    encoder = encoder_class(side, 1, channels, d, rngs=nnx.Rngs(7))
    encoder.eval()
    kernel = getattr(getattr(encoder, "project", None), "kernel", None)
    yield Property(
        f"W has shape {(channels[-1], d)}",
        kernel is not None and kernel.shape == (channels[-1], d),
        "After averaging, how many numbers of the grid are left? Keep `self.project`.",
    )
    pictures = jax.random.uniform(jax.random.key(8), (5, side, side, 1))
    encoding = encoder(pictures)
    if encoding is ... or encoding is None:
        yield Property("__call__ returns an encoding", False, "Return Encoding(vectors, mask).")
        return
    yield Property(
        "the mask has one flag for each picture, and it is True",
        encoding.mask.shape == (5, 1) and bool(np.all(encoding.mask)),
        "There is one vector for each picture, M = 1, and it is no padding.",
    )
    cells = np.asarray(encoder.convolutions(pictures).vectors)
    means = sum(cells[:, j] for j in range(cells.shape[1])) / cells.shape[1]
    W, b = np.asarray(encoder.project.kernel[...]), np.asarray(encoder.project.bias[...])
    truth = (means @ W + b)[:, None]
    yield from agrees(
        np.asarray(encoding.vectors),
        truth,
        "H",
        "Average over the cells, keep the batch and the channels, then project. M is an axis of "
        "length 1.",
    )


def _count(module: nnx.Module) -> int:
    return sum(x.size for x in jax.tree.leaves(nnx.state(module, nnx.Param)))


def _clear_caption(layout: list[Placed]) -> list[str]:
    """The caption of a layout whose relations are all clear."""
    tokens = caption(layout)
    assert tokens is not None
    return tokens


def _all_captions(number: int) -> int:
    """How many captions layouts of so many digits have; of three, different ones only."""
    labels = range(len(NAMES))
    if number == 1:
        return len({tuple(_clear_caption([Placed(k, 0, 0, 2, 2)])) for k in labels})
    found = set()
    pick = itertools.combinations_with_replacement if number == 2 else itertools.combinations
    for named in pick(labels, number):
        for moves in itertools.product(_DIRECTIONS, repeat=number - 1):
            middles = [(0, 0), *((k * dy, k * dx) for k, (dy, dx) in enumerate(moves, 1))]
            layout = [
                Placed(label, y, x, y + 2, x + 2)
                for label, (y, x) in zip(named, middles, strict=True)
            ]
            found.add(tuple(_clear_caption(layout)))
    return len(found)
