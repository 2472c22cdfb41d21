from .position_dial import PositionDial as PositionDial
