"""The losses of the trainer in the page, as tests/browser/test_seq2seq_trainer.py has them."""

#: The first 20 losses with the settings and the words that a page has.
FIRST_LOSSES = (
    3.76464, 3.76252, 3.75404, 3.75456, 3.75587,
    3.7511, 3.74813, 3.74665, 3.73341, 3.73226,
    3.72808, 3.72335, 3.7196, 3.69808, 3.69498,
    3.69614, 3.65722, 3.6688, 3.62285, 3.5932,
)  # fmt: skip
