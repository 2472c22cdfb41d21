"""tools/run_notebooks.py runs notebooks as a client does, and fails where a reader would."""

import sys

import nbformat
import pytest

pytest.importorskip("nbclient")

from tests.book.tree import ROOT

sys.path[:0] = [str(ROOT / "tools")]
import run_notebooks  # noqa: E402


@pytest.fixture
def folder(tmp_path):
    """A function that writes notebooks: name -> the code of their cells."""

    def write(**notebooks):
        for name, cells in notebooks.items():
            notebook = nbformat.v4.new_notebook(
                cells=[nbformat.v4.new_code_cell(cell) for cell in cells]
            )
            nbformat.write(notebook, tmp_path / f"{name}.ipynb")
        return tmp_path

    return write


@pytest.mark.filterwarnings("default")
def test_an_error_and_words_on_stderr_fail_a_notebook_and_the_next_one_runs(folder, capsys):
    there = folder(
        a_fails=["import sys; print('careful', file=sys.stderr)", "raise ValueError('no luck')"],
        b_runs=[
            "import os; assert os.path.exists('b_runs.ipynb') and 'PYTHONPATH' not in os.environ"
        ],
    )
    assert run_notebooks.main([], there) == 1
    out = capsys.readouterr().out
    assert "a_fails.ipynb" in out and "FAILED" in out and "ValueError: no luck" in out
    assert "cell 0 wrote on stderr: careful" in out
    assert out.count(" ran ") == 1 and "\x1b" not in out
    assert 'make colab ONLY="a_"' in out


def test_names_choose_and_one_that_fits_nothing_is_named(folder):
    there = folder(**{"06_six": [], "07_seven": [], "17_last": []})
    names = [path.stem for path in run_notebooks.chosen(["07", "17_l"], there)]
    assert names == ["07_seven", "17_last"]
    assert len(run_notebooks.chosen([], there)) == 3
    with pytest.raises(ValueError, match="no notebook begins with '99'"):
        run_notebooks.chosen(["06", "99"], there)
