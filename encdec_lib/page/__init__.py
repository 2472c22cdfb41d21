"""What pages of the book use around their own content.

The first cell of a page calls :func:`setup`, results go through :func:`report`, and the last cell
calls :func:`elapsed`. :func:`results` reads numbers that took longer than a page may take.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
