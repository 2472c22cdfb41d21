"""The trainer of chapter 6: one vector alone, its room and its time."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
