"""Draw a digit and watch a Vision Transformer read it (chapter 14), in the page."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
