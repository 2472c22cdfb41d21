from .rounding_dial import RoundingDial as RoundingDial
