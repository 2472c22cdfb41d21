"""Mirrors encdec_lib/widgets/self_attention_stepper; what it does in a page is in tests/browser."""

import pytest

from encdec_lib.widgets import SelfAttentionStepper
from tests.widgets.untrained_transformers import small

LAYERS = {"encoder_layers": 1, "decoder_layers": 1}


def test_it_carries_the_model_and_the_string():
    widget = SelfAttentionStepper(small(25, 25, heads=1, **LAYERS), "2 pop", step=3, chosen=1)
    state = widget.static_state()
    assert (state["string"], state["step"], state["chosen"]) == ("2 pop", 3, 1)
    assert "encoder.blocks.0.attention.query.kernel" in state["model"]["manifest"]


def test_models_that_it_cannot_show():
    with pytest.raises(ValueError, match="one head, and sinusoidal.*got 3 heads"):
        SelfAttentionStepper(small(25, 25, **LAYERS))
    with pytest.raises(ValueError, match="positions 'rotary'"):
        SelfAttentionStepper(small(25, 25, heads=1, positions="rotary", **LAYERS))
    with pytest.raises(ValueError, match="must have the 26 symbols"):
        SelfAttentionStepper(small(26, 26, heads=1, **LAYERS))


@pytest.mark.parametrize("bad", ["camel", "6 camel", "3 xyz", "3 ca", "", "3 camels"])
def test_strings_that_do_not_fit(bad):
    model = small(25, 25, heads=1, **LAYERS)
    with pytest.raises(ValueError, match=r"string must be a place and 2 to 5 letters.*got"):
        SelfAttentionStepper(model, bad)
