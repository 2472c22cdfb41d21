"""What a model's output is worth: texts, captions, classes, pixels, scenes."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
