"""Mirrors encdec_lib/analysis/silencing.py."""

import jax.numpy as jnp
import numpy as np
import pytest

from encdec_lib.analysis.silencing import silenced
from encdec_lib.encoding import Encoding

SKIPS = (jnp.full((2, 6, 6, 3), 2.0), jnp.full((2, 3, 3, 5), 3.0))
ENCODING = Encoding(jnp.full((2, 9, 7), 1.0), jnp.ones((2, 9), bool), SKIPS)


@pytest.mark.parametrize("part", ["vectors", 0, 1])
def test_one_part_is_zero_and_the_others_are_as_they_were(part):
    got = silenced(ENCODING, part)
    parts = {"vectors": (got.vectors, ENCODING.vectors)}
    parts |= dict(enumerate(zip(got.skips, SKIPS, strict=True)))
    for name, (now, before) in parts.items():
        np.testing.assert_array_equal(now, 0 * before if name == part else before)
    np.testing.assert_array_equal(got.mask, ENCODING.mask)


@pytest.mark.parametrize("part", [2, -1, "skips", True])
def test_another_part_is_named(part):
    with pytest.raises(ValueError, match='"vectors" or the number of a skip, of which there are 2'):
        silenced(ENCODING, part)
