"""The alignment explorer of chapter 8: type a word, see where the model looks."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import traitlets

from encdec_lib.data.text_vocabulary import TextVocabulary
from encdec_lib.data.vocabulary import Vocabulary
from encdec_lib.runtime.checks import check_whole
from encdec_lib.widgets.host.book_widget import BookWidget
from encdec_lib.widgets.host.inputs import text, texts
from encdec_lib.widgets.host.lazy import Lazy
from encdec_lib.widgets.host.page_model import (
    page_model,
    readable_word,
    rule_of,
    word_references,
)
from encdec_lib.widgets.parts import PARTS
from encdec_lib.widgets.parts.arpabet import ARPABET

_HERE = Path(__file__).parent
_OF_TEXTS = (
    "Here you can type a text and see which of its tokens the model reads for each token that it "
    "writes. It needs JavaScript, and no network."
)
_EXAMPLES = ("enough", "psychology", "knife", "phone")


class AlignmentExplorer(BookWidget):
    r"""Pronounces any word in the page and shows :math:`\alpha_{ij}`, letters by phonemes.

    The attention model and the fixed-vector model both run in the reader's browser, by
    ``encdec_lib/web/engine/engine.js``. Pointing at a phoneme lights its letters by their weight;
    arrow keys do the same.

    With the vocabularies of your own data (:func:`encdec_lib.data.parallel.read`) it takes any text
    instead of a word, cut into words, characters or subwords as the data were, in the page too.
    Tokens that the training data did not have are named, and read as ``<unk>``.

    Args:
      attention_model: built by :func:`~encdec_lib.models.bahdanau_attention.bahdanau`.
      fixed_model: built by :func:`~encdec_lib.models.seq2seq.seq2seq`; None shows the attention
        model alone.
      source_vocabulary: letters, or the source's of your own data.
      target_vocabulary: phonemes, or the target's of your own data.
      word: what it starts with, a word or a text.
      references: word to pronunciation, ``"TH R UW"``, a token list, or a list of several that
        count as right. Words listed here get their mistakes marked.
      reference_name: who says so.
      examples: words or texts to try at a click; the words of ``references`` come first to mind.
        None gives some for words, and none for texts.
      max_letters: longest word that is read, or tokens of a text.
      max_phonemes: where decoding stops at the latest.
      dtype: of the weights in the page, ``"float16"`` or ``"int8"``.
      ask: the text of a button, such as ``"Load the translator (1.1 MB)"``; the attention model's
        weights are then loaded only when it is pressed. None has them in the page.

    Raises:
      ValueError: if models, vocabularies, words or references do not fit together; the message
        names the argument.

    Example:
      >>> from flax import nnx
      >>> from encdec_lib.data.pronunciations import LETTERS, PHONEMES
      >>> from encdec_lib.models.bahdanau_attention import BahdanauConfig, bahdanau
      >>> from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
      >>> sizes, rngs = (len(LETTERS), len(PHONEMES)), nnx.Rngs(0)
      >>> explorer = AlignmentExplorer(
      ...     bahdanau(BahdanauConfig(*sizes), rngs=rngs),
      ...     seq2seq(Seq2SeqConfig(*sizes), rngs=rngs),
      ...     LETTERS, PHONEMES, word="cat", references={"cat": "K AE T"},
      ... )
      >>> explorer.word
      'cat'
    """

    _esm = _HERE / "alignment_explorer.js"
    _css = PARTS / "words.css"
    static_fallback = (
        "Here you can type a word and see which letters the model reads for each phoneme. "
        "It needs JavaScript, and no network."
    )

    word = traitlets.Unicode().tag(sync=True)
    attention = traitlets.Dict().tag(sync=True)
    fixed = traitlets.Dict().tag(sync=True)
    source_symbols = traitlets.List().tag(sync=True)
    target_symbols = traitlets.List().tag(sync=True)
    reading = traitlets.Dict().tag(sync=True)
    writing = traitlets.Dict().tag(sync=True)
    references = traitlets.Dict().tag(sync=True)
    reference_name = traitlets.Unicode().tag(sync=True)
    examples = traitlets.List().tag(sync=True)
    sounds = traitlets.Dict().tag(sync=True)
    max_letters = traitlets.Int().tag(sync=True)
    max_phonemes = traitlets.Int().tag(sync=True)
    ask = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        attention_model: Any,
        fixed_model: Any | None,
        source_vocabulary: Vocabulary,
        target_vocabulary: Vocabulary,
        *,
        word: str = "through",
        references: Mapping[str, object] | None = None,
        reference_name: str = "Dictionary",
        examples: Iterable[str] | None = None,
        max_letters: int = 16,
        max_phonemes: int = 24,
        dtype: str = "float16",
        ask: str | None = None,
    ):
        for name, number in (("max_letters", max_letters), ("max_phonemes", max_phonemes)):
            check_whole(name, number)
        vocabularies = (source_vocabulary, target_vocabulary)
        attention = page_model("attention_model", attention_model, "bahdanau", *vocabularies, dtype)
        if ask is not None:
            attention["data"] = Lazy(attention["data"])
        fixed = {}
        if fixed_model is not None:
            fixed = page_model("fixed_model", fixed_model, "seq2seq", *vocabularies, dtype)
        if examples is None:
            examples = () if isinstance(source_vocabulary, TextVocabulary) else _EXAMPLES
        spoken = () if isinstance(target_vocabulary, TextVocabulary) else target_vocabulary.symbols
        known = word_references(references, *vocabularies, max_letters)
        super().__init__(
            word=readable_word("word", word, source_vocabulary, max_letters),
            attention=attention,
            fixed=fixed,
            source_symbols=list(source_vocabulary.symbols),
            target_symbols=list(target_vocabulary.symbols),
            reading=rule_of(source_vocabulary),
            writing=rule_of(target_vocabulary),
            references=known,
            reference_name=text("reference_name", reference_name),
            examples=[
                readable_word("examples", example, source_vocabulary, max_letters)
                for example in texts("examples", examples)
            ],
            sounds={p: ARPABET[p] for p in spoken if p in ARPABET},
            max_letters=max_letters,
            max_phonemes=max_phonemes,
            ask="" if ask is None else text("ask", ask),
        )
        if isinstance(source_vocabulary, TextVocabulary):
            self.static_fallback = _OF_TEXTS
