"""The trainer of chapter 8: attention beside one vector, on words and their sounds."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
