"""The U-Net in plain PyTorch, channels first, written as its users write it."""

import torch
from torch import nn


def block(in_channels: int, out_channels: int) -> nn.Sequential:
    """Two convolutions, each with batch normalisation and ReLU."""
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, 3, padding=1),
        nn.BatchNorm2d(out_channels),
        nn.ReLU(),
        nn.Conv2d(out_channels, out_channels, 3, padding=1),
        nn.BatchNorm2d(out_channels),
        nn.ReLU(),
    )


class UNet(nn.Module):
    """As ``encdec_lib.models.cnn_to_cnn.unet``, with or without skips."""

    def __init__(self, in_channels: int, channels: tuple, num_classes: int, skips: bool = True):
        super().__init__()
        widths = (in_channels, *channels)
        self.down = nn.ModuleList(block(a, b) for a, b in zip(widths, channels, strict=False))
        steps = list(zip(channels[:0:-1], channels[-2::-1], strict=True))
        self.ups = nn.ModuleList(
            nn.ConvTranspose2d(a, b if skips else 2 * b, 2, stride=2) for a, b in steps
        )
        self.blocks = nn.ModuleList(block(2 * b, b) for _, b in steps)
        self.output = nn.Conv2d(channels[0], num_classes, 1)
        self.skips = skips

    def forward(self, x):
        maps = [self.down[0](x)]
        for down in self.down[1:]:
            maps.append(down(nn.functional.max_pool2d(maps[-1], 2)))
        x = maps.pop()
        for up, after in zip(self.ups, self.blocks, strict=True):
            x = up(x)
            if self.skips:
                x = torch.cat([x, maps.pop()], 1)
            x = after(x)
        return self.output(x)

    @torch.no_grad()
    def segment(self, x):
        self.eval()
        labels = self(x).argmax(1)
        self.train()
        return labels


def train_step(model, optimizer, images, labels, weights):
    """One step as in the course: weighted cross-entropy, a limit on the gradient, Adam."""
    loss = nn.functional.cross_entropy(model(images), labels, weight=weights)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return loss.item()
