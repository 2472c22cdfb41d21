"""Checks that the widgets share: models, vocabularies and tokens that fit together."""

from collections.abc import Iterable, Mapping
from typing import Any

from encdec_lib.data.normal_form import nfc, nfc_tokens
from encdec_lib.data.text_vocabulary import TextVocabulary
from encdec_lib.data.vocabulary import Vocabulary
from encdec_lib.web.export import Exported, check_dtype, export_model
from encdec_lib.widgets.host.inputs import by_name, text

#: What builds each model that a widget asks for, with its encoder and decoder.
BUILT = {
    "bahdanau": ("bahdanau(...), which attends", "birnn", "attention"),
    "seq2seq": ("seq2seq(...)", "rnn", "rnn"),
    "autoencoder": ("autoencoder(...)", "dense", "dense"),
    "unet": ("unet(...)", "unet", "unet"),
    "captioner": ("captioner(...)", "cnn", "rnn"),
    "transformer": ("transformer(...)", "transformer", "transformer"),
    "self_attention": ("self_attention(...)", "transformer", "reading"),
    "text_to_image": ("text_to_image(...)", "words", "prefix"),
    "vit": ("vit(...)", "vit", "classes"),
    "vit_captioner": ("vit_captioner(...)", "vit", "transformer"),
    "grid_captioner": ("grid_captioner(...)", "cnn", "attention"),
    "reading": ("token_sized(...) or attention_scores(...)", "birnn", "reading"),
}


def page_model(
    name: str,
    model: Any,
    kind: str,
    source_vocabulary: Vocabulary | None = None,
    target_vocabulary: Vocabulary | None = None,
    dtype: str = "float16",
    advice: str = "Are the two models in each other's place?",
) -> dict:
    """A model as a widget's state: what ``loadModel`` of ``engine.js`` takes.

    Args:
      name: of the argument, for messages.
      model: a Flax model, or what :func:`~encdec_lib.web.export.export_model` gave for it.
      kind: which function must have built it, a name in :data:`BUILT`.
      source_vocabulary: must have as many symbols as the encoder knows; None for images.
      target_vocabulary: must have as many symbols as the decoder writes; None for images.
      dtype: of the weights in the page; those of an exported model are what they are.
      advice: what to do if the kind is another.

    Returns:
      ``{"encoder", "decoder", "manifest", "data", "settings"}``.

    Raises:
      TypeError: if a vocabulary is missing or something else.
      ValueError: if the kind is another, a vocabulary has another size, or ``dtype`` is none.
    """
    check_dtype(dtype)
    exported = model if isinstance(model, Exported) else _export(name, model, dtype)
    builder, *parts = BUILT[kind]
    if [exported.encoder, exported.decoder] != parts:
        raise ValueError(
            f"{name} must be a model built by {builder}, encoder {parts[0]!r} and decoder "
            f"{parts[1]!r}; got {exported.encoder!r} and {exported.decoder!r}. {advice}"
        )
    sides = (("source", parts[0], source_vocabulary), ("target", parts[1], target_vocabulary))
    for side, part, vocabulary in sides:
        if part in ("dense", "unet", "cnn", "vit", "classes"):
            continue
        if part == "prefix" and vocabulary is None:  # tokens of images have no symbols
            continue
        if not isinstance(vocabulary, Vocabulary):
            raise TypeError(
                f"{side}_vocabulary must be a Vocabulary; got {type(vocabulary).__name__}."
            )
        owner = "encoder" if side == "source" else "decoder"
        owner += ".tokens" if part == "transformer" else ""
        known = exported.manifest[f"{owner}.embedding.embedding"]["shape"][0]
        if known != len(vocabulary):
            raise ValueError(
                f"{side}_vocabulary must have the {known} symbols that {name} was built with; "
                f"got {len(vocabulary)}. Pass the vocabulary of its training data."
            )
    return exported._asdict()


def _export(name: str, model, dtype: str) -> Exported:
    """:func:`export_model`, whose messages then begin with the widget's name of the argument."""
    try:
        return export_model(model, dtype)
    except (TypeError, ValueError) as error:
        if " at model" in str(error):
            raise type(error)(str(error).replace(" at model", f" at {name}")) from error
        if not str(error).startswith("model "):
            raise
        raise type(error)(f"{name}{str(error).removeprefix('model')}") from error


def token_list(name: str, tokens: Any, vocabulary: Vocabulary) -> list[str]:
    """Tokens, from a list or a string with spaces, checked against a vocabulary.

    Args:
      name: what they are, for messages.
      tokens: ``["K", "AE", "T"]`` or ``"K AE T"``.
      vocabulary: must hold each of them; one of texts cuts a string up by its own rule, and the
        tokens may be others than its symbols.

    Returns:
      A list of strings.

    Raises:
      ValueError: if there are none or one is unknown.

    Example:
      >>> token_list("references['ab']", "B A", Vocabulary("AB"))
      ['B', 'A']
    """
    if not isinstance(tokens, Iterable):
        raise TypeError(f"{name} must be tokens; got {tokens!r:.60}.")
    of_texts = isinstance(tokens, str) and isinstance(vocabulary, TextVocabulary)
    if isinstance(tokens, str):
        texts = isinstance(vocabulary, TextVocabulary)
        tokens = vocabulary.tokens(tokens) if texts else tokens.split()
    tokens = list(nfc_tokens(list(tokens)))
    if not tokens:
        raise ValueError(f"{name} must hold at least one token; got none.")
    unknown = [token for token in tokens if token not in vocabulary.symbols[4:]]
    if unknown and not of_texts:
        raise ValueError(
            f"{name} holds {unknown[0]!r}, which is not among the symbols of its vocabulary."
        )
    return tokens


def token_lists(name: str, references: Any, vocabulary: Vocabulary) -> list[list[str]]:
    """One or more accepted token lists: a string, a token list, or a list of either.

    Args:
      name: what they are, for messages.
      references: ``"K AE T"``, ``["K", "AE", "T"]`` or ``[["K", "AE", "T"], ...]``.
      vocabulary: must hold each token.

    Returns:
      A list of token lists.

    Raises:
      ValueError: if there are none or a token is unknown.

    Example:
      >>> token_lists("references['ab']", ["B", "A"], Vocabulary("AB"))
      [['B', 'A']]
    """
    if isinstance(references, str):
        references = [references]
    references = list(references) if isinstance(references, Iterable) else [references]
    if references and all(isinstance(token, str) for token in references):
        if all(token in vocabulary for token in references):
            references = [references]
    if not references:
        raise ValueError(f"{name} must hold at least one token list; got none.")
    return [token_list(name, tokens, vocabulary) for tokens in references]


def rule_of(vocabulary: Vocabulary) -> dict[str, Any]:
    """How the page cuts a typed text into tokens; empty where its letters are the tokens.

    Example:
      >>> rule_of(Vocabulary("ab")), rule_of(TextVocabulary(["it"]))["unit"]
      ({}, 'words')
    """
    return vocabulary.rule if isinstance(vocabulary, TextVocabulary) else {}


def readable_text(name: str, text: str, vocabulary: TextVocabulary, most: int) -> str:
    """A text in its clean form, if it is not too long; unknown tokens are read as ``<unk>``.

    Args:
      name: what it is, for messages.
      text: any.
      vocabulary: says how it is cut into tokens.
      most: tokens that are read.

    Returns:
      The text as the page writes it.

    Raises:
      ValueError: if it has no token, or too many.

    Example:
      >>> readable_text("text", " It  rains", TextVocabulary(["it"], lowercase=True), 3)
      'it rains'
    """
    count = len(vocabulary.tokens(text))
    if not 1 <= count <= most:
        raise ValueError(
            f"{name} must have 1 to {most} {vocabulary.unit}; got {text!r} with {count}."
        )
    return vocabulary.clean(text)


def glosses(gloss: Mapping[str, str], vocabulary: Vocabulary) -> dict[str, str]:
    """The meanings that belong to symbols of a vocabulary, however they were typed.

    Example:
      >>> glosses({"e\\u0301": "that", "o": "or"}, Vocabulary("\\u00e9"))
      {'é': 'that'}
    """
    composed = {nfc(token): meaning for token, meaning in gloss.items()}
    return {symbol: composed[symbol] for symbol in vocabulary.symbols if symbol in composed}


def readable_word(name: str, word: str, letters: Vocabulary, max_letters: int) -> str:
    """A word in lower case, if the models can read it.

    Args:
      name: what it is, for messages.
      word: one word; a text where ``letters`` is a vocabulary of texts.
      letters: must hold each of its letters.
      max_letters: the longest word that is read.

    Returns:
      The word without spaces around it, in lower case; a text as :func:`readable_text` gives it.

    Raises:
      ValueError: if it is empty, too long, or has a letter that is not in the vocabulary.

    Example:
      >>> readable_word("word", " Ab", Vocabulary("ab"), max_letters=3)
      'ab'
    """
    if isinstance(letters, TextVocabulary):
        return readable_text(name, text(name, word), letters, max_letters)
    word = nfc(nfc(text(name, word)).strip().lower())
    if not 1 <= len(word) <= max_letters:
        raise ValueError(
            f"{name} must have 1 to {max_letters} letters (max_letters); got {word!r} with "
            f"{len(word)}."
        )
    unknown = [letter for letter in word if letter not in letters.symbols[4:]]
    if unknown:
        raise ValueError(
            f"{name} must use the letters of source_vocabulary; got {word!r} with {unknown[0]!r}."
        )
    return word


def word_references(
    references: Mapping[str, object] | None,
    letters: Vocabulary,
    phonemes: Vocabulary,
    max_letters: int,
) -> dict[str, list[list[str]]]:
    """The accepted pronunciations of some words.

    Args:
      references: from a word to what :func:`token_lists` takes; None is no word at all.
      letters: must hold every letter of the words.
      phonemes: must hold every token.
      max_letters: the longest word that is read.

    Returns:
      From the word in lower case to its token lists.

    Raises:
      ValueError: if a word or a token does not fit; the message names it.

    Example:
      >>> word_references({"AB": "B A"}, Vocabulary("ab"), Vocabulary("AB"), 5)
      {'ab': [['B', 'A']]}
    """
    known = {}
    for key, said in by_name("references", references, none=True).items():
        said = token_lists(f"references[{key!r}]", said, phonemes)
        known[readable_word("references", key, letters, max_letters)] = said
    return known
