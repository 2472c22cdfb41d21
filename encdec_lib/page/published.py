"""Published figures that a run of the book may stand beside, each with its source.

They say which way a change went there and how far, never who is better: the tasks are not the same,
and ``differs`` says in what.
"""

from typing import NamedTuple


class Published(NamedTuple):
    """One figure of a paper."""

    figure: str
    source: str  # author, year, and where in the paper
    key: str  # in references.bib
    differs: str  # from our run, in a few words


_G2P = "older CMUdict with another split, larger models"
_RNN = "WMT14 English → French, real text, test sentences of all lengths, far larger models"
_HEADS = "newstest2013, English → German, width 512; {} of their heads stand beside {} of ours"

#: From (file, label) to a figure of a paper.
PUBLISHED = {
    ("translation", "fixed vector, long"): Published(
        "17.82 BLEU", "Bahdanau et al. 2015, Table 1, RNNencdec-50", "bahdanau2015",
        _RNN,
    ),
    ("translation", "fixed vector, long, up to 30"): Published(
        "13.93 BLEU", "Bahdanau et al. 2015, Table 1, RNNencdec-30", "bahdanau2015",
        _RNN,
    ),
    ("translation", "attention"): Published(
        "26.75 BLEU", "Bahdanau et al. 2015, Table 1, RNNsearch-50", "bahdanau2015",
        _RNN,
    ),
    ("translation", "attention, up to 30"): Published(
        "21.50 BLEU", "Bahdanau et al. 2015, Table 1, RNNsearch-30", "bahdanau2015",
        _RNN,
    ),
    ("translation", "fixed vector, long, reversed"): Published(
        "26.17 → 30.59 BLEU by reversing", "Sutskever et al. 2014", "sutskever2014",
        "English → French, deep LSTM; languages of similar order, and Korean has another",
    ),
    ("transformer_translation", "base"): Published(
        "27.3 BLEU", "Vaswani et al. 2017, base", "vaswani2017",
        "newstest2014 English → German, 65 million weights, real text",
    ),
    **{
        ("transformer_translation", label): Published(
            f"{figure} BLEU", "Vaswani et al. 2017, Table 3 (A)", "vaswani2017",
            _HEADS.format(theirs, label.split()[0]),
        )
        for label, theirs, figure in (
            ("1 head", 1, 24.9), ("2 heads", 4, 25.5),
            ("8 heads", 16, 25.8), ("16 heads", 32, 25.4),
        )
    },
    ("pronunciation", "fixed vector"): Published(
        "PER about 7.6", "Yao & Zweig 2015", "yao2015", _G2P
    ),
    ("pronunciation", "attention"): Published(
        "PER about 5.0", "Toshniwal & Livescu 2016", "toshniwal2016", _G2P
    ),
    ("transformer_pronunciation", "transformer"): Published(
        "PER about 5.2", "Yolchuyeva et al. 2019", "yolchuyeva2019", _G2P
    ),
    ("segmentation", "with skips"): Published(
        "IoU 92.03 (PhC-U373), 77.56 (DIC-HeLa)", "Ronneberger et al. 2015", "ronneberger2015",
        "cells under a microscope, one class and background",
    ),
}  # fmt: skip
