"""Figures the reader can move: in a live kernel, in Colab, and in the built page alone."""

from encdec_lib.widgets.alignment_explorer import AlignmentExplorer
from encdec_lib.widgets.book_widget import BookWidget
from encdec_lib.widgets.length_dial import LengthDial

__all__ = ["AlignmentExplorer", "BookWidget", "LengthDial"]
