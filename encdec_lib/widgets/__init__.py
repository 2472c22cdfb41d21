"""Figures the reader can move: in a live kernel, in Colab, and in the built page alone."""

from encdec_lib.widgets.alignment_explorer import AlignmentExplorer
from encdec_lib.widgets.attention_dial import AttentionDial
from encdec_lib.widgets.book_widget import BookWidget
from encdec_lib.widgets.captioner import SceneCaptioner
from encdec_lib.widgets.forgetting_dial import ForgettingDial
from encdec_lib.widgets.heads_dial import HeadsDial
from encdec_lib.widgets.length_dial import LengthDial
from encdec_lib.widgets.segmenter import Segmenter
from encdec_lib.widgets.transformer_explorer import TransformerExplorer
from encdec_lib.widgets.width_dial import WidthDial

__all__ = [
    "AlignmentExplorer",
    "AttentionDial",
    "BookWidget",
    "ForgettingDial",
    "HeadsDial",
    "LengthDial",
    "SceneCaptioner",
    "Segmenter",
    "TransformerExplorer",
    "WidthDial",
]
