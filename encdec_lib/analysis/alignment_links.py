"""Attention beside the true links of a translation: where they agree, and how often links cross.

A link is a pair (target position, source position).

Shape letters: B sentences, T target positions, S source positions.
"""

import itertools
from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from flax import nnx
from jaxtyping import Bool

from encdec_lib.data.parallel import ParallelText
from encdec_lib.data.vocabulary import BOS
from encdec_lib.encoding import EncoderDecoder
from encdec_lib.generate import greedy

Links = Iterable[tuple[int, int]]


def crossings(links: Links) -> int:
    """How many pairs of links cross: one is further right in the target, the other in the source.

    Args:
      links: pairs (target position, source position).

    Returns:
      A number; 0 for a translation word by word.

    Example:
      >>> crossings([(0, 0), (1, 2), (2, 1)])
      1
    """
    pairs = itertools.combinations(links, 2)
    return sum((i - k) * (j - m) < 0 for (i, j), (k, m) in pairs)


class LinkHits(NamedTuple):
    """How attention fits the true links: shares from 0 to 1, and crossings of a sentence."""

    content: float  #: steps that write a content word and look most at a true link
    function: float  #: the same for function words
    chance: float  #: what a guess would have
    true_crossings: float
    learned_crossings: float


def link_hits(
    model: EncoderDecoder,
    examples: ParallelText,
    links: Callable[[list[str]], Links],
    function_words: Collection[str],
) -> LinkHits:
    """How often the largest weight of a step stands on a true link.

    The model writes by itself, greedily; a step counts where the reference has a link.

    Args:
      model: one whose decoder gives weights.
      examples: source sentences with one reference each, B of them.
      links: from source tokens to the true links of the reference.
      function_words: target tokens that are counted apart.

    Returns:
      A :class:`LinkHits`, means over steps and over sentences.

    Raises:
      ValueError: if the model gives no weights.
    """
    longest = max(len(reference) for (reference,) in examples.references)
    found = greedy(model, examples.source, max_length=longest + 1)
    if found.weights is None:
        raise ValueError("model must give attention weights; this one has none.")
    hits: dict[bool, list[bool]] = {True: [], False: []}
    chance, true, learned = [], [], []
    for n, (tokens, (reference,)) in enumerate(
        zip(examples.source_tokens, examples.references, strict=True)
    ):
        wanted: dict[int, list[int]] = {}
        for i, j in links(tokens):
            wanted.setdefault(i, []).append(j)
        looked = {i: int(found.weights[n, 0, i].argmax()) for i in wanted}
        for i, js in wanted.items():
            hits[reference[i] in function_words].append(looked[i] in js)
            chance.append(len(js) / len(tokens))
        true.append(crossings([(i, js[0]) for i, js in wanted.items()]))
        learned.append(crossings(looked.items()))
    means = (hits[False], hits[True], chance, true, learned)
    return LinkHits(*(float(np.mean(one)) if one else float("nan") for one in means))


def same_next_token(
    model: EncoderDecoder, other: EncoderDecoder, examples: ParallelText
) -> Bool[np.ndarray, "B T"]:
    """At each step of a model's own output: would another decoder write the same token?

    The other one starts each step from the first one's state, so only this step differs.

    Args:
      model: writes, greedily.
      other: the same, but for what its decoder does in a step.
      examples: B source sentences with a reference each, the longest of T tokens.

    Returns:
      ``(B, T)``.
    """
    steps = max(len(reference) for (reference,) in examples.references)
    source = jnp.asarray(examples.source)
    state, token = _start(model, source), jnp.full(len(source), BOS)
    same = []
    for _ in range(steps):
        _, instead = _next_token(other, state, token)
        state, token = _next_token(model, state, token)
        same.append(np.asarray(instead == token))
    return np.stack(same, axis=1)


@nnx.jit
def _start(model, source):
    return model.decoder.start(model.encode(source))


@nnx.jit
def _next_token(model, state, token):
    state, logits, _ = model.decoder.step(state, token)
    return state, logits.argmax(axis=-1)
