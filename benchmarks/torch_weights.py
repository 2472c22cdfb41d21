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


@torch.no_grad()
def copy_multi_head(ours, theirs):
    """A ``MultiHeadAttention`` into an ``nn.MultiheadAttention``: queries, keys, values in one."""
    parts = ours.query, ours.key, ours.value
    theirs.in_proj_weight.copy_(torch.cat([tensor(part.kernel).T for part in parts]))
    theirs.in_proj_bias.copy_(torch.cat([tensor(part.bias) for part in parts]))
    copy_linear(ours.output, theirs.out_proj)


@torch.no_grad()
def copy_layer_norm(ours, theirs):
    """A layer normalisation."""
    theirs.weight.copy_(tensor(ours.scale))
    theirs.bias.copy_(tensor(ours.bias))


def copy_encoder_block(ours, theirs):
    """An ``EncoderBlock`` into an ``nn.TransformerEncoderLayer``."""
    copy_multi_head(ours.attention, theirs.self_attn)
    copy_linear(ours.feed_forward.hidden, theirs.linear1)
    copy_linear(ours.feed_forward.output, theirs.linear2)
    copy_layer_norm(ours.residual_attention.norm, theirs.norm1)
    copy_layer_norm(ours.residual_feed_forward.norm, theirs.norm2)


def copy_decoder_block(ours, theirs):
    """A ``DecoderBlock`` into an ``nn.TransformerDecoderLayer``."""
    copy_multi_head(ours.self_attention, theirs.self_attn)
    copy_multi_head(ours.cross_attention, theirs.multihead_attn)
    copy_linear(ours.feed_forward.hidden, theirs.linear1)
    copy_linear(ours.feed_forward.output, theirs.linear2)
    copy_layer_norm(ours.residual_self_attention.norm, theirs.norm1)
    copy_layer_norm(ours.residual_cross_attention.norm, theirs.norm2)
    copy_layer_norm(ours.residual_feed_forward.norm, theirs.norm3)


@torch.no_grad()
def copy_transformer(ours, theirs):
    """A whole Transformer into ``benchmarks.torch_transformer.Transformer``.

    Ours has no last normalisation with post-norm: there the twin's must be None.
    """
    theirs.source.weight.copy_(tensor(ours.encoder.tokens.embedding.embedding))
    theirs.target.weight.copy_(tensor(ours.decoder.tokens.embedding.embedding))
    for part, twin, copy_block_of in (
        (ours.encoder, theirs.transformer.encoder, copy_encoder_block),
        (ours.decoder, theirs.transformer.decoder, copy_decoder_block),
    ):
        for mine, layer in zip(part.blocks, twin.layers, strict=True):
            copy_block_of(mine, layer)
        if (part.norm is None) != (twin.norm is None):
            raise ValueError("One of the two models has a last normalisation, the other has none.")
        if part.norm is not None:
            copy_layer_norm(part.norm, twin.norm)


@torch.no_grad()
def copy_vit(ours, theirs):
    """A whole Vision Transformer with positions into ``benchmarks.torch_vit.ViT``."""
    encoder = ours.encoder
    kernel = tensor(encoder.embed.as_convolution())  # (P, P, C, D)
    theirs.patches.weight.copy_(kernel.permute(3, 2, 0, 1))
    theirs.patches.bias.copy_(tensor(encoder.embed.project.bias))
    if encoder.class_token is not None:
        theirs.class_token.copy_(tensor(encoder.class_token))
    theirs.positions.copy_(tensor(encoder.positions))
    for block, layer in zip(encoder.blocks, theirs.encoder.layers, strict=True):
        copy_encoder_block(block, layer)
    copy_layer_norm(encoder.norm, theirs.encoder.norm)
    copy_linear(ours.head, theirs.head)


def moved(ours):
    """Our columns in Marian's order: its positions are all sines, then all cosines."""
    width = ours.encoder.tokens.embedding.embedding.shape[-1]
    return torch.arange(width).reshape(-1, 2).T.flatten()


@torch.no_grad()
def copy_marian(ours, theirs):
    """A whole post-norm Transformer into a ``MarianMTModel`` of the package ``transformers``.

    Its vectors are ours with their columns in another order, so wherever a matrix reads or
    writes such a vector, its rows or columns move along.
    """
    order, model = moved(ours), theirs.model

    def copy_read(layer, twin):  # from a vector of the model to anything
        twin.weight.copy_(tensor(layer.kernel).T[:, order])
        twin.bias.copy_(tensor(layer.bias))

    def copy_written(layer, twin):  # from anything to a vector of the model
        twin.weight.copy_(tensor(layer.kernel).T[order])
        twin.bias.copy_(tensor(layer.bias)[order])

    def copy_attention(layer, twin, around, norm):
        for name in ("query", "key", "value"):
            copy_read(getattr(layer, name), getattr(twin, f"{name[0]}_proj"))
        copy_written(layer.output, twin.out_proj)
        copy_ordered_norm(around.norm, norm)

    def copy_ordered_norm(norm, twin):
        twin.weight.copy_(tensor(norm.scale)[order])
        twin.bias.copy_(tensor(norm.bias)[order])

    for part, twin in ((ours.encoder, model.encoder), (ours.decoder, model.decoder)):
        twin.embed_tokens.weight.copy_(tensor(part.tokens.embedding.embedding)[:, order])
        for block, layer in zip(part.blocks, twin.layers, strict=True):
            own, norm = layer.self_attn, layer.self_attn_layer_norm
            if part is ours.encoder:
                copy_attention(block.attention, own, block.residual_attention, norm)
            else:
                copy_attention(block.self_attention, own, block.residual_self_attention, norm)
                copy_attention(
                    block.cross_attention,
                    layer.encoder_attn,
                    block.residual_cross_attention,
                    layer.encoder_attn_layer_norm,
                )
            copy_read(block.feed_forward.hidden, layer.fc1)
            copy_written(block.feed_forward.output, layer.fc2)
            copy_ordered_norm(block.residual_feed_forward.norm, layer.final_layer_norm)
