"""Copies the weights of our convolutional networks into their twins in PyTorch."""

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
