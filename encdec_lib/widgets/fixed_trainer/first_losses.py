"""The first losses of chapter 6's model, which tests/browser/test_first_losses.py holds."""

#: The first 20 losses with the settings that a page has.
FIRST_LOSSES = (
    3.003088, 3.008441, 2.987673, 2.991796, 2.991751,
    2.98253, 2.983478, 2.985921, 2.979921, 2.973045,
    2.978406, 2.969527, 2.970607, 2.962405, 2.960903,
    2.947913, 2.953028, 2.936173, 2.937624, 2.922189,
)  # fmt: skip
