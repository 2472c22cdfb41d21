"""A book of two pages, built by Jupyter Book with this one's settings and extension."""

import re
import shutil
import subprocess
import sys

import pytest

pytest.importorskip("jupyter_book")

from tests.book.tree import ROOT

COPIED = ("encdec_lib", "README.md", "LICENSE", "pyproject.toml", "requirements.txt", "tools")
CHAPTER = """---
file_format: mystnb
kernelspec: {display_name: Python 3, language: python, name: python3}
---

# 4. One chapter

```{code-cell}
print(1)
```

```{raw} html
<script type="application/json">{"$lazy":{"$b64":"YWJj"}}</script>
```
"""
NOTEBOOK = "notebooks/04_one.ipynb"
LINK = re.compile(r'<a href="([^"]*)"( download)?[^>]*class="btn')


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A function that builds the book with a setting and a remote, and gives its chapter's HTML."""
    if not (ROOT / "node_modules" / "mathjax").is_dir() or shutil.which("git") is None:
        pytest.skip("needs node_modules and git")
    root = tmp_path_factory.mktemp("book")
    leave = shutil.ignore_patterns("__pycache__")
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, root / name, **({"ignore": leave} if copy is shutil.copytree else {}))
    for name in ("_ext", "_static", "_templates"):
        shutil.copytree(ROOT / "book" / name, root / "book" / name, ignore=leave)
    shutil.copy(ROOT / "book" / "references.bib", root / "book")
    (root / "node_modules").symlink_to(ROOT / "node_modules")
    (root / "book" / "index.md").write_text("# Home\n\n{doc}`04_one`\n", "utf-8")
    (root / "book" / "04_one.md").write_text(CHAPTER, "utf-8")
    (root / "notebooks").mkdir()
    (root / "notebooks" / "04_one.ipynb").touch()
    (root / "_toc.yml").write_text(
        "format: jb-book\nroot: book/index\nchapters:\n  - file: book/04_one\n", "utf-8"
    )
    settings = (ROOT / "_config.yml").read_text("utf-8")
    settings = settings.replace("execute_notebooks: cache", 'execute_notebooks: "off"')

    def git(*arguments):
        names = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *names, *arguments], cwd=root, check=True, capture_output=True)

    def build(setting: str, remote: str) -> str:
        shutil.rmtree(root / ".git", ignore_errors=True)
        shutil.rmtree(root / "_build", ignore_errors=True)
        stated = re.sub(r'(?m)^  url: ".*"', f'  url: "{setting}"', settings)
        (root / "_config.yml").write_text(stated, "utf-8")
        git("init", "--quiet")
        git("add", "_config.yml")
        git("commit", "--quiet", "-m", "Begin")
        if remote:
            git("remote", "add", "origin", remote)
        main = "from jupyter_book.cli.main import main; main()"
        command = [sys.executable, "-c", main, "build", ".", "-W", "-n", "--keep-going"]
        built = subprocess.run(command, cwd=root, capture_output=True, text=True)
        assert built.returncode == 0, built.stdout[-3000:] + built.stderr[-3000:]
        for path in (root / "_build" / "html").rglob("*.*"):
            if path.suffix in {".html", ".ipynb"}:
                text = path.read_text("utf-8")
                assert "s3cret" not in text and "executablebooks/jupyter-book" not in text, path
        assert not list((root / "_build" / "html" / "_sources").rglob("*.ipynb"))
        assert len(list((root / "_build" / "html" / "_static" / "lazy").glob("*.js"))) == 1
        return (root / "_build" / "html" / "book" / "04_one.html").read_text("utf-8")

    return build


@pytest.mark.slow
def test_without_an_address_a_page_offers_its_notebook_and_leads_nowhere(site):
    text = site("", "/srv/git/book.git")
    assert LINK.findall(text) == [(f"../{NOTEBOOK}", " download")]
    own = re.sub(r"(?s)<script.*?</script>|<footer.*", "", text)
    assert not re.search(r"https://[\w.]*(github\.|mybinder|colab)", own)
    assert 'rel="canonical"' not in text
    assert re.search(r'\{"\$lazy":\{"src":"\.\./_static/lazy/[0-9a-f]{16}\.js"\}\}', text)


@pytest.mark.slow
def test_with_a_remote_the_buttons_lead_to_it(site):
    text = site("", "https://token:s3cret@github.com/Ann/book.git")
    links = [url for url, _ in LINK.findall(text)]
    assert "https://github.com/Ann/book" in links
    assert f"https://mybinder.org/v2/gh/Ann/book/main?urlpath=lab/tree/{NOTEBOOK}" in links
    assert not any("colab" in url for url in links)
    assert [url for url, kept in LINK.findall(text) if kept] == [f"../{NOTEBOOK}"]


@pytest.mark.slow
def test_with_a_setting_colab_opens_the_notebook_in_git(site):
    text = site("https://github.com/Ann/book", "")
    links = [url for url, _ in LINK.findall(text)]
    assert f"https://colab.research.google.com/github/Ann/book/blob/main/{NOTEBOOK}" in links
    (canonical,) = re.findall(r'<link rel="canonical" href="([^"]*)"', text)
    assert canonical == "https://ann.github.io/book/book/04_one.html"
