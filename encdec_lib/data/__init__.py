"""Data that is real where it can be, small, and never downloaded while a chapter runs.

:mod:`~encdec_lib.data.pronunciations` holds English words and how they sound,
:mod:`~encdec_lib.data.translation` a grammar that writes English and Korean sentences of any
length. Both come as :class:`~encdec_lib.data.parallel.ParallelText`.
:mod:`~encdec_lib.data.digits` holds real handwriting, :mod:`~encdec_lib.data.scenes` pastes it
onto a canvas with the class of every pixel, and :mod:`~encdec_lib.data.captions` says in words
what lies where.

Your own files come through the same doors: :func:`encdec_lib.data.parallel.read` takes pairs of
texts, :func:`encdec_lib.data.own_images.read` (as ``captions.read``) pictures with captions.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
