"""The trainer of chapter 10: one layer of self-attention, with and without positions."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
