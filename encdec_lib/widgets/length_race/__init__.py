"""The race of the home page: one vector against attention, while strings grow longer."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
