"""A Vision Transformer of PyTorch's own parts, for the benchmark, written as its users write it."""

import torch
from torch import nn


class ViT(nn.Module):
    """A strided convolution, ``torch.nn.TransformerEncoder`` and a linear layer.

    As ``encdec_lib.models.vision_transformer.vit`` with the same config, with positions and without
    dropout.
    """

    def __init__(self, config):
        super().__init__()
        self.by_class = config.pool == "class"
        width, length = config.d_model, config.patches + self.by_class
        self.patches = nn.Conv2d(config.in_channels, width, config.patch, stride=config.patch)
        self.class_token = nn.Parameter(torch.empty(1, 1, width)) if self.by_class else None
        self.positions = nn.Parameter(torch.empty(1, length, width))
        for small in (self.class_token, self.positions):
            if small is not None:
                nn.init.normal_(small, std=0.02)
        layer = nn.TransformerEncoderLayer(
            width,
            config.heads,
            config.d_ff,
            dropout=0.0,
            activation=config.activation,
            layer_norm_eps=config.epsilon,
            batch_first=True,
            norm_first=True,
        )
        norm = nn.LayerNorm(width, config.epsilon)
        # Nested tensors are for padding, and would say so with a warning.
        self.encoder = nn.TransformerEncoder(layer, config.layers, norm, enable_nested_tensor=False)
        self.head = nn.Linear(width, config.num_classes)

    def forward(self, images):
        """Logits of images, channels first."""
        x = self.patches(images).flatten(2).transpose(1, 2)
        if self.by_class:
            x = torch.cat([self.class_token.expand(len(x), -1, -1), x], dim=1)
        x = self.encoder(x + self.positions)
        return self.head(x[:, 0] if self.by_class else x.mean(dim=1))

    @torch.no_grad()
    def classify(self, images):
        """Probabilities of the classes."""
        self.eval()
        probabilities = self(images).softmax(dim=-1)
        self.train()
        return probabilities


def train_step(model, optimizer, images, labels):
    """One step as in the course: cross-entropy, a limit on the gradient's norm, Adam."""
    loss = nn.functional.cross_entropy(model(images), labels)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return loss.item()
