"""The tree of beginnings that a beam search goes through."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jaxtyping import Array, Float, Int

from encdec_lib.data.vocabulary import BOS, EOS, PAD, Vocabulary
from encdec_lib.encoding import DecoderState, EncoderDecoder


def grow(
    model: EncoderDecoder, source: list[int], sounds: Vocabulary, width: int, longest: int
) -> list[list[dict[str, Any]]]:
    """Every step of a monotonic beam search, with what it keeps and the best that it leaves out.

    Place k of the beam is filled with the best child of places 1 to k that is not taken yet, as in
    :func:`~encdec_lib.generate.beam.beam_search`.

    Args:
      model: of :func:`~encdec_lib.models.seq2seq.seq2seq`.
      source: letters as ids.
      sounds: of the target.
      width: K.
      longest: steps after which it stops.

    Returns:
      The places of each step, the best first. A place has ``token`` (None for the end),
      ``parent``, the place that it goes on from, ``share``, the probability of the whole
      beginning, ``ended``, and ``kept``. Where a step leaves anything out, its last place is not
      kept.
    """
    decoder: Any = model.decoder
    begun = decoder.start(model.encode(jnp.asarray([source])), longest)
    state = jax.tree.map(lambda x: jnp.repeat(x, width, axis=0), begun)
    places = [{"token": BOS, "score": 0.0, "ended": False}]
    steps = []
    for _ in range(longest):
        tokens = [one["token"] for one in places] + [PAD] * (width - len(places))
        after, logits = _step(model, state, jnp.asarray(tokens))
        bets = np.array(jax.nn.log_softmax(logits).astype(jnp.float32))
        bets[:, [PAD, BOS]] = -np.inf
        children = [_children(k, place, bets[k]) for k, place in enumerate(places)]
        places, pool = [], []
        for k in range(width):
            pool += children[k] if k < len(children) else []
            if pool:
                places.append(max(pool, key=lambda child: child["score"]))
                pool.remove(places[-1])
        left = [max(pool, key=lambda child: child["score"])] if pool else []
        steps.append([_told(one, one in places, sounds) for one in places + left])
        rows = [one["parent"] for one in places] + [0] * (width - len(places))
        state = jax.tree.map(lambda x, rows=rows: x[jnp.asarray(rows)], after)
        if all(one["ended"] for one in places):
            break
    return steps


@nnx.jit
def _step(
    model: EncoderDecoder, state: DecoderState, token: Int[Array, " B"]
) -> tuple[DecoderState, Float[Array, "B V"]]:
    decoder: Any = model.decoder
    after, logits, _ = decoder.step(state, token)
    return after, logits


def _children(place: int, node: dict[str, Any], bets: np.ndarray) -> list[dict[str, Any]]:
    """What a beginning may go on with; one that has ended goes on as it is."""
    if node["ended"]:
        return [{"token": PAD, "parent": place, "score": node["score"], "ended": True}]
    return [
        {"token": k, "parent": place, "score": node["score"] + float(bet), "ended": k == EOS}
        for k, bet in enumerate(bets)
        if np.isfinite(bet)
    ]


def _told(node: dict[str, Any], kept: bool, sounds: Vocabulary) -> dict[str, Any]:
    spoken = None if node["ended"] else sounds.symbols[node["token"]]
    share = float(f"{np.exp(node['score']):.5g}")
    over = node["token"] == PAD
    return {
        **{"token": spoken, "parent": node["parent"], "share": share, "ended": node["ended"]},
        **{"kept": kept, "over": over},
    }
