"""Chapter 4's merges, in the page."""

import pytest

from encdec_lib.widgets import MergeStepper
from tests.browser.stepping import check_looks, press, told, walk, words
from tests.helpers.thinned import thinned

pytestmark = pytest.mark.browser
TEXT = ["sing"] * 3 + ["reading"] * 2 + ["ring"] * 4 + ["banana"]


@pytest.fixture(scope="module")
def figure():
    return MergeStepper(TEXT, new="bring", merges=5)


def size(figure, done):
    """Tokens of the text."""
    return sum(n * len(cut) for (_, n), cut in zip(figure.words, figure.cut[done], strict=True))


def test_it_is_gone_through_by_keyboard_with_the_counts_of_python(show, figure):
    page = show(figure)
    said = walk(page)
    assert len(said) == 7
    assert "10 words" in said[0] and f"{size(figure, 0)} tokens" in said[0]
    letters = len(set("".join(TEXT)))
    assert f"the {letters} different letters" in said[0]
    for k, (first, second) in enumerate(figure.merges):
        text, (*_, most) = said[k + 1], figure.counts[k][0]
        often = "twice" if most == 2 else f"{most} times"
        assert text.startswith(f"{first} + {second} stands in the text {often}")
        assert f"one token, {first}{second}." in text
        assert f"from {letters + k} tokens to {letters + k + 1}" in text
        assert f"from {size(figure, k)} tokens to {size(figure, k + 1)}" in text
        equal = [pair for pair in figure.counts[k][1:] if pair[2] == most]
        assert ("more often than any other" in text) == (not equal)
        for pair in equal if len(equal) < 3 else ():
            assert f"{pair[0]} + {pair[1]}" in text
    assert "5 merges" in said[-1] and "2 tokens of the vocabulary in place of 5" in said[-1]
    assert figure.new[-1] == ["b", "ring"] and "b and ring" in said[-1]
    page.locator("[data-action=next]").focus()
    page.keyboard.press("Enter")
    assert told(page) == (1, 0)  # there is one text


def test_the_picture_has_the_tokens_and_the_counts_of_each_step(show, figure):
    page = show(figure, width=390)
    letters = sorted(set("".join(TEXT)))
    press(page, "Home")
    for step in range(6):
        rows = [
            text
            for (_, n), cut in zip(figure.words, figure.cut[step], strict=True)
            for text in (f"{n} ×", *cut)
        ]
        pairs = [
            text
            for first, second, n in figure.counts[max(step - 1, 0)][:5]
            for text in (f"{first} + {second}", str(n))
        ]
        merges = ["".join(pair) for pair in figure.merges[:step]]
        assert words(page).split(" | ") == [
            f"the text, {size(figure, step)} tokens",
            *rows,
            "the most frequent pairs",
            *pairs,
            f"the vocabulary, {len(letters) + step} tokens",
            *letters,
            *merges,
        ]
        lit = page.locator(".bw-stage text.is-bold").all_text_contents()
        fresh = [piece for cut in figure.cut[step] for piece in cut if piece in merges[-1:]]
        assert [text for text in lit if text in merges] == fresh + merges[-1:]
        press(page, "ArrowRight")
    seen = words(page)
    assert (
        "merge by merge | letters | b | r | i | n | g | " in seen and "frequent pairs" not in seen
    )
    assert page.locator(".bw-stage text.is-bold").all_text_contents() == ["b", "ring", "b", "ring"]


def test_it_is_said_to_those_who_do_not_see_it(show, figure):
    page = show(figure)
    press(page, "End")
    said = page.locator(".bw-stage svg").get_attribute("aria-label")
    assert said.startswith("Step 7 of 7. The text: 3 times sing; twice re a d ing; 4 times ring; ")
    assert "; once b a n a n a. The vocabulary: a b d e g i n r s in ing ring sing re." in said
    assert said.endswith("The new word: b ring.")


@pytest.mark.slow
@pytest.mark.parametrize("width, theme", thinned([(390, "dark"), (1280, "light")], [(390, "dark")]))
def test_nothing_jumps_or_is_cut_off(show, width, theme):
    longest = ["workshops"] * 33 + ["workshop"] * 33 + ["shopworks", "bed", "fig", "jail"]
    figure = MergeStepper(longest, new="shopwork", merges=8)
    page = show(figure, width=width, theme=theme)
    check_looks(page, width)
