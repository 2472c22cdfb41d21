"""Byte-pair merges, one at a time, over a few words that are counted (chapter 4)."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
