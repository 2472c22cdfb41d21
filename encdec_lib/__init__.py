"""Encoder-decoder models in JAX and Flax NNX: the library of the book.

An encoder maps X to an encoding H, a decoder maps H to Y, and what changed over ten years is
how many vectors H has. Start with :mod:`encdec_lib.encoding`; a chapter's model stands in
``encdec_lib/models/`` under the chapter's name.

The rooms, from top to bottom; a room imports from those below it alone::

    exercises   page   widgets   web   plots   evaluation   analysis
    generate   train   pretrained   models   layers   data   runtime   encoding

What a room shows to the outside stands in its ``__init__.pyi``, and is imported when it is first
asked for: ``import encdec_lib`` by itself loads neither JAX nor a data set.
"""

import time

IMPORTED_AT = time.perf_counter()  # before JAX is imported: a page's clock starts here

import lazy_loader  # noqa: E402

from encdec_lib import _moved  # noqa: E402

__version__ = "0.2.0"
_moved.install()
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
