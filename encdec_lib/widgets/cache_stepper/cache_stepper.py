"""A picture written square by square while the cache of keys and values fills (chapter 16)."""

from collections.abc import Iterable
from pathlib import Path

import traitlets

from encdec_lib.data.captions import WORDS
from encdec_lib.data.image_tokens import Codebook
from encdec_lib.encoding import EncoderDecoder
from encdec_lib.runtime.checks import check_whole, is_number
from encdec_lib.web.export import Exported
from encdec_lib.widgets.host.inputs import texts
from encdec_lib.widgets.host.page_model import page_model
from encdec_lib.widgets.host.stepper_widget import STEPPER_CSS, StepperWidget
from encdec_lib.widgets.parts.paintings import caption_of, code_bytes

_HERE = Path(__file__).parent
_MOST = 3  # captions
_FEWEST = 8  # squares, so that the steps are different ones


class CacheStepper(StepperWidget):
    r"""What a decoder-only model works out for one more square, and what it only looks up.

    The caption goes through all layers once and leaves a row in the cache for each of its S tokens,
    a key and a value a layer. For square :math:`t`, counted from 1, one token is read, the square
    before it: it adds one row and looks at all :math:`S + t`. Rows that go through the layers for
    :math:`t` squares, with the cache and if all were worked out anew for each of them:

    .. math:: S + t \qquad\text{and}\qquad \sum_{u=1}^{t} (S + u)

    Steps are the caption, squares 1 to 3, the first square with ink behind them, the one below it,
    one in the middle, and the last. The page paints the pictures itself.

    Args:
      model: built by :func:`~encdec_lib.models.decoder_only.text_to_image`, or exported.
      codebook: what its tokens look like; it fills a square grid of at least 3 columns.
      captions: 1 to 3 captions of one digit, or two with a relation between.
      temperature: by which the bets are divided before a square is drawn, 0 to 2; 0 takes the most
        probable square.
      seed: of the page's own random numbers.
      step: where it begins, counted from 1.
      chosen: which caption at first, counted from 0.
      dtype: of the weights in the page, ``"float16"`` or ``"int8"``.

    Raises:
      TypeError: if ``codebook`` is something else, or ``captions`` are no list of texts.
      ValueError: if the page's engine does not know the model, or model, codebook and captions do
        not fit together; the message names the argument.

    Example:
      >>> import numpy as np
      >>> from flax import nnx
      >>> from encdec_lib.models.decoder_only import DecoderOnlyConfig, text_to_image
      >>> codebook = Codebook(np.eye(4, dtype=np.float32), patch=2, side=6)
      >>> sizes = DecoderOnlyConfig(codebook.vocab, prefix_length=7, max_length=9, columns=3)
      >>> model = text_to_image(sizes, len(WORDS), rngs=nnx.Rngs(0))
      >>> CacheStepper(model, codebook, ["a three"]).captions
      ['a three']
    """

    _esm = _HERE / "cache_stepper.js"
    _css = STEPPER_CSS
    static_fallback = (
        "Here a model writes a picture square by square, and one sees what it adds to its cache "
        "and what it reads of it. It needs JavaScript, and no network."
    )

    model = traitlets.Dict().tag(sync=True)
    symbols = traitlets.List().tag(sync=True)
    codes = traitlets.Bytes().tag(sync=True)  # a byte a pixel, one code after another
    patch = traitlets.Int().tag(sync=True)
    columns = traitlets.Int().tag(sync=True)
    captions = traitlets.List().tag(sync=True)
    temperature = traitlets.Float().tag(sync=True)
    seed = traitlets.Int().tag(sync=True)

    def __init__(
        self,
        model: EncoderDecoder | Exported,
        codebook: Codebook,
        captions: Iterable[str] = ("a three", "a one left of a seven"),
        *,
        temperature: float | int = 0.7,
        seed: int = 0,
        step: int = 1,
        chosen: int = 0,
        dtype: str = "float16",
    ):
        described = page_model("model", model, "text_to_image", WORDS, None, dtype)
        codes = code_bytes(codebook, described)
        if codebook.columns**2 < _FEWEST:
            raise ValueError(
                f"codebook must fill a grid of at least 3 columns; got {codebook.columns}."
            )
        if not is_number(temperature) or not 0 <= temperature <= 2:
            raise ValueError(f"temperature must lie between 0 and 2; got {temperature}.")
        check_whole("seed", seed, least=0)
        room = described["manifest"]["encoder.positions.table"]["shape"][0] - 1  # and <eos>
        known = [caption_of("captions", one, WORDS, room) for one in texts("captions", captions)]
        if not 1 <= len(known) <= _MOST:
            raise ValueError(f"captions must be 1 to {_MOST}; got {len(known)}.")
        super().__init__(
            step=step,
            chosen=chosen,
            model=described,
            symbols=list(WORDS.symbols),
            codes=codes.tobytes(),
            patch=codebook.patch,
            columns=codebook.columns,
            captions=known,
            temperature=float(temperature),
            seed=int(seed),
        )
