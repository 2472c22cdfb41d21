"""A scene on its way through a U-Net, block by block (chapter 2)."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
