r"""How well does a vector fit a query? Five scores behind one interface.

A score :math:`e_{ij}` compares the decoder state :math:`s_i` with the encoder vector
:math:`h_j`. What does not depend on :math:`i` is worked out once a sentence, by ``keys``.

Shape letters: B batch, T target positions, S source positions, D width of a state, M width of an
encoder vector, A alignment width.
"""

from typing import Protocol, runtime_checkable

import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Float

from encdec_lib.runtime.checks import check_wholes


@runtime_checkable
class Score(Protocol):
    """Compares every query with every vector of an encoding."""

    def keys(self, vectors: Float[Array, "B S M"]) -> Array:
        """What can be worked out of the vectors alone, once a sentence."""
        ...

    def __call__(self, queries: Float[Array, "B T D"], keys: Array) -> Float[Array, "B T S"]:
        """Scores every vector for every query."""
        ...


class DotScore(nnx.Module):
    r"""The dot product, without parameters.

    .. math:: e_{ij} = s_i h_j^\top, \qquad
        e_{ij} = \frac{s_i h_j^\top}{\sqrt D} \ \text{if scaled}

    Args:
      state_dim: D.
      encoding_dim: M, which must be D.
      scaled: divide by :math:`\sqrt D`, the standard deviation of a sum of D products of
        independent numbers of variance 1.

    Raises:
      ValueError: if the two widths differ.

    Example:
      >>> import jax.numpy as jnp
      >>> score = DotScore(2, 2)
      >>> score(jnp.array([[[1.0, 2.0]]]), jnp.array([[[3.0, 4.0], [5.0, 0.0]]])).tolist()
      [[[11.0, 5.0]]]

    Reference:
      Luong et al. (2015), arXiv:1508.04025, section 3.1; scaled as in Vaswani et al. (2017).
    """

    def __init__(self, state_dim: int, encoding_dim: int, *, scaled: bool = False):
        if state_dim != encoding_dim:
            raise ValueError(
                f"A dot product needs states as wide as the encoder's vectors; got "
                f"state_dim={state_dim} and encoding_dim={encoding_dim}. Make them equal, or use "
                f"score='general'."
            )
        self.scale = state_dim**-0.5 if scaled else 1.0

    def keys(self, vectors: Float[Array, "B S M"]) -> Float[Array, "B S M"]:
        """The vectors themselves."""
        return vectors

    def __call__(
        self, queries: Float[Array, "B T D"], keys: Float[Array, "B S D"]
    ) -> Float[Array, "B T S"]:
        """Scores every vector for every query."""
        return jnp.einsum("BTD,BSD->BTS", queries * self.scale, keys)


class GeneralScore(nnx.Module):
    r"""A dot product through a learned matrix, also called bilinear.

    .. math:: e_{ij} = s_i W_a h_j^\top

    Args:
      state_dim: D.
      encoding_dim: M.
      rngs: ``params`` initialises ``W`` (M, D).

    Example:
      >>> from flax import nnx
      >>> score = GeneralScore(3, 2, rngs=nnx.Rngs(0))
      >>> score.keys(jnp.ones((1, 4, 2))).shape
      (1, 4, 3)

    Reference:
      Luong et al. (2015), arXiv:1508.04025, section 3.1.
    """

    def __init__(self, state_dim: int, encoding_dim: int, *, rngs: nnx.Rngs):
        check_wholes(state_dim=state_dim, encoding_dim=encoding_dim)
        glorot = jax.nn.initializers.glorot_uniform()
        self.W = nnx.Param(glorot(rngs.params(), (encoding_dim, state_dim)))

    def keys(self, vectors: Float[Array, "B S M"]) -> Float[Array, "B S D"]:
        """Computes :math:`h_j W_a^\\top` for every vector, once a sentence."""
        return vectors @ self.W[...]

    def __call__(
        self, queries: Float[Array, "B T D"], keys: Float[Array, "B S D"]
    ) -> Float[Array, "B T S"]:
        """Scores every vector for every query."""
        return jnp.einsum("BTD,BSD->BTS", queries, keys)


class AdditiveScore(nnx.Module):
    r"""A network with one hidden layer; Luong et al. call it concat.

    .. math:: e_{ij} = v^\top \tanh([s_i; h_j] W_a) = v^\top \tanh(s_i W_s + h_j W_h)

    One matrix for the two side by side, or one for each: the same numbers.

    Args:
      state_dim: D.
      encoding_dim: M.
      align_dim: A, width of the hidden layer.
      rngs: ``params`` initialises ``W_query`` (D, A), ``W_key`` (M, A) and ``v`` (A,).

    Example:
      >>> from flax import nnx
      >>> score = AdditiveScore(3, 2, 5, rngs=nnx.Rngs(0))
      >>> score.keys(jnp.ones((1, 4, 2))).shape
      (1, 4, 5)

    Reference:
      Bahdanau et al. (2015), arXiv:1409.0473, appendix A.1.2; Luong et al. (2015),
      arXiv:1508.04025, section 3.1.
    """

    def __init__(self, state_dim: int, encoding_dim: int, align_dim: int, *, rngs: nnx.Rngs):
        check_wholes(state_dim=state_dim, encoding_dim=encoding_dim, align_dim=align_dim)
        glorot = jax.nn.initializers.glorot_uniform()
        self.W_query = nnx.Param(glorot(rngs.params(), (state_dim, align_dim)))
        self.W_key = nnx.Param(glorot(rngs.params(), (encoding_dim, align_dim)))
        self.v = nnx.Param(glorot(rngs.params(), (align_dim, 1))[:, 0])

    def keys(self, vectors: Float[Array, "B S M"]) -> Float[Array, "B S A"]:
        """Computes :math:`h_j W_h` for every vector, once a sentence."""
        return vectors @ self.W_key[...]

    def __call__(
        self, queries: Float[Array, "B T D"], keys: Float[Array, "B S A"]
    ) -> Float[Array, "B T S"]:
        """Scores every vector for every query."""

        @jax.checkpoint  # the hidden layer (B, T, S, A) is recomputed, not kept
        def score(asked, keys, v):
            return jnp.tanh(asked[:, :, None] + keys[:, None]) @ v

        return score(queries @ self.W_query[...], keys, self.v[...])


class LocationScore(nnx.Module):
    r"""The state alone decides where to look; what stands there is not asked.

    .. math:: e_i = s_i W_a

    Args:
      state_dim: D.
      max_source: the longest source, in tokens: one column of ``W`` for each place.
      rngs: ``params`` initialises ``W`` (D, max_source).

    Raises:
      ValueError: if ``max_source`` is below 1, or a source is longer.

    Example:
      >>> from flax import nnx
      >>> score = LocationScore(3, max_source=7, rngs=nnx.Rngs(0))
      >>> score(jnp.ones((1, 2, 3)), score.keys(jnp.ones((1, 4, 5)))).shape
      (1, 2, 4)

    Reference:
      Luong et al. (2015), arXiv:1508.04025, equation (8).
    """

    def __init__(self, state_dim: int, max_source: int, *, rngs: nnx.Rngs):
        check_wholes(state_dim=state_dim, max_source=max_source)
        glorot = jax.nn.initializers.glorot_uniform()
        self.W = nnx.Param(glorot(rngs.params(), (state_dim, max_source)))

    def keys(self, vectors: Float[Array, "B S M"]) -> Float[Array, "B S 0"]:
        """Nothing of the vectors, but how many there are."""
        longest = self.W.shape[1]
        if vectors.shape[1] > longest:
            raise ValueError(
                f"score='location' knows {longest} places (max_source); got a source of "
                f"{vectors.shape[1]}. Build the model with a larger max_source."
            )
        return vectors[..., :0]

    def __call__(
        self, queries: Float[Array, "B T D"], keys: Float[Array, "B S 0"]
    ) -> Float[Array, "B T S"]:
        """Scores every place for every query."""
        return queries @ self.W[...][:, : keys.shape[1]]


SCORES = ("dot", "scaled_dot", "general", "additive", "location")


def make_score(
    name: str,
    state_dim: int,
    encoding_dim: int,
    align_dim: int = 64,
    max_source: int = 64,
    *,
    rngs: nnx.Rngs,
) -> Score:
    """Builds a score by its name.

    Args:
      name: one of ``SCORES``; ``"concat"`` is another name of ``"additive"``.
      state_dim: D, width of a query.
      encoding_dim: M, width of an encoder vector.
      align_dim: A, of the additive score alone.
      max_source: of the location score alone.
      rngs: ``params`` initialises the weights.

    Returns:
      A module with ``keys(vectors)`` and ``score(queries, keys)``.

    Raises:
      ValueError: if the name is another, or the widths do not fit the score.

    Example:
      >>> from flax import nnx
      >>> make_score("dot", 3, 5, rngs=nnx.Rngs(0))  # doctest: +ELLIPSIS
      Traceback (most recent call last):
      ValueError: A dot product needs states as wide as the encoder's vectors; got state_dim=3...
    """
    if name in ("dot", "scaled_dot"):
        return DotScore(state_dim, encoding_dim, scaled=name == "scaled_dot")
    if name == "general":
        return GeneralScore(state_dim, encoding_dim, rngs=rngs)
    if name in ("additive", "concat"):
        return AdditiveScore(state_dim, encoding_dim, align_dim, rngs=rngs)
    if name == "location":
        return LocationScore(state_dim, max_source, rngs=rngs)
    raise ValueError(f"score must be one of {', '.join(SCORES)} or concat; got {name!r}.")
