"""The first losses of chapter 6's model, which tests/browser/test_first_losses.py holds."""

#: The first 20 losses with the settings that a page has.
FIRST_LOSSES = (
    2.998761, 3.002704, 2.993786, 2.988623, 2.99693,
    2.992795, 2.990562, 2.984966, 2.990608, 2.990276,
    2.986942, 2.977551, 2.981199, 2.97732, 2.970688,
    2.976711, 2.958235, 2.953908, 2.95587, 2.945851,
)  # fmt: skip
