"""Mirrors encdec_lib/widgets/memory_race; what it does in a page is in tests/browser."""

import pytest

from encdec_lib.widgets import MemoryRace


@pytest.mark.parametrize(
    "wrong, message",
    [
        ({"length": 7}, "length must be one of 5, 10, 20; got 7"),
        ({"bias": True}, "bias must be one of 0, 1, 3; got True"),
        ({"first": "z"}, "first must be one of a, b, c, d, e, f, g, h; got 'z'"),
        ({"first": ""}, "first must be one of"),
        ({"seed": -1}, "seed must be at least 0; got -1"),
    ],
)
def test_settings_that_cannot_be(wrong, message):
    with pytest.raises(ValueError, match=message):
        MemoryRace(**wrong)


def test_every_unit_has_its_own_model_and_the_same_task():
    configs = MemoryRace(length=20, bias=0, seed=3).configs
    assert list(configs) == ["tanh", "lstm", "gru"]
    for cell, config in configs.items():
        assert config["model"]["settings"]["encoder"]["cell"] == cell
        assert config["weights"] == {"seed": 3, "keep_bias": 0}
        assert config["task"]["shortest"] == config["task"]["longest"] == 20
    assert {len(losses) for losses in MemoryRace.first_losses.values()} == {20}
