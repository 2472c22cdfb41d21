"""What the figures a reader can move refuse when they are built."""

import inspect

import pytest
from flax import nnx
from hypothesis import given
from hypothesis import strategies as st

from encdec_lib import widgets
from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
from encdec_lib.web import export_model, rounded
from encdec_lib.web.bundle import bundle
from tests.doors import bad
from tests.doors.dials import DIALS
from tests.doors.judging import few, refused
from tests.doors.page_models import BAD_DTYPE, BAD_MODELS
from tests.doors.picture_figures import PICTURE_FIGURES
from tests.doors.recurrent_figures import RECURRENT_FIGURES
from tests.doors.steppers import STEPPERS
from tests.doors.text_figures import TEXT_FIGURES
from tests.doors.trainers import TRAINERS

#: Of every figure: its good arguments, and bad ones of each.
DOORS = TEXT_FIGURES | DIALS | STEPPERS | TRAINERS | PICTURE_FIGURES | RECURRENT_FIGURES
ARGUMENTS = [(widget, name) for widget, (_, doors) in DOORS.items() for name in doors]


def test_every_figure_has_its_doors():
    figures = {getattr(widgets, name) for name in widgets.__all__} - {widgets.BookWidget}
    missing = sorted(figure.__name__ for figure in figures - set(DOORS))
    assert not missing, f"say in tests/doors what these refuse: {', '.join(missing)}"


@pytest.mark.parametrize("widget", DOORS, ids=lambda widget: widget.__name__)
def test_every_argument_has_its_doors(widget):
    missing = set(inspect.signature(widget).parameters) - set(DOORS[widget][1])
    assert not missing, f"say in tests/doors what {widget.__name__} refuses as {sorted(missing)}"


@pytest.fixture(scope="module")
def good():
    """The good arguments of every figure, made once."""
    made = {}

    def of(widget):
        if widget not in made:
            made[widget] = DOORS[widget][0]()
        return made[widget]

    return of


@pytest.mark.parametrize(
    ("widget", "name"), ARGUMENTS, ids=[f"{w.__name__}-{n}" for w, n in ARGUMENTS]
)
def test_arguments(widget, name, good):
    @few
    @given(DOORS[widget][1][name])
    def tried(value):
        refused(widget, **(good(widget) | {name: value}))

    tried()


@pytest.mark.parametrize("widget", DOORS, ids=lambda widget: widget.__name__)
def test_good_arguments_are_good(widget, good):
    widget(**good(widget))


@few
@given(BAD_MODELS, BAD_DTYPE)
def test_what_a_page_cannot_carry(model, dtype):
    refused(export_model, model)
    refused(rounded, model)
    small = seq2seq(Seq2SeqConfig(7, 9, 3, 5), rngs=nnx.Rngs(0))
    refused(export_model, small, dtype)
    refused(rounded, small, dtype)


def test_weights_that_no_page_can_hold():
    for value in (bad.NAN, bad.INF, 1e30):
        model = seq2seq(Seq2SeqConfig(7, 9, 3, 5), rngs=nnx.Rngs(0))
        model.decoder.output.bias[...] = model.decoder.output.bias[...].at[0].set(value)
        refused(export_model, model)


@few
@given(st.data())
def test_modules_that_are_not_there(tmp_path_factory, data):
    path = data.draw(bad.missing(tmp_path_factory.getbasetemp()))
    refused(bundle, path)
