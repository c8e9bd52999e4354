"""What the mirror costs: CPU with so many pages open, and how old a picture is when it is drawn.

    python -m trainer.mirror.measure [--pages 0 1 4] [--seconds 10] [--browser chromium]

A mirror_node of its own gets 640x480 pictures of the athlete, joints and states, nearly 30 a
second. The pages are programs that say at once that they have drawn; with --browser they are real.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Event, Thread
from time import monotonic
from typing import Any

import numpy as np
import psutil

from trainer.mirror.show import Show, perform
from trainer.spinning import spinning
from trainer_core.ros.domain import Claim

RATE, SIZE = 30.0, (640, 480)
_FRAMES = 90
_SETTLE = 3.0  # s before a measurement


def measure(pages: int, seconds: float = 10.0, browser: str = '') -> dict[str, Any]:
    """CPU of the mirror (share of one core), pictures a second of a page, age when drawn (s).

    browser: path of a Chromium; '' = programs in its place.
    """
    with ExitStack() as stack:
        process, url = stack.enter_context(_mirror())
        show = stack.enter_context(spinning(Show))
        stack.enter_context(show.playing(
            perform('squat', {'p3fk2': 'squat'}, 0, *SIZE, RATE, most=_FRAMES), RATE))
        look = _browsers if browser else _programs
        drawn = stack.enter_context(look(url, pages, browser))
        Event().wait(_SETTLE)
        cpu, counted, began = _cpu(process), len(drawn()), monotonic()
        Event().wait(seconds)
        took = monotonic() - began
        ages = np.array(drawn()[counted:])
        return {
            'pages': pages, 'cpu': (_cpu(process) - cpu) / took,
            'rate': len(ages) / took / pages if pages else 0.0,
            'median': float(np.median(ages)) if len(ages) else float('nan'),
            'p95': float(np.quantile(ages, 0.95)) if len(ages) else float('nan')}


@contextmanager
def _mirror() -> Iterator[tuple[psutil.Process, str]]:
    """A mirror_node on a free port: its process and address."""
    process = subprocess.Popen(
        [sys.executable, '-m', 'trainer.mirror.mirror_node', '--ros-args', '-p', 'port:=0'],
        stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        url = next(line.split(' is at ')[1].strip() for line in process.stderr if ' is at ' in line)
        yield psutil.Process(process.pid), url
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def _programs(url: str, pages: int, _: str) -> Iterator[Any]:
    """So many WebSockets; yields a function that returns the ages (s) of all pictures so far."""
    import aiohttp
    ages: list[float] = []
    loop = asyncio.new_event_loop()

    async def look() -> None:
        import time
        async with aiohttp.ClientSession() as session, session.ws_connect(f'{url}ws') as socket:
            async for message in socket:
                if message.type == aiohttp.WSMsgType.BINARY:
                    stamp = int.from_bytes(message.data[:8], 'little')
                    ages.append((time.time_ns() - stamp) / 1e9)
                    await socket.send_str(json.dumps({'drawn': str(stamp)}))

    def work() -> None:
        async def all_of_them() -> None:
            await asyncio.gather(*(look() for _ in range(pages)), return_exceptions=True)
        loop.run_until_complete(all_of_them())

    Thread(target=work, daemon=True).start()
    yield lambda: ages


@contextmanager
def _browsers(url: str, pages: int, browser: str) -> Iterator[Any]:
    """So many windows of Chromium; yields as _programs."""
    from playwright.sync_api import sync_playwright
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=[
            '--no-sandbox', '--disable-background-timer-throttling',
            '--disable-renderer-backgrounding', '--disable-backgrounding-occluded-windows'])
        opened = [chromium.new_page(viewport={'width': 1280, 'height': 720}) for _ in range(pages)]
        for page in opened:
            page.goto(url)
            page.evaluate('() => { mirror.delays.length = 0; mirror.keep = 100000; }')
        yield lambda: [ms / 1000 for page in opened for ms in page.evaluate('() => mirror.delays')]
        chromium.close()


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--pages', type=int, nargs='+', default=[0, 1, 4])
    parser.add_argument('--seconds', type=float, default=10.0)
    parser.add_argument('--browser', default='', help='path of a Chromium, for real pages')
    args = parser.parse_args()
    # Nobody else's pictures, and ours to nobody else.
    os.environ.setdefault('ROS_DOMAIN_ID', str(Claim().number))
    print('| pages | CPU of a core | pictures/s | drawn after, median | p95 |')
    print('| --- | --- | --- | --- | --- |')
    for pages in args.pages:
        m = measure(pages, args.seconds, args.browser)
        print(f'| {pages} | {m["cpu"]:.0%} | {m["rate"]:.1f} | {m["median"] * 1000:.0f} ms | '
              f'{m["p95"] * 1000:.0f} ms |', flush=True)


if __name__ == '__main__':
    main()
