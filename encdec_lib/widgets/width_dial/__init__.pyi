from .width_dial import WidthDial as WidthDial
