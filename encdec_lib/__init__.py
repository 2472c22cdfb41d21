"""Encoder-decoder models in JAX and Flax NNX: the library of the book.

An encoder maps X to an encoding H, a decoder maps H to Y, and what changed over ten years is
how many vectors H has. Start with :mod:`encdec_lib.encoding`; a chapter's model stands in
``encdec_lib/models/`` under the chapter's name.
"""

import time

IMPORTED_AT = time.perf_counter()  # before JAX is imported: a page's clock starts here

from encdec_lib.encoding import (  # noqa: E402
    Decoded,
    DecoderState,
    EncoderDecoder,
    Encoding,
)

__version__ = "0.1.0"
__all__ = ["Decoded", "DecoderState", "EncoderDecoder", "Encoding", "__version__"]
