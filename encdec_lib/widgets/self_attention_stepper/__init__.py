"""The stepper of chapter 10: one row of self-attention, from the query to the mixture of values."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
