"""Figures the reader can move: in a live kernel, in Colab, and in the built page alone."""

from encdec_lib.widgets.alignment_explorer import AlignmentExplorer
from encdec_lib.widgets.attention_dial import AttentionDial
from encdec_lib.widgets.book_widget import BookWidget
from encdec_lib.widgets.captioner import SceneCaptioner
from encdec_lib.widgets.digit_reader import DigitReader
from encdec_lib.widgets.forgetting_dial import ForgettingDial
from encdec_lib.widgets.heads_dial import HeadsDial
from encdec_lib.widgets.length_dial import LengthDial
from encdec_lib.widgets.patch_dial import PatchDial
from encdec_lib.widgets.picture_writer import PictureWriter
from encdec_lib.widgets.scene_reader import SceneReader
from encdec_lib.widgets.segmenter import Segmenter
from encdec_lib.widgets.transformer_explorer import TransformerExplorer
from encdec_lib.widgets.width_dial import WidthDial

__all__ = [
    "AlignmentExplorer",
    "AttentionDial",
    "BookWidget",
    "DigitReader",
    "ForgettingDial",
    "HeadsDial",
    "LengthDial",
    "PatchDial",
    "PictureWriter",
    "SceneCaptioner",
    "SceneReader",
    "Segmenter",
    "TransformerExplorer",
    "WidthDial",
]
