"""Sinusoidal positions as rows of clock hands, and the product of two of them (chapter 11)."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
