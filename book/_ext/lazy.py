"""Bytes that a figure asks for only when its reader does: one file of the site for each.

A figure writes such bytes into its state as ``{"$lazy": {"$b64": "..."}}``
(encdec_lib/widgets/host/lazy.py), which is right in a notebook. In a built page they would be
loaded by every reader, once a page. So they move into ``_static/lazy/<hash>.js``, and the page
keeps the address, ``{"$lazy": {"src": "../_static/lazy/<hash>.js"}}``. The file is a script, which
a page from disk may load; the bytes in it are deflated.

This looks at the pages that were built, so it is all the same whether a cell has just run or its
output came out of the cache.
"""

import base64
import hashlib
import os
import pathlib
import re
import zlib

FOLDER = "_static/lazy"
INLINE = re.compile(r'\{"\$lazy":\{"\$b64":"([A-Za-z0-9+/=]*)"\}\}')
KEPT = re.compile(r'\{"\$lazy":\{"src":"[^"]*/([0-9a-f]+\.js)"\}\}')


def write(out: pathlib.Path) -> None:
    """Moves the lazy bytes of all pages into files, and drops files that no page asks for."""
    folder, asked = out / FOLDER, set()
    for path in sorted(out.rglob("*.html")):
        text = path.read_text("utf-8")
        way = pathlib.PurePath(os.path.relpath(folder, path.parent)).as_posix()

        def moved(match: re.Match, way: str = way) -> str:
            name = store(folder, base64.b64decode(match[1]))
            return f'{{"$lazy":{{"src":"{way}/{name}"}}}}'

        if (mended := INLINE.sub(moved, text)) != text:
            path.write_text(mended, "utf-8")
        asked |= set(KEPT.findall(mended))
    for old in folder.glob("*.js"):
        if old.name not in asked:
            old.unlink()


def store(folder: pathlib.Path, data: bytes) -> str:
    """Writes the file of these bytes, unless it is there; gives its name."""
    name = f"{hashlib.sha256(data).hexdigest()[:16]}.js"
    if not (folder / name).exists():
        folder.mkdir(parents=True, exist_ok=True)
        text = base64.b64encode(zlib.compress(data, 9)).decode("ascii")
        (folder / name).write_text(f'(window.bookLazy ??= {{}})["{name}"] = "{text}";\n', "ascii")
    return name
