"""Place digits, read the caption, see where each word looked (chapter 15)."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import traitlets

from encdec_lib.data.captions import WORDS
from encdec_lib.data.digits import Digits
from encdec_lib.encoding import EncoderDecoder
from encdec_lib.runtime.checks import is_whole
from encdec_lib.web.export import Exported, export_model
from encdec_lib.widgets.host.inputs import by_name
from encdec_lib.widgets.host.page_model import page_model
from encdec_lib.widgets.parts import PARTS
from encdec_lib.widgets.parts.scene_canvas import SCENE_CSS, SceneCanvas

_HERE = Path(__file__).parent
_KINDS = {
    ("vit", "transformer"): "vit_captioner",
    ("cnn", "attention"): "grid_captioner",
    ("cnn", "rnn"): "captioner",
}


class SceneReader(SceneCanvas):
    """Real digits on a canvas, the caption word by word, and the map of every word on the picture.

    The reader places digits, drags them or moves them by arrow keys; the models run in the page
    after every move. A word that is pointed at, tapped, or reached by arrow keys shows its
    weights over the patches: of one head, or the mean of all. The true caption of the layout
    stands beside the model's, by the rule of :mod:`encdec_lib.data.captions`.

    Args:
      models: from a name, which the reader sees, to a model built by
        :func:`~encdec_lib.models.vit_to_transformer.vit_captioner`,
        :func:`~encdec_lib.models.vit_to_transformer.grid_captioner` or
        :func:`~encdec_lib.models.captioning.captioner`, which has one vector and no map; 1 to 4
        of them, all for images of one side.
      digits: images to place, best from the test part, with at least one of each digit 0 to 9.
      start: what lies on the canvas at first: for each digit its label and the row and column of
        the upper left corner of its ink.
      model: the name it starts with; the first one if None.
      word: which word's map is shown at first, from 0.
      head: which head it starts with, from 1; 0 is the mean of all.
      layer: which layer of the decoder it starts with, from 1; 0 is the top one.
      handwritings: how many images of each digit to carry, the first ones of ``digits``; a second
        click on a digit gives the next.
      noise: standard deviation of the noise, which is the same for every scene of the page.
      most: number of digits up to which the models were trained.
      seed: of the noise.
      dtype: of the weights in the page, ``"float16"`` or ``"int8"``.

    Raises:
      ValueError: if a model is of another kind, the models do not fit together, a digit is
        missing, or ``start`` is not on the canvas; the message names the argument.

    Example:
      >>> from flax import nnx
      >>> from encdec_lib.data import digits
      >>> from encdec_lib.models.vit_to_transformer import ViTCaptionConfig, vit_captioner
      >>> config = ViTCaptionConfig(patch=8, d_model=6, heads=2, d_ff=7)
      >>> models = {"ViT, Transformer": vit_captioner(config, rngs=nnx.Rngs(0))}
      >>> reader = SceneReader(models, digits.load(14).test, start=[(7, 3, 4)])
      >>> reader.model, reader.head, reader.places
      ('ViT, Transformer', 0, [[14, 3, 4]])
    """

    _esm = _HERE / "scene_reader.js"
    _css = (SCENE_CSS, PARTS / "attention_maps.css", _HERE / "scene_reader.css")
    static_fallback = (
        "Here you can place digits on a canvas, read the caption that the model writes, and see "
        "where each word looked. It needs JavaScript, and no network."
    )

    models = traitlets.List().tag(sync=True)  # of {name, model}
    symbols = traitlets.List().tag(sync=True)
    model = traitlets.Unicode().tag(sync=True)
    word = traitlets.Int().tag(sync=True)
    head = traitlets.Int().tag(sync=True)
    layer = traitlets.Int().tag(sync=True)

    def __init__(
        self,
        models: Mapping[str, EncoderDecoder | Exported],
        digits: Digits,
        *,
        start: Sequence[tuple[int, int, int]] = (),
        model: str | None = None,
        word: int = 1,
        head: int = 0,
        layer: int = 0,
        handwritings: int = 2,
        noise: float | int = 0.1,
        most: int = 3,
        seed: int = 0,
        dtype: str = "float16",
    ):
        if not 1 <= len(by_name("models", models)) <= 4:
            raise ValueError(f"models must be 1 to 4; got {len(models)}.")
        described = [
            {"name": name, "model": _described(name, each, dtype)} for name, each in models.items()
        ]
        names = list(models)
        model = names[0] if model is None else model
        if not isinstance(model, str) or model not in names:
            raise ValueError(f"model must be one of {', '.join(names)}; got {model!r}.")
        sides = {each["model"]["settings"]["encoder"]["side"] for each in described}
        if len(sides) > 1:
            raise ValueError(f"models must read images of one side; got {sorted(sides)}.")
        shown = described[names.index(model)]["model"]
        for name, number, special, most_of in (
            ("head", head, "the mean", shown["settings"]["decoder"].get("heads", 1)),
            ("layer", layer, "the top one", _layers(shown)),
        ):
            if not is_whole(number) or not 0 <= number <= most_of:
                raise ValueError(
                    f"{name} must lie between 0, {special}, and {most_of}, the {name}s of "
                    f"{model!r}; got {number}."
                )
        if not is_whole(word) or word < 0:
            raise ValueError(f"word must be at least 0; got {word!r}.")
        super().__init__(
            sides.pop(), digits, start, handwritings, noise, most, seed,
            models=described, symbols=list(WORDS.symbols), model=model, word=word, head=head,
            layer=layer,
        )  # fmt: skip


def _described(name: str, model, dtype: str) -> dict:
    """One model as state, if the page can show it over a square of patches."""
    where = f"models[{name!r}]"
    if isinstance(model, Exported):
        exported = model
    else:
        try:
            exported = export_model(model, dtype)
        except (TypeError, ValueError) as error:
            if not str(error).startswith("model "):
                raise
            raise type(error)(f"{where}{str(error).removeprefix('model')}") from error
    kind = _KINDS.get((exported.encoder, exported.decoder), "vit_captioner")
    described = page_model(
        where, exported, kind, None, WORDS, dtype,
        "grid_captioner(...) and captioner(...) will do as well.",
    )  # fmt: skip
    settings = described["settings"]["encoder"]
    if kind == "vit_captioner" and "encoder.class_token" in described["manifest"]:
        raise ValueError(
            f"{where} must have one vector a patch; its encoder has a class token besides. Build "
            f"it with ViTEncoder(config, class_token=False)."
        )
    if kind == "grid_captioner" and not settings["grid"]:
        raise ValueError(
            f"{where} must have one vector a cell, CNNEncoder(grid=True), where the decoder "
            f"attends; got one vector for the whole picture."
        )
    channels = _channels(described)
    if channels != 1:
        raise ValueError(f"{where} must read images of 1 channel; got {channels}.")
    return described


def _channels(described: dict) -> int:
    """C of the images that an encoder reads."""
    settings, manifest = described["settings"]["encoder"], described["manifest"]
    if "channels" in settings:
        return settings["channels"]
    return manifest["encoder.convolutions.blocks.0.conv1.kernel"]["shape"][2]


def _layers(described: dict) -> int:
    """How many layers of the decoder look at the picture."""
    start = "decoder.blocks."
    paths = [path for path in described["manifest"] if path.startswith(start)]
    return len({path.split(".")[2] for path in paths}) or 1
