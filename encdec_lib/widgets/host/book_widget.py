"""Interactive figures that work in a live kernel, in Colab and in a page without either."""

import base64
import functools
import hashlib
import html
import json
import re
import sys
import uuid
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from encdec_lib.web.bundle import bundle
from encdec_lib.widgets.host.lazy import Lazy, without_lazy

_HERE = Path(__file__).parent
_VIEW = "application/vnd.jupyter.widget-view+json"


class BookWidget(anywidget.AnyWidget):
    """An anywidget whose display is a piece of a page that needs no kernel and no network.

    In a notebook, too, this piece is what stands below the cell, and so a notebook that is saved
    and opened again without its kernel shows a figure that lives. While the kernel runs, figure
    and widget follow each other: the widget's module tells the page of its model
    (``live.js``), and the figure joins it (``static.js``). Colab has its own way to save and to
    show widgets, and is given the view that it asks for.

    A subclass sets ``_esm`` to the path of its own ``.js`` file, which may import others of
    this package by a relative path (see :func:`encdec_lib.web.bundle.bundle`), and may set
    ``_css`` to the path of a style sheet, or to several, which come after the one all widgets
    share. Its state is its synced traits: text, numbers, lists, dicts, bytes for weights, and
    :class:`~encdec_lib.widgets.host.lazy.Lazy` bytes for what it loads only when it is asked. A
    figure that asks Python for anything while it runs would be dead in the page: compute in the
    browser.
    """

    _ipython_display_ = None  # ipywidgets 7 defines one, which would hide the mime bundle

    _figure = traitlets.Unicode().tag(sync=True)  # by which a figure knows its model

    #: What a reader without JavaScript sees.
    static_fallback = "An interactive figure belongs here; it needs JavaScript."

    def __init_subclass__(cls, **kwargs: Any):
        """Turns the paths in ``_esm`` and ``_css`` into one module and one style sheet."""
        if isinstance(module := cls.__dict__.get("_esm"), Path):
            cls._esm = _with_offer(module)
            own = cls.__dict__.get("_css", ())
            sheets = [_HERE / "book_widget.css", *([own] if isinstance(own, Path) else own)]
            cls._css = "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets)
        super().__init_subclass__(**kwargs)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, _figure=uuid.uuid4().hex, **kwargs)

    @staticmethod
    def _trait_to_json(x: Any, self: Any) -> Any:
        """What a kernel sends."""
        return without_lazy(x)

    def static_state(self) -> dict:
        """The widget's own synced traits, as they are now."""
        inherited = anywidget.AnyWidget.class_traits(sync=True)
        names = self.traits(sync=True)
        own = [n for n in names if not n.startswith("_") and n not in inherited]
        return {name: getattr(self, name) for name in own}

    def static_html(self) -> str:
        """A piece of HTML that mounts the widget's own ES module, with its state inside.

        Returns:
          A ``div`` and the script that mounts it. There are no element ids, so a page may hold
          it any number of times; module and style are loaded once.
        """
        return self._static_html("")

    def _static_html(self, attributes: str) -> str:
        esm, css = str(self._esm), str(getattr(self, "_css", ""))
        payload = {
            "hash": hashlib.sha256(f"{esm}\0{css}".encode()).hexdigest()[:16],
            "esm": esm,
            "css": css,
            "state": self.static_state(),
        }
        return (
            f'<div class="bw-root" data-widget="{type(self).__name__}"{attributes}>'
            f'<p class="bw-fallback">{html.escape(self.static_fallback)}</p>'
            f'<script type="application/json">{script_json(payload)}</script></div>'
            f"<script>{_static_js()}</script>"
        )

    def _repr_mimebundle_(self, **kwargs):
        shown = super()._repr_mimebundle_(**kwargs)
        if shown is None:
            return None
        data, metadata = shown if isinstance(shown, tuple) else (shown, {})
        if "google.colab.output" not in sys.modules:
            # JupyterLab and VS Code prefer it, and show it dead where the kernel is gone.
            data = {kind: value for kind, value in data.items() if kind != _VIEW}
        return {**data, "text/html": self._static_html(f' data-figure="{self._figure}"')}, metadata


def _with_offer(path: Path) -> str:
    """The bundle of a widget's module, which also tells the page of its model in the kernel."""
    source, count = re.subn(r"(?m)^export default ", "const __figure = ", bundle(path))
    if count != 1:
        raise ValueError(f"{path.name} needs one `export default {{ render }};`; got {count}.")
    offer = (_HERE / "live.js").read_text(encoding="utf-8").replace("export function", "function")
    return f"{source}\n{offer}\nexport default {{ initialize: offer, ...__figure }};\n"


def script_json(value: Any) -> str:
    """JSON that may stand inside ``<script>``: no ``<``, ``>`` or ``&``; bytes as base64.

    The form of lazy bytes is what ``book/_ext/lazy.py`` looks for in a built page.

    Args:
      value: what ``json`` takes, and bytes anywhere in it, lazy or not.

    Returns:
      ASCII text.

    Raises:
      TypeError: if something in it has no such form.

    Example:
      >>> script_json({"label": "</script>", "weights": b"abc"})
      '{"label":"\\\\u003c/script\\\\u003e","weights":{"$b64":"YWJj"}}'
    """
    text = json.dumps(value, default=_base64, sort_keys=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _base64(value):
    if isinstance(value, Lazy):
        return {"$lazy": _base64(value.data)}
    if isinstance(value, bytes | bytearray | memoryview):
        return {"$b64": base64.b64encode(bytes(value)).decode("ascii")}
    raise TypeError(f"a widget's state cannot hold {type(value).__name__} in a page.")


@functools.cache
def _static_js() -> str:
    return "\n".join((_HERE / name).read_text("utf-8") for name in ("near.js", "static.js"))
