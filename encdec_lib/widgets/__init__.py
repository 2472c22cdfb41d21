"""Figures the reader can move: in a live kernel, in Colab, and in the built page alone."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
