"""The library's page names every module, and no other."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_module_of_the_library_is_on_its_page():
    text = (ROOT / "book" / "api.md").read_text(encoding="utf-8")
    described = set(re.findall(r"automodule:: encdec_lib\.(\S+)", text))
    files = (ROOT / "encdec_lib").rglob("*.py")
    modules = {
        ".".join(path.relative_to(ROOT / "encdec_lib").with_suffix("").parts) for path in files
    }
    packages = {name.removesuffix(".__init__") for name in modules if name.endswith("__init__")}
    short = {"__init__", "data", "layers", "models"}  # one line each, said in the headings
    assert described == {m for m in modules if "__init__" not in m} | packages - short
