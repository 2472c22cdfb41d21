"""The forgetting dial of chapter 3: how far back five recurrent layers reach."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
