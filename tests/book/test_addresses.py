"""The repository's address stands in `_config.yml`; whatever else must name it, agrees."""

import json
import re
import subprocess
import sys

import pytest

from tests.book.tree import ROOT, executable_pages

sys.path[:0] = [str(ROOT / "book" / "_ext")]
import addresses  # noqa: E402

HERE = addresses.read()
OWNER, NAME = HERE.owner_and_name
# files which are read where `_config.yml` is not: they repeat the address, and are checked
MAY_NAME_IT = {"README.md", "CITATION.cff"}


def tracked() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [name for name in listed.stdout.split("\n") if name and (ROOT / name).is_file()]


def test_what_follows_from_the_repository():
    example = addresses.Addresses("https://github.com/Ann/book", "main")
    assert example.site == "https://ann.github.io/book/"
    assert example.page("book/01_a") == "https://ann.github.io/book/book/01_a.html"
    assert example.colab("notebooks/a.ipynb") == (
        "https://colab.research.google.com/github/Ann/book/blob/main/notebooks/a.ipynb"
    )
    assert example.requirement == "encdec-lib @ git+https://github.com/Ann/book@main"


def test_an_address_which_is_no_repository_is_refused():
    with pytest.raises(ValueError, match="repository: url must be https://github.com/"):
        addresses.Addresses("https://example.org/book", "main")


def test_no_other_file_names_the_repository():
    pattern = re.compile(rf"{re.escape(OWNER)}(\.github\.io)?/{re.escape(NAME)}", re.IGNORECASE)
    allowed = MAY_NAME_IT | {"_config.yml"}
    found = []
    for name in tracked():
        if name in allowed or name.startswith("notebooks/"):
            continue
        try:
            text = (ROOT / name).read_text("utf-8")
        except UnicodeDecodeError:
            continue
        if pattern.search(text):
            found.append(name)
    assert not found, f"derive the address (book/_ext/addresses.py) in {found}"


@pytest.mark.parametrize("name", sorted(MAY_NAME_IT))
def test_files_which_repeat_the_address_agree_with_it(name):
    text = (ROOT / name).read_text("utf-8")
    urls = re.findall(r"https://[^\s)\"'>`]+", text)
    own = [u for u in urls if re.search(r"github\.io|github\.com|mybinder|colab\.research", u)]
    right = (HERE.repository, HERE.site.rstrip("/"), HERE.colab(""), HERE.binder("").split("?")[0])
    others = ("https://github.com/actions/",)
    wrong = [u for u in own if not u.startswith(right + others)]
    assert own and not wrong, wrong


@pytest.mark.parametrize("slug", executable_pages())
def test_notebooks_link_to_the_book_and_install_from_the_repository(slug):
    notebook = json.loads((ROOT / "notebooks" / f"{slug}.ipynb").read_text("utf-8"))
    header, setup = ("".join(cell["source"]) for cell in notebook["cells"][:2])
    assert HERE.page(f"book/{slug}") in header
    assert HERE.requirement in setup
