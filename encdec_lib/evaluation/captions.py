"""What a caption gets right: its digits, its relations, and which digit has which relation.

Exact match (:func:`encdec_lib.evaluation.metrics.exact_match`) says whether a caption is right, not
what is wrong with it. Here a caption is read by :func:`encdec_lib.data.captions.parse`, which
passes over all that is neither a digit nor a relation, so every score is defined for faulty
captions too.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from jaxtyping import Int

from encdec_lib.data.captions import RELATIONS, parse
from encdec_lib.data.digits import NAMES
from encdec_lib.evaluation.metrics import exact_match

Tokens = Sequence[str]

#: What :func:`fault` may say, in the order in which it is tested.
FAULTS = ("none", "form", "number", "digits", "binding", "relations", "both")


def sentence(digits: Sequence[str], relations: Sequence[str]) -> list[str]:
    """The caption that names these digits and states these relations.

    Args:
      digits: n names, the subject first.
      relations: n - 1 of the keys of ``captions.RELATIONS``.

    Returns:
      The tokens.

    Raises:
      ValueError: if there is no digit, or not one relation fewer than digits.

    Example:
      >>> " ".join(sentence(["three", "seven", "nine"], ["left", "above"]))
      'a three left of a seven , above a nine'
    """
    if not digits or len(relations) != len(digits) - 1:
        raise ValueError(
            f"digits must hold at least one name and relations one entry fewer; got "
            f"{len(digits)} and {len(relations)}."
        )
    tokens = ["a", digits[0]]
    for k, (other, found) in enumerate(zip(digits[1:], relations, strict=True)):
        tokens += [","] * (k > 0) + RELATIONS[found].split() + ["a", other]
    return tokens


def is_sentence(tokens: Tokens) -> bool:
    """Whether the tokens follow the grammar of the captions, be they true or not.

    Example:
      >>> is_sentence("a three left of a seven".split()), is_sentence("a three left a".split())
      (True, False)
    """
    digits, relations = parse(list(tokens))
    if not digits or len(relations) != len(digits) - 1:
        return False
    return sentence(digits, relations) == list(tokens)


def fault(said: Tokens, true: Tokens) -> str:
    """The first thing that is wrong with a caption, as one of :data:`FAULTS`.

    - ``none``: it equals the true caption, token for token.
    - ``form``: it is no sentence of the grammar.
    - ``number``: it names more or fewer digits than the true one.
    - ``digits``: digits differ, and the relations are the true ones, place by place.
    - ``binding``: the digits are right, place by place; the relations are the true ones in another
      order, so that a relation belongs to the wrong digit.
    - ``relations``: the digits are right; the relations are others.
    - ``both``: digits and relations differ.

    A sentence of the grammar is given by its digits and relations, so nothing else can differ.

    Args:
      said: a model's caption.
      true: the caption of the layout.

    Returns:
      One of the seven words.

    Example:
      >>> true = "a three left of a seven , above a nine".split()
      >>> fault("a three above a seven , left of a nine".split(), true)
      'binding'
      >>> fault("a five left of a seven , above a nine".split(), true)
      'digits'
    """
    if list(said) == list(true):
        return "none"
    if not is_sentence(said):
        return "form"
    (digits, relations), (true_digits, true_relations) = parse(list(said)), parse(list(true))
    if len(digits) != len(true_digits):
        return "number"
    if digits != true_digits:
        return "digits" if relations == true_relations else "both"
    return "binding" if Counter(relations) == Counter(true_relations) else "relations"


def digits_right(said: Sequence[Tokens], true: Sequence[Tokens]) -> float:
    r"""Share of the digits that a set of captions names rightly, in percent; order is ignored.

    .. math:: 100 \cdot \frac{\sum_n |D_n \cap D_n^*|}{\sum_n \max(|D_n|, |D_n^*|)}

    :math:`D_n` and :math:`D_n^*` are the digits that the caption and the true one name, each as
    often as it is named. A digit left out costs as much as one invented.

    Args:
      said: N captions of a model.
      true: N true captions.

    Returns:
      Percent, 0 to 100; nan where no caption, said or true, names a digit.

    Raises:
      ValueError: if the two differ in number or are empty.

    Example:
      >>> digits_right(["a two above a two".split()], ["a two above a six".split()])
      50.0
    """
    return _share(said, true, lambda tokens: Counter(parse(list(tokens))[0]))


def relations_right(said: Sequence[Tokens], true: Sequence[Tokens]) -> float:
    r"""Share of relations that stand at the right place, in percent, whatever the digits are.

    .. math:: 100 \cdot \frac{\sum_n |\{k : r_{nk} = r_{nk}^*\}|}{\sum_n \max(|r_n|, |r_n^*|)}

    :math:`r_{nk}` is the k-th relation of the caption. A misread digit may make another digit the
    subject, and with it change what is true: to judge relations alone, take the captions whose
    digits are right (:func:`scores` does so too).

    Args:
      said: N captions of a model.
      true: N true captions.

    Returns:
      Percent, 0 to 100; nan where no caption, said or true, states a relation.

    Raises:
      ValueError: if the two differ in number or are empty.

    Example:
      >>> said, true = "a two left of a six , below a six", "a one left of a six , above a six"
      >>> relations_right([said.split()], [true.split()])
      50.0
    """
    return _share(said, true, lambda tokens: Counter(enumerate(parse(list(tokens))[1])))


def scores(said: Sequence[Tokens], true: Sequence[Tokens]) -> dict[str, float]:
    """Four shares of a set of captions, in percent.

    Args:
      said: N captions of a model.
      true: N true captions.

    Returns:
      ``exact``, ``digits`` and ``relations`` as above, and ``placed``: the relations right in
      those captions that name exactly the true digits in the true order. A share of nothing is nan.

    Raises:
      ValueError: if the two differ in number or are empty.

    Example:
      >>> scores(["a two above a six".split()], ["a two below a six".split()])
      {'exact': 0.0, 'digits': 100.0, 'relations': 0.0, 'placed': 0.0}
    """
    _check(said, true)
    named = [
        (a, b) for a, b in zip(said, true, strict=True) if parse(list(a))[0] == parse(list(b))[0]
    ]
    return {
        "exact": exact_match(said, [[list(caption)] for caption in true]),
        "digits": digits_right(said, true),
        "relations": relations_right(said, true),
        "placed": relations_right(*zip(*named, strict=True)) if named else float("nan"),
    }


def by_number(said: Sequence[Tokens], true: Sequence[Tokens]) -> dict[int, dict[str, float]]:
    """:func:`scores` for the scenes of one digit, of two digits, and so on.

    Args:
      said: N captions of a model.
      true: N true captions.

    Returns:
      From the number of digits in the true caption, rising, to the scores.

    Raises:
      ValueError: if the two differ in number or are empty.

    Example:
      >>> true = ["a two".split(), "a two above a six".split()]
      >>> {n: s["digits"] for n, s in by_number([["a", "two"], ["a", "six"]], true).items()}
      {1: 100.0, 2: 50.0}
    """
    _check(said, true)
    groups: dict[int, tuple[list, list]] = {}
    for a, b in zip(said, true, strict=True):
        ours, theirs = groups.setdefault(len(parse(list(b))[0]), ([], []))
        ours.append(a)
        theirs.append(b)
    return {number: scores(*groups[number]) for number in sorted(groups)}


def faults(said: Sequence[Tokens], true: Sequence[Tokens]) -> dict[str, int]:
    """How many captions have each fault, see :func:`fault`.

    Example:
      >>> faults([["a", "two"], ["two"]], [["a", "two"], ["a", "two"]])["form"]
      1
    """
    _check(said, true)
    found = Counter(fault(a, b) for a, b in zip(said, true, strict=True))
    return {kind: found[kind] for kind in FAULTS}


def confusions(said: Sequence[Tokens], true: Sequence[Tokens]) -> Int[np.ndarray, "10 10"]:
    """How often digit r was called c, at row r and column c.

    Only captions that differ from the true one in at most one digit count: where more differ,
    the order of naming may have moved, and which was taken for which is a guess.

    Args:
      said: N captions of a model.
      true: N true captions.

    Returns:
      Counts. The diagonal holds the digits that were named rightly in those captions.

    Example:
      >>> int(confusions(["a one".split()], ["a seven".split()])[7, 1])
      1
    """
    _check(said, true)
    counts = np.zeros((10, 10), int)
    for a, b in zip(said, true, strict=True):
        ours, theirs = (Counter(parse(list(tokens))[0]) for tokens in (a, b))
        more, less = (ours - theirs).elements(), (theirs - ours).elements()
        more, less = list(more), list(less)
        if len(more) != len(less) or len(more) > 1:
            continue
        for name, times in (ours & theirs).items():
            counts[NAMES.index(name), NAMES.index(name)] += times
        if more:
            counts[NAMES.index(less[0]), NAMES.index(more[0])] += 1
    return counts


def _share(said, true, parts) -> float:
    """Parts in common over the larger number of parts, summed over the captions."""
    _check(said, true)
    right = wanted = 0
    for a, b in zip(said, true, strict=True):
        ours, theirs = parts(a), parts(b)
        right += (ours & theirs).total()
        wanted += max(ours.total(), theirs.total())
    return 100 * right / wanted if wanted else float("nan")


def _check(said, true) -> None:
    for name, given in (("said", said), ("true", true)):
        if isinstance(given, str) or not isinstance(given, Sequence):
            raise TypeError(f"{name} must be a list of captions; got {type(given).__name__}.")
        for i, tokens in enumerate(given):
            if isinstance(tokens, str) or not isinstance(tokens, Sequence):
                raise TypeError(
                    f"{name} must be a list of token lists; got {tokens!r:.40} in caption {i}. "
                    f"Split it first."
                )
    if len(said) != len(true) or not len(said):
        raise ValueError(
            f"said and true need one caption a scene, the same number and at least one; got "
            f"{len(said)} and {len(true)}."
        )
