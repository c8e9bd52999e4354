"""Train the pose network, on CPU or CUDA; stop and go on at will.

    python train.py --data ../shared/pose_data --init REFERENCE.onnx --others OUT/others.npz --out
    OUT
    python train.py ... --out OUT --resume        # goes on from OUT/last.pt
    python train.py ... --out NEW --weights OUT/last.pt    # another cycle from where OUT ended

`OUT/last.pt` holds weights, averaged weights, optimiser and progress; `OUT/curves.png` and
`OUT/log.csv` the history.
"""

import argparse
import csv
import math
import time
from pathlib import Path

import dataset
import evaluate
import numpy as np
import quick
import reference
import torch
import yaml
from tqdm import tqdm

from trainer_pose.benchmark import photos
from trainer_pose.paf.network import PoseNet

HERE = Path(__file__).parent


def arguments():
    config = yaml.safe_load((HERE / 'config.yaml').read_text())
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--data', type=Path, default=Path('../shared/pose_data'))
    parser.add_argument('--others', type=Path, help='masks made by prepare.py')
    parser.add_argument('--own', type=Path, help='what an earlier cycle sees, made by opinions.py')
    parser.add_argument('--movenet', type=Path, help='what MoveNet sees, made by opinions.py')
    parser.add_argument(
        '--extra', type=Path, nargs='*', default=[], help='folders made by frames.py'
    )
    parser.add_argument(
        '--init', type=Path, help='ONNX of the reference model, for the starting weights'
    )
    parser.add_argument(
        '--weights', type=Path, help='last.pt of an earlier run: a new cycle from its average'
    )
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument('--resume', action='store_true')
    parser.add_argument('--device', default='cuda' if torch.cuda.is_available() else 'cpu')
    parser.add_argument('--limit', type=int, help='use only so many entries (for a quick try)')
    for key, value in config.items():
        parser.add_argument(f'--{key}', type=type(value), default=value)
    return parser.parse_args()


def pace(progress, warm):
    """Learning rate's factor at `progress` 0..1: linear warm-up, cosine to zero."""
    if progress < warm:
        return max(progress / warm, 0.02)
    return 0.5 * (1 + math.cos(math.pi * min((progress - warm) / (1 - warm), 1)))


def loss_of(stages, wanted):
    """Weighted squared error summed over the maps, per sample; the first guess counts as much as
    the answer.
    """
    heat, heat_weight, pafs, paf_weight = wanted
    total = 0
    for h, p in stages:
        total = (
            total
            + (heat_weight * (h.float() - heat) ** 2).sum()
            + (paf_weight * (p.float() - pafs) ** 2).sum()
        )
    return total / len(heat) / 100


def freeze(net, blocks):
    for layer in [net.conv1, *list(net.trunk.values())[: max(blocks - 1, 0)]] if blocks else []:
        layer.requires_grad_(False)


def average(shadow, net, step, decay):
    """Exponential moving average, faster while the run is young."""
    d = min(decay, (1 + step) / (10 + step))
    with torch.no_grad():
        for s, p in zip(shadow.parameters(), net.parameters(), strict=True):
            s.lerp_(p, 1 - d)


def runner(net, device):
    """The network as evaluate.py wants it: BGR crop -> (heatmaps, pafs) as arrays."""

    def run(crop):
        x = torch.from_numpy(crop.transpose(2, 0, 1).copy())[None].float().to(device)
        x = x.contiguous(memory_format=torch.channels_last)
        with torch.inference_mode(), torch.autocast(device, torch.bfloat16):
            heat, pafs = net(x)
        return heat[0].float().cpu().numpy(), pafs[0].float().cpu().numpy()

    return run


def draw_curves(log, path):
    import matplotlib

    matplotlib.use('Agg')
    import matplotlib.pyplot as plt

    rows = list(csv.DictReader(log.open()))
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4))
    left.plot([float(r['samples']) for r in rows], [float(r['loss']) for r in rows])
    left.set(xlabel='samples', ylabel='loss', yscale='log', title='training loss')
    for name in photos.ORDER:
        points = [(float(r['samples']), float(r[name])) for r in rows if r.get(name)]
        if points:
            right.plot(*zip(*points, strict=True), marker='.', label=name)
    right.set(xlabel='samples', ylabel='PCK@0.2, %', title='held-out photos, upright crop')
    right.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=90)
    plt.close(figure)


def main():
    args = arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(args.seed + int(time.time()) * args.resume)
    torch.set_num_threads(args.threads)
    net = PoseNet(args.refine)
    if args.init:
        reference.initialise(net, args.init)
    if args.weights:
        earlier = torch.load(args.weights, map_location='cpu', weights_only=True)
        net.load_state_dict(earlier['shadow'])
    shadow = PoseNet(args.refine)
    shadow.load_state_dict(net.state_dict())
    net, shadow = (n.to(args.device, memory_format=torch.channels_last) for n in (net, shadow))
    if args.device == 'cpu':
        quick.quicken(net)
    freeze(net, args.frozen)
    shadow.requires_grad_(False)
    optimiser = torch.optim.AdamW(
        [p for p in net.parameters() if p.requires_grad],
        args.rate,
        (0.9, 0.99),
        weight_decay=args.decay,
    )
    step, samples, began = 0, 0, 0.0
    last = args.out / 'last.pt'
    if args.resume and last.exists():
        state = torch.load(last, map_location=args.device, weights_only=True)
        net.load_state_dict(state['net'])
        shadow.load_state_dict(state['shadow'])
        optimiser.load_state_dict(state['optimiser'])
        step, samples, began = state['step'], state['samples'], state['progress']
        print(
            f'resumed at step {step}, {samples} samples, {100 * began:.1f} % of the cycle',
            flush=True,
        )
    crops = dataset.Crops(
        args.data,
        args.others,
        args.extra,
        dataset.Augment(side=args.side),
        limit=args.limit,
        mix=args.mix,
        own=args.own,
        movenet=args.movenet,
    )
    loader = torch.utils.data.DataLoader(
        crops,
        args.batch,
        sampler=torch.utils.data.WeightedRandomSampler(crops.weights, len(crops)),
        drop_last=True,
        num_workers=args.workers,
        persistent_workers=args.workers > 0,
        prefetch_factor=4 if args.workers else None,
    )
    check = evaluate.held_out_crops(args.data, args.side)
    log = args.out / 'log.csv'
    fields = ['step', 'samples', 'progress', 'rate', 'loss', *photos.ORDER]
    if not (args.resume and log.exists()):
        log.write_text(','.join(fields) + '\n')

    def score():
        return evaluate.pck(runner(shadow, args.device), check)

    def save(progress):
        torch.save(
            {
                'net': net.state_dict(),
                'shadow': shadow.state_dict(),
                'optimiser': optimiser.state_dict(),
                'step': step,
                'samples': samples,
                'progress': progress,
                'refine': args.refine,
            },
            last,
        )

    if step == 0:
        print('before training:', evaluate.line(score()), flush=True)
    start, here, progress, losses = time.monotonic(), samples, began, []
    bar = tqdm(total=100, initial=100 * began, bar_format='{l_bar}{bar}| {postfix}', mininterval=20)
    while progress < 1:
        for image, keypoints, people, ignore in loader:
            # the rest of the cycle is spread over the rest of the minutes (or samples): it always
            # ends at rate zero
            share = (
                (time.monotonic() - start) / 60 / args.minutes
                if args.minutes
                else (samples - here) / max(args.samples - here, 1)
            )
            progress = began + (1 - began) * min(share, 1)
            if progress >= 1:
                break
            for group in optimiser.param_groups:
                group['lr'] = args.rate * pace(progress, args.warm)
            image = image.to(args.device).float().contiguous(memory_format=torch.channels_last)
            wanted = dataset.targets(
                keypoints.to(args.device),
                people.to(args.device),
                ignore.to(args.device),
                args.side // dataset.STRIDE,
            )
            with torch.autocast(args.device, torch.bfloat16):
                stages = net.stages(image)
            loss = loss_of(stages, wanted)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
            optimiser.step()
            step, samples = step + 1, samples + len(image)
            average(shadow, net, step, args.average)
            losses.append(float(loss.detach()))
            if step % 50 == 0:
                speed = (samples - here) / (time.monotonic() - start)
                row = {
                    'step': step,
                    'samples': samples,
                    'progress': f'{progress:.4f}',
                    'rate': f'{optimiser.param_groups[0]["lr"]:.2e}',
                    'loss': f'{np.mean(losses):.4f}',
                }
                losses.clear()
                if step % args.evaluate == 0:
                    scores = score()
                    row |= {k: f'{v:.2f}' for k, v in scores.items()}
                    print(f'\nstep {step}: {evaluate.line(scores)}', flush=True)
                with log.open('a', newline='') as f:
                    csv.DictWriter(f, fields).writerow(row)
                bar.n = round(100 * progress, 2)
                bar.set_postfix_str(f'step {step}  loss {row["loss"]}  {speed:.1f} samples/s')
            if step % args.every == 0:
                save(progress)
                draw_curves(log, args.out / 'curves.png')
    save(1.0)
    scores = score()
    with log.open('a', newline='') as f:
        csv.DictWriter(f, fields).writerow(
            {
                'step': step,
                'samples': samples,
                'progress': 1,
                'rate': 0,
                'loss': f'{np.mean(losses or [np.nan]):.4f}',
                **{k: f'{v:.2f}' for k, v in scores.items()},
            }
        )
    draw_curves(log, args.out / 'curves.png')
    print('\nafter training:', evaluate.line(scores))


if __name__ == '__main__':
    main()
