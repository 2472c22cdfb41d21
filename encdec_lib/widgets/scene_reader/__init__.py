"""Place digits, read the caption, see where each word looked (chapter 15)."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
