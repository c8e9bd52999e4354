"""Say what was found, what is wrong and what to do about it; exit code 0 when it can run."""

import argparse
import json
import os
import sys
from dataclasses import asdict

from trainer import checkup
from trainer.environment.layout import Layout

_MARKS = {checkup.OK: ' ok ', checkup.NOTE: 'note', checkup.FAULT: 'BAD '}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How to print."""
    parser.add_argument('--json', action='store_true', help='print one JSON document')


def main(args: argparse.Namespace) -> int:
    """Print the findings; 1 when there is a fault."""
    python = os.path.realpath(getattr(sys, '_base_executable', sys.executable))
    findings = checkup.judge(checkup.look(Layout(), os.environ, python))
    can_run = not any(finding.state == checkup.FAULT for finding in findings)
    if args.json:
        print(json.dumps(
            {'can_run': can_run, 'findings': [asdict(finding) for finding in findings]}, indent=2))
        return int(not can_run)
    for finding in findings:
        print(f'[{_MARKS[finding.state]}] {finding.about:10} {finding.text}')
        if finding.cure:
            print(f'{"":18}-> {finding.cure}')
    print('The trainer can run.' if can_run else 'The trainer cannot run; see BAD above.')
    return int(not can_run)
