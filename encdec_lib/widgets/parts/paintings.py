"""What the figures share in which a decoder-only model paints captions (chapter 16)."""

import numpy as np
from jaxtyping import UInt8

from encdec_lib.data.captions import RELATIONS
from encdec_lib.data.digits import NAMES
from encdec_lib.data.image_tokens import FIRST, Codebook
from encdec_lib.data.vocabulary import Vocabulary
from encdec_lib.widgets.host.inputs import text as text_of


def code_bytes(codebook: Codebook, exported: dict) -> UInt8[np.ndarray, "K PP"]:
    """The patches as bytes, if the model writes this codebook's tokens.

    Args:
      codebook: K grey codes of P² pixels.
      exported: the model, as :func:`~encdec_lib.widgets.host.page_model.page_model` gives it.

    Returns:
      The ink of every pixel from 0 to 255, a row a code.

    Raises:
      TypeError: if ``codebook`` is something else.
      ValueError: if the model has another number of codes, another grid, or the codes have colours.
    """
    if not isinstance(codebook, Codebook):
        raise TypeError(
            f"codebook must be a Codebook, as learn_codebook gives it; got "
            f"{type(codebook).__name__}."
        )
    shapes = {path: entry["shape"] for path, entry in exported["manifest"].items()}
    known = shapes["decoder.embedding.embedding"][0]
    if known != codebook.vocab:
        raise ValueError(
            f"codebook must have the {known - FIRST} codes that model was built with, its vocab "
            f"less {FIRST} special tokens; got {codebook.vocab - FIRST}."
        )
    rows, columns = (shapes.get(f"decoder.{name}.table", [1])[0] for name in ("rows", "columns"))
    if (rows, columns) != (codebook.columns, codebook.columns):
        side = codebook.columns
        raise ValueError(
            f"codebook must fill the grid that model writes, {rows} rows of {columns}; got {side} "
            f"rows of {side}. Build the model with max_length={side * side}, columns={side}."
        )
    if codebook.patches.shape[1] != codebook.patch**2:
        raise ValueError(
            f"codebook must have grey patches of {codebook.patch**2} numbers; got "
            f"{codebook.patches.shape[1]}. Learn it from images with one channel."
        )
    return np.rint(255 * codebook.patches.clip(0, 1)).astype(np.uint8)


def caption_tokens(
    subject: str, relation: str | None = None, other: str | None = None
) -> list[str]:
    """A caption of one digit or two.

    Args:
      subject: the digit that is named first, such as ``"one"``.
      relation: a key of ``RELATIONS``; None for a digit alone.
      other: the second digit.

    Example:
      >>> " ".join(caption_tokens("one", "left", "seven"))
      'a one left of a seven'
    """
    tokens = ["a", subject]
    if relation is None or other is None:
        return tokens
    return [*tokens, *RELATIONS[relation].split(), "a", other]


def every_caption() -> set[str]:
    """All captions of one digit, or of two with a relation between.

    Example:
      >>> len(every_caption())
      410
    """
    said = [caption_tokens(name) for name in NAMES]
    said += [
        caption_tokens(one, key, other) for one in NAMES for key in RELATIONS for other in NAMES
    ]
    return {" ".join(tokens) for tokens in said}


def caption_of(name: str, text: str, words: Vocabulary, room: int) -> str:
    """A caption in single spaces, if it is of this kind and the model can read it.

    Args:
      name: of the argument, for messages.
      text: what was given.
      words: the vocabulary of captions.
      room: how many of them the model has room for.

    Raises:
      TypeError: if it is no text.
      ValueError: if it is another kind of caption, a word is unknown, or it is too long.

    Example:
      >>> from encdec_lib.data.captions import WORDS
      >>> caption_of("text", "A  three", WORDS, 7)
      'a three'
    """
    tokens = text_of(name, text).lower().split()
    if " ".join(tokens) not in every_caption():
        raise ValueError(
            f'{name} must be captions such as "a three" or "a one left of a seven", of one digit '
            f"or two; got {text!r}."
        )
    if unknown := [token for token in tokens if token not in words.symbols]:
        raise ValueError(f"{name} must use the symbols of words; got {text!r} with {unknown[0]!r}.")
    if len(tokens) > room:
        raise ValueError(
            f"{name} must have at most {room} words, which is what model has room for "
            f"(prefix_length); got {text!r}."
        )
    return " ".join(tokens)
