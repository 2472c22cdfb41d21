"""A caption, one word at a time, out of one vector (chapter 5)."""

from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import traitlets

from encdec_lib.data.captions import WORDS
from encdec_lib.data.vocabulary import BOS, EOS, PAD, UNK
from encdec_lib.encoding import EncoderDecoder
from encdec_lib.models.captioning import CNNEncoder
from encdec_lib.models.seq2seq import RNNDecoder
from encdec_lib.widgets.host.inputs import grey_pictures
from encdec_lib.widgets.host.stepper_widget import STEPPER_CSS, StepperWidget, check_place

_HERE = Path(__file__).parent
_MOST_PICTURES, _MOST_WORDS, _DRAWN, _BETS = 4, 9, 8, 3


class CaptionStepper(StepperWidget):
    r"""What the decoder's state is at each word, and what is left in it of the picture's vector.

    The model writes each caption greedily when the figure is made. The state begins as H; after
    each word its cosine with H is given,

    .. math:: \frac{s_i \cdot H}{\lVert s_i \rVert\, \lVert H \rVert}

    and the first 8 numbers of both are drawn.

    Args:
      model: built by :func:`~encdec_lib.models.captioning.captioner`.
      pictures: ``(N, S, S)`` or ``(N, S, S, 1)``, 1 to 4 scenes. A caption is shown up to its
        ninth word.
      step: where it begins, counted from 1.
      chosen: which picture at first, counted from 0.

    Raises:
      ValueError: if the model is of another chapter, or the pictures are no stack of squares.

    Example:
      >>> import numpy as np
      >>> from flax import nnx
      >>> from encdec_lib.models.captioning import CaptionConfig, captioner
      >>> model = captioner(CaptionConfig(channels=(2, 3, 3), state_dim=5), rngs=nnx.Rngs(0))
      >>> shown = CaptionStepper(model, np.zeros((1, 32, 32)))
      >>> shown.width, len(shown.traces)
      (5, 1)
    """

    _esm = _HERE / "caption_stepper.js"
    _css = STEPPER_CSS
    static_fallback = (
        "Here a decoder writes a caption word by word, and one sees its state change and its best "
        "guesses. It needs JavaScript, and no network."
    )

    pictures = traitlets.List().tag(sync=True)
    traces = traitlets.List().tag(sync=True)
    side = traitlets.Int().tag(sync=True)
    width = traitlets.Int().tag(sync=True)

    def __init__(self, model: EncoderDecoder, pictures: Any, *, step: int = 1, chosen: int = 0):
        check_place(step, chosen)
        encoder, decoder = getattr(model, "encoder", None), getattr(model, "decoder", None)
        if not isinstance(encoder, CNNEncoder) or not isinstance(decoder, RNNDecoder):
            raise ValueError(
                f"model must be built by captioner(...), whose decoder has one vector; got "
                f"{type(model).__name__}."
            )
        side = encoder.side
        images = grey_pictures("pictures", pictures, side, _MOST_PICTURES)
        dots = np.rint(255 * images).astype(np.uint8)
        traces = [_trace(model, decoder, image) for image in images]
        super().__init__(
            step=step,
            chosen=chosen,
            pictures=[picture.tobytes() for picture in dots],
            traces=traces,
            side=side,
            width=traces[0].pop("width"),
        )


def _trace(model: EncoderDecoder, decoder: RNNDecoder, image: np.ndarray) -> dict:
    """The caption of one picture, and the state after each of its words."""
    encoding = model.encode(jnp.asarray(image[None, ..., None]))
    H = np.asarray(encoding.vectors[0, 0], np.float64)
    state, token, steps = decoder.start(encoding), BOS, []
    while token != EOS and len(steps) < _MOST_WORDS:
        state, logits, _ = decoder.step(state, jnp.array([token]))
        shares = np.array(jax.nn.softmax(logits[0]), np.float64)
        shares[[PAD, BOS, UNK]] = 0  # never written
        best = np.argsort(-shares)[:_BETS]
        token = int(best[0])
        s = np.asarray(state.carry[0][0], np.float64)
        cosine = s @ H / max(np.linalg.norm(s) * np.linalg.norm(H), 1e-12)
        steps.append(
            {
                "state": s[:_DRAWN].round(4).tolist(),
                "cosine": round(float(cosine), 4),
                "bets": [[_word(int(k)), round(float(shares[k]), 4)] for k in best],
            }
        )
    return {"vector": H[:_DRAWN].round(4).tolist(), "steps": steps, "width": len(H)}


def _word(token: int) -> str:
    return "end" if token == EOS else WORDS.symbols[token]
