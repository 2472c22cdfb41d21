"""Every way to read of chapters 7 and 9, untrained, on sizes that are different primes."""

from encdec_lib.layers.scores import SCORES
from encdec_lib.models.attention_scores import ScoresConfig, attention_scores
from encdec_lib.models.token_sized import READERS, TokenSizedConfig, token_sized
from tests.widgets.untrained import untrained


def reading(read: str, source: int = 30, target: int = 43, **others):
    """A model of chapter 7."""
    return untrained(token_sized, TokenSizedConfig(source, target, 7, 11, read), **others)


def scoring(score: str, window=None, query="current", source=30, target=43, **others):
    """A model of chapter 9. Its states are as wide as the vectors where the score asks for it."""
    state = 22 if score.endswith("dot") else 13
    config = ScoresConfig(source, target, 7, 11, state, score, window, query, 5, 3, 19)
    return untrained(attention_scores, config, **others)


#: A function that builds each of them.
EVERY_READER = {read: lambda read=read, **others: reading(read, **others) for read in READERS} | {
    f"{score}, {window}, {query}": lambda choice=(score, window, query), **others: scoring(
        *choice, **others
    )
    for score in SCORES
    for window in (None, "monotonic", "predictive")
    for query in ("current", "previous")
}
