"""Copies the weights of our models into their twins in PyTorch."""

import numpy as np
import torch


def tensor(param):
    """A parameter as a tensor of its own."""
    return torch.from_numpy(np.array(param[...]))


@torch.no_grad()
def copy_conv(ours, theirs):
    """A convolution: kernel (kh, kw, C, K) becomes (K, C, kh, kw)."""
    theirs.weight.copy_(tensor(ours.kernel).permute(3, 2, 0, 1))
    theirs.bias.copy_(tensor(ours.bias))


@torch.no_grad()
def copy_norm(ours, theirs):
    """A batch normalisation, running statistics included."""
    for mine, name in (
        (ours.scale, "weight"),
        (ours.bias, "bias"),
        (ours.mean, "running_mean"),
        (ours.var, "running_var"),
    ):
        getattr(theirs, name).copy_(tensor(mine))


def copy_block(ours, theirs):
    """A ``ConvBlock``; its twin is conv, norm, ReLU, conv, norm, ReLU."""
    copy_conv(ours.conv1, theirs[0])
    copy_norm(ours.norm1, theirs[1])
    copy_conv(ours.conv2, theirs[3])
    copy_norm(ours.norm2, theirs[4])


@torch.no_grad()
def copy_unet(ours, theirs):
    """A whole U-Net."""
    for mine, twin in zip(ours.encoder.blocks, theirs.down, strict=True):
        copy_block(mine, twin)
    for mine, twin in zip(ours.decoder.ups, theirs.ups, strict=True):
        twin.weight.copy_(tensor(mine.kernel).permute(2, 3, 0, 1))
        twin.bias.copy_(tensor(mine.bias))
    for mine, twin in zip(ours.decoder.blocks, theirs.blocks, strict=True):
        copy_block(mine, twin)
    theirs.output.weight.copy_(tensor(ours.decoder.output.kernel).T[..., None, None])
    theirs.output.bias.copy_(tensor(ours.decoder.output.bias))


@torch.no_grad()
def copy_linear(ours, theirs):
    """A kernel (in, out), and a bias where there is one; ``ours`` may be the kernel itself."""
    theirs.weight.copy_(tensor(getattr(ours, "kernel", ours)).T)
    if theirs.bias is not None:
        theirs.bias.copy_(tensor(ours.bias))


@torch.no_grad()
def copy_gru(ours, theirs, suffix=""):
    """A GRU into an ``nn.GRU`` of one layer; the suffix ``"_reverse"`` is its second direction."""
    for name, value in (
        ("weight_ih", tensor(ours.W_in).T),
        ("weight_hh", tensor(ours.W_rec).T),
        ("bias_ih", tensor(ours.b_in)),
        ("bias_hh", tensor(ours.b_rec)),
    ):
        getattr(theirs, f"{name}_l0{suffix}").copy_(value)


@torch.no_grad()
def copy_luong(ours, theirs):
    """A whole model of ``attention_scores`` without a window."""
    encoder, decoder = ours.encoder, ours.decoder
    theirs.source_embedding.weight.copy_(tensor(encoder.embedding.embedding))
    theirs.target_embedding.weight.copy_(tensor(decoder.embedding.embedding))
    copy_gru(encoder.rnn.forward, theirs.encoder)
    copy_gru(encoder.rnn.backward, theirs.encoder, "_reverse")
    copy_gru(decoder.rnn, theirs.decoder)
    for name in ("initial", "combine", "output"):
        copy_linear(getattr(decoder, name), getattr(theirs, name))
    score = decoder.reader.score
    if theirs.score == "general":
        copy_linear(score.W, theirs.W)
    if theirs.score == "additive":
        copy_linear(score.W_query, theirs.query)
        copy_linear(score.W_key, theirs.key)
        theirs.v.weight.copy_(tensor(score.v)[None])
