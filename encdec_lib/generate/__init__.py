"""Writing an output one token at a time: greedy search, sampling, beam search."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
