"""Count the human-labelled tracks of Penn Action, most of which are one repetition.

    python count_penn.py [--shared ../../../../shared] [--part 0|1]

Prints for every exercise how many tracks are counted as exactly one, none, or more, and of how many
`auto` recognises the exercise; and how often each exercise is counted in tracks of other sports.
--part takes half of the tracks, by a hash of their names: one to look at, one to measure on.
"""

import argparse
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
from fit_likeness import EXERCISES, PENN, half, penn_pose, people_of
from tqdm import tqdm

from trainer_counter.reps.opening import open_set
from trainer_counter.reps.set import Set

FPS = 30.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--shared', type=Path, default=Path('../../../../shared'))
    parser.add_argument('--part', type=int, choices=(0, 1), help='half of the tracks; else all')
    parser.add_argument('--no-auto', action='store_true', help='leave out what takes longest')
    args = parser.parse_args()
    counted: dict[str, Counter] = defaultdict(Counter)
    recognised: dict[str, Counter] = defaultdict(Counter)
    elsewhere: Counter = Counter()
    with np.load(args.shared / 'poses' / 'penn_action_train.npz') as kept:
        keys = [k for k in kept.files if args.part is None or half(k) == args.part]
        for key in tqdm(keys, unit='track'):
            name = PENN.get(key.split('_', 1)[1])
            people = [*people_of(penn_pose(kept[key]), FPS)]
            for exercise in [name] if name else set(PENN.values()):
                the_set = Set(EXERCISES[exercise])
                for p in people:
                    the_set.update(p)
                if name:
                    counted[name][min(the_set.reps, 2)] += 1
                else:
                    elsewhere[exercise] += the_set.reps
            if name and not args.no_auto:
                auto = open_set('auto')
                for p in people:
                    auto.update(p)
                auto.settle()
                recognised[name][auto.sets[-1].exercise.name if auto.sets else ''] += 1
    print(f'{"exercise":14}  tracks  exactly one      none  more  recognised  as another')
    rows = [*counted.items(), ('all', sum(counted.values(), Counter()))]
    recognised['all'] = Counter({
        'all': sum(c[name] for name, c in recognised.items()),
        'x': sum(c.total() - c[name] - c[''] for name, c in recognised.items())})
    for name, found in rows:
        auto_found = recognised[name]
        others = auto_found.total() - auto_found[name] - auto_found['']
        print(f'{name:14}  {found.total():6}  {found[1]:4} = {found[1] / found.total():4.0%}'
              f'  {found[0]:8}  {found[2]:4}  {auto_found[name]:10}  {others:10}')
    print('counted in tracks of other sports:',
          ', '.join(f'{name} {elsewhere[name]}' for name in sorted(elsewhere)))


if __name__ == '__main__':
    main()
