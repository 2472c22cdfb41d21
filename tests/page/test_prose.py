"""Mirrors encdec_lib/page/prose.py."""

import pytest

from encdec_lib import page
from encdec_lib.page import prose
from tests.page.test_notebook import in_a_kernel


@pytest.mark.parametrize(
    "text, shown",
    [
        ("On {words:,} words: {error:.1f}%, or {share:.0%}.", "On 12,345 words: 9.3%, or 9%."),
        ("{words} and {words}", "12345 and 12345"),
        ("{words:.1f} {share:.1e} {error:+.2f}", "12345.0 9.3e-02 +9.31"),
        (r"$\frac{{a}}{{b}} = \{{{words}\}}$", r"$\frac{a}{b} = \{12345\}$"),
        ("{name}", r"a\*b \<i\> \$1\_0\$"),
        ("{digits:.1f}", "3.2"),  # a number that came as text, as MyST-NB takes it
        ("{nothing:.1f} {nothing}", "nan nan"),
        ("no number", "no number"),
    ],
)
def test_numbers_stand_in_their_format(text, shown):
    numbers = {
        "words": 12345, "error": 9.3142, "share": 0.093, "name": "a*b <i> $1_0$", "digits": "3.2",
        "nothing": float("nan"),
    }  # fmt: skip
    assert prose.fill(text, numbers) == shown


def test_what_is_missing_is_said_in_one_sentence():
    one = prose.fill("{a:.1f}, {b} and {a}", {"b": 1})
    assert one == "*Run the cells above: this text quotes a number of theirs, `a`.*"
    two = prose.fill("{a:.1f}, {b} and {a}", {})
    assert two == "*Run the cells above: this text quotes numbers of theirs, `a`, `b`.*"


@pytest.mark.parametrize(
    "text, message",
    [
        (r"$\frac{1}{2}$", "got {1}. Double the braces"),
        ("{words.real}", "got {words.real}"),
        ("{words!r}", "page.say needs {name}"),
        ("{words:{width}}", "page.say needs {name}"),
        ("{}", "got {}"),
        ("a } b", "every brace of a formula doubled"),
        ("{name:.1f}", "cannot show name = 'GRU' in the format '.1f'"),
        ("{words:q}", "cannot show words = 3 in the format 'q'"),
    ],
)
def test_a_wrong_brace_or_format_is_named(text, message):
    with pytest.raises(ValueError) as caught:
        prose.fill(text, {"words": 3, "name": "GRU", "width": 2})
    assert message in str(caught.value)


def test_outside_a_notebook_it_prints(capsys):
    page.report(number_of_this_test=41)
    capsys.readouterr()
    page.say("It is {number_of_this_test:.1f}.")
    page.report(number_of_this_test=43)
    assert capsys.readouterr().out == "It is 41.0.\nnumber_of_this_test = 43\n"


def test_a_notebook_shows_markdown_and_follows_the_numbers():
    cells = [
        "from encdec_lib import page",
        "page.say('First {a:.1f}.')",  # before its number is there
        "page.report(a=1, b=2)",
        "page.say('Then {b}, $x_{{1}}$.')",
        "page.report(a=3.25)",
    ]
    outputs = in_a_kernel(cells)
    (first,), (then,) = outputs[1], outputs[3]
    assert first["data"]["text/markdown"] == "First 3.2."
    assert then["data"]["text/markdown"] == "Then 2, $x_{1}$."
