"""No string in a vocabulary, a name or a text field of a widget becomes an element or a script."""

import numpy as np
import pytest
from flax import nnx

import encdec_lib.widgets
from encdec_lib.data import digits
from encdec_lib.data.pronunciations import LETTERS
from encdec_lib.data.vocabulary import Vocabulary
from encdec_lib.layers.recurrent import GRU
from encdec_lib.models.captioning import CaptionConfig, captioner
from encdec_lib.models.cnn_to_cnn import UNetConfig, unet
from encdec_lib.models.state_space import ManyToOne, StateSpace, StateSpaceConfig
from encdec_lib.models.vision_transformer import ViTConfig
from encdec_lib.widgets import (
    AlignmentExplorer,
    AttentionDial,
    AttentionStepper,
    BackpropStepper,
    BeamStepper,
    BleuStepper,
    ForgettingDial,
    GateStepper,
    HeadsDial,
    LengthDial,
    MergeStepper,
    PatchDial,
    PathStepper,
    PictureWriter,
    ReadingStepper,
    SceneCaptioner,
    SceneReader,
    Seq2SeqStepper,
    TransformerExplorer,
    UNetStepper,
    WordArcs,
)
from tests.browser import test_captioner, test_forgetting_dial
from tests.browser.test_widgets import pair
from tests.helpers.hostile import HOSTILE
from tests.helpers.thinned import thinned
from tests.widgets.untrained_images import shaken
from tests.widgets.untrained_painters import codebook, painter
from tests.widgets.untrained_readers import reading, scoring
from tests.widgets.untrained_transformers import small

pytestmark = pytest.mark.browser

CAPTIONER = CaptionConfig(channels=(3, 5, 5), embed_dim=5, state_dim=7)
WORDS_OF_EVIL = Vocabulary(HOSTILE)  # source and target of the models below
GLOSS = {word: word for word in HOSTILE}
TEXT = " ".join(HOSTILE[:7])
# what none of the strings may have made, and how many scripts there are
MADE = """() => ({
  pwned: window.pwned ?? null,
  elements: document.querySelectorAll(
    "img, iframe, object, embed, [onerror], [onload], [onmouseover], [href^='javascript']").length,
  scripts: document.querySelectorAll("script:not([type='application/json'])").length,
})"""


def alignment_explorer():
    return AlignmentExplorer(
        *pair(LETTERS, WORDS_OF_EVIL), LETTERS, WORDS_OF_EVIL, word="knight",
        references={"knight": [list(HOSTILE[:3])]}, reference_name=HOSTILE[2], max_phonemes=9,
    )  # fmt: skip


def attention_dial():
    size = len(LETTERS), len(WORDS_OF_EVIL)
    named = {
        HOSTILE[0]: reading("weighted", *size),
        HOSTILE[2]: scoring("additive", None, "current", *size),
    }
    return AttentionDial(
        named, LETTERS, WORDS_OF_EVIL, word="knight", choose=HOSTILE[3], max_phonemes=7,
        references={"knight": [list(HOSTILE[:3])]}, reference_name=HOSTILE[4],
    )  # fmt: skip


def length_dial():
    sentences = [(list(HOSTILE[:n]), list(HOSTILE[n:])) for n in (4, 9)]
    return LengthDial(
        *pair(WORDS_OF_EVIL, WORDS_OF_EVIL), WORDS_OF_EVIL, WORDS_OF_EVIL, sentences=sentences,
        curve={"lengths": [4, 9], "fixed": [60, 30], "attention": [99, 98]}, gloss=GLOSS,
        quality=HOSTILE[2],
    )  # fmt: skip


def transformer_explorer():
    size = len(WORDS_OF_EVIL)
    return TransformerExplorer(
        small(size, size), WORDS_OF_EVIL, WORDS_OF_EVIL, text=TEXT, examples=(HOSTILE[2],),
        references={TEXT: list(HOSTILE[:5])}, reference_name=HOSTILE[0], gloss=GLOSS, max_target=9,
    )  # fmt: skip


def heads_dial():
    return HeadsDial(TEXT, length=7, heads=2, examples=(HOSTILE[2], TEXT))


def forgetting_dial():
    rng = np.random.default_rng(0)
    sizes = ((9, test_forgetting_dial.E), test_forgetting_dial.E, test_forgetting_dial.D)
    given = (rng.normal(size=size).astype(np.float32) for size in sizes)
    layers = dict(zip(HOSTILE, test_forgetting_dial.layers().values(), strict=False))
    return ForgettingDial(layers, *given)


def patch_dial():
    image = np.random.default_rng(0).uniform(size=(28, 28))
    return PatchDial(image, dict.fromkeys(HOSTILE[:3], ViTConfig()))


def picture_writer():
    writer = PictureWriter(painter(seed=3), codebook())
    writer.examples = [*writer.examples, *HOSTILE[:3]]
    return hostile_symbols(writer)


def seq2seq_stepper():
    model = pair(LETTERS, WORDS_OF_EVIL)[1]
    words = {"knight": list(HOSTILE[:5]), "day": list(HOSTILE[5:8])}
    return Seq2SeqStepper(model, LETTERS, WORDS_OF_EVIL, words, step=9, chosen=1)


def scene_captioner():
    start = test_captioner.START
    model = shaken(lambda: captioner(CAPTIONER, rngs=nnx.Rngs(0)), seed=4)
    return hostile_symbols(SceneCaptioner(model, digits.load(14).test, start=start))


def scene_reader():
    models = {HOSTILE[0]: shaken(lambda: captioner(CAPTIONER, rngs=nnx.Rngs(0)), seed=4)}
    start = test_captioner.START
    return hostile_symbols(SceneReader(models, digits.load(14).test, start=start))


def hostile_symbols(widget):
    """The same widget with other names for the words that its model writes."""
    widget.symbols = widget.symbols[:4] + [
        HOSTILE[k % len(HOSTILE)] for k in range(len(widget.symbols) - 4)
    ]
    return widget


def attention_stepper():
    return AttentionStepper(
        pair(LETTERS, WORDS_OF_EVIL)[0], LETTERS, WORDS_OF_EVIL, word="knight", step=6
    )


def word_arcs():
    return WordArcs(pair(LETTERS, WORDS_OF_EVIL)[0], LETTERS, WORDS_OF_EVIL, ["knight"], step=2)


def beam_stepper():
    return BeamStepper(
        pair(LETTERS, WORDS_OF_EVIL)[1], LETTERS, WORDS_OF_EVIL, "knight", longest=4, step=3
    )


def bleu_stepper():
    """The words are set behind the check of their length."""
    texts = ["a b c d e f", "g h i j k l"]
    widget = BleuStepper(texts, texts, step=2)
    widget.outputs = widget.references = [list(HOSTILE[:6]), list(HOSTILE[6:12])]
    return widget


def backprop_stepper():
    systems = {
        name: StateSpace(StateSpaceConfig(4, 3, 4), rngs=nnx.Rngs(0)) for name in HOSTILE[:3]
    }
    return BackpropStepper(systems, step=2)


def gate_stepper():
    model = ManyToOne(GRU(len(LETTERS), 5, rngs=nnx.Rngs(0)), 3, rngs=nnx.Rngs(1))
    models = dict.fromkeys((HOSTILE[0], HOSTILE[2]), model)
    return GateStepper(models, LETTERS, {"day": HOSTILE[3]}, answers=HOSTILE[3:6], step=2)


def unet_stepper():
    network = shaken(lambda: unet(UNetConfig(channels=(2, 3)), rngs=nnx.Rngs(0)))
    return UNetStepper({HOSTILE[0]: network, HOSTILE[2]: network}, np.zeros((4, 4)), step=3)


def path_stepper():
    """The words are set behind the check of their length."""
    widget = PathStepper(["a"] * 6, d=3, step=2)
    widget.words = list(HOSTILE[:6])
    return widget


def merge_stepper():
    """The words and their pieces are set behind the check of their letters."""
    widget = MergeStepper(["sing", "ring"], new="grin", merges=1, step=2)
    words = list(HOSTILE[:6])
    widget.words = [[word, 2] for word in words]
    widget.merges = [(words[0], words[1])]
    widget.counts = [[(*words[2:4], 2), (*words[4:6], 2)]]
    widget.cut = [[[word, HOSTILE[6]] for word in words]] * 2
    widget.new = [words[:3], words[:2]]
    return widget


def reading_stepper():
    size = len(LETTERS), len(WORDS_OF_EVIL)
    named = {HOSTILE[0]: reading("weighted", *size), HOSTILE[2]: reading("mean", *size)}
    return ReadingStepper(named, LETTERS, WORDS_OF_EVIL, word="knight", step=2)


BUILD = {
    "AlignmentExplorer": alignment_explorer,
    "AttentionDial": attention_dial,
    "AttentionStepper": attention_stepper,
    "BackpropStepper": backprop_stepper,
    "BeamStepper": beam_stepper,
    "BleuStepper": bleu_stepper,
    "GateStepper": gate_stepper,
    "WordArcs": word_arcs,
    "LengthDial": length_dial,
    "TransformerExplorer": transformer_explorer,
    "HeadsDial": heads_dial,
    "ForgettingDial": forgetting_dial,
    "MergeStepper": merge_stepper,
    "PatchDial": patch_dial,
    "PathStepper": path_stepper,
    "PictureWriter": picture_writer,
    "ReadingStepper": reading_stepper,
    "SceneCaptioner": scene_captioner,
    "SceneReader": scene_reader,
    "Seq2SeqStepper": seq2seq_stepper,
    "UNetStepper": unet_stepper,
}
# They take numbers, pictures, letters that are checked.
NAMELESS = {
    *("AlignmentTrainer", "AutoencoderTrainer", "BookWidget", "CaptionStepper"),
    *("CacheStepper", "ConvolutionStepper", "DeviceStepper", "LookStepper"),
    *("DigitReader", "FixedTrainer", "HeadsTrainer", "LayerCostDial", "LengthRace", "MemoryRace"),
    *("PositionDial", "RoundingDial", "ScoreRace", "Segmenter", "SelfAttentionStepper"),
    *("SelfAttentionTrainer", "Seq2SeqTrainer", "TransformerTrainer", "ViTTrainer", "WidthDial"),
}


def safe(page, scripts):
    """Asks the page, after it has caught up, that it is as it was made."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    assert page.evaluate(MADE) == {"pwned": None, "elements": 0, "scripts": scripts}


#: The others are made of the same parts: stepper, scene, words and rows of weights.
FIRST = (
    *("AlignmentExplorer", "AttentionDial", "ForgettingDial", "PatchDial", "PictureWriter"),
    *("SceneCaptioner", "Seq2SeqStepper", "TransformerExplorer"),
)


@pytest.mark.parametrize("name", thinned(BUILD, FIRST))
@pytest.mark.own_page
def test_names_vocabularies_and_what_a_reader_types_stay_text(show, problems, name):
    page = show(BUILD[name]())
    page.on("dialog", lambda dialog: problems.append(f"dialog: {dialog.message}"))
    safe(page, scripts=1)
    shown = page.evaluate(
        """() => document.body.innerText + [...document.querySelectorAll("[aria-label]")]
             .map((e) => e.getAttribute("aria-label")).join()"""
    )
    assert any(word in shown for word in HOSTILE), "none of the strings is shown: a test of nothing"
    fields = page.locator(".bw-root").locator("input[type=text], input:not([type]), textarea")
    for k in range(fields.count()):
        for typed in (*HOSTILE, TEXT):
            fields.nth(k).fill(typed)
            fields.nth(k).press("Enter")
            safe(page, scripts=1)
    for button in page.locator(".bw-root button:visible").all()[:12]:
        button.click()
        safe(page, scripts=1)


def test_no_widget_is_forgotten():
    assert set(BUILD) | NAMELESS == set(encdec_lib.widgets.__all__)
