"""The attention dial of chapters 7 and 9: ways to read, and a temperature for the scores."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import traitlets

from encdec_lib.data.text_vocabulary import TextVocabulary
from encdec_lib.data.vocabulary import Vocabulary
from encdec_lib.runtime.checks import check_whole, is_number
from encdec_lib.widgets.host.book_widget import BookWidget
from encdec_lib.widgets.host.inputs import text, texts
from encdec_lib.widgets.host.page_model import page_model, readable_word, word_references
from encdec_lib.widgets.parts import PARTS
from encdec_lib.widgets.parts.arpabet import ARPABET

_HERE = Path(__file__).parent
_COLDEST, _HOTTEST = 0.1, 10.0  # the ends of the slider


class AttentionDial(BookWidget):
    r"""One word, one model of several, and a temperature :math:`\tau` for its scores.

    .. math:: \alpha_i = \mathrm{softmax}_j\, \frac{e_{ij}}{\tau}

    The page shows the weights of every step as letters by phonemes, their entropy in bits, the
    output, and what a temperature other than 1 changed in it. The slider is off, with the reason
    beside it, for a model that scores nothing. All of it is worked out in the reader's browser.

    Args:
      models: from a name to a model, built by :func:`~encdec_lib.models.token_sized.token_sized`
        or :func:`~encdec_lib.models.attention_scores.attention_scores`; one button a model, the
        first one pressed.
      source_vocabulary: letters, of every model.
      target_vocabulary: phonemes, of every model.
      word: what it starts with.
      references: word to pronunciation, ``"TH R UW"``, a token list, or a list of several that
        count as right.
      reference_name: who says so.
      examples: words to try at a click.
      choose: what the buttons choose, their heading.
      dtype: of the weights in the page, ``"float16"`` or ``"int8"``.
      chosen: the name of another model to start with.
      temperature: where the slider starts, 0.1 to 10.
      max_letters: longest word that is read; fewer if a model with ``score="location"`` has fewer
        places.
      max_phonemes: where decoding stops at the latest.

    Raises:
      TypeError: if ``models`` is no mapping or a vocabulary is something else.
      ValueError: if there is no model, the page's engine does not know one of them, or models,
        vocabularies, words and references do not fit together; the message names the argument.

    Example:
      >>> from flax import nnx
      >>> from encdec_lib.data.pronunciations import LETTERS, PHONEMES
      >>> from encdec_lib.models.token_sized import TokenSizedConfig, token_sized
      >>> def build(read):
      ...     config = TokenSizedConfig(len(LETTERS), len(PHONEMES), 4, 3, read)
      ...     return token_sized(config, rngs=nnx.Rngs(0))
      >>> dial = AttentionDial(
      ...     {read: build(read) for read in ("mean", "weighted")},
      ...     LETTERS, PHONEMES, word="cat", references={"cat": "K AE T"}, choose="reader",
      ... )
      >>> dial.word, dial.chosen
      ('cat', 'mean')
    """

    _esm = _HERE / "attention_dial.js"
    _css = (PARTS / "words.css", _HERE / "attention_dial.css")
    static_fallback = (
        "Here you can type a word, choose a model and change the temperature of its scores, and "
        "see which letters it reads for each phoneme. It needs JavaScript, and no network."
    )

    word = traitlets.Unicode().tag(sync=True)
    chosen = traitlets.Unicode().tag(sync=True)
    temperature = traitlets.Float().tag(sync=True)
    models = traitlets.List().tag(sync=True)
    choose = traitlets.Unicode().tag(sync=True)
    source_symbols = traitlets.List().tag(sync=True)
    target_symbols = traitlets.List().tag(sync=True)
    references = traitlets.Dict().tag(sync=True)
    reference_name = traitlets.Unicode().tag(sync=True)
    examples = traitlets.List().tag(sync=True)
    sounds = traitlets.Dict().tag(sync=True)
    max_letters = traitlets.Int().tag(sync=True)
    max_phonemes = traitlets.Int().tag(sync=True)

    def __init__(
        self,
        models: Mapping[str, object],
        source_vocabulary: Vocabulary,
        target_vocabulary: Vocabulary,
        *,
        word: str = "though",
        references: Mapping[str, object] | None = None,
        reference_name: str = "CMU dictionary",
        examples: Iterable[str] = (),
        choose: str = "score",
        dtype: str = "float16",
        chosen: str | None = None,
        temperature: float | int = 1.0,
        max_letters: int = 16,
        max_phonemes: int = 24,
    ):
        for name, number in (("max_letters", max_letters), ("max_phonemes", max_phonemes)):
            check_whole(name, number)
        if not is_number(temperature) or not _COLDEST <= temperature <= _HOTTEST:
            raise ValueError(
                f"temperature must lie between {_COLDEST} and {_HOTTEST:.0f}, the ends of the "
                f"slider; got {temperature}."
            )
        _check_letters(source_vocabulary)
        vocabularies = (source_vocabulary, target_vocabulary)
        described = _described(models, vocabularies, dtype)
        if not text("choose", choose).strip():
            raise ValueError(f"choose must be a word to write above the buttons; got {choose!r}.")
        if choose in models:
            raise ValueError(
                f"choose must be the heading of the buttons, such as 'score'; got {choose!r}, the "
                f"name of a model. To start with that one, pass chosen={choose!r}."
            )
        chosen = described[0]["name"] if chosen is None else chosen
        if text("chosen", chosen) not in models:
            raise ValueError(f"chosen must be one of {', '.join(models)}; got {chosen!r}.")
        max_letters = min([max_letters, *filter(None, map(_places, described))])

        def readable(name, word):
            return readable_word(name, word, source_vocabulary, max_letters)

        super().__init__(
            word=readable("word", word),
            chosen=chosen,
            temperature=float(temperature),
            models=described,
            choose=choose,
            source_symbols=list(source_vocabulary.symbols),
            target_symbols=list(target_vocabulary.symbols),
            references=word_references(references, *vocabularies, max_letters),
            reference_name=text("reference_name", reference_name),
            examples=[readable("examples", example) for example in texts("examples", examples)],
            sounds={p: ARPABET[p] for p in target_vocabulary.symbols if p in ARPABET},
            max_letters=max_letters,
            max_phonemes=max_phonemes,
        )


def _check_letters(source_vocabulary: Vocabulary) -> None:
    """Refuses a vocabulary of texts: a word is typed here."""
    if isinstance(source_vocabulary, TextVocabulary):
        raise TypeError(
            f"source_vocabulary must be of letters, as a word is typed here; got one of texts, "
            f"in {source_vocabulary.unit}. Show bahdanau(...) of texts with AlignmentExplorer, "
            f"transformer(...) with TransformerExplorer."
        )


def _described(models, vocabularies, dtype) -> list[dict]:
    """Each model's name and what the page's engine needs of it."""
    if not isinstance(models, Mapping):
        raise TypeError(
            f"models must be a dict from a name to a model, one button each; got "
            f"{type(models).__name__}."
        )
    if not models:
        raise ValueError(
            "models must hold at least one model, such as {'dot': attention_scores(...)}; got none."
        )
    source, target = vocabularies
    described = []
    for name, model in models.items():
        if not isinstance(name, str) or not name.strip():
            raise ValueError(f"models must have names to write on buttons; got {name!r}.")
        advice = "Leave it out, or show it with AlignmentExplorer."
        exported = page_model(
            f"models[{name!r}]", model, "reading", source, target, dtype=dtype, advice=advice
        )
        described.append({"name": name, "model": exported})
    return described


def _places(described: dict) -> int | None:
    """How many letters a location score has places for; None for the others."""
    model = described["model"]
    if model["settings"]["decoder"].get("score") != "location":
        return None
    return model["manifest"]["decoder.reader.score.W"]["shape"][1]
