"""The first losses of chapter 11's model, which tests/browser/test_first_losses.py holds."""

#: The first 20 losses with the settings that a page has.
FIRST_LOSSES = (
    4.000288, 3.971702, 4.065072, 4.015704, 3.853051,
    3.875414, 3.813002, 3.7254, 3.795361, 3.590833,
    3.456737, 3.47074, 3.440613, 3.275827, 3.233652,
    3.322336, 3.17964, 3.06055, 3.175385, 2.983634,
)  # fmt: skip
