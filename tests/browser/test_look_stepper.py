"""Chapter 15's caption in the page, with each word's own look and with the mean of all cells."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.data.captions import WORDS
from encdec_lib.data.vocabulary import BOS, EOS
from encdec_lib.encoding import Encoding
from encdec_lib.models.vit_to_transformer import GridCaptionConfig, grid_captioner
from encdec_lib.web import export_model, rounded
from encdec_lib.widgets import LookStepper
from encdec_lib.widgets.parts import PARTS
from tests.browser.engine_page import add, as_json, load
from tests.browser.every_widget import _quiet
from tests.browser.stepping import check_looks, press, sentence, told, walk, words
from tests.helpers.thinned import thinned
from tests.widgets.untrained_images import shaken

pytestmark = pytest.mark.browser

EARLY = 6  # by which the end is held back, so that one caption ends and one does not
HERE = PARTS.parent / "look_stepper"


@pytest.fixture(scope="module")
def model():
    """Untrained, with scores that are far apart, so that a look and the mean differ."""
    sizes = {"channels": (2, 3, 3), "embed_dim": 5, "encoding_dim": 6, "state_dim": 7}
    config = GridCaptionConfig(**sizes, align_dim=11)
    made = _quiet(shaken(lambda: grid_captioner(config, rngs=nnx.Rngs(0)), seed=2))
    for part, by in ((made.decoder.attention.v, 30), (made.decoder.output.kernel, 9)):
        part[...] = part[...] * by
    bias = made.decoder.output.bias
    bias[...] = bias[...].at[EOS].add(-EARLY)
    return made


@pytest.fixture(scope="module")
def pictures():
    dots = np.random.default_rng(5).integers(0, 256, (2, 32, 32))
    dots[:, :, 11:19] = 0
    return (dots / 255).astype(np.float32)


encode = nnx.jit(lambda model, image: model.encode(image))
step_of = nnx.jit(lambda decoder, state, token: decoder.step(state, token))


def expected(model, picture):
    """Each step in Flax: the weights, and the bets with them and with the mean of all vectors."""
    encoding = encode(model, jnp.asarray(picture[None, ..., None]))
    mean = jnp.broadcast_to(encoding.vectors.mean(axis=1, keepdims=True), encoding.vectors.shape)
    even = Encoding(mean, encoding.mask)
    state, token, steps = model.decoder.start(encoding), BOS, []
    blind = model.decoder.start(even)
    while token != EOS and len(steps) < 12:
        # The same state before the word; what is looked at are 64 copies of the mean.
        other = type(state)(state.carry, blind.memory)
        _, from_mean, _ = step_of(model.decoder, other, jnp.array([token]))
        state, logits, weights = step_of(model.decoder, state, jnp.array([token]))
        shares = [np.asarray(jax.nn.softmax(one[0])) for one in (logits, from_mean)]
        token = EOS + int(shares[0][EOS:].argmax())
        steps.append((token, EOS + int(shares[1][EOS:].argmax()), weights.ravel(), *shares))
    return steps


def name(token):
    return "end" if token == EOS else WORDS.symbols[token]


def test_looks_and_both_bets_are_the_librarys(page, model, pictures):
    load(page, "looks", folder=HERE)
    add(page, "engine")
    found = page.evaluate(
        """([{ data: base64, ...rest }, pixels]) => {
             const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
             const run = engine.loadModel({ ...rest, data: bytes });
             const data = Float32Array.from(pixels);
             const picture = { data, height: 32, width: 32, channels: 1 };
             return looks.looksOf(run, picture).map(({ weights, own, mean, ...rest }) =>
               ({ ...rest, weights: [...weights], own: [...own], mean: [...mean] }));
           }""",
        [as_json(export_model(model, "float32")), pictures[0].ravel().tolist()],
    )
    steps = expected(model, pictures[0])
    assert [look["token"] for look in found] == [step[0] for step in steps]
    assert [look["instead"] for look in found] == [step[1] for step in steps]
    for look, (_, _, *numbers) in zip(found, steps, strict=True):
        for key, number in zip(("weights", "own", "mean"), numbers, strict=True):
            np.testing.assert_allclose(look[key], number, rtol=1e-3, atol=1e-5)
    assert max(np.abs(step[3] - step[4]).max() for step in steps) > 0.05
    assert max(step[2].max() for step in steps) > 3 / 64


@pytest.mark.slow
def test_every_caption_is_gone_through_by_keyboard(show, model, pictures):
    page = show(LookStepper(model, pictures))
    for k, picture in enumerate(pictures):
        said = walk(page)
        steps = expected(rounded(model), picture)
        assert len(said) == len(steps) + 1 and "64 cells" in said[0]
        for (token, instead, _, own, mean), text in zip(steps, said[1:], strict=True):
            spoken = name(token).replace(",", "the comma")
            assert ("ends the caption" if token == EOS else f"writes {spoken}") in text
            share = mean[token]
            if instead != token:
                assert (
                    f"""it would write {name(instead).replace(",", "the comma")} instead""" in text
                )
            elif own[token] - share > 0.06:
                assert "would be less sure" in text
            elif abs(own[token] - share) < 0.04:
                assert "would have done as well" in text
        count = sum(step[0] != step[1] for step in steps)
        end = "the end among them" if steps[-1][0] == EOS else "no end came yet"
        assert f"decided {count or 'none'} of {len(steps)} words" in said[-1] and end in said[-1]
        press(page, "End")
        page.locator("[data-action=next]").focus()
        page.keyboard.press("Enter")
        assert told(page) == ((2, 1) if k == 0 else (1, 0))


@pytest.mark.slow
def test_words_stay_below_the_picture_and_its_cells_carry_the_weights(show, model, pictures):
    page = show(LookStepper(model, pictures, chosen=1), width=390)
    for _ in range(3):
        press(page, "ArrowRight")
    steps = expected(rounded(model), pictures[1])
    for token, instead, *_ in steps[:3]:
        assert name(token) in words(page).split(" | ")
        assert token == instead or name(instead) in words(page).split(" | ")
    shares = page.eval_on_selector_all(
        "[data-share]", "es => es.map((e) => Number(e.dataset.share))"
    )
    np.testing.assert_allclose(shares, steps[2][2], atol=2e-3)
    assert sentence(page).startswith("After")


@pytest.mark.slow
def test_8_bits_are_owned_up_to(show, model, pictures):
    page = show(LookStepper(model, pictures[:1], dtype="int8"))
    assert "rounded to 8 bits" in page.locator(".bw-footline").inner_text()
    assert page.get_by_role("radio").count() == 0


@pytest.mark.slow
@pytest.mark.parametrize("width, theme", thinned([(390, "dark"), (1280, "light")], [(390, "dark")]))
def test_nothing_jumps_or_is_cut_off(show, model, pictures, width, theme):
    check_looks(show(LookStepper(model, pictures), width=width, theme=theme), width)
