"""The English and the Korean of :mod:`~encdec_lib.data.translation`: words, order, particles.

Everything is exact: a sentence has one translation, and each Korean token knows where it is from.
"""

import itertools
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from encdec_lib.data.normal_form import nfc
from encdec_lib.data.vocabulary import Vocabulary

ARTICLES = ("the", "a")
ACTORS = {
    "cat": "고양이", "dog": "개", "rabbit": "토끼", "child": "아이", "doctor": "의사",
    "farmer": "농부", "horse": "말", "bear": "곰", "teacher": "선생님", "student": "학생",
    "king": "왕", "boy": "소년",
}  # fmt: skip
THINGS = {
    "ball": "공", "book": "책", "bag": "가방", "flower": "꽃", "picture": "그림", "cup": "컵",
    "chair": "의자", "hat": "모자", "box": "상자", "clock": "시계", "letter": "편지",
    "key": "열쇠",
}  # fmt: skip
NOUNS = ACTORS | THINGS
ADJECTIVES = {
    "big": "큰", "small": "작은", "red": "빨간", "blue": "파란", "white": "하얀",
    "black": "검은", "yellow": "노란", "pretty": "예쁜", "strange": "이상한",
    "clean": "깨끗한", "wet": "젖은", "heavy": "무거운",
}  # fmt: skip
PLACES = {
    "garden": "정원", "park": "공원", "kitchen": "부엌", "forest": "숲", "market": "시장",
    "library": "도서관", "school": "학교", "room": "방",
}  # fmt: skip
# forms: at the end, before "and", before "but", in a clause with "while"
WITH_OBJECT = {
    "sees": ("본다", "보고", "보지만", "보는"),
    "finds": ("찾는다", "찾고", "찾지만", "찾는"),
    "touches": ("만진다", "만지고", "만지지만", "만지는"),
    "catches": ("잡는다", "잡고", "잡지만", "잡는"),
    "pushes": ("민다", "밀고", "밀지만", "미는"),
    "hides": ("숨긴다", "숨기고", "숨기지만", "숨기는"),
    "guards": ("지킨다", "지키고", "지키지만", "지키는"),
    "chooses": ("고른다", "고르고", "고르지만", "고르는"),
}
WITHOUT_OBJECT = {
    "sleeps": ("잔다", "자고", "자지만", "자는"),
    "runs": ("달린다", "달리고", "달리지만", "달리는"),
    "waits": ("기다린다", "기다리고", "기다리지만", "기다리는"),
    "laughs": ("웃는다", "웃고", "웃지만", "웃는"),
}
VERBS = WITH_OBJECT | WITHOUT_OBJECT
JOINS = ("and", "but", "while")
_FORMS = {None: 0, "and": 1, "but": 2, "while": 3}

ENGLISH = Vocabulary([*ARTICLES, *NOUNS, *ADJECTIVES, *VERBS, *PLACES, "in", *JOINS])
KOREAN = Vocabulary(
    [
        *("이", "가", "을", "를", "에서", "동안"),
        *NOUNS.values(),
        *ADJECTIVES.values(),
        *PLACES.values(),
        *itertools.chain.from_iterable(VERBS.values()),
    ]
)
# what each Korean token means, for readers without Korean
GLOSS = (
    {"이": "(subject)", "가": "(subject)", "을": "(object)", "를": "(object)"}
    | {"에서": "in", "동안": "while"}
    | {
        korean: english
        for table in (NOUNS, ADJECTIVES, PLACES)
        for english, korean in table.items()
    }
    | {
        form: english + after
        for english, forms in VERBS.items()
        for form, after in zip(forms, ("", ", and", ", but", " (while)"), strict=True)
    }
)


class Phrase(NamedTuple):
    """An article, perhaps an adjective, a noun."""

    article: str
    adjective: str | None
    noun: str

    def english(self) -> list[str]:
        """The phrase as tokens."""
        adjective = [self.adjective] if self.adjective else []
        return [self.article, *adjective, self.noun]


class Clause(NamedTuple):
    """One subject doing one thing."""

    subject: Phrase
    verb: str
    object: Phrase | None
    place: str | None

    def english(self) -> list[str]:
        """Subject, verb, object, place."""
        tokens = [*self.subject.english(), self.verb]
        if self.object:
            tokens += self.object.english()
        if self.place:
            tokens += ["in", "the", self.place]
        return tokens


class Sentence(NamedTuple):
    """Clauses, and the word that joins each to the next. No two ``while`` follow each other."""

    clauses: list[Clause]
    joins: list[str]

    def english(self) -> list[str]:
        """The clauses in order, with their joins."""
        tokens = self.clauses[0].english()
        for join, clause in zip(self.joins, self.clauses[1:], strict=True):
            tokens.append(join)
            tokens += clause.english()
        return tokens

    def korean(self) -> list[tuple[str, tuple[int, ...]]]:
        """Korean tokens, each with the positions of the English tokens it comes from."""
        starts, position = [], 0
        for clause in self.clauses:
            starts.append(position)
            position += len(clause.english()) + 1
        tokens, i = [], 0
        while i < len(self.clauses):
            last = i
            if i < len(self.joins) and self.joins[i] == "while":  # its Korean goes first
                last = i + 1
                tokens += _korean_clause(self.clauses[last], starts[last], "while", None)
                tokens.append(("동안", (starts[last] - 1,)))
            join = self.joins[last] if last < len(self.joins) else None
            end = starts[last + 1] - 1 if join else None
            tokens += _korean_clause(self.clauses[i], starts[i], join, end)
            i = last + 1
        return tokens


def ends_in_consonant(korean: str) -> bool:
    """Whether the last syllable ends in a consonant, which decides between 이/가 and 을/를.

    Unicode lays Hangul syllables out by first consonant, vowel and last consonant, 28 choices
    for the last of which the first is "none". So the remainder by 28 tells.

    Args:
      korean: a word whose last character is a Hangul syllable.

    Raises:
      ValueError: if it is not.

    Example:
      >>> ends_in_consonant("공"), ends_in_consonant("고양이")
      (True, False)
    """
    last = nfc(korean)[-1:] if isinstance(korean, str) else ""
    if not "가" <= last <= "힣":
        raise ValueError(f"korean must end in a Hangul syllable, 가 to 힣; got {korean!r}.")
    return (ord(last) - ord("가")) % 28 != 0


def translate(tokens: Sequence[str]) -> list[str]:
    """The one right translation of an English sentence of the grammar.

    Args:
      tokens: English words, such as ``"the cat sleeps".split()``.

    Returns:
      Korean tokens.

    Raises:
      ValueError: if the sentence is not of this grammar; the message says where it stops
        making sense and what was expected there.

    Example:
      >>> " ".join(translate("a dog sees the big ball in the park".split()))
      '개 가 공원 에서 큰 공 을 본다'
      >>> " ".join(translate("the king laughs while a horse runs".split()))
      '말 이 달리는 동안 왕 이 웃는다'
    """
    return [token for token, _ in parse(tokens).korean()]


def alignment(tokens: Sequence[str]) -> list[tuple[int, int]]:
    """Which English token each Korean token comes from: what attention could learn.

    A particle belongs to the noun that decides its form, 에서 to "in", 동안 to "while", a verb
    before "and" or "but" to the verb and to that word. Articles belong to nothing.

    Args:
      tokens: English words of the grammar.

    Returns:
      Pairs ``(target position, source position)``, by target position.

    Raises:
      ValueError: as :func:`translate`.

    Example:
      >>> alignment("the cat sleeps".split())  # 고양이 가 잔다
      [(0, 1), (1, 1), (2, 2)]
    """
    return [(i, j) for i, (_, sources) in enumerate(parse(tokens).korean()) for j in sources]


def parse(tokens: Sequence[str]) -> Sentence:
    """Reads an English sentence of the grammar.

    Args:
      tokens: English words.

    Returns:
      Its clauses and joins.

    Raises:
      ValueError: if the sentence is not of this grammar.
    """
    return _Reader(tokens).sentence()


def _korean_clause(clause: Clause, start: int, join: str | None, join_position: int | None):
    """Subject, place, object, verb; ``start`` is where the clause begins in English."""
    subject, verb, object_, place = clause
    noun_at = start + 1 + (subject.adjective is not None)
    tokens = _korean_phrase(subject, noun_at, "이", "가")
    verb_at = noun_at + 1
    object_at = verb_at + 2 + (object_ is not None and object_.adjective is not None)
    if place:
        in_at = object_at + 1 if object_ else verb_at + 1
        tokens += [(PLACES[place], (in_at + 2,)), ("에서", (in_at,))]
    if object_:
        tokens += _korean_phrase(object_, object_at, "을", "를")
    sources = (verb_at,) if join_position is None else (verb_at, join_position)
    tokens.append((VERBS[verb][_FORMS[join]], sources))
    return tokens


def _korean_phrase(phrase: Phrase, noun_at: int, after_consonant: str, after_vowel: str):
    """Adjective, noun, and the particle that fits the noun's last sound."""
    noun = NOUNS[phrase.noun]
    particle = after_consonant if ends_in_consonant(noun) else after_vowel
    tokens: list[tuple[str, tuple[int, ...]]] = [(noun, (noun_at,)), (particle, (noun_at,))]
    if phrase.adjective:
        tokens.insert(0, (ADJECTIVES[phrase.adjective], (noun_at - 1,)))
    return tokens


class _Reader:
    """Reads a sentence from left to right, one token of lookahead, no way back."""

    def __init__(self, tokens: Sequence[str]):
        if not isinstance(tokens, Iterable):
            raise TypeError(f"tokens must be a list of words; got {tokens!r:.60}.")
        self.tokens = tokens.split() if isinstance(tokens, str) else list(tokens)
        self.position = 0

    def sentence(self) -> Sentence:
        clauses, joins = [self.clause()], []
        while self.position < len(self.tokens):
            after_while = bool(joins) and joins[-1] == "while"
            joins.append(self.take(JOINS[:2] if after_while else JOINS, "a joining word"))
            clauses.append(self.clause())
        return Sentence(clauses, joins)

    def clause(self) -> Clause:
        subject = self.phrase(ACTORS, "somebody who can act")
        verb = self.take(VERBS, "a verb")
        object_ = self.phrase(NOUNS, "a noun") if verb in WITH_OBJECT else None
        place = None
        if self.peek() == "in":
            self.position += 1
            self.take(("the",), "the article of the place")
            place = self.take(PLACES, "a place")
        return Clause(subject, verb, object_, place)

    def phrase(self, nouns, wanted: str) -> Phrase:
        article = self.take(ARTICLES, "an article")
        adjective = self.take(ADJECTIVES, "an adjective") if self.peek() in ADJECTIVES else None
        return Phrase(article, adjective, self.take(nouns, wanted))

    def peek(self) -> str | None:
        return self.tokens[self.position] if self.position < len(self.tokens) else None

    def take(self, choices, wanted: str) -> str:
        token = self.peek()
        if token is None or token not in choices:
            found = "the end" if token is None else repr(token)
            raise ValueError(
                f"tokens needs {wanted} at position {self.position} (counting from 0): one of "
                f"{', '.join(choices)}; got {found}."
            )
        self.position += 1
        return token
