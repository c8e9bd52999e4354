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
        self.first = nn.Sequential(
            nn.Conv1d(BANDS, width, 5, 2, 2), nn.BatchNorm1d(width), nn.ReLU())
        self.layers = nn.ModuleList(
            nn.Sequential(
                nn.Conv1d(width, width, 3, 1, d, dilation=d, bias=False), nn.BatchNorm1d(width),
                nn.ReLU(), nn.Dropout(0.05))
            for d in dilations)
        self.last = nn.Conv1d(width, STATES, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.first(x)
        for layer in self.layers:
            x = x + layer(x)
        return self.last(x)
