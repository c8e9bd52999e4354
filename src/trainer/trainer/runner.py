"""A whole session: nodes started, camera let go when all are ready, watched to its end."""

import re
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from time import monotonic
from typing import Any

from trainer import graph, nodes
from trainer.ending import EndingSignals
from trainer.starter import Process, Starter
from trainer_core.errors import UserError

UP_WITHIN = 60.0      # s, on a slow or busy machine, for all nodes to be up and a set to be open
FAULT_LASTS = 2.0     # s that a node must tell the same fault to be believed
REFUSED_WITHIN = 0.3  # s in which the counter may end a set again that it cannot do
JUDGED_WITHIN = 2.0   # s without progress after the source has ended
SPOKEN_WITHIN = 15.0  # s for the last words
_LOOK = 0.1           # s between looks at processes


class Runner:
    """Nodes in their own processes and a watcher among them; a context manager.

    arguments: as `nodes.complete` gives them. tell: gets one line for people at a time. Raises
    UserError when something that a restart cannot cure keeps the session from going on.
    """

    def __init__(self, arguments: Mapping[str, Any], tell: Callable[[str], None],
                 frames: str = 'camera_info'):
        """frames: the topic that says which images there were, camera_info or poses."""
        self.arguments, self._tell, self._frames = arguments, tell, frames
        self.nodes = nodes.chosen(arguments['nodes'])
        self._names = {node.name for node in self.nodes}
        self._restarts = dict.fromkeys(self._names, 0)
        self._stack = ExitStack()

    def __enter__(self) -> 'Runner':
        with ExitStack() as stack:
            # The dialogue speaks as soon as it is there: the watcher is to hear it.
            self.starter: Starter = stack.enter_context(
                graph.start(self.arguments, later=('dialogue',)))
            self._begun = monotonic()
            # Only now, so that the nodes load while we do.
            with EndingSignals.held():
                from trainer.spinning import spinning
                from trainer.watcher import Watcher
                self.watcher = stack.enter_context(spinning(lambda **kwargs: Watcher(
                    self.nodes, self._tell, self._frames,
                    namespace=self.arguments['namespace'], **kwargs)))
            self.starter.start()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self.starter.ask()  # they end while the watcher does
        self._stack.close()

    def bring_up(self) -> None:
        """Wait until every node is up and the set, if any, open; UserError says who is not."""
        until, hopeful = self._begun + UP_WITHIN, monotonic()
        while not self.watcher.wait_for(self._ready, _LOOK) or self.watcher.wait_for(
                lambda: not self._ready(), REFUSED_WITHIN):
            self._look()
            now = monotonic()
            if not self._hopeless():
                hopeful = now
            if now > until or now - hopeful > FAULT_LASTS:
                raise UserError('; '.join(self._why_not()))

    def go(self) -> None:
        """Let the camera send."""
        if 'camera' in self._names:
            self.watcher.enable_camera()

    def over(self, timeout: float) -> bool:
        """Whether the camera has ended by itself, as it does with at_end exit; within timeout (s).

        Raises UserError when a node cannot go on.
        """
        camera = self.starter.processes.get('camera')
        if camera is not None and camera.wait(timeout) and camera.exit_code == 0:
            return True
        if camera is None:
            self.watcher.wait_for(lambda: False, timeout)
        self._look()
        return False

    def drain(self) -> None:
        """Wait, within limits, until the last image is judged and the last word is spoken."""
        watcher = self.watcher
        if 'counter' in self._names:
            before = -1
            while before != watcher.judged:
                before = watcher.judged
                if watcher.wait_for(watcher.all_judged, JUDGED_WITHIN):
                    break
        if {'dialogue', 'mouth'} <= self._names:
            until = monotonic() + SPOKEN_WITHIN
            while not watcher.wait_for(watcher.all_spoken, _LOOK) and monotonic() < until:
                self._look()

    def document(self) -> dict[str, Any]:
        """The summary."""
        return self.watcher.document(
            self.arguments['source'] or 'image_raw', self.arguments['method'] or 'default')

    def _ready(self) -> bool:
        return not self.watcher.missing() and (
            not {'counter', 'dialogue'} <= self._names or self.watcher.training())

    def _hopeless(self) -> bool:
        """Whether all that is still missing says what is wrong with it."""
        missing = self.watcher.missing() or {'dialogue'}
        return all(self.watcher.fault(name) for name in missing)

    def _look(self) -> None:
        """Note what became of the processes."""
        for name, process in self.starter.processes.items():
            if process.restarts != self._restarts[name]:
                self._restarts[name] = process.restarts
                self.watcher.restarted(name)
        if (failed := self.starter.failed) is not None:
            raise UserError(f'{failed.command.name} cannot go on: {_last_words(failed)}')

    def _why_not(self) -> list[str]:
        why = []
        for name, reason in self.watcher.missing().items():
            process = self.starter.processes[name]
            if process.restarts and not process.alive:
                reason = f'keeps ending with exit code {process.exit_code}: {_last_words(process)}'
            why.append(f'{name} is not up: {reason}')
        return why or [
            'no set was opened: ' + (self.watcher.fault('dialogue') or 'it is not known why')]


def _last_words(process: Process) -> str:
    """The last line that a process wrote, without level, time and logger in front."""
    line = next((line for line in reversed(process.words) if line.strip()), 'it said nothing')
    return re.sub(r'^\[\w+\] \[[\d.]+\] \[[^\]]*\]: ', '', line)
