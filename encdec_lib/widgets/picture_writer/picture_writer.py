"""Write a caption, watch it being painted (chapter 16): a decoder-only model in the page."""

from collections.abc import Iterable
from pathlib import Path

import traitlets

from encdec_lib.data.captions import RELATIONS, WORDS
from encdec_lib.data.image_tokens import Codebook
from encdec_lib.data.vocabulary import Vocabulary
from encdec_lib.encoding import EncoderDecoder
from encdec_lib.runtime.checks import is_number, is_whole
from encdec_lib.web.export import Exported
from encdec_lib.widgets.host.book_widget import BookWidget
from encdec_lib.widgets.host.inputs import texts
from encdec_lib.widgets.host.page_model import page_model
from encdec_lib.widgets.parts.paintings import caption_of, caption_tokens, code_bytes

_HERE = Path(__file__).parent
HOTTEST = 2.0  # largest temperature of the dial
MOST = 6  # pictures side by side
EXAMPLES = ("a three", "a one left of a seven", "a nine above a four")
SEEN = ("left", "above")  # the relations of encdec_lib.data.tidy_scenes


class PictureWriter(BookWidget):
    r"""Paints what a caption says, square by square, with the model in the page.

    The reader puts a caption together and turns the dials of
    :func:`~encdec_lib.generate.sampling.sample`: temperature :math:`\tau` (0 takes the most
    probable token every time), top-k, and the seed. Special tokens are never painted. A touched
    square shows what the model expected there, how much it looked at each word, and which squares
    it looked at. All of it runs in the reader's browser, by ``encdec_lib/web/engine/prefix.js``,
    with a cache of keys and values. The random numbers are the page's own: a seed gives other
    pictures here than in Python.

    Args:
      model: built by :func:`~encdec_lib.models.decoder_only.text_to_image`.
      codebook: what its tokens look like; it fills a grid with as many columns as the model has.
      words: the vocabulary of its captions.
      examples: captions to try at a click; they name one digit, or two with a relation between.
      text: the caption it starts with; the first example if None.
      temperature: where the dial starts, 0 to 2.
      top_k: where the dial starts, 1 to the number of codes; all if None.
      seed: of the first pictures.
      pictures: how many stand side by side, painted from one caption with different random numbers.
      relations: the keys of ``RELATIONS`` in :mod:`encdec_lib.data.captions` that the captions of
        the training had; the others are offered too, and marked.
      ends: whether captions end in ``<eos>`` for the model, as those of
        :func:`~encdec_lib.data.tidy_scenes.write` do.
      dtype: of the weights in the page, ``"float16"`` or ``"int8"``.

    Raises:
      TypeError: if ``codebook`` is something else.
      ValueError: if the page's engine does not know the model, or model, codebook, words and
        captions do not fit together; the message names the argument.

    Example:
      >>> import numpy as np
      >>> from flax import nnx
      >>> from encdec_lib.data.captions import WORDS
      >>> from encdec_lib.data.image_tokens import Codebook
      >>> from encdec_lib.models.decoder_only import DecoderOnlyConfig, text_to_image
      >>> codebook = Codebook(np.eye(4, dtype=np.float32), patch=2, side=6)
      >>> sizes = DecoderOnlyConfig(codebook.vocab, prefix_length=7, max_length=9, columns=3)
      >>> model = text_to_image(sizes, len(WORDS), rngs=nnx.Rngs(0))
      >>> writer = PictureWriter(model, codebook, examples=["a two above a five"], top_k=3)
      >>> writer.text, writer.temperature, writer.top_k, writer.relations
      ('a two above a five', 1.0, 3, ['left of', 'above'])
    """

    _esm = _HERE / "picture_writer.js"
    _css = _HERE / "picture_writer.css"
    static_fallback = (
        "Here you can put a caption together and watch the model paint it, square by square. "
        "It needs JavaScript, and no network."
    )

    text = traitlets.Unicode().tag(sync=True)
    temperature = traitlets.Float().tag(sync=True)
    top_k = traitlets.Int().tag(sync=True)  # the number of codes stands for all
    seed = traitlets.Int().tag(sync=True)
    model = traitlets.Dict().tag(sync=True)
    symbols = traitlets.List().tag(sync=True)
    codes = traitlets.Bytes().tag(sync=True)  # a byte a pixel, one code after another
    patch = traitlets.Int().tag(sync=True)
    columns = traitlets.Int().tag(sync=True)
    examples = traitlets.List().tag(sync=True)
    pictures = traitlets.Int().tag(sync=True)
    relations = traitlets.List().tag(sync=True)  # of the training; none if two digits do not fit
    others = traitlets.List().tag(sync=True)  # that the training did not have
    ends = traitlets.Bool().tag(sync=True)

    def __init__(
        self,
        model: EncoderDecoder | Exported,
        codebook: Codebook,
        words: Vocabulary = WORDS,
        *,
        examples: Iterable[str] = EXAMPLES,
        text: str | None = None,
        temperature: float | int = 1.0,
        top_k: int | None = None,
        seed: int = 0,
        pictures: int = 4,
        relations: Iterable[str] = SEEN,
        ends: bool = True,
        dtype: str = "float16",
    ):
        if not isinstance(ends, bool):
            raise ValueError(f"ends must be True or False; got {ends!r}.")
        if not isinstance(words, Vocabulary):
            raise TypeError(f"words must be a Vocabulary; got {type(words).__name__}.")
        try:
            described = page_model("model", model, "text_to_image", words, None, dtype)
        except ValueError as error:
            raise ValueError(str(error).replace("source_vocabulary", "words")) from None
        codes = code_bytes(codebook, described)
        room = described["manifest"]["encoder.positions.table"]["shape"][0] - bool(ends)
        for name, number, least, most in (
            ("temperature", temperature, 0, HOTTEST),
            ("top_k", len(codes) if top_k is None else top_k, 1, len(codes)),
            ("seed", seed, 0, 2**31 - 1),
            ("pictures", pictures, 1, MOST),
        ):
            fits = is_number(number) if name == "temperature" else is_whole(number)
            if not fits or not least <= number <= most:
                raise ValueError(f"{name} must lie between {least} and {most}; got {number}.")
        captions = [
            caption_of("examples", example, words, room) for example in texts("examples", examples)
        ]
        if text is None and not captions:
            raise ValueError("examples must hold a caption if text is None; got none.")
        seen, others = _relations(relations, room)
        super().__init__(
            text=captions[0] if text is None else caption_of("text", text, words, room),
            temperature=float(temperature),
            top_k=len(codes) if top_k is None else top_k,
            seed=seed,
            model=described,
            symbols=list(words.symbols),
            codes=codes.tobytes(),
            patch=codebook.patch,
            columns=codebook.columns,
            examples=captions,
            pictures=pictures,
            relations=seen,
            others=others,
            ends=ends,
        )


def _relations(seen: Iterable[str], room: int) -> tuple[list[str], list[str]]:
    """The relations of the training and the others, as captions say them; none if too long."""
    seen = texts("relations", seen)
    if unknown := [key for key in seen if key not in RELATIONS]:
        raise ValueError(f"relations must be among {', '.join(RELATIONS)}; got {unknown[0]!r}.")
    if room < max(len(caption_tokens("zero", key, "one")) for key in RELATIONS):
        return [], []
    others = [key for key in RELATIONS if key not in seen]
    return [RELATIONS[key] for key in seen], [RELATIONS[key] for key in others]
