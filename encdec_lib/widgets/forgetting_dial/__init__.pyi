from .forgetting_dial import ForgettingDial as ForgettingDial
