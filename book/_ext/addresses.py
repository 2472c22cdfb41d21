"""Every address of the book, worked out from one: that of the repository.

`repository: url` in `_config.yml` states it, and is empty until somebody publishes the book. A
clone knows its own from its remote `origin`, which is asked first, so a fork's pages lead to the
fork. Where neither says one, there is no button and no command that leads to a stranger: notebooks
link to files beside them and install the library out of the clone.

The notebooks in git follow the setting alone (:func:`stated`), or they would differ from clone to
clone; the built site's follow the remote as well (:func:`read`).

Used by the Sphinx extension beside it, by the tools that write lists and notebooks, and by tests.
"""

import dataclasses
import pathlib
import re
import subprocess

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
BOOK, NOTEBOOKS = "book/", "notebooks/"
_NAME = r"[A-Za-z0-9_.-]+"
_ADDRESS = re.compile(rf"https://github\.com/(?P<owner>{_NAME})/(?P<name>{_NAME})")
# what `git remote` says: https, with or without a name or token before @, and the two forms of ssh
_REMOTE = re.compile(
    r"(?:https://(?:[^@/\s]+@)?github\.com/|ssh://git@github\.com(?::22)?/|git@github\.com:)"
    rf"(?P<owner>{_NAME})/(?P<name>{_NAME}?)(?:\.git)?/?"
)
_COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclasses.dataclass(frozen=True)
class Addresses:
    """Where the repository is, and what follows from it.

    Args:
      repository: address on GitHub, without a slash at the end.
      branch: the branch which is published.
      version: the library's, whose tag is installed.
      commit: what is installed instead of the tag: the commit that the pages are built from.

    Raises:
      ValueError: if `repository` is not `https://github.com/<owner>/<name>`.
    """

    repository: str
    branch: str
    version: str = ""
    commit: str = ""

    def __post_init__(self):
        if not _ADDRESS.fullmatch(self.repository):
            raise ValueError(
                "_config.yml: repository: url must be https://github.com/<owner>/<name>, or "
                f"empty; got {self.repository!r}."
            )

    @property
    def owner_and_name(self) -> list[str]:
        return self.repository.split("/")[-2:]

    @property
    def site(self) -> str:
        """Where GitHub Pages shows the book; ends in a slash."""
        owner, name = self.owner_and_name
        return f"https://{owner.lower()}.github.io/{name}/"

    @property
    def requirement(self) -> str:
        """What pip installs to have the library: a commit or a tag, never a branch that moves."""
        return f"encdec-lib @ git+{self.repository}@{self.commit or 'v' + self.version}"

    def page(self, docname: str) -> str:
        """The web page of `book/<slug>`."""
        return f"{self.site}{docname}.html"

    def file(self, path: str) -> str:
        """A picture or another file of the built book, such as `_static/a.svg`."""
        return f"{self.site}{path}"

    def source(self, path: str) -> str:
        """A file of the repository on GitHub."""
        return f"{self.repository}/blob/{self.branch}/{path}"

    def colab(self, notebook: str) -> str:
        """A notebook of the repository, opened in Colab."""
        path = "/".join(self.owner_and_name)
        return f"https://colab.research.google.com/github/{path}/blob/{self.branch}/{notebook}"

    def binder(self, notebook: str) -> str:
        """A notebook of the repository, opened on Binder."""
        path = "/".join(self.owner_and_name)
        return f"https://mybinder.org/v2/gh/{path}/{self.branch}?urlpath=lab/tree/{notebook}"


@dataclasses.dataclass(frozen=True)
class Clone:
    """Where there is no address: what a notebook links to in the clone, or the zip, it lies in.

    Args:
      chapters: the pages that are notebooks too, as `book/<slug>`.
    """

    chapters: frozenset[str]
    requirement: str = ""
    site: str = ""

    def page(self, docname: str) -> str:
        """The notebook of a chapter, and the source of a page without code."""
        name = docname.removeprefix(BOOK)
        return f"{name}.ipynb" if docname in self.chapters else f"../{docname}.md"

    def file(self, path: str) -> str:
        """A picture or another file that the pages show."""
        return f"../{BOOK}{path}"

    def source(self, path: str) -> str:
        """A file of the clone."""
        return f"../{path}"


def read_config(root: pathlib.Path = ROOT) -> dict:
    """What `_config.yml` says."""
    return yaml.safe_load((root / "_config.yml").read_text("utf-8"))


def version(root: pathlib.Path = ROOT) -> str:
    """The library's version, which stands in its `__init__.py`."""
    text = (root / "encdec_lib" / "__init__.py").read_text("utf-8")
    found = re.search(r'(?m)^__version__ = "([^"]+)"$', text)
    if not found:
        raise ValueError('encdec_lib/__init__.py must have one line __version__ = "...".')
    return found[1]


def stated(root: pathlib.Path = ROOT) -> Addresses | None:
    """The addresses by the setting alone; None where it is empty."""
    repository = read_config(root)["repository"]
    url = (repository["url"] or "").rstrip("/")
    return Addresses(url, repository["branch"], version(root)) if url else None


def read(root: pathlib.Path = ROOT) -> Addresses | None:
    """The addresses of the clone in `root`, by its remote or else by the setting; None: neither."""
    at_remote = from_remote(_git(root, "remote", "get-url", "origin"))
    commit = _git(root, "rev-parse", "HEAD")
    commit = commit if _COMMIT.fullmatch(commit) else ""
    setting = stated(root)
    if at_remote is None:
        return setting and dataclasses.replace(setting, commit=commit)
    return Addresses(at_remote, read_config(root)["repository"]["branch"], version(root), commit)


def from_remote(url: str) -> str | None:
    """The address of the repository behind a git remote, without a name or token in it.

    None for whatever is not a repository on GitHub: a folder, another server, an empty string.
    """
    found = _REMOTE.fullmatch(url.strip())
    return f"https://github.com/{found['owner']}/{found['name']}" if found else None


def _git(root: pathlib.Path, *arguments: str) -> str:
    """What git says of the clone in `root`; nothing where that is no clone, or there is no git."""
    if not (root / ".git").exists():  # git would answer for a clone further up
        return ""
    try:
        said = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True)
    except OSError:
        return ""
    return said.stdout.strip() if said.returncode == 0 else ""
