"""One step of training on several devices, with its numbers (chapter 17)."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
