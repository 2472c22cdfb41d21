"""Right answers are right on GPUs that round products, as those with TF32 do.

A GPU is emulated: what goes into a product of matrices or a convolution is rounded to 10 bits of
fraction first, unless the highest precision is asked for.
"""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from encdec_lib import exercises
from encdec_lib.exercises.checking import agrees, exercise
from tests.book.test_exercises import FAST, problems
from tests.book.tree import pages, text
from tests.helpers.thinned import thinned
from tools.myst_pages import ROOT

pytestmark = pytest.mark.slow  # each clears the programs that other tests have compiled


def rounding(bind):
    """A primitive's ``bind`` whose two arguments are rounded, as its precision says."""

    def rounded(lhs, rhs, **params):
        if params.get("precision") != (jax.lax.Precision.HIGHEST,) * 2:
            lhs, rhs = (
                jax.lax.reduce_precision(x, exponent_bits=8, mantissa_bits=10)
                if x.dtype == jnp.float32 else x
                for x in (lhs, rhs)
            )  # fmt: skip
        return bind(lhs, rhs, **params)

    return rounded


@pytest.fixture
def tf32(monkeypatch):
    """JAX as on a GPU with TF32."""
    jax.clear_caches()  # programs that were compiled without
    for primitive in (jax.lax.dot_general_p, jax.lax.conv_general_dilated_p):
        monkeypatch.setattr(primitive, "bind", rounding(primitive.bind))
    yield
    monkeypatch.undo()
    jax.clear_caches()


def test_the_emulation_rounds_unless_it_is_asked_not_to(tf32):
    rng = np.random.default_rng(0)
    a, b = (jnp.asarray(rng.normal(size=(13, 13)), jnp.float32) for _ in range(2))
    true = np.asarray(a, np.float64) @ np.asarray(b, np.float64)
    ways = (lambda: a @ b, lambda: jnp.einsum("ij,jk", a, b), lambda: jax.jit(jnp.matmul)(a, b))
    for way in ways:
        assert 1e-4 < np.abs(way() - true).max() < 2e-2
        with jax.default_matmul_precision("highest"):
            assert np.abs(way() - true).max() < 1e-5


def test_an_answer_is_checked_with_exact_products(tf32):
    @exercise("rounded-1")
    def product(my_product):
        rng = np.random.default_rng(1)
        a, b = rng.normal(size=(2, 17, 17)).astype(np.float32)
        yield from agrees(my_product(a, b), a.astype(float) @ b, "the product", "Which axis?")

    assert exercises.check("rounded-1", lambda a, b: jnp.asarray(a) @ b).passed
    assert exercises.check("rounded-1", jax.jit(lambda a, b: a @ b)).passed
    wrong = exercises.check("rounded-1", lambda a, b: jnp.asarray(a) @ b.T)
    assert [p.holds for p in wrong.properties] == [True, False]
    assert jax.config.jax_default_matmul_precision is None  # nothing is left behind


@pytest.mark.parametrize("page", thinned(pages(), FAST))
def test_solutions_pass(page, tf32, monkeypatch):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    monkeypatch.chdir(ROOT / "book")
    found = problems(page, text(page), 0)
    assert not found, "\n" + "\n".join(found)
