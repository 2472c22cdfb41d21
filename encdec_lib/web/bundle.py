"""Joins a widget's ES module and what it imports into one module.

A page opened from disk, and a live kernel, load a widget from a Blob URL, where
``import "../../web/engine/engine.js"`` finds nothing. So each imported file becomes a block of its
own inside the one module, with its own names, and nothing is renamed; its exports are kept under
its path, which tells two files of one name apart. Comments and indentation stay behind
(:mod:`encdec_lib.web.stripped`).

Why not esbuild: a widget is bundled in the reader's kernel, on Colab too, where there is no Node;
and bundles made beforehand would be a second copy of every file in git.
"""

import functools
import json
import re
from pathlib import Path

import encdec_lib
from encdec_lib.web.stripped import stripped

_PACKAGE = Path(encdec_lib.__file__).parent.resolve()
_EXPORTS = "__exports"  # a name that no file has
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
      ValueError: if files import each other in a circle, or an import or export has another form,
        or names what is not exported, or a file cannot be told from its comments.

    Example:
      >>> engine = Path(__file__).parent / "engine"
      >>> "import" in bundle(engine / "vit.js").split()
      False
    """
    entry = Path(path).resolve()
    if not entry.is_file():
        raise FileNotFoundError(f"path must lead to a JavaScript module; there is none at {path}.")
    blocks: dict[Path, str] = {}
    source = _inline(entry, blocks, (entry,))
    return "\n".join([f"const {_EXPORTS} = {{}};", *blocks.values(), source])


def _inline(path: Path, blocks: dict[Path, str], chain: tuple[Path, ...]) -> str:
    """The source of ``path``, which takes its imports from ``blocks``.

    Imported files that are not there yet are put there, each after what it imports itself.
    ``chain`` leads from the entry module to ``path``.
    """

    def take(match):
        names = [name.strip() for name in match[1].split(",") if name.strip()]
        target = (path.parent / match[2]).resolve()
        if not target.is_file():
            raise ValueError(f"{path.name} imports {match[2]}, which does not exist.")
        if target in chain:
            circle = [_label(file) for file in (*chain[chain.index(target) :], target)]
            raise ValueError(
                f"Files import each other in a circle: {' -> '.join(circle)}. Move what both ends "
                f"need into a file of its own."
            )
        if target not in blocks:
            blocks[target] = _block(target, blocks, (*chain, target))
        missing = [name for name in names if name not in _exports(target)]
        if missing:
            raise ValueError(f"{path.name} imports {missing[0]}, which {match[2]} does not export.")
        return f"const {{ {', '.join(names)} }} = {_exports_of(target)};"

    source = _IMPORT.sub(take, _source(path))
    if left := _ANY_IMPORT.search(source):
        raise ValueError(f'{path.name}: write `import {{ a, b }} from "./x.js";`; got {left[0]!r}.')
    return source


def _block(path: Path, blocks: dict[Path, str], chain: tuple[Path, ...]) -> str:
    """An imported file as a function that is called at once and gives its exports."""
    source = _EXPORT.sub("", _inline(path, blocks, chain))
    if left := _ANY_EXPORT.search(source):
        raise ValueError(f"{path.name}: write `export function f` or the like; got {left[0]!r}.")
    names = ", ".join(_exports(path))
    return f"{_exports_of(path)} = (() => {{\n{source}\nreturn {{ {names} }};\n}})();"


def _exports(path: Path) -> list[str]:
    return _EXPORT.findall(_source(path))


@functools.cache
def _source(path: Path) -> str:
    """A file without its comments."""
    try:
        return stripped(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from error


def _exports_of(path: Path) -> str:
    """Where the one module keeps what a file exports."""
    return f"{_EXPORTS}[{json.dumps(_label(path))}]"


def _label(path: Path) -> str:
    """Where the file lies in the package; outside of it, its whole path."""
    inside = path.is_relative_to(_PACKAGE)
    return (path.relative_to(_PACKAGE) if inside else path).as_posix()
