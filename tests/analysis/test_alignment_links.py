"""Mirrors encdec_lib/analysis/alignment_links.py."""

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.analysis.alignment_links import crossings, link_hits, same_next_token
from encdec_lib.data import translation
from encdec_lib.data.grammar import ENGLISH, KOREAN
from encdec_lib.encoding import Attended
from encdec_lib.generate import greedy
from encdec_lib.models.bahdanau_attention import BahdanauConfig, bahdanau
from encdec_lib.models.seq2seq import Seq2SeqConfig, seq2seq
from tests.widgets.untrained import untrained

SIZES = (len(ENGLISH), len(KOREAN))
PARTICLES = {"이", "가", "을", "를"}


@pytest.fixture(scope="module")
def some():
    pairs = translation.load(train=50, test_per_bucket=3)
    return pairs.test.take(slice(0, 11))


@pytest.fixture(scope="module")
def model():
    made = untrained(bahdanau, BahdanauConfig(*SIZES, 3, 5, 7, 11), 0.8, seed=2)
    made.decoder.output.bias[...] = made.decoder.output.bias[...].at[2].set(-99)  # never ends
    return made


def test_crossings_are_counted_pair_by_pair():
    rng = np.random.default_rng(0)
    for _ in range(5):
        links = list(enumerate(rng.permutation(7).tolist()))
        count = 0
        for a in range(7):
            for b in range(7):
                count += links[a][0] < links[b][0] and links[a][1] > links[b][1]
        assert crossings(links) == count
    assert crossings([(0, 2), (1, 1), (2, 0)]) == 3
    assert crossings([(0, 1), (1, 1)]) == 0  # side by side from one source word


def test_hits_are_counted_step_by_step(model, some):
    hits = link_hits(model, some, translation.alignment, PARTICLES)
    content, particles, chance, learned, true = [], [], [], [], []
    for n in range(11):
        tokens, (reference,) = some.source_tokens[n], some.references[n]
        weights = greedy(model, some.source[n : n + 1], max_length=61).weights[0, 0]
        links = translation.alignment(tokens)
        looked = []
        for i in sorted({i for i, _ in links}):
            ours = [j for k, j in links if k == i]
            looked.append((i, int(np.argmax(weights[i]))))
            kind = particles if reference[i] in PARTICLES else content
            kind.append(looked[-1][1] in ours)
            chance.append(len(ours) / len(tokens))
        learned.append(crossings(looked))
        true.append(crossings({i: j for i, j in reversed(links)}.items()))
    wanted = (content, particles, chance, true, learned)
    np.testing.assert_allclose(hits, [np.mean(one) for one in wanted], atol=1e-6)
    assert 0 < hits.content < 1 and hits.true_crossings > 0


def test_a_model_without_weights_is_refused(some):
    fixed = untrained(seq2seq, Seq2SeqConfig(*SIZES, 3, 5))
    with pytest.raises(ValueError, match="model must give attention weights"):
        link_hits(fixed, some, translation.alignment, PARTICLES)


def test_only_the_step_differs(model, some):
    class First(nnx.Module):
        """Reads the first token, whatever the state."""

        def project_keys(self, keys):
            return keys

        def __call__(self, query, keys, mask, projected_keys=None):
            weights = jnp.zeros(mask.shape).at[:, 0].set(1)
            return Attended(keys[:, 0], weights)

    other = nnx.clone(model)
    other.decoder.attention = First()
    assert same_next_token(model, model, some).all()
    same = same_next_token(model, other, some)
    written = greedy(model, some.source, max_length=same.shape[1]).tokens
    n = 4
    state = model.decoder.start(model.encode(jnp.asarray(some.source[n : n + 1])))
    token = jnp.array([1])
    for i in range(same.shape[1]):
        _, logits, _ = other.decoder.step(state, token)
        state, ours, _ = model.decoder.step(state, token)
        assert bool(same[n, i]) == (int(logits.argmax()) == int(ours.argmax())), i
        token = ours.argmax(axis=-1)
        assert int(token[0]) == written[n, i]
    assert 0 < same.mean() < 1
