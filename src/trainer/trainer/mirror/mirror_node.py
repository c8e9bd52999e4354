"""The mirror on ROS: what the trainer publishes onto a page, what is pressed there to `heard`."""

import contextlib
from dataclasses import dataclass

from diagnostic_msgs.msg import DiagnosticArray
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile, qos_profile_sensor_data
from rclpy.subscription import Subscription
from std_srvs.srv import SetBool, Trigger

from trainer.mirror import convert
from trainer.mirror.past import Past
from trainer.mirror.picture_feed import TRANSPORTS, PictureFeed
from trainer.mirror.server import Pressed, Server
from trainer.mirror.state import State
from trainer_core.clock import SECOND
from trainer_core.errors import UserError
from trainer_core.ros.diagnostics import ERROR, OK, WARN, Diagnostics, Meter, Report
from trainer_core.ros.params import declare, param
from trainer_core.ros.run import run
from trainer_msgs.msg import (
    FormScore,
    Heard,
    IdentityArray,
    Movement,
    PersonArray,
    Session,
    SetState,
    SpeechStatus,
)

RETRY = 2.0  # s until a port that was taken is tried again


@dataclass(frozen=True)
class MirrorParams:
    """Parameters of the mirror node."""

    host: str = param(
        '127.0.0.1', 'Address to serve on: 127.0.0.1 for this machine only, 0.0.0.0 for the '
        'local network', read_only=True)
    port: int = param(8080, 'Port to serve on; 0: a free one', 0, 65535, read_only=True)
    token: str = param(
        '', 'What a browser must know to see the page; empty: nothing on this machine, else it is '
        'made up, kept and logged', read_only=True)
    rate: float = param(30.0, 'Pictures a second at most', 1.0, 120.0)
    max_width: int = param(960, 'Wider pictures are made smaller (px)', 160, 3840)
    quality: int = param(75, 'Quality of the JPEG', 10, 100)
    image_transport: str = param(
        'auto', 'Which images: image_raw, or image_raw/compressed, passed on as they are; auto: '
        'raw ones where there are any', choices=TRANSPORTS)
    language: str = param('en', 'Language that exercises are named in, BCP 47')
    database: str = param('', 'File of the history; empty: the usual one')


class MirrorNode(Node):
    """Serves the page; takes images and joints only while somebody has it open."""

    def __init__(self, **kwargs):
        super().__init__('mirror', **kwargs)
        self.params = p = declare(self, MirrorParams, self._on_params)
        self._fault, self._drawn = '', Meter()
        self._watching: list[Subscription] = []  # what only pages need
        self._pages = self.create_guard_condition(self._watch)
        self._heard = self.create_publisher(Heard, 'heard', 10)
        self._server = server = Server(
            p.host, p.port, p.token, self._on_pressed, lambda pages: self._pages.trigger(),
            lambda stamp: self._drawn.tick((self._now() - stamp) / SECOND))
        self._state, self._past = State(server.post), Past(server.post)
        self._feed = PictureFeed(self, server.wants_picture, server.post_picture)
        self._on_params(p)
        latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        state = self._state
        for kind, topic, show, qos in (
                (Movement, 'movements', lambda m: state.movement(convert.movement(m)), 10),
                (FormScore, 'form', lambda m: state.form(convert.form(m)), 10),
                (IdentityArray, 'identities', lambda m: state.identities(convert.names(m)), 10),
                (SpeechStatus, 'speech_status', lambda m: state.speech(convert.speech(m)), 10),
                (Heard, 'heard', lambda m: state.heard(convert.heard(m)), 10),
                (DiagnosticArray, '/diagnostics', self._on_diagnostics, qos_profile_sensor_data),
                (Session, 'session', self._on_session, latched)):
            self.create_subscription(kind, topic, show, qos)
        self.create_service(SetBool, '~/enable', self._on_enable)
        self.create_service(Trigger, '~/reset', self._on_reset)
        self._retry = self.create_timer(RETRY, self._serve)
        self.create_timer(1.0, self._tick)
        self._diagnostics = Diagnostics(self, {'page': self._report})
        self._past.look(p.database, p.language)
        self._tick()
        self._serve()

    def destroy_node(self) -> None:
        if hasattr(self, '_feed'):  # a node that refuses its parameters is closed too
            self._server.close()
            self._feed.close()
        super().destroy_node()

    def _serve(self) -> None:
        """Start the server; a port that is taken may be free the next time."""
        server = self._server
        try:
            server.start()
        except UserError as error:
            if self._fault != str(error):
                self.get_logger().error(str(error))
            self._fault = str(error)
            return
        self._retry.cancel()
        self._fault = ''
        # Who runs it with warnings only has to learn of a token all the same.
        tell = self.get_logger().warning if server.token else self.get_logger().info
        tell(f'the mirror is at {server.url(server.token)}')

    def _watch(self) -> None:
        """Listen to what comes thirty times a second only while there is a page to show it."""
        pages = self._server.pages
        self._feed.subscribe(pages > 0)
        if pages and not self._watching:
            self._watching = [
                self.create_subscription(PersonArray, 'poses', lambda m: self._state.poses(
                    convert.poses(m)), 5),
                self.create_subscription(SetState, 'set_state', lambda m: self._state.set_state(
                    convert.set_state(m, self.params.language)), 10)]
        elif self._watching and not pages:
            for subscription in self._watching:
                self.destroy_subscription(subscription)
            self._watching = []

    def _on_session(self, message: Session) -> None:
        session = convert.session(message, self.params.language)
        self._state.session(session)
        self._past.session(session, self.params.database, self.params.language)

    def _on_diagnostics(self, message: DiagnosticArray) -> None:
        if statuses := convert.nodes(message, self.get_namespace()):
            self._state.nodes(statuses)

    def _on_pressed(self, pressed: Pressed) -> None:
        with contextlib.suppress(Exception):  # the context may end while a page is still open
            self._heard.publish(
                convert.pressed_to_message(pressed, self.params.language, self._now()))

    def _on_params(self, params: MirrorParams) -> None:
        self.params = params
        self._feed.transport = params.image_transport
        self._feed.set(params.rate, params.quality, params.max_width)

    def _tick(self) -> None:
        self._feed.check()
        self._server.post('clock', {'now': self._now() / SECOND, 'enabled': self._feed.enabled})

    def _on_enable(self, request: SetBool.Request, response: SetBool.Response):
        self._feed.enabled = request.data
        self._tick()
        response.success = True
        response.message = 'the picture is shown' if request.data else 'no picture is shown'
        return response

    def _on_reset(self, request: Trigger.Request, response: Trigger.Response):
        self._state.clear()
        response.success, response.message = True, 'the page starts over'
        return response

    def _report(self) -> Report:
        server, feed, pages = self._server, self._feed, self._server.pages
        values = {
            'url': server.url() if server.running else '', 'pages': pages,
            **feed.meter.values(), 'drawn (1/s)': self._drawn.rate(),
            'delay until drawn, median (s)': self._drawn.delay(0.5),
            'delay until drawn, p95 (s)': self._drawn.delay(0.95), 'dropped': feed.dropped,
            'last error': self._fault or feed.fault or self._past.fault}
        if self._fault:
            return ERROR, self._fault, values
        if feed.fault or self._past.fault:
            return WARN, feed.fault or self._past.fault, values
        if pages and feed.enabled and feed.meter.age() > 5.0:
            return WARN, f'no images for 5 s on {feed.topic}', values
        return OK, f'{pages} page{"" if pages == 1 else "s"} open', values

    def _now(self) -> int:
        return self.get_clock().now().nanoseconds


def main(args: list[str] | None = None) -> None:
    run(MirrorNode, args)


if __name__ == '__main__':
    main()
