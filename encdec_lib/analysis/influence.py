"""How far each input vector moves each output number, for a whole batch at once.

Shape letters: B batch, K numbers that are asked about, S positions, E width of an input vector.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float


def influence(
    outputs: Callable[[Float[Array, "B S E"]], Float[Array, "B K"]], inputs: Float[Array, "B S E"]
) -> Float[Array, "B K S"]:
    r"""The length of the gradient of each output number with respect to each input vector.

    .. math:: \left\lVert \frac{\partial\, \text{output}_k}{\partial x_j} \right\rVert

    It says by how much number k changes when the vector at position j moves by a small step, in
    the direction in which that matters most.

    ``jax.jacrev`` gives the derivatives of every output number with respect to every input number.
    For a batch most of them would be zeros, because what goes into one example changes nothing in
    another. So the outputs are added up over the examples before: the derivative of the sum with
    respect to an example's input is that of the example's own output, and nothing is lost.

    Args:
      outputs: from a batch of vectors to K numbers for each example. Examples must not meet in it,
        as they would in batch normalisation.
      inputs: such as embeddings, ``(B, S, E)``.

    Returns:
      ``(B, K, S)``.

    Raises:
      ValueError: if ``outputs`` does not give K numbers for each example.

    Example:
      >>> import jax.numpy as jnp
      >>> x = jnp.array([[[3.0], [4.0]], [[1.0], [2.0]]])  # two examples of two numbers
      >>> influence(lambda x: (x[:, 0] * x[:, 1]), x).tolist()  # the product
      [[[4.0, 3.0]], [[2.0, 1.0]]]
    """
    shape = jax.eval_shape(outputs, inputs).shape
    if len(shape) != 2 or shape[0] != inputs.shape[0]:
        raise ValueError(
            f"outputs must give K numbers for each of {inputs.shape[0]} examples, (B, K); got "
            f"{shape}."
        )
    jacobian = jax.jacrev(lambda x: outputs(x).sum(axis=0))(inputs)  # (K, B, S, E)
    return jnp.sqrt((jacobian**2).sum(axis=-1)).swapaxes(0, 1)
