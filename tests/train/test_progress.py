"""Mirrors encdec_lib/train/progress.py."""

import io
import sys
import types
from html.parser import HTMLParser

import pytest

from encdec_lib.train import progress
from encdec_lib.train.progress import MAX_ROWS, Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def run(total=40, every=2, **settings):
    shown = Progress(total, **settings)
    for step in range(every, total + 1, every):
        shown.update(step, step / 10, loss=1 / step)
    return shown


def cells(shown):
    """The text of every cell of its table, row by row; checks that tags are balanced."""
    rows, caption, open_tags = [], [], []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attributes):
            open_tags.append(tag)
            if tag == "tr":
                rows.append([])
            elif tag in ("td", "th"):
                rows[-1].append("")
                assert tag == "td" or ("scope", "col") in attributes

        def handle_endtag(self, tag):
            assert open_tags.pop() == tag

        def handle_data(self, data):
            if open_tags[-1] == "caption":
                caption.append(data)
            else:
                rows[-1][-1] += data

    Reader().feed(shown._repr_html_())
    assert open_tags == []
    return rows, "".join(caption)


def test_a_file_gets_a_line_now_and_then_and_the_closing_remark(capsys):
    run().finish("trained 40 steps")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == MAX_ROWS + 1
    assert lines[0] == "step      6 of 40     0.6 s  loss 0.167"
    assert lines[-2:] == ["step     40 of 40     4.0 s  loss 0.025", "trained 40 steps"]


def test_a_terminal_gets_one_line_that_is_rewritten(monkeypatch):
    monkeypatch.setattr(sys, "stdout", Terminal())
    run(total=6).finish("trained")
    written = sys.stdout.getvalue()
    assert written.count("\r\x1b[K") == 3
    assert written.endswith("step      6 of 6     0.6 s  loss 0.167\ntrained\n")
    assert written.count("\n") == 2


def test_a_notebook_gets_one_table_that_is_updated(monkeypatch, capsys):
    calls = []

    class Handle:
        def update(self, shown):
            calls.append(("update", shown))

    def display(shown, display_id):
        calls.append(("display", shown))
        return Handle()

    kernel = types.SimpleNamespace(kernel=object())
    ipython = types.SimpleNamespace(get_ipython=lambda: kernel)
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", types.SimpleNamespace(display=display))
    shown = run(total=6)
    shown.finish("trained")
    assert calls == [("display", shown)] + [("update", shown)] * 3
    assert capsys.readouterr().out == ""


def test_a_shell_without_a_kernel_is_no_notebook(monkeypatch):
    shell = types.SimpleNamespace(get_ipython=lambda: types.SimpleNamespace())
    monkeypatch.setitem(sys.modules, "IPython", shell)
    assert not progress._in_notebook()
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: None))
    assert not progress._in_notebook()


def test_switched_off_it_shows_nothing_and_keeps_the_rows(capsys):
    shown = run(enabled=False)
    shown.finish("trained")
    assert capsys.readouterr().out == ""
    assert len(shown.rows) == 20


@pytest.mark.parametrize("count", [0, 1, 2, MAX_ROWS, MAX_ROWS + 1, 100])
def test_thinned_keeps_the_first_the_newest_and_at_most_eight(count):
    shown = run(total=max(count, 1), every=1, enabled=False) if count else Progress(1, False)
    rows = shown.thinned()
    assert len(rows) == min(count, MAX_ROWS)
    assert rows[:1] == shown.rows[:1] and rows[-1:] == shown.rows[-1:]
    steps = [row["step"] for row in rows]
    gaps = [b - a for a, b in zip(steps, steps[1:], strict=False)]
    assert not gaps or max(gaps) - min(gaps) <= 1 and min(gaps) > 0


def test_the_table_has_a_column_for_every_number_and_escapes_names():
    shown = Progress(4, enabled=False)
    shown.update(2, 0.26, loss=1.5)
    shown.update(4, 0.51, loss=0.25, **{"<per>": 12.3456})
    rows, caption = cells(shown)
    assert rows[0] == ["step", "seconds", "loss", "<per>"]
    assert rows[1:] == [["2", "0.3", "1.500", ""], ["4", "0.5", "0.250", "12.346"]]
    assert caption == "step 4 of 4"
    shown.finish("trained & done")
    assert cells(shown)[1] == "trained & done"


def test_before_the_first_step_the_table_says_so():
    assert cells(Progress(9, enabled=False)) == ([[]], "step 0 of 9")


def test_the_text_form_is_the_thinned_table_and_the_note():
    shown = run(total=100, every=1, enabled=False)
    assert len(repr(shown).splitlines()) == MAX_ROWS
    shown.finish("trained")
    assert repr(shown).splitlines()[-1] == "trained"
