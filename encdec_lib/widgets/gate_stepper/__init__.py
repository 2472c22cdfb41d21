"""The gates of an LSTM and of a GRU, letter by letter (chapter 3)."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
