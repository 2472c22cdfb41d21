"""The trainer of chapter 14: a Vision Transformer learns to read digits."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
