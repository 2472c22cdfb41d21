"""Version 0.1's dial of chapter 11: what heads, masks, scaling and positions do to maps."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
