"""The first losses of chapter 6's model in the page; tests/browser/test_first_losses.py asks."""

#: The first 20 losses with the settings that a page has.
FIRST_LOSSES = (
    3.00045, 2.999634, 2.99261, 2.9925, 2.996106,
    2.992201, 2.989961, 2.984906, 2.995108, 2.997864,
    2.987453, 2.98153, 2.986458, 2.984249, 2.975825,
    2.977969, 2.972389, 2.961706, 2.958052, 2.953301,
)  # fmt: skip
