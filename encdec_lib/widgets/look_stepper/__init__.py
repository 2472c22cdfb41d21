"""A caption, word by word, and what each word owes to its own look at the picture (chapter 15)."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
