r"""Where a token stands, told to a model that cannot see it: sinusoidal, learned or rotary.

Shape letters: B batch, H heads, T positions, D width of a vector (d_model), K width of a key.
"""

import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Float, Int

from encdec_lib.runtime.checks import check_whole
from encdec_lib.runtime.inputs import check_ids, is_traced

LAYOUTS = ("interleaved", "concatenated")
POSITIONS = ("sinusoidal", "learned", "rotary", "none")
LONGEST = 10_000.0  # wavelengths go from 2π to 2π times this


def _angles(positions, width: int, longest: float):
    """Position times frequency, ``(T, width / 2)``: one frequency for each pair of numbers."""
    if width < 2 or width % 2:
        raise ValueError(
            f"The width must be even: a sine and a cosine for each frequency; got {width}. "
            f"Choose an even d_model (sinusoidal) or an even d_k (rotary)."
        )
    frequencies = longest ** (-jnp.arange(0, width, 2) / width)
    return jnp.asarray(positions, jnp.float32)[:, None] * frequencies[None]


def sinusoidal(
    positions: Int[Array, " T"],
    d_model: int,
    layout: str = "interleaved",
    longest: int | float = LONGEST,
) -> Float[Array, "T D"]:
    r"""A fixed vector for every position: sines and cosines of falling frequency.

    .. math::
        PE_{(t,\, 2m)} = \sin\!\big(t / 10000^{2m/d}\big), \qquad
        PE_{(t,\, 2m+1)} = \cos\!\big(t / 10000^{2m/d}\big)

    The product of two of these vectors depends on their distance alone:
    :math:`PE_t \cdot PE_{t+n} = \sum_m \cos(n / 10000^{2m/d})`.

    Args:
      positions: which positions, counted from 0, ``(T,)``.
      d_model: D, even.
      layout: ``"interleaved"``, sine and cosine in turn as in the paper's formula, or
        ``"concatenated"``, all sines and then all cosines, as in the authors' code. A fixed
        permutation of the columns; a learned matrix after it cannot tell the two apart.
      longest: the longest wavelength is :math:`2\pi` times this.

    Returns:
      ``(T, D)``, each row of length :math:`\sqrt{D/2}`.

    Raises:
      ValueError: if ``d_model`` is odd or ``layout`` is another.

    Example:
      >>> import jax.numpy as jnp
      >>> print(*(f"{number:.2f}" for number in sinusoidal(jnp.arange(2), 4).ravel()))
      0.00 1.00 0.00 1.00 0.84 0.54 0.01 1.00

    Reference:
      Vaswani et al. (2017), arXiv:1706.03762, section 3.5.
    """
    check_whole("d_model", d_model)
    if not isinstance(layout, str) or layout not in LAYOUTS:
        raise ValueError(f"layout must be one of {', '.join(LAYOUTS)}; got {layout!r}.")
    angles = _angles(positions, d_model, longest)
    pair = jnp.stack([jnp.sin(angles), jnp.cos(angles)])  # (2, T, D/2)
    order = "pTm->Tmp" if layout == "interleaved" else "pTm->Tpm"
    return jnp.einsum(order, pair).reshape(len(angles), d_model)


def sinusoidal_grid(side: int, d_model: int, longest: int | float = 100.0) -> Float[Array, "M D"]:
    r"""A vector for every cell of a square grid: half of it says the row, half the column.

    .. math:: PE_{(r, c)} = [PE_r;\, PE_c]

    Args:
      side: rows and columns.
      d_model: D.
      longest: as for :func:`sinusoidal`; a grid is short, so its waves are too.

    Returns:
      ``(side², D)``, row by row.

    Raises:
      ValueError: if ``side`` or ``d_model`` is below 1.

    Example:
      >>> cells = sinusoidal_grid(3, 8)
      >>> cells.shape, bool((cells[0, :4] == cells[2, :4]).all())  # one row, other columns
      ((9, 8), True)

    Reference:
      Carion et al. (2020), DETR, arXiv:2005.12872, appendix A.4.
    """
    check_whole("side", side)
    check_whole("d_model", d_model)
    half = -(-d_model // 4) * 2  # even, and twice as much is at least D
    line = sinusoidal(jnp.arange(side), half, longest=longest)
    rows, columns = jnp.repeat(line, side, axis=0), jnp.tile(line, (side, 1))
    return jnp.concatenate([rows, columns], axis=1)[:, :d_model]


def rotate(
    vectors: Float[Array, "B H T K"],
    positions: Int[Array, " T"],
    longest: int | float = LONGEST,
) -> Float[Array, "B H T K"]:
    r"""Turns each pair of numbers of a query or key by an angle that grows with its position.

    .. math::
        \begin{pmatrix} x'_{2m} \\ x'_{2m+1} \end{pmatrix} =
        \begin{pmatrix} \cos t\theta_m & -\sin t\theta_m \\ \sin t\theta_m & \cos t\theta_m
        \end{pmatrix}
        \begin{pmatrix} x_{2m} \\ x_{2m+1} \end{pmatrix}, \qquad \theta_m = 10000^{-2m/d_k}

    A product of two vectors turned so depends on the distance of their positions, not on the
    positions: :math:`R_t q \cdot R_s k = q \cdot R_{s-t} k`.

    Args:
      vectors: queries or keys of all heads, ``(B, H, T, K)``; K even.
      positions: counted from 0, ``(T,)``.
      longest: as for :func:`sinusoidal`.

    Returns:
      The same shape and dtype; lengths do not change.

    Raises:
      ValueError: if K is odd.

    Example:
      >>> import jax.numpy as jnp
      >>> x = jnp.array([1.0, 0.0])[None, None, None]
      >>> rotate(x, jnp.array([0])).ravel().tolist()
      [1.0, 0.0]
      >>> print(*(f"{number:.2f}" for number in rotate(x, jnp.array([1])).ravel()))
      0.54 0.84

    Reference:
      Su et al. (2021), RoFormer, arXiv:2104.09864, equation (15).
    """
    angles = _angles(positions, vectors.shape[-1], longest)[None, None]  # (1, 1, T, K/2)
    cos, sin = jnp.cos(angles), jnp.sin(angles)
    even, odd = vectors[..., 0::2], vectors[..., 1::2]
    turned = jnp.stack([even * cos - odd * sin, even * sin + odd * cos], axis=-1)
    return turned.reshape(vectors.shape).astype(vectors.dtype)


class Positions(nnx.Module):
    r"""A vector for each position, to be added to the embeddings.

    Args:
      kind: ``"sinusoidal"``, ``"learned"``, or one that adds nothing: ``"none"`` and
        ``"rotary"``, which acts inside attention instead (:func:`rotate`).
      d_model: D.
      max_length: number of learned vectors; the others know no longest sequence.
      rngs: ``params`` initialises the learned vectors ``(max_length, D)``, as long on average as
        the sinusoidal ones.

    Raises:
      ValueError: if ``kind`` is another, ``max_length`` is below 1, or ``d_model`` is odd where
        it must be even.

    Example:
      >>> import jax.numpy as jnp
      >>> from flax import nnx
      >>> Positions("learned", 6, max_length=3, rngs=nnx.Rngs(0))(jnp.arange(3)).shape
      (3, 6)
    """

    def __init__(self, kind: str, d_model: int, max_length: int = 64, *, rngs: nnx.Rngs):
        if not isinstance(kind, str) or kind not in POSITIONS:
            raise ValueError(f"positions must be one of {', '.join(POSITIONS)}; got {kind!r}.")
        check_whole("d_model", d_model)
        check_whole("max_length", max_length)
        if kind == "sinusoidal":
            _angles(jnp.arange(1), d_model, LONGEST)  # says now that an odd width will not do
        init = jax.nn.initializers.normal(0.5**0.5)
        learned = kind == "learned"
        self.table = nnx.Param(init(rngs.params(), (max_length, d_model))) if learned else None
        self.kind, self.d_model, self.max_length = kind, d_model, max_length

    def __call__(self, positions: Int[Array, " T"]) -> Float[Array, "T D"]:
        """The vectors of these positions; zeros for ``"none"`` and ``"rotary"``.

        Raises:
          ValueError: outside ``jax.jit``, where its value can be looked at, for a position that
            has no learned vector.
        """
        if self.table is not None:
            if not is_traced(positions, self.table[...]):
                check_ids(
                    "positions", positions, len(self.table[...]), "Raise max_length to have more."
                )
            return jnp.take(self.table[...], positions, axis=0)
        if self.kind == "sinusoidal":
            return sinusoidal(positions, self.d_model)
        return jnp.zeros((len(positions), self.d_model))

    def check(self, length: int) -> None:
        """Raises ValueError where a sequence is longer than there are learned vectors."""
        if self.kind == "learned" and length > self.max_length:
            raise ValueError(
                f"max_length is {self.max_length}: there are no learned positions for a "
                f"sequence of {length} tokens. Build the model with a larger max_length, or "
                f"with positions='sinusoidal'."
            )
