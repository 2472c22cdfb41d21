"""The steppers' RNN of chapter 3: a state goes on, a gradient comes back."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
