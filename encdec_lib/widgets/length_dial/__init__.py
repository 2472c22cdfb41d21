"""The length dial of chapter 6: a sentence grows, and two models translate it."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
