"""What pages of the book use around their own content.

The first cell of a page calls ``page.setup()``, results go through ``page.report(...)``, and the
last cell calls ``page.elapsed()``. ``page.say(...)`` is a notebook's sentence with those results in
it. ``page.results(...)`` reads numbers that took longer than a page may take, and
``page.stored(...)`` shows them as a table.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
