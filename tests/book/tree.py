"""The book's files, as its tests need them."""

import pathlib
import re

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
CODE_CELL = re.compile(r"(?m)^[`:]{3,}\{code-cell\}")


def front_matter(text: str) -> dict:
    """What stands between the two `---` a page begins with."""
    match = re.match(r"---\n(.*?)\n---\n", text, re.DOTALL)
    return yaml.safe_load(match[1]) if match else {}


def pages() -> list[str]:
    """The names in `_toc.yml`, such as `book/04_seq2seq`, in reading order."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    chapters = [entry["file"] for part in toc["parts"] for entry in part["chapters"]]
    return [toc["root"], *chapters]


def text(page: str) -> str:
    return (ROOT / f"{page}.md").read_text("utf-8")


def executable_pages() -> list[str]:
    """The slugs of the pages with code cells."""
    existing = [p for p in pages() if (ROOT / f"{p}.md").exists()]
    return [p.removeprefix("book/") for p in existing if CODE_CELL.search(text(p))]
