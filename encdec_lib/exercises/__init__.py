"""Checks for the book's exercises: ``exercises.check("seq2seq-1", your_answer)``.

A check says which properties of an answer hold and, where one does not, gives a hint; it never
shows the answer. Each chapter has a module here, named as the chapter, with one function an
exercise (see :mod:`encdec_lib.exercises.checking` for how to write one).
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
