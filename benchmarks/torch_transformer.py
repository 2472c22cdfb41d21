"""PyTorch's own Transformer, for the benchmark: the same sizes, and decoding with a cache.

``torch.nn.Transformer`` has no cached decoding, so ``greedy`` here works with the weights of its
layers: the keys and values of written tokens are kept, those of the encoding worked out once.
"""

import jax.numpy as jnp
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from encdec_lib.layers.positions import sinusoidal


class Transformer(nn.Module):
    """``torch.nn.Transformer`` between embeddings and a tied output matrix."""

    def __init__(self, vocab: int, d_model: int, heads: int, d_ff: int, layers: int, length: int):
        super().__init__()
        self.source = nn.Embedding(vocab, d_model)
        self.target = nn.Embedding(vocab, d_model)
        for table in (self.source, self.target):
            nn.init.normal_(table.weight, std=d_model**-0.5)
        self.transformer = nn.Transformer(
            d_model, heads, layers, layers, d_ff, dropout=0.0, batch_first=True, norm_first=True
        )
        table = torch.from_numpy(np.array(sinusoidal(jnp.arange(length), d_model)))
        self.register_buffer("positions", table)
        self.d_model, self.heads = d_model, heads

    def embed(self, table, tokens, first=0):
        """Embeddings times the root of their width, plus positions."""
        x = table(tokens) * self.d_model**0.5
        return x + self.positions[first : first + tokens.shape[1]]

    def forward(self, source, target_in):
        """Logits of every position, given those before it."""
        length = target_in.shape[1]
        causal = nn.Transformer.generate_square_subsequent_mask(length)
        padding = source == 0
        y = self.transformer(
            self.embed(self.source, source),
            self.embed(self.target, target_in),
            tgt_mask=causal,
            src_key_padding_mask=padding,
            memory_key_padding_mask=padding,
            tgt_is_causal=True,
        )
        return F.linear(y, self.target.weight)

    def _split(self, x):
        batch, length, _ = x.shape
        return x.view(batch, length, self.heads, -1).transpose(1, 2)

    @torch.no_grad()
    def greedy(self, source, length: int):
        """The most probable token at every step, from a cache; never ends early."""
        self.eval()
        batch, d = source.shape[0], self.d_model
        memory = self.transformer.encoder(
            self.embed(self.source, source), src_key_padding_mask=source == 0
        )
        seen = (source != 0)[:, None, None]
        layers = self.transformer.decoder.layers
        offered, kept = [], []
        for layer in layers:
            cross = layer.multihead_attn
            kv = F.linear(memory, cross.in_proj_weight[d:], cross.in_proj_bias[d:])
            offered.append([self._split(x) for x in kv.chunk(2, dim=-1)])
            room = torch.zeros(batch, self.heads, length, d // self.heads)
            kept.append([room, room.clone()])
        token, written = torch.ones(batch, dtype=torch.long), []
        for i in range(length):
            y = self.embed(self.target, token[:, None], i)
            for layer, (keys, values), (cache_k, cache_v) in zip(
                layers, offered, kept, strict=True
            ):
                own, cross = layer.self_attn, layer.multihead_attn
                qkv = F.linear(layer.norm1(y), own.in_proj_weight, own.in_proj_bias)
                q, k, v = (self._split(x) for x in qkv.chunk(3, dim=-1))
                cache_k[:, :, i : i + 1], cache_v[:, :, i : i + 1] = k, v
                looked = F.scaled_dot_product_attention(
                    q, cache_k[:, :, : i + 1], cache_v[:, :, : i + 1]
                )
                y = y + own.out_proj(looked.transpose(1, 2).reshape(batch, 1, d))
                q = F.linear(layer.norm2(y), cross.in_proj_weight[:d], cross.in_proj_bias[:d])
                looked = F.scaled_dot_product_attention(self._split(q), keys, values, seen)
                y = y + cross.out_proj(looked.transpose(1, 2).reshape(batch, 1, d))
                y = y + layer.linear2(F.relu(layer.linear1(layer.norm3(y))))
            y = self.transformer.decoder.norm(y)[:, 0]
            logits = F.linear(y, self.target.weight)
            logits[:, 2] = -torch.inf  # decode to the full length, as ours does
            token = logits.argmax(dim=-1)
            written.append(token)
        self.train()
        return torch.stack(written, dim=1)
