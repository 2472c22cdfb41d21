"""A weight that is trained in 16 bits, and why it may stand still (chapter 17)."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
