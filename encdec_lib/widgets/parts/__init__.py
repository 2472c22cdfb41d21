"""What several figures share."""

from pathlib import Path

PARTS = Path(__file__).parent  #: the folder: ``_css = PARTS / "words.css"``
