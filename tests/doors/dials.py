"""The doors of the figures with dials that train nothing."""

import numpy as np
from flax import nnx
from hypothesis import strategies as st

from encdec_lib.layers.recurrent import GRU, RNN
from encdec_lib.models.vision_transformer import ViTConfig
from encdec_lib.widgets import (
    ForgettingDial,
    HeadsDial,
    LayerCostDial,
    PatchDial,
    PositionDial,
    RoundingDial,
)
from tests.doors import bad
from tests.doors.page_models import BAD_TEXTS

DIALS = {
    HeadsDial: (
        dict,
        {
            "sentence": st.sampled_from([None, 3, "", "  ", ["a"]]),
            "length": bad.wholes(),
            "heads": bad.wholes(),
            "d_k": bad.wholes(),
            "mask": bad.choices(),
            "padded": bad.wholes(0),
            "scaled": bad.flags(),
            "temperature": bad.numbers(0.1, 10),
            "positions": bad.choices(),
            "examples": BAD_TEXTS,
        },
    ),
    ForgettingDial: (
        lambda: {
            "layers": {"RNN": RNN(2, 3, rngs=nnx.Rngs(0)), "GRU": GRU(2, 3, rngs=nnx.Rngs(0))},
            "inputs": np.ones((4, 2)),
            "other": np.ones(2),
            "gradient": np.ones(3),
        },
        {
            "layers": st.sampled_from([None, {}, [3, 3], {"a": 3, "b": 3}, {"a": RNN}]),
            "inputs": bad.arrays((4, 2)),
            "other": bad.arrays((2,)),
            "gradient": bad.arrays((3,)),
            "radius": bad.numbers(0, 1.6, zero=True),
            "chosen": st.sampled_from([3, "LSTM", ["GRU"]]),
        },
    ),
    PatchDial: (
        lambda: {"image": np.zeros((6, 6)), "configs": {"a": ViTConfig(6, 3)}},
        {
            "image": st.sampled_from(
                [
                    None,
                    "a",
                    np.zeros((6, 5)),
                    np.zeros((0, 0)),
                    np.full((6, 6), 2.0),
                    np.full((6, 6), bad.NAN),
                    np.zeros((6, 6, 1)),
                    [[1], [1, 2]],
                ]
            ),
            "configs": st.sampled_from([None, {}, [3], {"a": 3}, dict.fromkeys("abcd", 3)]),
        },
    ),  # fmt: skip
    LayerCostDial: (
        dict,
        {
            "length": bad.wholes(8, 16384) | st.sampled_from([63, "64"]),
            "width": bad.wholes(16, 4096) | st.sampled_from([100, "512"]),
            "count": bad.choices(),
        },
    ),
    PositionDial: (
        dict,
        {
            "place": bad.wholes(0, 100),
            "distance": bad.wholes(-50, 50),
            "width": bad.wholes(4, 32) | st.sampled_from([6, 12, "8", 8.0]),
        },
    ),
    RoundingDial: (
        dict,
        {
            "weight": bad.numbers(1 / 16, 16, zero=True) | st.sampled_from([3, True, np.ones(2)]),
            "change": bad.numbers(0.0001, 0.02, zero=True) | st.sampled_from([0.003, np.ones(2)]),
            "format": bad.choices(),
        },
    ),
}
