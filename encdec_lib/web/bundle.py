"""Joins a widget's ES module and what it imports into one module.

A page opened from disk, and a live kernel, load a widget from a Blob URL, where
``import "../web/engine.js"`` finds nothing. So each imported file becomes a block of its own
inside the one module, with its own names, and nothing is renamed.
"""

import functools
import re
from pathlib import Path

_IMPORT = re.compile(r"""^import\s*\{([^}]*)\}\s*from\s*["']([^"']+)["'];?[^\S\n]*$""", re.M)
_ANY_IMPORT = re.compile(r"^import\b.*$", re.M)
_EXPORT = re.compile(r"^export\s+(?=(?:async\s+)?(?:function\*?|const|let|class)\s+(\w+))", re.M)
_ANY_EXPORT = re.compile(r"^export\b.*$", re.M)


@functools.cache
def bundle(path: Path) -> str:
    """One ES module from ``path`` and the files it imports.

    Understands ``import { a, b } from "./relative.js";`` and, in imported files, ``export``
    before ``function``, ``const``, ``let`` or ``class``, one name each.

    Args:
      path: the entry module; its own ``export default`` stays.

    Returns:
      The source of the one module.

    Raises:
      ValueError: if an import or export has another form, or names what is not exported.

    Example:
      >>> here = Path(__file__).parent
      >>> "import" in bundle(here.parent / "widgets" / "alignment_explorer.js").split()
      False
    """
    blocks: dict[Path, str] = {}
    entry = _inline(Path(path).resolve(), blocks)
    return "\n".join([*blocks.values(), entry])


def _inline(path: Path, blocks: dict[Path, str]) -> str:
    """The source of ``path`` with its imports taken from ``blocks``, which it fills."""

    def take(match):
        names = [name.strip() for name in match[1].split(",") if name.strip()]
        target = (path.parent / match[2]).resolve()
        if not target.is_file():
            raise ValueError(f"{path.name} imports {match[2]}, which does not exist.")
        if target not in blocks:
            blocks[target] = ""  # keeps the order of first use; filled below
            blocks[target] = _block(target, blocks)
            blocks[target] = blocks.pop(target)  # after what it needs itself
        missing = [name for name in names if name not in _exports(target)]
        if missing:
            raise ValueError(f"{path.name} imports {missing[0]}, which {match[2]} does not export.")
        return f"const {{ {', '.join(names)} }} = {_name(target)};"

    source = _IMPORT.sub(take, path.read_text(encoding="utf-8"))
    if left := _ANY_IMPORT.search(source):
        raise ValueError(f'{path.name}: write `import {{ a, b }} from "./x.js";`; got {left[0]!r}.')
    return source


def _block(path: Path, blocks: dict[Path, str]) -> str:
    source = _EXPORT.sub("", _inline(path, blocks))
    if left := _ANY_EXPORT.search(source):
        raise ValueError(f"{path.name}: write `export function f` or the like; got {left[0]!r}.")
    names = ", ".join(_exports(path))
    return f"const {_name(path)} = (() => {{\n{source}\nreturn {{ {names} }};\n}})();"


def _exports(path: Path) -> list[str]:
    return _EXPORT.findall(path.read_text(encoding="utf-8"))


def _name(path: Path) -> str:
    return "module_" + re.sub(r"\W", "_", path.stem)
