r"""The page's random numbers in Python, and with them its first weights.

A figure that trains (``encdec_lib/web/engine/training``) draws its weights and its batches from
streams of numbers, each with a key. Number n of a stream depends on the key and n alone, so the
same numbers come out here as one vector, and :func:`~encdec_lib.train.loop.fit` can start where
the page starts and see what it sees.

.. math:: u_n = \mathrm{hash}(\mathrm{key} + (n + 1) \cdot \mathrm{stride} \bmod 2^{32}) / 2^{32}

The hash is that of mulberry32. Logarithms and cosines may differ in their last bit between two
machines, and the weights then in the last bit of a float32.
"""

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np
from flax import nnx
from jaxtyping import Float, Int

from encdec_lib.runtime.checks import check_whole, is_number

_STRIDE = 0x6D2B79F5


def key_of(*names: str | int) -> int:
    """The key of the stream for ``names``, such as a seed and the path of a parameter.

    Args:
      names: what the stream is for; joined by ``/``.

    Returns:
      A number from 0 to 2³² - 1, by FNV-1a and then the last steps of murmur3.

    Example:
      >>> key_of(0, "decoder.output.kernel") != key_of(1, "decoder.output.kernel")
      True
    """
    key = 0x811C9DC5
    for letter in "/".join(map(str, names)):
        key = (key ^ ord(letter)) * 0x01000193 & 0xFFFFFFFF
    key = (key ^ key >> 16) * 0x85EBCA6B & 0xFFFFFFFF
    key = (key ^ key >> 13) * 0xC2B2AE35 & 0xFFFFFFFF
    return key ^ key >> 16


def numbers(key: int, count: int, start: int = 0) -> Float[np.ndarray, " N"]:
    """Numbers ``start``, ``start + 1``, ... of a stream: from 0 up to, and without, 1.

    Args:
      key: of :func:`key_of`.
      count: N.
      start: the place of the first.

    Returns:
      float64 ``(N,)``, in steps of 2⁻³².

    Example:
      >>> bool((numbers(7, 5)[3:] == numbers(7, 2, start=3)).all())
      True
    """
    places = np.arange(start + 1, start + count + 1, dtype=np.uint64)
    seed = ((places * _STRIDE + key) & 0xFFFFFFFF).astype(np.uint32)
    z = (seed ^ seed >> 15) * (seed | 1)
    z = (z + (z ^ z >> 7) * (z | 61)) ^ z
    return (z ^ z >> 14) / 2**32


def normals(key: int, count: int, start: int = 0) -> Float[np.ndarray, " N"]:
    """The same of normal numbers, mean 0 and variance 1 (Box and Muller 1958).

    Args:
      key, count, start: as for :func:`numbers`.

    Returns:
      float64 ``(N,)``.

    Example:
      >>> bool(abs(normals(7, 10_000).std() - 1) < 0.02)
      True
    """
    pairs = numbers(key, 2 * count, 2 * start)
    return np.sqrt(-2 * np.log(1 - pairs[::2])) * np.cos(2 * np.pi * pairs[1::2])


def shuffled(key: int, count: int) -> Int[np.ndarray, " N"]:
    """The numbers 0 to N - 1 in the order of a stream's numbers.

    Args:
      key: of :func:`key_of`.
      count: N.

    Example:
      >>> sorted(shuffled(7, 4).tolist())
      [0, 1, 2, 3]
    """
    return np.argsort(numbers(key, count), kind="stable")


def first_weights(model: nnx.Module, seed: int, keep_bias: float | int | None = None) -> nnx.Module:
    """Gives a model the weights that the page's model of the same sizes begins with.

    Each parameter is drawn from the seed and its path alone, by the distribution that the library
    has for it: kernels normal with variance 1 / inputs, Glorot's for what a recurrent layer or a
    score reads, orthogonal blocks for the state, zeros for biases.

    Args:
      model: any whose parameters have names that the page knows; it is changed.
      seed: from 0 on.
      keep_bias: where the gates that keep a state start, z of a GRU and f of an LSTM; as the
        library has it if None, 0 and 1.

    Returns:
      ``model``.

    Raises:
      ValueError: if ``seed`` is negative, ``keep_bias`` no finite number, or no rule says how a
        parameter starts.

    Example:
      >>> from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
      >>> config = Seq2SeqConfig(7, 9, embed_dim=2, state_dim=4)
      >>> one, other = (first_weights(seq2seq(config, rngs=nnx.Rngs(n)), 3) for n in (0, 1))
      >>> bool((one.encoder.rnn.W_rec[...] == other.encoder.rnn.W_rec[...]).all())
      True
    """
    check_whole("seed", seed, least=0)
    if keep_bias is not None and not is_number(keep_bias):
        raise ValueError(f"keep_bias must be a finite number, or None; got {keep_bias!r}.")
    state = nnx.to_pure_dict(nnx.state(model, nnx.Param))

    def fill(tree: dict, path: tuple[str, ...]) -> dict:
        return {
            key: fill(branch, (*path, str(key)))
            if isinstance(branch, dict)
            else jnp.asarray(_drawn(seed, (*path, str(key)), branch.shape, tree, keep_bias))
            for key, branch in tree.items()
        }

    nnx.update(model, _as_state(model, fill(state, ())))
    return model


def _as_state(model: nnx.Module, pure: dict) -> Any:
    state = nnx.state(model, nnx.Param)
    nnx.replace_by_pure_dict(state, pure)
    return state


def _drawn(
    seed: int,
    path: tuple[str, ...],
    shape: tuple[int, ...],
    beside: dict,
    keep_bias: float | int | None,
) -> np.ndarray:
    """One parameter in float32; ``beside`` holds those of the same layer."""
    name = path[-1]
    if name not in _DRAWS:
        raise ValueError(
            f"model must have parameters that the page knows how to start, {', '.join(_DRAWS)}; "
            f"got {'.'.join(path)}."
        )
    # A classifier's last layer takes the decoder's place in the page.
    full = ("decoder", *path) if path[0] == "head" else path
    values = _DRAWS[name](key_of(seed, ".".join(full)), shape)
    if name == "b_in":
        D = len(beside["W_rec"])
        of_lstm = shape[0] == 4 * D
        values[D : 2 * D] = of_lstm if keep_bias is None else keep_bias
    return values.astype(np.float32)


def _normal(spread: Callable[[tuple[int, ...]], float]) -> Callable:
    return lambda key, shape: (normals(key, int(np.prod(shape))) * spread(shape)).reshape(shape)


def _constant(value: float) -> Callable:
    return lambda key, shape: np.full(shape, value)


def _glorot(key: int, shape: tuple[int, ...]) -> np.ndarray:
    """Uniform numbers; a vector counts as a matrix of one column."""
    limit = np.sqrt(6 / (shape[0] + (shape[1] if len(shape) > 1 else 1)))
    return ((2 * numbers(key, int(np.prod(shape))) - 1) * limit).reshape(shape)


def _orthogonal(key: int, shape: tuple[int, ...]) -> np.ndarray:
    """Blocks of orthonormal rows, side by side."""
    D, columns = shape
    return np.concatenate([_orthonormal(key, n * D * D, D) for n in range(columns // D)], axis=1)


def _orthonormal(key: int, start: int, D: int) -> np.ndarray:
    """Gram and Schmidt's rows out of normal numbers, each made orthogonal twice."""
    Q = normals(key, D * D, start).reshape(D, D)
    for i in range(D):
        for _ in range(2):
            Q[i] -= (Q[:i] @ Q[i]) @ Q[:i]
        Q[i] /= np.sqrt(Q[i] @ Q[i])
    return Q


_small = _normal(lambda shape: 0.02)
_DRAWS: dict[str, Callable] = {
    "kernel": _normal(lambda shape: np.sqrt((2 if len(shape) > 2 else 1) / np.prod(shape[:-1]))),
    "embedding": _normal(lambda shape: 1 / np.sqrt(shape[1])),
    "table": _normal(lambda shape: np.sqrt(0.5)),
    "positions": _small,
    "class_token": _small,
    **dict.fromkeys(("W", "W_in", "W_query", "W_key", "W_position", "v", "v_position"), _glorot),
    "W_rec": _orthogonal,
    **dict.fromkeys(("bias", "b_in", "b_rec"), _constant(0.0)),
    "scale": _constant(1.0),
}
