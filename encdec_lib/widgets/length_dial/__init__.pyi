from .length_dial import LengthDial as LengthDial
