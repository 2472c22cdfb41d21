"""encdec_lib/models/transformer.py against PyTorch's layers and MarianMT of `transformers`."""

import copy

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.data.vocabulary import BOS, EOS, PAD
from encdec_lib.models.transformer import transformer
from tests.helpers.small_transformers import (
    LONGEST,
    REAL,
    SOURCE,
    TARGET_IN,
    V_SOURCE,
    V_TARGET,
    B,
    D,
    F,
    H,
    T,
    close,
    configured,
    decode,
    look,
)
from tests.systems import with_biases


def logits_and_gradients(model, source, target_in, pull):
    graph, params, rest = nnx.split(model, nnx.Param, ...)

    def pulled(params):
        logits = nnx.merge(graph, params, rest)(source, target_in).logits
        return (logits * pull).sum(), logits

    grads, logits = jax.jit(jax.grad(pulled, has_aux=True))(params)
    return logits, nnx.merge(graph, grads, rest)


def compare_gradients(grads, theirs, copy_weights):
    """Our gradients, laid out as PyTorch lays its own: every one, to 1e-5 of its largest."""
    twin = copy.deepcopy(theirs)
    copy_weights(grads, twin)
    parameters = dict(theirs.named_parameters())
    compared = 0
    for name, mine in twin.named_parameters():
        if not parameters[name].requires_grad:
            continue  # a table of sinusoids
        wanted = parameters[name].grad.numpy()
        atol = 1e-5 * max(1, np.abs(wanted).max())
        close(mine.detach().numpy(), wanted, atol=atol, err_msg=name)
        compared += 1
    assert compared > 40


def pull_at_real_tokens():
    pull = np.random.default_rng(3).normal(size=(B, T, V_TARGET))
    return (pull * REAL[..., None]).astype(np.float32)


def torch_twin(torch, pre_norm):
    """The benchmark's twin. PyTorch puts a last norm behind post-norm too; ours has none."""
    from benchmarks.torch_transformer import Transformer

    theirs = Transformer(V_SOURCE, D, H, F, 2, LONGEST)
    theirs.target = torch.nn.Embedding(V_TARGET, D)
    layer = {"dropout": 0.0, "batch_first": True, "norm_first": pre_norm}
    parts = []
    for name in ("Encoder", "Decoder"):
        block = getattr(torch.nn, f"Transformer{name}Layer")(D, H, F, **layer)
        norm = torch.nn.LayerNorm(D) if pre_norm else None
        nested = {"enable_nested_tensor": False} if name == "Encoder" else {}
        parts.append(getattr(torch.nn, f"Transformer{name}")(block, 2, norm=norm, **nested))
    theirs.transformer = torch.nn.Transformer(
        D, H, custom_encoder=parts[0], custom_decoder=parts[1], **layer
    )
    return theirs


@pytest.mark.parity
@pytest.mark.filterwarnings("ignore:enable_nested_tensor is True:UserWarning")
@pytest.mark.parametrize("pre_norm", [True, False], ids=["pre-norm", "post-norm"])
def test_agrees_with_torch_in_values_and_gradients(pre_norm):
    torch = pytest.importorskip("torch")
    from benchmarks.torch_weights import copy_transformer

    config = configured(pre_norm=pre_norm, encoder_layers=2, decoder_layers=2)
    ours = with_biases(transformer(config, rngs=nnx.Rngs(0)))
    theirs = torch_twin(torch, pre_norm)
    copy_transformer(ours, theirs)
    pull = pull_at_real_tokens()
    logits, grads = logits_and_gradients(ours, SOURCE, TARGET_IN, pull)
    source, target_in = (torch.from_numpy(np.array(x)) for x in (SOURCE, TARGET_IN))
    wanted = theirs(source, target_in)
    (wanted * torch.from_numpy(pull)).sum().backward()
    close(logits, wanted.detach().numpy())
    compare_gradients(grads, theirs, copy_transformer)
    if pre_norm:  # the benchmark's cached decoding, which never ends, by our full one
        written = theirs.greedy(source, T).numpy()
        before = jnp.asarray(np.concatenate([np.full((B, 1), BOS), written[:, :-1]], axis=1))
        bets = decode(ours, SOURCE, before).logits.at[..., EOS].set(-jnp.inf)
        np.testing.assert_array_equal(bets.argmax(-1), written)


@pytest.mark.parity
def test_agrees_with_marian_in_values_and_gradients():
    """Post-norm, scaled and tied embeddings; all sines before all cosines, so columns move."""
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    from benchmarks.torch_weights import copy_marian

    config = configured(pre_norm=False, encoder_layers=2, decoder_layers=3)
    ours = with_biases(transformer(config, rngs=nnx.Rngs(0)))
    config = transformers.MarianConfig(
        vocab_size=V_SOURCE,
        decoder_vocab_size=V_TARGET,
        share_encoder_decoder_embeddings=False,
        tie_word_embeddings=True,
        d_model=D,
        encoder_layers=2,
        decoder_layers=3,
        encoder_attention_heads=H,
        decoder_attention_heads=H,
        encoder_ffn_dim=F,
        decoder_ffn_dim=F,
        activation_function="relu",
        scale_embedding=True,
        dropout=0.0,
        attention_dropout=0.0,
        activation_dropout=0.0,
        max_position_embeddings=LONGEST,
        pad_token_id=PAD,
        bos_token_id=BOS,
        eos_token_id=EOS,
        forced_eos_token_id=EOS,
        decoder_start_token_id=BOS,
        attn_implementation="eager",  # the one that returns weights
    )
    theirs = transformers.MarianMTModel(config)
    copy_marian(ours, theirs)
    pull = pull_at_real_tokens()
    logits, grads = logits_and_gradients(ours, SOURCE, TARGET_IN, pull)
    source, target_in = (torch.from_numpy(np.array(x)).long() for x in (SOURCE, TARGET_IN))
    wanted = theirs(
        input_ids=source,
        attention_mask=source != PAD,
        decoder_input_ids=target_in,
        output_attentions=True,
        use_cache=False,
    )
    (wanted.logits * torch.from_numpy(pull)).sum().backward()
    close(logits, wanted.logits.detach().numpy())
    maps = look(ours, SOURCE, TARGET_IN)
    for mine, other in (
        (maps.encoder, wanted.encoder_attentions),
        (maps.decoder, wanted.decoder_attentions),
        (maps.cross, wanted.cross_attentions),
    ):
        for layer, twin in zip(mine, other, strict=True):
            close(layer, twin.detach().numpy())
    compare_gradients(grads, theirs, copy_marian)
