"""What tools/make_lists.py writes from the chapters and from the package is current and whole."""

import re
import shutil
import sys

import pytest

from encdec_lib.page.chapters import CHAPTERS
from tests.book.tree import ROOT

sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "book" / "_ext")]
import make_api  # noqa: E402
import make_lists  # noqa: E402

# what the tool writes, each with a word of a line that it wrote
KEPT = {
    "README.md": "seq2seq",
    "_toc.yml": "seq2seq",
    "book/index.md": "{doc}`04_seq2seq`",
    "book/api.md": "models.seq2seq",
    "CONTRIBUTING.md": "| `layers/`",
    "encdec_lib/widgets/__init__.pyi": "WidthDial",
}


@pytest.fixture
def copy(tmp_path):
    """The files that the tool reads and writes, in a folder of their own."""
    for name in (*KEPT, "_config.yml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    for source in (ROOT / "encdec_lib").rglob("*.py*"):
        if source.suffix in {".py", ".pyi"}:
            target = tmp_path / source.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    make_lists.main([], tmp_path)
    return tmp_path


def test_the_lists_are_current():
    assert make_lists.main(["--check"]) == 0, "run `make notebooks`"


@pytest.mark.parametrize("name, word", KEPT.items(), ids=list(KEPT))
def test_a_changed_list_is_found_and_mended(copy, name, word, capsys):
    file = copy / name
    whole = file.read_text("utf-8")
    line = next(line for line in whole.splitlines() if word in line)
    file.write_text(whole.replace(line + "\n", "", 1), "utf-8")
    assert make_lists.main(["--check"], copy) == 1
    assert f"stale: {name}" in capsys.readouterr().out
    assert make_lists.main([], copy) == 0
    assert file.read_text("utf-8") == whole


def test_a_file_without_marks_is_named(copy):
    (copy / "README.md").write_text("# A book\n", "utf-8")
    with pytest.raises(ValueError, match="README.md must have one line .* found 0 pairs"):
        make_lists.main([], copy)


def test_a_new_module_makes_the_page_stale_and_a_private_one_does_not(copy):
    (copy / "encdec_lib" / "layers" / "_hidden.py").write_text('"""Private."""\n', "utf-8")
    assert make_lists.main(["--check"], copy) == 0
    (copy / "encdec_lib" / "layers" / "gates.py").write_text('"""Gates."""\n', "utf-8")
    assert make_lists.main(["--check"], copy) == 1


def test_a_room_that_the_docstring_leaves_out_is_named(copy):
    (copy / "encdec_lib" / "attic").mkdir()
    (copy / "encdec_lib" / "attic" / "__init__.py").write_text('"""Old things."""\n', "utf-8")
    with pytest.raises(ValueError, match="must list every room once.* attic differs"):
        make_lists.main([], copy)


def test_one_run_writes_all_that_follows_from_a_new_widget(copy):
    folder = copy / "encdec_lib" / "widgets" / "new_dial"
    folder.mkdir()
    (folder / "__init__.py").write_text('"""A new dial."""\n', "utf-8")
    (folder / "__init__.pyi").write_text("from .new_dial import NewDial as NewDial\n", "utf-8")
    (folder / "new_dial.py").write_text('class NewDial:\n    """A dial."""\n', "utf-8")
    assert make_lists.main([], copy) == 0
    assert make_lists.main(["--check"], copy) == 0
    home = "encdec_lib.widgets.new_dial.new_dial"
    page = (copy / "book" / "api.md").read_text("utf-8")
    assert f"automodule:: {home}" in page and f"`NewDial <{home}.NewDial>`" in page


def test_every_public_module_is_on_the_librarys_page_once():
    text = (ROOT / "book" / "api.md").read_text("utf-8")
    described = re.findall(r"automodule:: (\S+)\n   :members:", text)
    files = (path.relative_to(ROOT) for path in (ROOT / "encdec_lib").rglob("*.py"))
    modules = [".".join(path.with_suffix("").parts) for path in files if path.stem[0] != "_"]
    assert sorted(described) == sorted(modules)


def test_rooms_stand_from_top_to_bottom_and_models_by_chapter():
    text = (ROOT / "book" / "api.md").read_text("utf-8")
    assert re.findall(r"(?m)^## (.*)", text) == make_api.rooms(ROOT / "encdec_lib")
    order = [model for chapter in CHAPTERS for model in chapter.models]
    assert re.findall(r"(?m)^### models\.(.*)", text) == order


def test_a_room_shows_what_can_be_imported_from_it():
    shown = make_api.exports(ROOT / "encdec_lib", "generate")
    assert "{py:obj}`greedy <encdec_lib.generate.sampling.greedy>`" in shown
    assert make_api.exports(ROOT / "encdec_lib", "models") == []
