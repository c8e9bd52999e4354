"""The form scorer on ROS: poses and counted repetitions in, their form out."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from rclpy.node import Node
from std_msgs.msg import Header
from std_srvs.srv import SetBool, Trigger

from trainer_core.errors import UserError
from trainer_core.people import People, Person
from trainer_core.ros.convert import people_from_message, people_to_message, stamp_ns
from trainer_core.ros.diagnostics import ERROR, OK, WARN, Diagnostics, Meter, Report
from trainer_core.ros.params import declare, param
from trainer_core.ros.qos import EVERY_ONE
from trainer_core.ros.run import run
from trainer_counter import convert, exercises
from trainer_counter.form.ghost import Ghost
from trainer_counter.form.judge import Form
from trainer_counter.form.recent import Recent
from trainer_counter.form.scorer import open_scorer
from trainer_counter.reps.points import Joining
from trainer_msgs.msg import FormScore, Movement, NamedPointArray, PersonArray, SetState

_MANY = 8  # trainees that are remembered


@dataclass(frozen=True)
class FormParams:
    """Parameters of the form node."""

    exercise_dirs: list = param([''], 'Folders with more exercise files; a later one wins')
    min_confidence: float = param(
        0.3, 'Keypoints below this confidence are not used', 0.0, 1.0)


Before = Iterable[tuple[int, np.ndarray]]


class _Trainee:
    """One who trains: the exercise, and what judges it; no baseline, no judge."""

    def __init__(self, exercise: str, params: FormParams, before: Before):
        self.exercise, known = exercise, exercises.load(exercise, params.exercise_dirs)
        self.uses_points = bool(known.points and known.parts)
        self.scorer = open_scorer(
            known, params.exercise_dirs, params.min_confidence, before)
        self.ghost = Ghost(self.scorer.judge, params.min_confidence) if self.scorer else None


class FormNode(Node):
    """Judges every repetition that the counter counts."""

    def __init__(self, **kwargs):
        super().__init__('form', **kwargs)
        self.params = declare(self, FormParams, self._on_params)
        self._trainees: dict[str, _Trainee] = {}
        self._bad: dict[str, str] = {}  # exercise: why it is not judged
        # With `auto` the exercise is known only after some repetitions, which are judged, too.
        self._recent: Recent[People] = Recent()
        self._enabled, self._header, self._meter = True, Header(), Meter()
        self._joining: Joining[Header] = Joining()
        self._last: Form | None = None
        self._forms = self.create_publisher(FormScore, 'form', EVERY_ONE)
        self._ghosts = self.create_publisher(PersonArray, 'ghost', 10)
        self.create_subscription(SetState, 'set_state', self._on_state, EVERY_ONE)
        self.create_subscription(PersonArray, 'poses', self._on_poses, EVERY_ONE)
        self.create_subscription(NamedPointArray, 'points', self._on_points, 10)
        self.create_subscription(Movement, 'movements', self._on_movement, EVERY_ONE)
        self.create_service(SetBool, '~/enable', self._on_enable)
        self.create_service(Trigger, '~/reset', self._on_reset)
        self._diagnostics = Diagnostics(self, {'form': self._report})

    def _on_params(self, params: FormParams) -> None:
        self.params = params
        self._start_over()

    def _start_over(self) -> None:
        self._trainees.clear()
        self._bad.clear()

    def _on_state(self, state: SetState) -> None:
        if not state.track_id or not state.exercise or state.exercise == 'auto':
            return
        now = self._trainees.get(state.track_id)
        if now is None or now.exercise != state.exercise:
            if state.exercise in self._bad:
                return
            try:
                self._trainees[state.track_id] = _Trainee(
                    state.exercise, self.params, self._before(state.track_id))
            except UserError as error:
                self._bad[state.exercise] = str(error)
                self.get_logger().error(str(error))
                return
            if self._trainees[state.track_id].scorer is None:
                self._bad[state.exercise] = (
                    f'there is no baseline of {state.exercise}: its form is not judged')
                self.get_logger().warning(self._bad[state.exercise])
            while len(self._trainees) > _MANY:
                self._trainees.pop(next(iter(self._trainees)))

    def _before(self, track_id: str) -> Before:
        return [(stamp, person.keypoints) for stamp, people in self._recent
                for person in people.people if person.id == track_id]

    def _on_poses(self, message: PersonArray) -> None:
        if not self._enabled:
            return
        wanted = any(t.uses_points for t in self._trainees.values())
        self._take(self._joining.people(people_from_message(message), message.header, wanted))

    def _on_points(self, message: NamedPointArray) -> None:
        self._take(self._joining.points(stamp_ns(message.header.stamp), convert.points(message)))

    def _take(self, ready: Iterable[tuple[People, Header]]) -> None:
        for people, header in ready:
            self._see(people, header)

    def _see(self, people: People, header: Header) -> None:
        self._header = header
        self._meter.tick()
        self._recent.add(people.stamp, people)
        here = {person.id: person for person in people.people}
        for track_id, trainee in list(self._trainees.items()):
            if trainee.scorer is not None:
                person = here.get(track_id)
                self._publish(trainee, trainee.scorer.update(
                    people.stamp, *((person.keypoints, person.points) if person else (None,))))
        if self._ghosts.get_subscription_count():
            self._show(people, here, header)

    def _show(self, people: People, here: dict[str, Person], header: Header) -> None:
        ghosts = []
        for track_id, trainee in self._trainees.items():
            if trainee.ghost is not None and track_id in here:
                pose = trainee.ghost.update(here[track_id].keypoints)
                if pose is not None:
                    ghosts.append(Person(track_id, pose, pose, 1.0))
        self._ghosts.publish(people_to_message(
            People(people.stamp, people.width, people.height, ghosts), header))

    def _on_movement(self, message: Movement) -> None:
        trainee = self._trainees.get(message.track_id)
        if trainee is not None and trainee.scorer is not None and (
                trainee.exercise == message.exercise and self._enabled):
            self._publish(
                trainee, trainee.scorer.moved(convert.movement_from_message(message)))

    def _publish(self, trainee: _Trainee, forms: list[Form]) -> None:
        for form in forms:
            self._last = form
            assert trainee.ghost is not None
            trainee.ghost.judged(form)
            self._forms.publish(convert.form_to_message(form, self._header.frame_id))

    def _on_enable(self, request: SetBool.Request, response: SetBool.Response):
        self._enabled = request.data
        response.success = True
        response.message = 'judging form' if request.data else 'not judging form'
        return response

    def _on_reset(self, request: Trigger.Request, response: Trigger.Response):
        self._start_over()
        response.success, response.message = True, 'starts afresh'
        return response

    def _report(self) -> Report:
        judged = ', '.join(sorted({t.exercise for t in self._trainees.values() if t.scorer}))
        values: dict[str, object] = {
            **self._meter.values(), 'last error': next(iter(self._bad.values()), ''),
            'exercises': judged or 'none',
            'trainees': len(self._trainees)}
        if self._last is not None:
            values |= {'last_median': self._last.median, 'last_correct': self._last.correct}
        wrong = [e for e in self._bad if e not in {t.exercise for t in self._trainees.values()}]
        if self._bad:
            # One that could not be read is worse than one for which there is nothing to compare.
            return (ERROR, self._bad[wrong[-1]], values) if wrong else (
                WARN, list(self._bad.values())[-1], values)
        return OK, 'judging' if judged else 'waits for a set', values


def main(args=None) -> None:
    run(FormNode, args)


if __name__ == '__main__':
    main()
