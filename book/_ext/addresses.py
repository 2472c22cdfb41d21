"""Every address of the book, worked out from the one in `_config.yml`.

Used by the Sphinx extension beside it, by the tools that write lists and notebooks, and by tests.
"""

import dataclasses
import pathlib
from urllib.parse import urlsplit

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
BOOK, NOTEBOOKS = "book/", "notebooks/"


@dataclasses.dataclass(frozen=True)
class Addresses:
    """Where the repository is, and what follows from it.

    Args:
      repository: address on GitHub, without a slash at the end.
      branch: the branch which is published.

    Raises:
      ValueError: if `repository` is not `https://github.com/<owner>/<name>`.
    """

    repository: str
    branch: str

    def __post_init__(self):
        url = urlsplit(self.repository)
        if url.scheme != "https" or url.netloc != "github.com" or len(self.owner_and_name) != 2:
            raise ValueError(
                "_config.yml: repository: url must be https://github.com/<owner>/<name>; "
                f"got {self.repository!r}."
            )

    @property
    def owner_and_name(self) -> list[str]:
        return urlsplit(self.repository).path.strip("/").split("/")

    @property
    def site(self) -> str:
        """Where GitHub Pages shows the book; ends in a slash."""
        owner, name = self.owner_and_name
        return f"https://{owner.lower()}.github.io/{name}/"

    @property
    def requirement(self) -> str:
        """What pip installs to have the library."""
        return f"encdec-lib @ git+{self.repository}@{self.branch}"

    def page(self, docname: str) -> str:
        """The web page of `book/<slug>`."""
        return f"{self.site}{docname}.html"

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


def read_config(root: pathlib.Path = ROOT) -> dict:
    """What `_config.yml` says."""
    return yaml.safe_load((root / "_config.yml").read_text("utf-8"))


def read(root: pathlib.Path = ROOT) -> Addresses:
    """The addresses of the book in `root`."""
    repository = read_config(root)["repository"]
    return Addresses(repository["url"].rstrip("/"), repository["branch"])
