"""Chapter 4 step by step: the encoder reads, the decoder writes."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
