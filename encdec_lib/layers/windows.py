r"""Local attention: the softmax sees a window of the source, not the whole.

Shape letters: B batch, T target positions, S source positions, D width of a state, A alignment
width.
"""

import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Bool, Float, Int

from encdec_lib.runtime.checks import is_whole

WINDOWS = ("monotonic", "predictive")


class Window(nnx.Module):
    r"""A window of :math:`2W + 1` source positions around a centre :math:`p_i`.

    Monotonic: the centre walks with the target, one place a step. Predictive: the state says
    where it is, and a bell around it lowers the weights at the rim:

    .. math::
        p_i = i \qquad\text{or}\qquad
        p_i = (T_x - 1)\,\sigma\!\left(v_p^\top \tanh(s_i W_p)\right), \quad
        \alpha_{ij} \leftarrow \alpha_{ij} \exp\!\left(-\frac{(j - p_i)^2}{2 (W/2)^2}\right)

    Positions count from 0. As in the paper the weights are not made to add up to 1 again after
    the bell, so a row may add up to less. Every score is worked out and those outside hidden: on
    sentences this costs no less than global attention, and a loop over short windows would.

    Args:
      kind: ``"monotonic"`` or ``"predictive"``.
      half_width: W, in source tokens.
      state_dim: D, predictive alone.
      align_dim: A, predictive alone.
      rngs: ``params`` initialises ``W_position`` (D, A) and ``v_position`` (A,).

    Raises:
      ValueError: if ``kind`` is another or ``half_width`` is below 1.

    Example:
      >>> from flax import nnx
      >>> window = Window("monotonic", 1, 3, 2, rngs=nnx.Rngs(0))
      >>> real = jnp.ones((1, 4), bool)
      >>> inside, _ = window(jnp.ones((1, 2, 3)), jnp.array([[0, 2]]), real)
      >>> inside[0].astype(int).tolist()
      [[1, 1, 0, 0], [0, 1, 1, 1]]

    Reference:
      Luong et al. (2015), arXiv:1508.04025, section 3.2, equations (9) and (10). The paper
      counts positions from 1 to S; the centre here reaches the last token, S - 1.
    """

    def __init__(
        self, kind: str, half_width: int, state_dim: int, align_dim: int, *, rngs: nnx.Rngs
    ):
        if kind not in WINDOWS:
            raise ValueError(f"window must be None, 'monotonic' or 'predictive'; got {kind!r}.")
        if not is_whole(half_width) or half_width < 1:
            raise ValueError(f"half_width must be at least 1 token; got {half_width!r}.")
        self.kind, self.half_width = kind, half_width
        if kind == "predictive":
            glorot = jax.nn.initializers.glorot_uniform()
            self.W_position = nnx.Param(glorot(rngs.params(), (state_dim, align_dim)))
            self.v_position = nnx.Param(glorot(rngs.params(), (align_dim, 1))[:, 0])

    def centres(
        self,
        queries: Float[Array, "B T D"],
        positions: Int[Array, "B T"],
        mask: Bool[Array, "B S"],
    ) -> Float[Array, "B T"]:
        """The centre of every step's window, in source positions from 0.

        Past the end of the source the monotonic centre stays on the last token.
        """
        last = jnp.maximum(mask.sum(axis=1) - 1, 0)[:, None].astype(queries.dtype)
        if self.kind == "monotonic":
            return jnp.minimum(positions.astype(queries.dtype), last)
        hidden = jnp.tanh(queries @ self.W_position[...])
        return last * jax.nn.sigmoid(hidden @ self.v_position[...])

    def __call__(
        self,
        queries: Float[Array, "B T D"],
        positions: Int[Array, "B T"],
        mask: Bool[Array, "B S"],
    ) -> tuple[Bool[Array, "B T S"], Float[Array, "B T S"]]:
        """Which places are inside, and what to multiply their weights by.

        Args:
          queries: the states that ask.
          positions: the number of each target step, from 0.
          mask: True at real source tokens.

        Returns:
          ``inside``, real and at most W from the centre, and the bell: 1 throughout for a
          monotonic window.
        """
        centres = self.centres(queries, positions, mask)
        places = jnp.arange(mask.shape[1], dtype=queries.dtype)
        distance = places[None, None] - centres[..., None]  # (B, T, S)
        inside = (jnp.abs(distance) <= self.half_width) & mask[:, None]
        if self.kind == "monotonic":
            return inside, jnp.ones_like(distance)
        return inside, jnp.exp(-0.5 * (distance / (self.half_width / 2)) ** 2)
