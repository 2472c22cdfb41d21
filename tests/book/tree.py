"""The book's files, as its tests need them."""

import yaml

from tools.myst_pages import ROOT, is_notebook


def pages() -> list[str]:
    """The names in `_toc.yml`, such as `book/04_seq2seq`, in reading order."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    chapters = [entry["file"] for part in toc["parts"] for entry in part["chapters"]]
    return [toc["root"], *chapters]


def text(page: str) -> str:
    return (ROOT / f"{page}.md").read_text("utf-8")


def executable_pages() -> list[str]:
    """The names of the pages that are notebooks too, such as `04_seq2seq`."""
    existing = [p for p in pages() if (ROOT / f"{p}.md").exists()]
    return [p.removeprefix("book/") for p in existing if is_notebook(text(p))]
