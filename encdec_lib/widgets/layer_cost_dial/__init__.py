"""What a layer costs: length and width against operations, for three layers (chapter 13)."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
