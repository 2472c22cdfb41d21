"""The race of chapter 3: three recurrent units learn to remember the first letter."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
