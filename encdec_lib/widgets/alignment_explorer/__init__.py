"""The alignment explorer of chapter 8: type a word, see where the model looks."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
