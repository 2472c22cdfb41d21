"""The width dial of chapter 1: encoders and decoders with H of every width, in the page."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
