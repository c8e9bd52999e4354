"""The network: features to the probability of every half of every phone, 50 times a second.

A time delay neural network: V. Peddinti et al., A time delay neural network architecture for
efficient modeling of long temporal contexts, Interspeech 2015; with skips.
"""

import torch
from torch import nn

from trainer_voice.ears.acoustic.features import BANDS
from trainer_voice.ears.acoustic.phones import STATES


class Network(nn.Module):
    """(batch, BANDS, frames) to (batch, STATES, frames // 2) logits; sees 0.5 s around."""

    def __init__(self, width: int = 224, dilations: tuple[int, ...] = (1, 1, 2, 2, 3, 3, 4)):
        super().__init__()
        # In two dimensions, one of them 1: channels may lie last then, which is twice as fast.
        self.first = nn.Sequential(
            nn.Conv2d(BANDS, width, (1, 5), (1, 2), (0, 2)), nn.BatchNorm2d(width), nn.ReLU())
        self.layers = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(width, width, (1, 3), 1, (0, d), dilation=(1, d), bias=False),
                nn.BatchNorm2d(width), nn.ReLU(), nn.Dropout(0.05))
            for d in dilations)
        self.last = nn.Conv2d(width, STATES, 1)
        self.to(memory_format=torch.channels_last)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.first(x[:, :, None].contiguous(memory_format=torch.channels_last))
        for layer in self.layers:
            x = x + layer(x)
        return self.last(x)[:, :, 0]


def widened(weights: dict[str, torch.Tensor], width: int) -> dict[str, torch.Tensor]:
    """Weights of a narrower network for one of `width`, which says the same (but for a little
    noise, so that channels come to differ).

    T. Chen, I. Goodfellow, J. Shlens, Net2Net, ICLR 2016: channels are doubled, and what comes
    from them is halved.
    """
    old = len(weights['first.0.weight'])
    if old == width:
        return weights
    which = torch.cat([torch.arange(old), torch.randperm(old)[:width - old]])
    share = 1 / torch.bincount(which)[which]
    found = {}
    for name, value in weights.items():
        if value.dim() and len(value) == old:
            value = value[which]
        if value.dim() == 4 and value.shape[1] == old:
            value = value[:, which] * share[:, None, None]
            value = value * (1 + 0.1 * torch.randn_like(value))
        found[name] = value
    return found
