"""The first losses of chapter 11's model, which tests/browser/test_first_losses.py holds."""

#: The first 20 losses with the settings that a page has.
FIRST_LOSSES = (
    3.838358, 3.903927, 4.04814, 3.977889, 3.815108,
    3.813374, 3.71053, 3.591045, 3.5488, 3.41215,
    3.227471, 3.359868, 3.11004, 3.022961, 3.089806,
    3.050144, 2.910934, 2.918435, 3.012223, 2.798351,
)  # fmt: skip
