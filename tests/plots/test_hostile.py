"""No string of a reader's or of a file's becomes markup or a formula in figures and tables."""

import html.parser
import io
import xml.etree.ElementTree

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402
import pytest  # noqa: E402

from encdec_lib import exercises, plots  # noqa: E402
from encdec_lib.exercises.report import Property  # noqa: E402
from encdec_lib.plots import alignment, captions, tokens  # noqa: E402
from encdec_lib.train.progress import Progress  # noqa: E402
from tests.helpers.hostile import HOSTILE  # noqa: E402

DRAWN = [text for text in HOSTILE if text.isascii()]  # the others have no glyph: a warning


@pytest.fixture(autouse=True)
def closed_figures():
    with matplotlib.rc_context():
        yield
    plt.close("all")


class Tags(html.parser.HTMLParser):
    """The tags and attributes that a browser finds, and the text between them."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.words = set(), set(), []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data):
        self.words.append(data)


def svg(figure) -> str:
    file = io.StringIO()
    figure.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()


@pytest.mark.parametrize("hostile", HOSTILE)
def test_tables_show_it_as_text(hostile):
    rows = plots.table([{hostile: hostile, "model": 1.5}], caption=hostile)
    progress = Progress(3, enabled=False)
    progress.update(1, 0.1, **{hostile: 2.0})
    report = exercises.Report(hostile, (Property(hostile, False, hostile),))
    for shown, times in ((rows, 3), (progress, 1), (report, 3)):
        found = Tags(shown._repr_html_())
        assert found.tags <= {"table", "caption", "thead", "tbody", "tr", "th", "td", "div", "p",
                              "strong", "ul", "li", "span"}  # fmt: skip
        assert found.attributes <= {"class", "scope", "style", "role", "aria-hidden"}
        assert "".join(found.words).count(hostile) == times


@pytest.mark.filterwarnings("ignore:constrained_layout not applied")  # words of 40 letters
@pytest.mark.parametrize("words", [DRAWN[::2], DRAWN[1::2]], ids=["even", "odd"])
def test_figures_draw_it_letter_by_letter(words):
    size = len(words)
    titles = [word.replace("$", r"\$") for word in words]  # may hold a formula: the author's
    figures = [
        alignment.alignment(np.eye(size), words, words, title=titles[0]).figure,
        alignment.crossing(np.eye(size), words, words).figure,
        captions.word_maps(np.zeros((4, 4)), words, np.ones((size, 4))),
        tokens.mask(np.eye(2 * size, dtype=bool), words, words, plt.subplots()[1]).figure,
        tokens.pictures(np.zeros((size, 4, 4, 1)), words, words[::-1]),
        plots.bars(dict.fromkeys(titles, 1.0), titles[1]).figure,
    ]
    for figure in figures:
        drawn = svg(figure)
        assert "<script" not in drawn and "<img" not in drawn  # in a comment neither
        for node in xml.etree.ElementTree.fromstring(drawn).iter():
            tag = str(node.tag).rpartition("}")[2]
            assert tag not in {"script", "iframe", "img", "foreignObject"}, tag
            assert not [name for name in node.attrib if name.startswith("on")], node.attrib


def test_a_dollar_in_a_token_is_a_dollar():
    ax = alignment.alignment(np.eye(2), ["$5", "$6$"], ["5$", "$x_1$"])
    svg(ax.figure)
    for label in (*ax.get_xticklabels(), *ax.get_yticklabels()):
        assert not label.get_parse_math()


def fenced():
    """~~~~ <script>pwned</script>"""
    return "~~~~~"


def test_source_cannot_end_its_fence():
    shown = plots.show_source(fenced, docstring=True)._repr_markdown_().split("\n")
    assert shown[0] == "~~~~~~python" and shown[-1] == "~~~~~~"
    assert not any(line.strip().startswith("~~~~~~") for line in shown[1:-1])
