"""The explorer of chapter 12: all attention maps of a Transformer, for a source that you type."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
