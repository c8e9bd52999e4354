"""Train the network of the ears on synthesised speech and recordings; stop and go on at will.

    python train.py --speech RUN/speech --out RUN
    python train.py --speech RUN/speech --out RUN --resume          # goes on from RUN/last.pt
    python train.py --speech RUN/speech --people RUN/people.npz --weights RUN/last.pt --out NEW

`OUT/last.pt` holds weights, averaged weights, optimiser and progress; `OUT/log.csv` and
`OUT/curves.png` the history.
"""

import argparse
import copy
import csv
import math
import time
from pathlib import Path

import numpy as np
import torch
import yaml
from dataset import Examples, load
from network import Network, widened
from torch import nn
from torch.utils.data import DataLoader, IterableDataset
from tqdm import tqdm

from trainer_voice.ears.acoustic.features import (
    BANDS,
    EMPHASIS,
    FLOOR,
    HOP,
    SCALE,
    SIZE,
    WINDOW,
    filters,
    window,
)

HERE = Path(__file__).parent
SHARES = {'espeak': 0.2, 'drawn': 0.45, 'flite': 0.2, 'festival': 0.15}  # by the name of the file
WARPS = np.linspace(0.86, 1.2, 18)


class Stream(IterableDataset):
    def __init__(self, examples: Examples, batch: int):
        self._examples, self._batch = examples, batch

    def __iter__(self):
        return self._examples.batches(self._batch)


class Features(nn.Module):
    """As features.py, for a batch; in training with throats, microphones and holes."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer('window', torch.from_numpy(window().copy()))
        self.register_buffer('plain', torch.from_numpy(filters()))
        self.register_buffer('warped', torch.from_numpy(np.stack([filters(w) for w in WARPS])))

    @torch.no_grad()
    def forward(self, sound: torch.Tensor, vary: bool = False) -> torch.Tensor:
        """(batch, n) to (batch, BANDS, frames)."""
        sound = torch.cat([sound[:, :1], sound[:, 1:] - EMPHASIS * sound[:, :-1]], 1)
        sound = sound / (sound**2).mean(1, keepdim=True).sqrt().clamp(min=1e-3)
        frames = sound.unfold(1, WINDOW, HOP) * self.window
        seen = torch.view_as_real(torch.fft.rfft(frames, SIZE))
        energy = (seen**2).sum(-1) / WINDOW
        if not vary:
            bands = torch.log(energy @ self.plain + FLOOR)
            return ((bands - bands.mean(1, keepdim=True)) / SCALE).transpose(1, 2)
        batch = len(sound)
        which = torch.randint(len(WARPS), (batch,))
        bands = torch.bmm(energy, self.warped[which])
        # Microphones: a smooth curve of up to +-12 dB, sometimes nothing above or below.
        knots = torch.randn(batch, 1, 6) * 0.9
        curve = nn.functional.interpolate(knots, BANDS, mode='linear', align_corners=True)
        top = torch.randint(24, BANDS, (batch,)).where(torch.rand(batch) < 0.2, BANDS)
        low = torch.randint(0, 7, (batch,)).where(torch.rand(batch) < 0.2, 0)
        at = torch.arange(BANDS)
        open_ = (at < top[:, None]) & (at >= low[:, None])
        bands = bands * curve.exp() * (0.001 + 0.999 * open_[:, None])
        # Codecs leave out what is soft beside something loud, in an eighth of the examples.
        deep = torch.empty(batch, 1, 1).uniform_(-4.5, -1.5).mul(math.log(10)).exp()
        deep = deep * (torch.rand(batch, 1, 1) < 0.125)
        bands = bands * (bands >= deep * bands.amax(2, keepdim=True))
        bands = torch.log(bands + FLOOR)
        bands = (bands - bands.mean(1, keepdim=True)) / SCALE
        for axis, count, widest in ((2, 2, 6), (1, 2, 12)):
            size = bands.shape[axis]
            for _ in range(count):  # D. Park et al., SpecAugment, Interspeech 2019
                begin = torch.randint(0, size, (batch, 1))
                length = torch.randint(0, widest, (batch, 1))
                hole = (torch.arange(size) >= begin) & (torch.arange(size) < begin + length)
                bands = bands.masked_fill(hole[:, None] if axis == 2 else hole[:, :, None], 0.0)
        return bands.transpose(1, 2)


def pace(progress: float, warm: float) -> float:
    """Learning rate's factor at `progress` 0..1: linear warm-up, cosine to zero."""
    if progress < warm:
        return max(progress / warm, 0.02)
    return 0.5 * (1 + math.cos(math.pi * min((progress - warm) / (1 - warm), 1)))


def average(shadow: nn.Module, net: nn.Module, step: int, decay: float) -> None:
    """Exponential moving average, faster while the run is young; statistics are taken over."""
    part = min(decay, (1 + step) / (10 + step))
    with torch.no_grad():
        for s, p in zip(shadow.parameters(), net.parameters(), strict=True):
            s.lerp_(p, 1 - part)
        for s, b in zip(shadow.buffers(), net.buffers(), strict=True):
            s.copy_(b)


@torch.inference_mode()
def right(net: nn.Module, see: Features, held: dict) -> dict[str, float]:
    """Share of speech frames whose state is right, by who spoke."""
    net.eval()
    found = {}
    for name, (sound, labels) in held.items():
        best = net(see(sound)).argmax(1)
        speech = labels > 0
        found[name] = float((best == labels)[speech].float().mean())
    return found


def draw_curves(log: Path, path: Path) -> None:
    import matplotlib
    matplotlib.use('Agg')
    import matplotlib.pyplot as plt
    rows = list(csv.DictReader(log.open()))
    steps = [int(r['step']) for r in rows]
    figure, (left, after) = plt.subplots(1, 2, figsize=(11, 4))
    left.plot(steps, [float(r['loss']) for r in rows])
    left.set(xlabel='step', ylabel='loss', title='training loss')
    for name in rows[0]:
        if name not in ('step', 'loss'):
            after.plot(steps, [float(r[name]) for r in rows], label=name)
    after.set(xlabel='step', ylabel='frames right', title='utterances kept out')
    after.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=90)
    plt.close(figure)


def arguments() -> argparse.Namespace:
    config = yaml.safe_load((HERE / 'config.yaml').read_text())
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--speech', type=Path, required=True, help='folder of synthesise.py')
    parser.add_argument('--alone', type=Path, nargs='*', default=[], help='files of align.py')
    parser.add_argument('--weights', type=Path, help='last.pt of an earlier run')
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument('--resume', action='store_true')
    for key, value in config.items():
        parser.add_argument(f'--{key}', type=type(value), default=value)
    return parser.parse_args()


def main() -> None:
    options = arguments()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    last, log = options.out / 'last.pt', options.out / 'log.csv'
    groups = {name: (share, [load(p) for p in sorted(options.speech.glob(f'{name}-*.npz'))
                             if '.tmp' not in p.name]) for name, share in SHARES.items()}
    if options.alone:
        groups['people'] = (
            options.people / (1 - options.people), [load(p) for p in options.alone])
    print({name: sum(map(len, files)) for name, (_, files) in groups.items()}, flush=True)
    net, see = Network(options.width), Features()
    optimiser = torch.optim.AdamW(net.parameters(), options.rate, weight_decay=options.decay)
    step, before = 0, 0.0
    shadow = copy.deepcopy(net)
    if options.resume or options.weights:
        state = torch.load(last if options.resume else options.weights, weights_only=True)
        net.load_state_dict(widened(state['net' if options.resume else 'shadow'], options.width))
        shadow.load_state_dict(net.state_dict())
        if options.resume:
            shadow.load_state_dict(state['shadow'])
            optimiser.load_state_dict(state['optimiser'])
            step, before = state['step'], state['seconds']
    held = {}
    kept = Examples(groups, 0, held=True)
    for name in [n for n, (_, files) in groups.items() if files]:
        sounds, labels = zip(*(kept.draw(name) for _ in range(48)), strict=True)
        held[name] = torch.from_numpy(np.stack(sounds)), torch.from_numpy(np.stack(labels))
    stream = iter(DataLoader(
        Stream(Examples(groups, options.seed + step), options.batch), batch_size=None,
        num_workers=1, prefetch_factor=4))
    begin, losses = time.monotonic(), []
    with tqdm(total=options.steps, initial=step, mininterval=10) as bar:
        while True:
            seconds = before + time.monotonic() - begin
            progress = (seconds / 60 / options.minutes if options.minutes
                        else step / options.steps)
            if progress >= 1:
                break
            for group in optimiser.param_groups:
                group['lr'] = options.rate * pace(progress, options.warm)
            sound, labels = next(stream)
            net.train()
            seen = see(sound.float(), vary=True)
            with torch.autocast('cpu', torch.bfloat16):
                out = net(seen)
            loss = nn.functional.cross_entropy(
                out.float(), labels, label_smoothing=options.smooth)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimiser.step()
            step += 1
            average(shadow, net, step, options.average)
            losses.append(loss.item())
            bar.update()
            if step % options.every == 0:
                row = {'step': step, 'loss': f'{np.mean(losses):.3f}', **{
                    k: f'{v:.3f}' for k, v in right(shadow, see, held).items()}}
                new = not log.exists()
                with log.open('a') as file:
                    writer = csv.DictWriter(file, list(row))
                    if new:
                        writer.writeheader()
                    writer.writerow(row)
                print(f'{progress:.0%}', row, flush=True)
                losses = []
                save(last, net, shadow, optimiser, step, seconds, options)
    save(last, net, shadow, optimiser, step, seconds, options)
    draw_curves(log, options.out / 'curves.png')


def save(path, net, shadow, optimiser, step, seconds, options) -> None:
    temporary = path.with_suffix('.tmp')
    torch.save({
        'net': net.state_dict(), 'shadow': shadow.state_dict(), 'width': options.width,
        'optimiser': optimiser.state_dict(), 'step': step, 'seconds': seconds}, temporary)
    temporary.rename(path)


if __name__ == '__main__':
    main()
