"""Additive attention: a small network scores every vector against the decoder's state.

Shape letters: B batch, M vectors in the encoding, D their width, Q width of the query,
A alignment width.
"""

import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Bool, Float

from encdec_lib.encoding import Attended
from encdec_lib.layers.masks import masked_softmax
from encdec_lib.runtime.checks import check_whole


class AdditiveAttention(nnx.Module):
    r"""A small network scores every vector against the query.

    .. math::
        e_{ij} = \tanh(s_{i-1} W_a + h_j U_a)\, v, \qquad
        \alpha_{ij} = \frac{\exp e_{ij}}{\sum_k \exp e_{ik}}, \qquad
        c_i = \sum_j \alpha_{ij} h_j

    The term :math:`h_j U_a` is the same at every target step, so a decoder calls
    :meth:`project_keys` once a sentence.

    Args:
      query_dim: Q, width of the decoder state :math:`s_{i-1}`.
      key_dim: D, width of each encoder vector :math:`h_j`.
      align_dim: A, width of the hidden layer that compares the two.
      rngs: ``params`` initialises ``W_query`` (Q, A), ``W_key`` (D, A) and ``v`` (A,).

    Raises:
      ValueError: if a width is below 1.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> attend = AdditiveAttention(query_dim=4, key_dim=6, align_dim=8, rngs=nnx.Rngs(0))
      >>> query, keys = jnp.ones((2, 4)), jnp.ones((2, 3, 6))
      >>> mask = jnp.array([[True, True, True], [True, False, False]])
      >>> attend(query, keys, mask).weights.round(2).tolist()[1]
      [1.0, 0.0, 0.0]

    Reference:
      Bahdanau, Cho & Bengio (2015), arXiv:1409.0473: equations (5) and (6) give the context
      and the weights; appendix A.1.2 gives the score.
    """

    def __init__(self, query_dim: int, key_dim: int, align_dim: int, *, rngs: nnx.Rngs):
        for name, size in (
            ("query_dim", query_dim),
            ("key_dim", key_dim),
            ("align_dim", align_dim),
        ):
            check_whole(name, size)
        glorot = jax.nn.initializers.glorot_uniform()
        self.W_query = nnx.Param(glorot(rngs.params(), (query_dim, align_dim)))
        self.W_key = nnx.Param(glorot(rngs.params(), (key_dim, align_dim)))
        self.v = nnx.Param(glorot(rngs.params(), (align_dim, 1))[:, 0])

    def project_keys(self, keys: Float[Array, "B M D"]) -> Float[Array, "B M A"]:
        """Computes :math:`h_j U_a` for every vector, once a sentence."""
        return keys @ self.W_key[...]

    def __call__(
        self,
        query: Float[Array, "B Q"],
        keys: Float[Array, "B M D"],
        mask: Bool[Array, "B M"],
        projected_keys: Float[Array, "B M A"] | None = None,
    ) -> Attended:
        """Reads the encoding once, for one target step.

        Args:
          query: the decoder state before this step, ``(B, Q)``.
          keys: encoder vectors, ``(B, M, D)``; also the values that are averaged.
          mask: ``(B, M)``, True where the vector is real.
          projected_keys: what :meth:`project_keys` gave; worked out here if None.

        Returns:
          ``context`` ``(B, D)`` and ``weights`` ``(B, M)``. Weights add up to 1 and are 0 on
          padding; a row with no real vector gets zeros throughout.

        Raises:
          ValueError: if ``mask`` is not ``(B, M)``. A ``(B, 1)`` mask would broadcast without
            complaint and hide nothing, or everything.
        """
        if mask.shape != keys.shape[:2]:
            raise ValueError(
                f"mask needs one flag per key, shape (B, M) = {keys.shape[:2]}; got {mask.shape}."
            )
        if projected_keys is None:
            projected_keys = self.project_keys(keys)
        hidden = jnp.tanh((query @ self.W_query[...])[:, None] + projected_keys)  # (B, M, A)
        weights = masked_softmax(hidden @ self.v[...], mask)  # (B, M)
        return Attended(jnp.einsum("BM,BMD->BD", weights, keys), weights)
