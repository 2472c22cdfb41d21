"""The length dial of chapter 6: a sentence grows, and two models translate it."""

import itertools
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import traitlets

from encdec_lib.data.parallel import ParallelText
from encdec_lib.data.vocabulary import Vocabulary
from encdec_lib.runtime.checks import is_whole
from encdec_lib.runtime.inputs import as_numbers
from encdec_lib.widgets.host.book_widget import BookWidget
from encdec_lib.widgets.host.inputs import by_name, listed, text
from encdec_lib.widgets.host.page_model import glosses, page_model, token_list, token_lists
from encdec_lib.widgets.parts import PARTS

_HERE = Path(__file__).parent


class LengthDial(BookWidget):
    """A slider for the source length; both models translate the sentence in the page.

    Tokens that differ from the reference are marked after an alignment with as few edits as
    possible. Above, the measured curves of quality against length, with a point on each that
    moves along.

    Args:
      attention_model: built by :func:`~encdec_lib.models.bahdanau_attention.bahdanau`.
      fixed_model: built by :func:`~encdec_lib.models.seq2seq.seq2seq`.
      source_vocabulary: English tokens.
      target_vocabulary: Korean tokens.
      sentences: one sentence a length, as pairs ``(source tokens, reference tokens)``, such as
        :func:`encdec_lib.data.translation.growing_sentence` gives, or a
        :class:`~encdec_lib.data.parallel.ParallelText`.
      curve: ``{"lengths": [...], "fixed": [...], "attention": [...]}``, measured, lengths rising;
        values from 0 to 100, or from 0 to 1.
      length: where the slider starts; the middle of the range if None.
      quality: what the curve shows, for the axis.
      gloss: target token to its meaning, shown under it;
        ``encdec_lib.data.translation.GLOSS``.
      max_tokens: where decoding stops at the latest; 1.5 times the longest reference if None.
      dtype: of the weights in the page, ``"float16"`` or ``"int8"``.

    Raises:
      ValueError: if models, vocabularies, sentences and curve do not fit together; the message
        names the argument.

    Example:
      >>> from flax import nnx
      >>> from encdec_lib.data import translation
      >>> from encdec_lib.models.bahdanau_attention import BahdanauConfig, bahdanau
      >>> from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
      >>> english, korean = translation.ENGLISH, translation.KOREAN
      >>> sizes, rngs = (len(english), len(korean)), nnx.Rngs(0)
      >>> dial = LengthDial(
      ...     bahdanau(BahdanauConfig(*sizes), rngs=rngs),
      ...     seq2seq(Seq2SeqConfig(*sizes), rngs=rngs),
      ...     english, korean,
      ...     sentences=translation.growing_sentence(20),
      ...     curve={"lengths": [7, 13, 18], "fixed": [60, 30, 20], "attention": [99, 99, 98]},
      ... )
      >>> dial.length
      14
    """

    _esm = _HERE / "length_dial.js"
    _css = (PARTS / "charts.css", _HERE / "length_dial.css")
    static_fallback = (
        "Here a slider makes a sentence longer while two models translate it. "
        "It needs JavaScript, and no network."
    )

    length = traitlets.Int().tag(sync=True)
    attention = traitlets.Dict().tag(sync=True)
    fixed = traitlets.Dict().tag(sync=True)
    source_symbols = traitlets.List().tag(sync=True)
    target_symbols = traitlets.List().tag(sync=True)
    sentences = traitlets.List().tag(sync=True)
    curve = traitlets.Dict().tag(sync=True)
    quality = traitlets.Unicode().tag(sync=True)
    gloss = traitlets.Dict().tag(sync=True)
    max_tokens = traitlets.Int().tag(sync=True)

    def __init__(
        self,
        attention_model: Any,
        fixed_model: Any,
        source_vocabulary: Vocabulary,
        target_vocabulary: Vocabulary,
        *,
        sentences: Sequence | ParallelText,
        curve: Mapping,
        length: int | None = None,
        quality: str = "BLEU",
        gloss: Mapping[str, str] | None = None,
        max_tokens: int | None = None,
        dtype: str = "float16",
    ):
        vocabularies = (source_vocabulary, target_vocabulary)
        attention = page_model("attention_model", attention_model, "bahdanau", *vocabularies, dtype)
        fixed = page_model("fixed_model", fixed_model, "seq2seq", *vocabularies, dtype)
        sentences = _sentences(sentences, *vocabularies)
        known = [len(sentence["source"]) for sentence in sentences]
        if length is None:
            length = known[len(known) // 2]
        if not is_whole(length) or not known[0] <= length <= known[-1]:
            raise ValueError(
                f"length must be one of the sentences', {known[0]} to {known[-1]} tokens; "
                f"got {length}."
            )
        longest = max(len(r) for sentence in sentences for r in sentence["references"])
        if max_tokens is None:
            max_tokens = math.ceil(1.5 * longest)
        if not is_whole(max_tokens) or max_tokens < longest:
            raise ValueError(
                f"max_tokens must be at least the longest reference, {longest} tokens; "
                f"got {max_tokens}."
            )
        super().__init__(
            length=length,
            attention=attention,
            fixed=fixed,
            source_symbols=list(source_vocabulary.symbols),
            target_symbols=list(target_vocabulary.symbols),
            sentences=sentences,
            curve=_curve(curve),
            quality=text("quality", quality),
            gloss=glosses(by_name("gloss", gloss, none=True), target_vocabulary),
            max_tokens=max_tokens,
        )


def _sentences(sentences, source_vocabulary, target_vocabulary) -> list[dict]:
    """One ``{"source", "references"}`` a length, shortest first."""
    if isinstance(sentences, ParallelText):
        sentences = list(zip(sentences.source_tokens, sentences.references, strict=True))
    chosen = {}
    for k, sentence in enumerate(listed("sentences", sentences)):
        if not isinstance(sentence, Sequence) or len(sentence) != 2 or isinstance(sentence, str):
            raise ValueError(
                f"sentences must hold pairs (source tokens, reference tokens); got "
                f"{sentence!r} at position {k}."
            )
        source = token_list(f"sentences[{k}][0]", sentence[0], source_vocabulary)
        references = token_lists(f"sentences[{k}][1]", sentence[1], target_vocabulary)
        chosen.setdefault(len(source), {"source": source, "references": references})
    if not chosen:
        raise ValueError("sentences must hold at least one pair; got none.")
    return [chosen[length] for length in sorted(chosen)]


def _curve(curve) -> dict[str, list]:
    """The curve as plain lists, checked."""
    wanted = ("lengths", "fixed", "attention")
    if set(by_name("curve", curve)) != set(wanted):
        raise ValueError(f"curve must have the keys {', '.join(wanted)}; got {sorted(curve)}.")
    plain = {name: as_numbers(f"curve[{name!r}]", curve[name]).tolist() for name in wanted}
    if odd := [name for name in wanted if np.ndim(plain[name]) != 1]:
        raise ValueError(f"curve[{odd[0]!r}] must be a list of numbers; got {curve[odd[0]]!r:.60}.")
    sizes = {name: len(values) for name, values in plain.items()}
    if len(set(sizes.values())) > 1 or not plain["lengths"]:
        raise ValueError(f"curve must have as many values as lengths, at least one; got {sizes}.")
    if any(a >= b for a, b in itertools.pairwise(plain["lengths"])):
        raise ValueError(f"curve['lengths'] must rise; got {plain['lengths']}.")
    for name in ("fixed", "attention"):
        if not all(0 <= value <= 100 for value in plain[name]):  # not a number fails too
            raise ValueError(f"curve[{name!r}] must lie between 0 and 100; got {plain[name]}.")
    return plain
