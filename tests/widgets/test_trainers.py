"""Mirrors the trainers of encdec_lib/widgets; what they do in a page is in tests/browser."""

import jax
import jax.numpy as jnp
import pytest
from flax import nnx

from encdec_lib.models.transformer import TransformerConfig, transformer
from encdec_lib.widgets import HeadsTrainer, LengthRace, SelfAttentionTrainer, TransformerTrainer
from encdec_lib.widgets.host.lazy import Lazy


def products(jaxpr) -> dict[str, int]:
    """Multiplications of all matrix products; those of the maps have two batch axes."""
    found = {"attention": 0, "rest": 0}
    for equation in jaxpr.eqns:
        for value in equation.params.values():
            if (inner := getattr(value, "jaxpr", None)) is not None:
                found = {kind: found[kind] + more for kind, more in products(inner).items()}
        if equation.primitive.name != "dot_general":
            continue
        (contracted, _), (batched, _) = equation.params["dimension_numbers"]
        left = equation.invars[0].aval.shape
        count = equation.outvars[0].aval.size
        for axis in contracted:
            count *= left[axis]
        found["attention" if len(batched) == 2 else "rest"] += count
    return found


@pytest.mark.parametrize(
    ("task", "heads", "d_k", "S", "T", "V"),
    [("reverse", 2, 0, 5, 6, 20), ("look up", 8, 16, 6, 2, 25), ("two looks", 1, 4, 5, 3, 21)],
)
def test_the_cost_is_that_of_the_librarys_transformer(task, heads, d_k, S, T, V):
    trainer = HeadsTrainer(task, heads=heads, d_k=d_k, longest=5)
    width = d_k or 32 // heads
    config = TransformerConfig(
        V, V, 32, heads, 64, encoder_layers=1, decoder_layers=1, d_k=width, d_v=width
    )
    model = transformer(config, rngs=nnx.Rngs(0))
    graph, state = nnx.split(model)

    def run(state, source, target):
        return nnx.merge(graph, state)(source, target)

    ids = (jnp.full((1, S), 4), jnp.full((1, T), 4))
    counted = products(jax.make_jaxpr(run)(state, *ids).jaxpr)
    assert trainer.multiplications()._asdict() == counted


def test_a_figure_carries_the_engine_and_its_dials():
    for widget in (LengthRace(), HeadsTrainer("sort", heads=8, longest=16, positions="rotary")):
        state = widget.static_state()
        assert isinstance(state["engine"], Lazy) and b"engineHere" in state["engine"].data
        assert {"seed", "longest", "string"} <= set(state)
        assert '"$lazy"' in widget.static_html()


def test_strings_fit_their_task():
    assert HeadsTrainer("reverse", longest=4).string == "code"
    assert HeadsTrainer("look up").string == "3 code"
    with pytest.raises(ValueError, match=r"string must fit the task 'two looks'.*got 'code'"):
        HeadsTrainer("two looks", string="code")
    with pytest.raises(ValueError, match="words must be given for the task 'words'"):
        HeadsTrainer("words")
    with pytest.raises(ValueError, match="string must have 2 to longest = 4 letters"):
        LengthRace("codelike", longest=4)


def test_settings_that_nobody_has():
    for wrong in (
        {"heads": 3},
        {"heads": True},
        {"d_k": 32},
        {"task": "sum"},
        {"positions": "spiral"},
    ):
        with pytest.raises(ValueError, match=f"{next(iter(wrong))} must be one of"):
            HeadsTrainer(**wrong)


def test_the_trainers_of_chapters_10_and_12_take_what_they_can_learn():
    assert SelfAttentionTrainer("sort").string == "camel"
    for task, bad in (("sort", "camels"), ("look up", "4 pop"), ("look up", "camel")):
        with pytest.raises(ValueError, match=f"string must fit the task '{task}'.*got '{bad}'"):
            SelfAttentionTrainer(task, string=bad)
    with pytest.raises(ValueError, match=r"string must have 2 to 5 letters.*got 'camels'"):
        TransformerTrainer(string="camels")
    for wrong in ({"d_k": 3}, {"d_k": True}, {"task": "copy"}, {"positions": "learned"}):
        with pytest.raises(ValueError, match=f"{next(iter(wrong))} must be one of"):
            SelfAttentionTrainer(**wrong)
    with pytest.raises(ValueError, match="layers must be one of 1, 2, 4; got 3"):
        TransformerTrainer(layers=3)
