"""The explorer of chapter 12: all attention maps of a Transformer, for a source that you type."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import traitlets

from encdec_lib.data.normal_form import nfc
from encdec_lib.data.text_vocabulary import TextVocabulary
from encdec_lib.data.vocabulary import Vocabulary
from encdec_lib.runtime.checks import check_whole, is_whole
from encdec_lib.web.export import Exported, export_model
from encdec_lib.widgets.host.book_widget import BookWidget
from encdec_lib.widgets.host.inputs import by_name, texts
from encdec_lib.widgets.host.inputs import text as _text
from encdec_lib.widgets.host.page_model import (
    glosses,
    page_model,
    readable_text,
    rule_of,
    token_lists,
)
from encdec_lib.widgets.parts import PARTS
from encdec_lib.widgets.parts.arpabet import ARPABET

_HERE = Path(__file__).parent
ATTENTIONS = ("encoder", "decoder", "cross")


class TransformerExplorer(BookWidget):
    r"""Answers in the page, and shows who looked where in each of the three attentions.

    The encoder looks at the source, the decoder at its own answer so far (what comes later is
    hidden), and across at the encoding. The maps of all heads of a layer stand side by side; one
    of them, or their mean, stands below them with its numbers. The model runs in the reader's
    browser, by ``encdec_lib/web/engine/models/transformer.js``, with a cache of keys and values.

    Args:
      model: built by :func:`~encdec_lib.models.transformer.transformer`, or by
        :func:`~encdec_lib.models.self_attention.self_attention`, whose decoder is a GRU: then
        there is no second attention.
      source_vocabulary: letters, and then a source is one word; words, and then it is words with
        spaces between them; or that of your own data (:func:`encdec_lib.data.parallel.read`), and
        then it is any text, cut up as the data were, unknown tokens read as ``<unk>``.
      target_vocabulary: what the answer is made of.
      text: the source it starts with.
      examples: sources to try at a click.
      references: source to right answer, ``"TH R UW"``, a token list, or a list of several that
        count as right. Answers for these get their mistakes marked.
      reference_name: who says so.
      gloss: a meaning for target tokens; for phonemes a word for each, unless told otherwise.
      attention: where it starts: ``"encoder"``, ``"decoder"`` or ``"cross"``.
      layer: which layer it starts with, from 1; the top one if None.
      head: which head it starts with, from 1; 0 is the mean of all.
      max_source: longest source that is read, in tokens; fewer if the model has fewer learned
        positions.
      max_target: where the answer stops at the latest; likewise.
      dtype: of the weights in the page, ``"float16"`` or ``"int8"``.

    Raises:
      TypeError: if a vocabulary is something else.
      ValueError: if the page's engine does not know the model, or model, vocabularies, sources
        and references do not fit together; the message names the argument.

    Example:
      >>> from flax import nnx
      >>> from encdec_lib.data.vocabulary import Vocabulary
      >>> from encdec_lib.models.transformer import TransformerConfig, transformer
      >>> config = TransformerConfig(7, 6, d_model=8, heads=2, d_ff=16)
      >>> explorer = TransformerExplorer(
      ...     transformer(config, rngs=nnx.Rngs(0)), Vocabulary("abc"), Vocabulary(["A", "BE"]),
      ...     text="Cab", references={"ab": "A BE"},
      ... )
      >>> explorer.text, explorer.attention, explorer.layer, explorer.head
      ('cab', 'cross', 2, 1)
    """

    _esm = _HERE / "transformer_explorer.js"
    _css = (PARTS / "words.css", _HERE / "transformer_explorer.css")
    static_fallback = (
        "Here you can type a source, read what the Transformer answers, and see who looks where in "
        "each of its attentions. It needs JavaScript, and no network."
    )

    text = traitlets.Unicode().tag(sync=True)
    attention = traitlets.Unicode().tag(sync=True)
    layer = traitlets.Int().tag(sync=True)
    head = traitlets.Int().tag(sync=True)
    model = traitlets.Dict().tag(sync=True)
    source_symbols = traitlets.List().tag(sync=True)
    target_symbols = traitlets.List().tag(sync=True)
    reading = traitlets.Dict().tag(sync=True)
    writing = traitlets.Dict().tag(sync=True)
    references = traitlets.Dict().tag(sync=True)
    reference_name = traitlets.Unicode().tag(sync=True)
    examples = traitlets.List().tag(sync=True)
    gloss = traitlets.Dict().tag(sync=True)
    max_source = traitlets.Int().tag(sync=True)
    max_target = traitlets.Int().tag(sync=True)

    def __init__(
        self,
        model: Any,
        source_vocabulary: Vocabulary,
        target_vocabulary: Vocabulary,
        *,
        text: str,
        examples: Iterable[str] = (),
        references: Mapping[str, object] | None = None,
        reference_name: str = "Reference",
        gloss: Mapping[str, str] | None = None,
        attention: str = "cross",
        layer: int | None = None,
        head: int = 1,
        max_source: int = 16,
        max_target: int = 24,
        dtype: str = "float16",
    ):
        for name, number in (("max_source", max_source), ("max_target", max_target)):
            check_whole(name, number)
        exported = model if isinstance(model, Exported) else export_model(model, dtype)
        kind = "self_attention" if exported.decoder == "reading" else "transformer"
        advice = "Show a model with attention and a recurrent encoder with AlignmentExplorer."
        described = page_model(
            "model", exported, kind, source_vocabulary, target_vocabulary, dtype, advice
        )
        layer = _start(exported, attention, layer, head)
        max_source = min(max_source, _places(exported, "encoder") or max_source)
        max_target = min(max_target, _places(exported, "decoder") or max_target)

        def readable(name, source):
            return _readable(name, source, source_vocabulary, max_source)

        known = {
            readable("references", source): token_lists(
                f"references[{source!r}]", said, target_vocabulary
            )
            for source, said in by_name("references", references, none=True).items()
        }
        gloss = ARPABET if gloss is None else by_name("gloss", gloss)
        super().__init__(
            text=readable("text", text),
            attention=attention,
            layer=layer,
            head=head,
            model=described,
            source_symbols=list(source_vocabulary.symbols),
            target_symbols=list(target_vocabulary.symbols),
            reading=rule_of(source_vocabulary),
            writing=rule_of(target_vocabulary),
            references=known,
            reference_name=_text("reference_name", reference_name),
            examples=[readable("examples", example) for example in texts("examples", examples)],
            gloss=glosses(gloss, target_vocabulary),
            max_source=max_source,
            max_target=max_target,
        )


def _layers(exported: Exported) -> dict[str, int]:
    """How many layers each attention has; 0 where there is none."""
    paths = {name: f"{name}.blocks." for name in ("encoder", "decoder")}
    counts = {
        name: len({path.split(".")[2] for path in exported.manifest if path.startswith(start)})
        for name, start in paths.items()
    }
    return counts | {"cross": counts["decoder"] or 1}


def _start(exported: Exported, attention: str, layer: int | None, head: int) -> int:
    """The first layer to show, once attention, layer and head are known to be there."""
    layers = {name: count for name, count in _layers(exported).items() if count}
    if not isinstance(attention, str) or attention not in layers:
        raise ValueError(f"attention must be one of {', '.join(layers)}; got {attention!r}.")
    if layer is not None and (not is_whole(layer) or not 1 <= layer <= layers[attention]):
        raise ValueError(
            f"layer must lie between 1 and {layers[attention]}, the layers of {attention!r}; got "
            f"{layer}. Leave it out for the top one."
        )
    side = "encoder" if attention == "encoder" else "decoder"
    heads = exported.settings[side].get("heads", 1)
    if not is_whole(head) or not 0 <= head <= heads:
        raise ValueError(
            f"head must lie between 0, the mean, and {heads}, the heads of the {side}; got {head}."
        )
    return layer or layers[attention]


def _places(exported: Exported, side: str) -> int | None:
    """How many learned positions a side has; None if it needs none."""
    table = exported.manifest.get(f"{side}.tokens.positions.table")
    return table["shape"][0] if table else None


def _readable(name: str, source: str, vocabulary: Vocabulary, most: int) -> str:
    """A source as the page writes it: one word in lower case, or words with single spaces."""
    source = _text(name, source)
    if isinstance(vocabulary, TextVocabulary):
        return readable_text(name, source, vocabulary, most)
    symbols = vocabulary.symbols[4:]
    letters = all(len(symbol) == 1 for symbol in symbols)
    unit = "letters" if letters else "words"
    source = nfc(nfc(source).lower())
    tokens = list(source.strip()) if letters else source.split()
    if not 1 <= len(tokens) <= most:
        raise ValueError(
            f"{name} must have 1 to {most} {unit} (max_source); got {source!r} with {len(tokens)}."
        )
    if unknown := [token for token in tokens if token not in symbols]:
        raise ValueError(
            f"{name} must use the {unit} of source_vocabulary; got {source!r} with {unknown[0]!r}."
        )
    return "".join(tokens) if letters else " ".join(tokens)
