"""Weights of a training run as the ONNX file of the package.

    python export.py --checkpoint RUN/last.pt --speech RUN/speech --to
    ../trainer_voice/ears/acoustic/weights

The output is the logarithm of the probability of a state, less a part of that of the state being
there at all (H. Bourlard, N. Morgan, Connectionist Speech Recognition, 1994). Weights are stored
as halves, and cast back when they are loaded.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
import torch
from dataset import Examples, load
from network import Network
from torch import nn
from train import SHARES

from trainer_core.packaged import halved, seal
from trainer_voice.ears.acoustic import opinion
from trainer_voice.ears.acoustic.features import BANDS
from trainer_voice.ears.acoustic.phones import STATES


class Scaled(nn.Module):
    def __init__(self, net: Network, prior: torch.Tensor):
        super().__init__()
        self.net = net
        self.register_buffer('prior', prior)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.log_softmax(self.net(x), 1) - self.prior[:, None]


def prior_of(speech: Path, power: float) -> torch.Tensor:
    """(STATES,) what is taken away, 0 for silence."""
    groups = {name: (share, [load(p) for p in sorted(speech.glob(f'{name}-*.npz'))])
              for name, share in SHARES.items()}
    examples = Examples(groups, 0)
    counts = np.bincount(
        np.concatenate([examples.draw()[1] for _ in range(1500)]), minlength=STATES) + 20.0
    logs = power * np.log(counts / counts.sum())
    return torch.from_numpy(logs - logs[0]).float()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--checkpoint', type=Path, required=True)
    parser.add_argument('--speech', type=Path, required=True, help='folder of synthesise.py')
    parser.add_argument('--prior', type=float, default=0.4, help='power of the prior')
    parser.add_argument('--to', type=Path, required=True)
    options = parser.parse_args()
    options.to.mkdir(parents=True, exist_ok=True)
    state = torch.load(options.checkpoint, map_location='cpu', weights_only=True)
    net = Network(state['width'])
    net.load_state_dict(state['shadow'])
    path = options.to / 'ears.onnx'
    torch.onnx.export(
        Scaled(net, prior_of(options.speech, options.prior)).eval(),
        (torch.zeros(1, BANDS, 200),), str(path), input_names=['features'],
        output_names=['states'], dynamic_axes={'features': {2: 'T'}, 'states': {2: 't'}},
        opset_version=17, dynamo=False)
    onnx.save(halved(onnx.load(path)), path)
    beside = options.to / opinion.PACKAGED
    seal(options.to, [path.name, *([beside.name] if beside.is_file() else [])])
    print(f'{path}: {path.stat().st_size / 1e6:.1f} MB after {state["step"]} steps')


if __name__ == '__main__':
    main()
