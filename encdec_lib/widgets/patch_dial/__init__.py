"""A slider for the side of a patch: how many there are, and what they cost (chapter 14)."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
