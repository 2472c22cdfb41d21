"""Checks that the widgets share: models, vocabularies and tokens that fit together."""

from collections.abc import Iterable

from encdec_lib.data.vocabulary import Vocabulary
from encdec_lib.web.export import Exported, export_model

#: What builds each model that a widget asks for, with its encoder and decoder.
BUILT = {
    "bahdanau": ("bahdanau(...), which attends", "birnn", "attention"),
    "seq2seq": ("seq2seq(...)", "rnn", "rnn"),
    "autoencoder": ("autoencoder(...)", "dense", "dense"),
    "unet": ("unet(...)", "unet", "unet"),
    "captioner": ("captioner(...)", "cnn", "rnn"),
}


def page_model(
    name: str,
    model,
    kind: str,
    source_vocabulary: Vocabulary | None = None,
    target_vocabulary: Vocabulary | None = None,
    dtype: str = "float16",
) -> dict:
    """A model as a widget's state: what ``loadModel`` of ``engine.js`` takes.

    Args:
      name: of the argument, for messages.
      model: a Flax model, or what :func:`~encdec_lib.web.export.export_model` gave for it.
      kind: which function must have built it, a name in :data:`BUILT`.
      source_vocabulary: must have as many symbols as the encoder knows; None for images.
      target_vocabulary: must have as many symbols as the decoder writes; None for images.
      dtype: of the weights in the page.

    Returns:
      ``{"encoder", "decoder", "manifest", "data", "settings"}``.

    Raises:
      TypeError: if a vocabulary is missing or something else.
      ValueError: if the kind is another or a vocabulary has another size.
    """
    exported = model if isinstance(model, Exported) else export_model(model, dtype)
    builder, *parts = BUILT[kind]
    if [exported.encoder, exported.decoder] != parts:
        raise ValueError(
            f"{name} must be a model built by {builder}, encoder {parts[0]!r} and decoder "
            f"{parts[1]!r}; got {exported.encoder!r} and {exported.decoder!r}. Are the two models "
            f"in each other's place?"
        )
    sides = (("source", parts[0], source_vocabulary), ("target", parts[1], target_vocabulary))
    for side, part, vocabulary in sides:
        if part in ("dense", "unet", "cnn"):
            continue
        if not isinstance(vocabulary, Vocabulary):
            raise TypeError(
                f"{side}_vocabulary must be a Vocabulary; got {type(vocabulary).__name__}."
            )
        path = f"{'encoder' if side == 'source' else 'decoder'}.embedding.embedding"
        known = exported.manifest[path]["shape"][0]
        if known != len(vocabulary):
            raise ValueError(
                f"{side}_vocabulary must have the {known} symbols that {name} was built with; "
                f"got {len(vocabulary)}. Pass the vocabulary of its training data."
            )
    return exported._asdict()


def token_list(name: str, tokens, vocabulary: Vocabulary) -> list[str]:
    """Tokens, from a list or a string with spaces, checked against a vocabulary.

    Args:
      name: what they are, for messages.
      tokens: ``["K", "AE", "T"]`` or ``"K AE T"``.
      vocabulary: must hold each of them.

    Returns:
      A list of strings.

    Raises:
      ValueError: if there are none or one is unknown.

    Example:
      >>> token_list("references['ab']", "B A", Vocabulary("AB"))
      ['B', 'A']
    """
    tokens = tokens.split() if isinstance(tokens, str) else list(tokens)
    if not tokens:
        raise ValueError(f"{name} must hold at least one token; got none.")
    unknown = [token for token in tokens if token not in vocabulary.symbols[4:]]
    if unknown:
        raise ValueError(
            f"{name} holds {unknown[0]!r}, which is not among the symbols of its vocabulary."
        )
    return tokens


def token_lists(name: str, references, vocabulary: Vocabulary) -> list[list[str]]:
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
        if all(token in vocabulary.symbols for token in references):
            references = [references]
    if not references:
        raise ValueError(f"{name} must hold at least one token list; got none.")
    return [token_list(name, tokens, vocabulary) for tokens in references]
