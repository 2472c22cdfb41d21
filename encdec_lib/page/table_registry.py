"""What a table of each results file counts: caption, columns, how a run's number is read."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One number of every run.

    Args:
      heading: what stands over it.
      read: from a run's last test.
      digits: behind the point.
      better: 1 where more is better, -1 where less is, 0 where neither.
    """

    heading: str
    read: Callable[[dict], float]
    digits: int = 1
    better: int = 0


@dataclass(frozen=True)
class Table:
    """A results file as a table.

    Args:
      caption: what is counted, and on what.
      columns: from left to right.
      shown: headings of those that stand there unless a page asks for others.
    """

    caption: str
    columns: tuple[Column, ...]
    shown: tuple[str, ...]


_EXACT = Column("exact %", lambda test: test["all exact"], better=1)
_PERPLEXITY = Column("perplexity", lambda test: test["perplexity"], 3, -1)
_ENTROPY = Column("entropy, bits", lambda test: test["entropy"], 2)
_UP_TO_50 = 50  # tokens: the longest sentences that the models were trained on


def _trained_lengths(measure: str) -> Callable[[dict], float]:
    """Mean over the groups of lengths that the models were trained on."""

    def read(test: dict) -> float:
        found = [v for k, v in test[measure].items() if int(k.split("–")[0]) <= _UP_TO_50]
        return sum(found) / len(found)

    return read


def _group(measure: str, lengths: str) -> Column:
    name = {"bleu": "BLEU", "exact": "exact %"}[measure]
    return Column(f"{name}, {lengths} tokens", lambda test: test[measure][lengths], better=1)


_LENGTHS = tuple(
    _group(measure, lengths)
    for measure in ("bleu", "exact")
    for lengths in ("4–10", "26–30", "31–35", "46–50", "51–55", "56–60")
)
_SENTENCES = (
    Column("BLEU", _trained_lengths("bleu"), better=1),
    Column("exact %", _trained_lengths("exact"), better=1),
    *_LENGTHS,
)
_ALL_SENTENCES = (
    Column("BLEU", lambda test: test["all bleu"], better=1),
    _EXACT, _PERPLEXITY, _ENTROPY, *_LENGTHS,
)  # fmt: skip
_WORDS = (
    Column("PER %", lambda test: test["PER"], better=-1),
    Column("WER %", lambda test: test["WER"], better=-1),
    _PERPLEXITY,
    _ENTROPY,
)


def _searched(measure: str, search: str) -> Column:
    heading = f"{measure} %" + ("" if search == "greedy" else f", {search}")
    return Column(heading, lambda test: test[search][measure], better=-1)


_SEARCHED = tuple(
    _searched(measure, search) for search in ("greedy", "beam 5") for measure in ("PER", "WER")
)
_ON_SENTENCES = "English to Korean, sentences of 4 to 50 tokens"
_ON_WORDS = "Held-out words of CMUdict, stress removed"
_BLEU, _PER = ("BLEU", "exact %"), ("PER %", "WER %")


def _caption_columns() -> tuple[Column, ...]:
    def of(measure: str, number: str) -> Callable[[dict], float]:
        return lambda test: test["by number"][number][measure]

    one = tuple(
        Column(f"captions right %, {n} digit{'s' * (n > 1)}", of("exact", str(n)), 0, 1)
        for n in (1, 2, 3)
    )
    all_of = (
        Column("captions right %", lambda test: test["all"]["exact"], better=1),
        Column("digits right %", lambda test: test["all"]["digits"], better=1),
        Column("relations right %", lambda test: test["all"]["relations"], better=1),
    )
    parts = tuple(
        Column(f"{part} right %, {n} digit{'s' * (n > 1)}", of(part, str(n)), 0, 1)
        for part, most in (("digits", (1, 2, 3)), ("relations", (2, 3)))
        for n in most
    )
    return (*all_of, *one, *parts)


_CAPTIONS = Table(
    "Captions of test scenes",
    _caption_columns(),
    ("captions right %", "digits right %", "relations right %"),
)

TABLES = {
    "translation": Table(_ON_SENTENCES, _SENTENCES, _BLEU),
    "time_curves": Table(
        "English to Korean, dev sentences, after the last step of each run",
        tuple(_group("bleu", lengths) for lengths in ("4–10", "16–20", "26–30")),
        tuple(f"BLEU, {lengths} tokens" for lengths in ("4–10", "16–20", "26–30")),
    ),
    "scaling": Table(
        _ON_WORDS,
        (
            Column("nats a phoneme", lambda test: test["nats"], 3, -1),
            Column("PER %", lambda test: test["PER"], better=-1),
        ),
        ("nats a phoneme", "PER %"),
    ),
    "reading_translation": Table(_ON_SENTENCES, _ALL_SENTENCES, _BLEU),
    "scores_translation": Table(_ON_SENTENCES, _ALL_SENTENCES, ("BLEU", "perplexity")),
    "scales_translation": Table(_ON_SENTENCES, _ALL_SENTENCES, ("BLEU", "perplexity")),
    "transformer_translation": Table(_ON_SENTENCES, _ALL_SENTENCES, _BLEU),
    "ablations": Table(_ON_SENTENCES, _ALL_SENTENCES, _BLEU),
    "norms": Table(_ON_SENTENCES, _ALL_SENTENCES, _BLEU),
    "memory": Table(
        "Reading 21 symbols, then naming the first: test sequences",
        (
            Column("right %", lambda test: test["right"], better=1),
            Column("gradient left", lambda test: test["gradient"], 3),
        ),
        ("right %",),
    ),
    "verses": Table(
        "English of 1611 to English of today: test verses, greedy search",
        (
            Column("BLEU", lambda test: test["greedy"]["all bleu"], better=1),
            *(
                Column(f"BLEU, {n} subwords", lambda test, n=n: test["greedy"]["bleu"][n], better=1)
                for n in ("4–15", "26–30", "51–60")
            ),
            Column("old forms turned %", lambda test: test["greedy"]["forms"]["share"], better=1),
        ),
        ("BLEU", "BLEU, 4–15 subwords", "BLEU, 26–30 subwords", "BLEU, 51–60 subwords"),
    ),
    "pronunciation": Table(_ON_WORDS, _SEARCHED, _PER),
    "transformer_pronunciation": Table(_ON_WORDS, _SEARCHED, _PER),
    "words": Table(_ON_WORDS, _SEARCHED, _PER),
    "reading_pronunciation": Table(_ON_WORDS, _WORDS, _PER),
    "scores_pronunciation": Table(_ON_WORDS, _WORDS, ("PER %", "perplexity")),
    "scales_pronunciation": Table(_ON_WORDS, _WORDS, ("PER %", "perplexity")),
    "segmentation": Table(
        "500 test scenes, percent",
        (
            Column("mean IoU", lambda test: test["mean IoU"], better=1),
            Column("ink IoU", lambda test: test["ink IoU"], better=1),
            Column("boundary", lambda test: test["boundary"], better=1),
            Column("pixels", lambda test: test["pixels"], better=1),
        ),
        ("mean IoU", "ink IoU", "boundary"),
    ),
    "vit_digits": Table(
        "Test digits named rightly, percent",
        (Column("test accuracy %", lambda test: test["test"], better=1),),
        ("test accuracy %",),
    ),
    "captions": _CAPTIONS,
    "captions_memory": _CAPTIONS,
    "captions_controls": _CAPTIONS,
    "captions_scenes": _CAPTIONS,
    "digit_scenes": Table(
        "Pictures painted from test captions, as a classifier reads them",
        tuple(
            Column(f"{name} right %", lambda test, name=name: test[name], better=1)
            for name in ("digits", "relations", "captions")
        ),
        ("digits right %", "relations right %", "captions right %"),
    ),
}
