"""The trainer of chapter 4: an encoder and a decoder learn to pronounce words."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
