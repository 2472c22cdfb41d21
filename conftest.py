"""While tests run, holds what the library's functions are given, and give, to their annotations.

Shapes, dimensions and types; but not of the modules in UNCHECKED, which know no arrays.
"""

import pathlib

import jaxtyping

#: Functions of strings that are called once a word or once a token of a program, some of them a
#: million times in the suite: a check takes longer than they do. Pyright reads them all the same.
UNCHECKED = {
    "encdec_lib.data.grammar",
    "encdec_lib.data.hashing",
    "encdec_lib.data.normal_form",
    "encdec_lib.data.pronunciations",
    "encdec_lib.data.random_sentences",
    "encdec_lib.data.vocabulary",
    "encdec_lib.runtime.checks",
    "encdec_lib.web.stripped",
}


def modules() -> set[str]:
    """All modules of the library by name; of a package only what is in it."""
    root = pathlib.Path(__file__).parent
    files = (path.relative_to(root).with_suffix("") for path in root.glob("encdec_lib/**/*.py"))
    return {".".join(path.parts) for path in files if path.name != "__init__"}


if unknown := UNCHECKED - modules():
    raise RuntimeError(f"UNCHECKED of {__file__} names what is no module: {sorted(unknown)}.")
jaxtyping.install_import_hook(sorted(modules() - UNCHECKED), "beartype.beartype")
