"""Mirrors encdec_lib/train/interrupt.py: what a reader's Ctrl-C does to a training."""

import signal
import threading
from functools import partial

import numpy as np
import pytest

from encdec_lib.train.loop import fit
from tests.helpers.least_squares import QUICK, Line, fit_line, points, same, squares, weights


@pytest.fixture
def own_handler():
    def handler(number, frame):
        raise AssertionError("fit must take Ctrl-C itself")

    before = signal.signal(signal.SIGINT, handler)
    yield handler
    signal.signal(signal.SIGINT, before)


def test_ctrl_c_keeps_model_and_history_and_the_run_can_go_on(own_handler, tmp_path, capsys):
    kept = {}

    def interrupt(model):
        kept.update(weights(model))
        signal.raise_signal(signal.SIGINT)
        return {"seen": 1.0}

    run = partial(fit, data=points(), config=QUICK, loss=squares, checkpoint=tmp_path / "run.npz")
    model = Line()
    history = run(model, evaluate=interrupt, eval_every=4)
    assert history.interrupted
    assert len(history.losses) == 4
    assert history.evaluations[0]["step"] == 4 and len(history.evaluations) == 1
    same(weights(model), kept)
    assert not np.array_equal(model.w[...], Line().w[...])
    assert signal.getsignal(signal.SIGINT) is own_handler
    assert "stopped by the reader after 4 steps" in capsys.readouterr().out

    whole, resumed = Line(), Line(1)
    wanted = fit_line(whole, points(), QUICK)
    history = run(resumed, resume=True)
    assert not history.interrupted
    np.testing.assert_array_equal(history.losses, wanted.losses)
    same(weights(resumed), weights(whole))


def test_a_second_ctrl_c_stops_at_once(own_handler):
    def interrupt(model):
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        fit_line(Line(), points(), QUICK, evaluate=interrupt, eval_every=4)
    assert signal.getsignal(signal.SIGINT) is own_handler


def test_an_error_in_evaluate_leaves_the_weights_so_far_and_the_handler(own_handler):
    model = Line()
    with pytest.raises(ZeroDivisionError):
        fit_line(model, points(), QUICK, evaluate=lambda m: 1 / 0, eval_every=4)
    assert not np.array_equal(model.w[...], Line().w[...])
    assert signal.getsignal(signal.SIGINT) is own_handler


def test_trains_in_a_thread_where_no_signal_can_be_caught():
    histories = []
    thread = threading.Thread(target=lambda: histories.append(fit_line(Line(), points(), QUICK)))
    thread.start()
    thread.join()
    np.testing.assert_array_equal(histories[0].losses, fit_line(Line(), points(), QUICK).losses)
