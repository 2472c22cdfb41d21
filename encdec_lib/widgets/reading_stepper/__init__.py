"""What a decoder is given at each step, under each way to read (chapter 7)."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
