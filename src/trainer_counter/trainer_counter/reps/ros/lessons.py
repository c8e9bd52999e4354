"""Those who teach an exercise: the action teach_exercise."""

from collections.abc import Callable, Iterable

from rclpy.action import ActionServer, CancelResponse
from rclpy.action.server import ServerGoalHandle
from rclpy.node import Node
from rclpy.task import Future

from trainer_core.errors import UserError
from trainer_core.people import People
from trainer_counter import convert, exercises
from trainer_counter.exercises.teaching import Lesson, check_name
from trainer_msgs.action import TeachExercise

FEWEST, MOST = 2, 5  # repetitions that a lesson is of
SILENT = 10  # s without poses after which a lesson is over


class Lessons:
    """The action server; one lesson at a time, a newer one takes the place of the older."""

    def __init__(self, node: Node, dirs: Callable[[], Iterable[str]]):
        """dirs: the folders with more exercise files, at the moment."""
        self._node, self._dirs = node, dirs
        self._lesson: Lesson | None = None
        self._handle: ServerGoalHandle | None = None
        self._ended: Future | None = None  # of the open lesson: file, message
        self._spoken, self._said, self._silent = '', ('', -1), 0
        self._server = ActionServer(
            node, TeachExercise, 'teach_exercise', self._teach, cancel_callback=self._on_cancel)
        self._timer = node.create_timer(1.0, self._on_second)

    @property
    def open(self) -> bool:
        """Whether somebody is teaching."""
        return self._lesson is not None

    def destroy(self) -> None:
        self._timer.cancel()
        self._server.destroy()

    def update(self, people: People) -> None:
        """Take the people of the next image."""
        lesson = self._lesson
        if lesson is None or self._handle is None:
            return
        self._silent = 0
        try:
            lesson.update(people)
            self._tell(lesson)
            if lesson.done:
                languages = exercises.load('squat').spoken
                learned = lesson.learned(dict.fromkeys(languages, self._spoken))
                path = learned.write(exercises.new_folder(self._dirs()))
                self._end(str(path), learned.summary)
        except UserError as error:
            self._end('', str(error))

    def _tell(self, lesson: Lesson) -> None:
        if self._handle is not None and (lesson.instruction, lesson.seen) != self._said:
            self._said = lesson.instruction, lesson.seen
            self._handle.publish_feedback(convert.lesson_to_feedback(lesson))

    async def _teach(self, handle: ServerGoalHandle) -> TeachExercise.Result:
        goal = handle.request
        try:
            check_name(goal.name, exercises.files(self._dirs()))
            if not FEWEST <= (goal.repetitions or MOST) <= MOST:
                raise UserError(f'repetitions is {goal.repetitions}; show 2 or 3')
        except UserError as error:
            handle.abort()
            return convert.taught('', str(error))
        self._end('', 'another lesson was begun')
        self._lesson = Lesson(goal.name, goal.repetitions or 3, goal.track_id)
        self._spoken = goal.spoken_name.strip() or goal.name.replace('_', ' ')
        self._said, self._silent, self._handle = ('', -1), 0, handle
        ended = self._ended = Future()
        self._tell(self._lesson)
        file, message = await ended
        if file:
            handle.succeed()
        elif handle.is_cancel_requested:
            handle.canceled()
        else:
            handle.abort()
        return convert.taught(file, message)

    def _end(self, file: str, message: str) -> None:
        """Answer whoever waits for the lesson."""
        ended, self._ended, self._lesson, self._handle = self._ended, None, None, None
        if ended is not None:
            self._node.get_logger().info(f'{message}: {file}' if file else message)
            ended.set_result((file, message))

    def _on_cancel(self, handle: ServerGoalHandle) -> CancelResponse:
        if handle is self._handle:
            self._end('', 'the lesson was stopped')
        return CancelResponse.ACCEPT

    def _on_second(self) -> None:
        self._silent += 1
        if self._lesson is not None and self._silent > SILENT:
            topic = self._node.resolve_topic_name('poses')
            self._end('', f'no poses for {SILENT} s on {topic}; is the pose node running?')
