"""Weights that were trained elsewhere: by others, or by a stored run of this book."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
