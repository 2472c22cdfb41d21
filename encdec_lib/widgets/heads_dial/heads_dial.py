"""Version 0.1's dial of chapter 11: what heads, masks, scaling and positions do to maps."""

import math
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

import jax.numpy as jnp
import numpy as np
import traitlets
from jaxtyping import Array, Float

from encdec_lib.layers.attention import dot_product_attention
from encdec_lib.layers.masks import causal_mask
from encdec_lib.layers.positions import rotate, sinusoidal
from encdec_lib.runtime.checks import is_number, is_whole
from encdec_lib.widgets.host.book_widget import BookWidget
from encdec_lib.widgets.host.inputs import text, texts
from encdec_lib.widgets.parts import PARTS

_HERE = Path(__file__).parent
_WIDTH, _LONGEST = 64, 32  # as in heads_maths.js
_PAD = "<pad>"
_TOKEN = re.compile(r"w+(?:-w+)*|[-o]")  # of the kinds of a sentence's characters, see _split
_CHOICES = {
    "heads": (1, 2, 4, 8, 16),
    "d_k": (2, 4, 8, 16, 32, 64),
    "mask": ("none", "causal", "padding"),
    "positions": ("none", "sinusoidal", "rotary"),
}


class HeadsDial(BookWidget):
    r"""A sentence of the reader's, and one attention map a head, with weights drawn at random.

    .. math:: \alpha^n_{ts} = \mathrm{softmax}_s\, \frac{q^n_t \cdot k^n_s}{\tau \sqrt{d_k}}, \qquad
        q^n_t = x_t W^Q_n, \quad k^n_s = x_s W^K_n

    **Nothing is trained.** A word's 64 numbers come from a hash of its letters, the same word
    having the same numbers, and every head's matrices from a hash of its name. So the maps say
    nothing about language. They do show what the number of heads, the length, :math:`d_k`, the
    mask, the division by :math:`\sqrt{d_k}`, a temperature and positions do. All of it is worked
    out in the reader's browser; :meth:`maps` works out the same with the library.

    A sentence shorter than ``length`` begins again. Under the padding mask the last ``padded``
    places hold padding: their columns are 0, and their rows are worked out like all others, as
    in the library. If all places are padding, every row is 0.

    Args:
      sentence: where the field starts.
      length: N, 1 to 32 tokens.
      heads: 1, 2, 4, 8 or 16.
      d_k: width of queries and keys of one head, 2, 4, 8, 16, 32 or 64.
      mask: ``"none"``, ``"causal"`` or ``"padding"``.
      padded: number of padded places under the padding mask, 0 to ``length``.
      scaled: divide by :math:`\sqrt{d_k}`.
      temperature: :math:`\tau`, 0.1 to 10.
      positions: ``"none"``, ``"sinusoidal"`` or ``"rotary"``. Learned positions are left out:
        before training they are random.
      examples: sentences to try at a click.

    Raises:
      ValueError: if an argument is not one of those; the message names it.

    Example:
      >>> dial = HeadsDial("the cat sees the dog", length=5, heads=2)
      >>> dial.maps().shape
      (2, 5, 5)
    """

    _esm = _HERE / "heads_dial.js"
    _css = (PARTS / "charts.css", _HERE / "heads_dial.css")
    static_fallback = (
        "Here a sentence gets one attention map a head, and sliders change heads, length, mask, "
        "scaling and positions. It needs JavaScript, and no network."
    )

    sentence = traitlets.Unicode().tag(sync=True)
    length = traitlets.Int().tag(sync=True)
    heads = traitlets.Int().tag(sync=True)
    d_k = traitlets.Int().tag(sync=True)
    mask = traitlets.Unicode().tag(sync=True)
    padded = traitlets.Int().tag(sync=True)
    scaled = traitlets.Bool().tag(sync=True)
    temperature = traitlets.Float().tag(sync=True)
    positions = traitlets.Unicode().tag(sync=True)
    examples = traitlets.List().tag(sync=True)

    def __init__(
        self,
        sentence: str = "the cat sees the dog and the dog sees the cat",
        *,
        length: int = 11,
        heads: int = 4,
        d_k: int = 16,
        mask: str = "none",
        padded: int = 2,
        scaled: bool = True,
        temperature: float | int = 1.0,
        positions: str = "none",
        examples: Iterable[str] = (),
    ):
        given = {"heads": heads, "d_k": d_k, "mask": mask, "positions": positions}
        for name, choices in _CHOICES.items():
            if not isinstance(given[name], int | str) or given[name] not in choices:
                wanted = ", ".join(map(str, choices))
                raise ValueError(f"{name} must be one of {wanted}; got {given[name]!r}.")
        if not is_whole(length) or not 1 <= length <= _LONGEST:
            raise ValueError(f"length must be 1 to {_LONGEST} tokens; got {length}.")
        if not is_whole(padded) or not 0 <= padded <= length:
            raise ValueError(f"padded must be 0 to length = {length} places; got {padded}.")
        if not is_number(temperature) or not 0.1 <= temperature <= 10:
            raise ValueError(f"temperature must lie between 0.1 and 10; got {temperature}.")
        if not isinstance(scaled, bool):
            raise ValueError(f"scaled must be True or False; got {scaled!r}.")
        examples = texts("examples", examples)
        text("sentence", sentence)
        for name, words in (("sentence", sentence), *(("examples", one) for one in examples)):
            if not _split(words):
                raise ValueError(f"{name} must have a word in it; got {words!r}.")
        super().__init__(
            sentence=sentence,
            length=length,
            padded=padded,
            scaled=bool(scaled),
            temperature=float(temperature),
            examples=examples,
            **given,
        )

    def tokens(self) -> list[str]:
        """The N tokens as the page takes them: lower case, repeated or cut, padding at the end."""
        words = _split(self.sentence)
        real = self.length - (self.padded if self.mask == "padding" else 0)
        return [words[t % len(words)] if t < real else _PAD for t in range(self.length)]

    def maps(self) -> Float[Array, "heads N N"]:
        """The weights that the page shows, by the library's attention, ``(heads, N, N)``."""
        tokens, places = self.tokens(), jnp.arange(self.length)
        x = jnp.asarray(np.stack([drawn(f"word {token}", _WIDTH) for token in tokens]))
        if self.positions == "sinusoidal":
            x = x + sinusoidal(places, _WIDTH)
        queries, keys = (
            jnp.stack([x @ _matrix(f"{kind} {n + 1}", self.d_k) for n in range(self.heads)])[None]
            for kind in ("query", "key")
        )
        if self.positions == "rotary":
            queries, keys = rotate(queries, places), rotate(keys, places)
        seen = jnp.asarray([[[token != _PAD for token in tokens]]])
        if self.mask == "causal":
            seen = causal_mask(self.length)
        scale = (self.d_k**-0.5 if self.scaled else 1.0) / self.temperature
        return dot_product_attention(queries, keys, keys, seen, scale)[1][0]


def drawn(text: str, count: int) -> np.ndarray:
    """Normal numbers that depend on a text alone: the twin of ``drawn`` in ``heads_maths.js``.

    The text's FNV-1a hash and a counter are mixed to 32 bits, twice for each pair of numbers,
    and the pair is what Box and Muller make of them.

    Args:
      text: any.
      count: how many numbers, even.

    Returns:
      ``(count,)`` in float64, mean 0 and variance 1.

    Example:
      >>> drawn("word cat", 4).round(3).tolist() == drawn("word cat", 64)[:4].round(3).tolist()
      True
    """
    key = 0x811C9DC5
    for byte in text.encode():
        key = (key ^ byte) * 0x01000193 % 2**32
    mixed = _mix(np.uint32(key) ^ _mix(np.arange(1, count + 1, dtype=np.uint32))).astype(float)
    radius = np.sqrt(-2 * np.log((mixed[0::2] + 0.5) / 2**32))
    angle = 2 * math.pi * mixed[1::2] / 2**32
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1).ravel()


def _mix(x: np.ndarray) -> np.ndarray:
    """32 bits in, 32 well mixed bits out; unsigned numbers wrap around."""
    x = (x ^ (x >> np.uint32(16))) * np.uint32(0x7FEB352D)
    x = (x ^ (x >> np.uint32(15))) * np.uint32(0x846CA68B)
    return x ^ (x >> np.uint32(16))


def _matrix(name: str, columns: int):
    """A head's matrix (64, d_k): the first columns of the widest, so a smaller d_k is a part."""
    return jnp.asarray(drawn(name, _WIDTH**2).reshape(_WIDTH, _WIDTH)[:, :columns] / _WIDTH**0.5)


def _split(sentence: str) -> list[str]:
    """Words and signs, in lower case; a hyphen or an apostrophe inside a word belongs to it."""
    text = unicodedata.normalize("NFC", sentence).lower()
    kinds = "".join(
        "w" if unicodedata.category(character)[0] in "LMN"  # letters, marks on them, numbers
        else "-" if character in "'’-" else " " if character.isspace() else "o"
        for character in text
    )  # fmt: skip
    return [text[found.start() : found.end()] for found in _TOKEN.finditer(kinds)]
