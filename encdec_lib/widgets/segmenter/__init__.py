"""Draw and segment (chapter 2): two U-Nets name every pixel of what the reader draws."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
