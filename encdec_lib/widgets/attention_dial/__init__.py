"""The attention dial of chapters 7 and 9: ways to read, and a temperature for the scores."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
