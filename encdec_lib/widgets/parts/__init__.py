"""What several figures share."""

from pathlib import Path

PARTS = Path(__file__).parent  #: the folder: ``_css = PARTS / "words.css"``
#: Buttons, dials and lines of trainers, steppers and figures with dials; before their own.
FRAMED_CSS = PARTS / "framed.css"
