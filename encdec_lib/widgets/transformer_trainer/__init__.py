"""The trainer of chapter 12: layers, normalisation, warm-up, and a decoder that sees the answer."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
