"""Write a caption, watch it being painted (chapter 16): a decoder-only model in the page."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
