"""Pace, loops, pauses, cameras that come and go, and what a source is called."""

import logging
import subprocess
import sys
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from queue import Empty, Queue
from threading import Event, Thread
from time import monotonic, thread_time

import cv2
import numpy as np
import pytest
from sensor_msgs.msg import Image
from std_msgs.msg import Header, String

from trainer_core.errors import UserError
from trainer_core.ros.bags import Writer
from trainer_core.ros.convert import to_stamp
from trainer_core.ros.image import compress, from_bgr
from trainer_pose.camera import playback
from trainer_pose.camera.devices import Camera, cameras, find, there_are
from trainer_pose.camera.files import without_password
from trainer_pose.camera.frames import Shot, Unavailable
from trainer_pose.camera.live import Live
from trainer_pose.camera.playback import Playback
from trainer_pose.camera.sources import open_source
from trainer_sim.athlete import open_athlete

LIMIT = 10  # s any wait may take
BLACK = np.zeros((4, 6, 3), np.uint8)
MS = 1_000_000


class FakeClip:
    """Pictures at the given times (ms); an exception among them is raised."""

    width, height, seconds, description = 6, 4, 0.0, 'fake'

    def __init__(self, times, fps=50.0):
        self.times, self.fps, self.loaded = times, fps, 0

    def shots(self):
        for time in self.times:
            if isinstance(time, Exception):
                raise time
            yield Shot(time * MS, self._load)

    def _load(self):
        self.loaded += 1
        return BLACK


def stamps(source, count=None):
    return [frame.stamp // MS for frame in islice(source, count)]


def within_limit(condition):
    end = monotonic() + LIMIT
    waiting = Event()
    while not condition():
        assert monotonic() < end, 'waited too long'
        waiting.wait(0.01)


@pytest.mark.parametrize(('times', 'expected'), [
    ([0, 20, 40], [0, 20, 40]),
    ([5000, 5020, 5040], [0, 20, 40]),           # counts from the first picture
    ([0, 0, 0], [0, 20, 40]),                    # no times at all: by the rate
    ([0, 20, 20, 40], [0, 20, 40, 60]),          # one twice
    ([100, 120, 0, 20], [0, 20, 40, 60]),        # the clock was set back
    ([0, 10, 500], [0, 10, 500]),                # a hole stays
])
def test_stamps_always_go_on(times, expected):
    with Playback(FakeClip(times), 'max') as source:
        assert stamps(source) == expected


def test_a_loop_goes_on_where_it_ended():
    with Playback(FakeClip([0, 20, 90]), 'max', loop=True) as source:
        assert stamps(source, 7) == [0, 20, 90, 110, 130, 200, 220]


def test_real_speed_is_never_early():
    begin = monotonic()
    with Playback(FakeClip(range(0, 120, 20))) as source:
        for frame in source:
            assert monotonic() - begin >= frame.stamp / 1e9
    assert monotonic() - begin >= 0.1


def test_late_pictures_are_left_out_mostly_before_they_are_decoded(monkeypatch):
    now = [0]
    monkeypatch.setattr(playback, 'monotonic_ns', lambda: now[0])
    clip = FakeClip(range(0, 2000, 20))
    with Playback(clip) as source:
        assert next(source).stamp == 0
        now[0] = 60_000 * MS  # the machine was busy with something else
        rest = stamps(source)
    assert rest == sorted(rest)
    assert 1 <= len(rest) <= 30
    assert source.dropped == 99 - len(rest)
    assert clip.loaded < 40


def test_max_speed_leaves_nothing_out():
    with Playback(FakeClip(range(0, 4000, 20)), 'max') as source:
        assert len(stamps(source)) == 200
        assert source.dropped == 0


def taken(source):
    """A queue into which another thread puts what it takes, and at the end None."""
    queue: Queue = Queue()

    def take():
        for frame in source:
            queue.put(frame)
        queue.put(None)
    Thread(target=take, daemon=True).start()
    return queue


@pytest.mark.parametrize('speed', ['real', 'max'])
def test_a_paused_recording_stands_still_and_goes_on_without_loss(speed):
    source = Playback(FakeClip([0, 20, 40]), speed)
    source.pause(True)
    queue = taken(source)
    with pytest.raises(Empty):
        queue.get(timeout=0.1)
    source.pause(False)
    assert [queue.get(timeout=LIMIT).stamp // MS for _ in range(3)] == [0, 20, 40]
    assert queue.get(timeout=LIMIT) is None
    assert source.dropped == 0


def test_closing_ends_whoever_waits():
    source = Playback(FakeClip([0, 3_600_000]))
    queue = taken(source)
    assert queue.get(timeout=LIMIT).stamp == 0
    source.close()
    assert queue.get(timeout=LIMIT) is None


def test_an_error_in_the_middle_comes_after_what_is_good():
    with Playback(FakeClip([0, 20, UserError('damaged here')]), 'max') as source:
        assert stamps(source, 2) == [0, 20]
        with pytest.raises(UserError, match='damaged here'):
            next(source)


def test_what_nobody_foresaw_is_told_with_the_name_of_the_source():
    with Playback(FakeClip([0, OSError('disk\ngone')]), 'max') as source:
        next(source)
        with pytest.raises(UserError, match='fake cannot be read any further: disk gone'):
            next(source)


def test_an_error_at_the_start_is_raised_at_once():
    with pytest.raises(UserError, match='damaged here'):
        Playback(FakeClip([UserError('damaged here')]))


def hang():
    Event().wait(LIMIT)


def compute():
    end = thread_time() + 0.6
    while thread_time() < end:
        sum(range(1000))


@pytest.mark.parametrize(('first', 'comes'), [(hang, False), (compute, True)])
def test_the_first_picture_may_take_long_but_not_without_work(monkeypatch, first, comes):
    clip = FakeClip([0])
    monkeypatch.setattr(clip, '_load', lambda: first() or BLACK)
    monkeypatch.setattr(playback, 'PATIENCE', 0.5)
    monkeypatch.setattr(playback, 'IDLE', 1e-6)  # other tests may leave us little
    if comes:
        assert stamps(Playback(clip)) == [0]
    else:
        with pytest.raises(UserError, match='fake gave no picture'):
            Playback(clip)


class FakeCamera:
    """Sends a picture whenever it is fed one; None is a failed read."""

    def __init__(self, *pictures):
        self.waiting: Queue = Queue()
        self.released, self._now = Event(), None
        for picture in pictures:
            self.waiting.put(picture)

    def grab(self):
        try:
            self._now = self.waiting.get(timeout=LIMIT)
        except Empty:
            self._now = None
        return self._now is not None

    def retrieve(self):
        return True, self._now

    def release(self):
        self.released.set()


def live(*cameras, clock=lambda: 7):
    """A source that meets the cameras one after another; an exception means it is not there."""
    waiting = deque(cameras)

    def connect():
        camera = waiting.popleft() if len(waiting) > 1 else waiting[0]
        if isinstance(camera, Exception):
            raise camera
        return camera

    class LetGo(Live):
        def close(self):
            for camera in waiting:
                if isinstance(camera, FakeCamera):
                    camera.waiting.put(None)  # or else its grab would hold up every test
            super().close()
    return LetGo('camera X', connect, lambda: 'camera X was unplugged', clock, retry=0.01)


def test_live_pictures_carry_the_clock_of_their_acquisition():
    times = iter(range(100, 200))
    camera = FakeCamera(BLACK)
    with live(camera, clock=lambda: next(times)) as source:
        assert next(source).stamp == 100
        assert (source.width, source.height) == (6, 4)
        camera.waiting.put(BLACK + 1)
        assert next(source).image[0, 0, 0] == 1


def test_the_newest_live_picture_wins():
    camera = FakeCamera(*(BLACK + i for i in range(10)))
    with live(camera) as source:
        within_limit(camera.waiting.empty)
        within_limit(lambda: source.dropped == 9)
        assert next(source).image[0, 0, 0] == 9


def test_an_unplugged_camera_is_said_once_and_comes_back(caplog):
    gone = Unavailable('there is no camera X')
    first = FakeCamera(BLACK)
    last = FakeCamera()
    with caplog.at_level(logging.INFO), live(first, gone, gone, gone, last) as source:
        next(source)
        assert source.fault == ''
        for _ in range(3):
            first.waiting.put(None)
        within_limit(lambda: source.fault == 'there is no camera X')
        assert first.released.is_set()
        last.waiting.put(BLACK)
        next(source)
        assert source.fault == ''
        last.waiting.put(None)
    assert [r.getMessage() for r in caplog.records if r.levelno == logging.ERROR] == [
        'camera X was unplugged']
    assert caplog.messages.count('camera X, 6x4 sends') == 2


def test_a_driver_that_raises_gets_its_next_chance():
    last = FakeCamera(BLACK)
    with live(RuntimeError('ioctl\nfailed'), last) as source:
        assert next(source).stamp == 7


def test_single_bad_reads_are_forgiven():
    camera = FakeCamera(None, None, BLACK)
    with live(camera) as source:
        next(source)
        assert source.fault == ''


def test_a_paused_camera_is_read_but_shows_only_what_comes_after():
    camera = FakeCamera()
    with live(camera) as source:
        source.pause(True)
        camera.waiting.put(BLACK)
        within_limit(camera.waiting.empty)
        camera.waiting.put(BLACK + 1)
        within_limit(camera.waiting.empty)
        source.pause(False)
        camera.waiting.put(BLACK + 2)
        assert next(source).image[0, 0, 0] in (1, 2)  # the second may just have been in the grab


def test_a_camera_that_hangs_does_not_hold_up_the_end():
    camera = FakeCamera()  # its grab returns after LIMIT
    source = Live('camera X', lambda: camera, str)
    queue = taken(source)
    begin = monotonic()
    source.close()
    assert queue.get(timeout=LIMIT) is None
    assert monotonic() - begin < 3
    camera.waiting.put(None)


@pytest.fixture
def sysfs(tmp_path):
    for number, index, name in (
            (10, 0, 'HD Pro Webcam C920'), (2, 0, 'Integrated Camera: Front'),
            (3, 1, 'Integrated Camera: Front')):
        entry = tmp_path / f'video{number}'
        entry.mkdir()
        (entry / 'index').write_text(f'{index}\n')
        (entry / 'name').write_text(f'{name}\n')
    return tmp_path


def test_cameras_of_this_machine(sysfs, tmp_path):
    found = cameras(sysfs)
    assert found == [
        Camera('/dev/video2', 'Integrated Camera: Front'),
        Camera('/dev/video10', 'HD Pro Webcam C920')]
    assert there_are(found) == (
        'cameras here: /dev/video2 (Integrated Camera: Front), /dev/video10 (HD Pro Webcam C920)')
    assert there_are(cameras(tmp_path / 'absent')) == 'cameras here: none'
    for wanted, path in (
            ('0', '/dev/video0'), ('02', '/dev/video2'), ('/dev/v4l/by-id/x', '/dev/v4l/by-id/x'),
            ('c920', '/dev/video10'), ('Integrated Camera: Front', '/dev/video2'), ('C930', None)):
        assert find(wanted, found) == path


@pytest.mark.parametrize(('uri', 'kind', 'sentence'), [
    ('77', Unavailable, 'there is no camera /dev/video77 (cameras here: '),
    ('/dev/video77', Unavailable, 'plug it in, or give another source'),
    ('Nocam 3000', UserError, "source 'Nocam 3000' is no file, and no camera has this name"),
    ('', UserError, 'give 0, /dev/video0, rtsp://..., athlete'),
    ('gopher://x/y', UserError, 'unknown scheme gopher; give one of rtsp'),
])
def test_a_source_that_is_not_there(uri, kind, sentence):
    with pytest.raises(UserError) as error:
        open_source(uri)
    assert type(error.value) is kind
    assert sentence in str(error.value)


@pytest.mark.skipif(sys.platform != 'linux', reason='other systems have no /dev/null to open')
def test_what_is_no_camera_is_said_and_tried_again():
    with open_source('/dev/null') as source:
        within_limit(lambda: source.fault)
        assert source.fault.startswith(
            'camera /dev/null could not be opened; it may be no camera, or another program uses it')


def test_speed_is_checked(tmp_path):
    cv2.imwrite(str(tmp_path / 'one.png'), BLACK)
    with pytest.raises(UserError, match="speed is 'fast'; give real or max"):
        open_source(str(tmp_path / 'one.png'), speed='fast')


def test_passwords_are_not_shown():
    assert without_password('rtsp://me:secret@cam:554/a@b') == 'rtsp://cam:554/a@b'
    assert without_password('http://cam/x') == 'http://cam/x'
    assert without_password('/home/me@work/x.mp4') == '/home/me@work/x.mp4'


class Webcam(BaseHTTPRequestHandler):
    """Motion JPEG as network cameras send it; every connection ends after 40 pictures."""

    served = 0

    def do_GET(self):
        self.send_response(200)
        self.send_header('Content-Type', 'multipart/x-mixed-replace; boundary=next')
        self.end_headers()
        jpeg = cv2.imencode('.jpg', np.full((48, 64, 3), 90, np.uint8))[1].tobytes()
        for _ in range(40):
            self.wfile.write(
                b'--next\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n' % len(jpeg)
                + jpeg + b'\r\n')
        Webcam.served += 1

    def log_message(self, *_):
        pass


def test_a_stream_that_breaks_off_is_reached_again():
    server = ThreadingHTTPServer(('127.0.0.1', 0), Webcam)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        with open_source(f'http://127.0.0.1:{server.server_port}/video') as source:
            while Webcam.served < 2:
                assert next(source).image.shape == (48, 64, 3)
    finally:
        server.shutdown()
        server.server_close()


def bag(path, storage, topics):
    """Three pictures each, at header times 100.0, 100.1, 100.3 s, recorded later."""
    with Writer(path, storage) as writer:
        for i, ms in enumerate((0, 100, 300)):
            head = Header(stamp=to_stamp(100_000_000_000 + ms * MS))
            for topic in topics:
                image = np.full((48, 64, 3), 40 * i, np.uint8)
                small = topic.endswith('compressed')
                writer.write(topic, compress(image, head) if small else from_bgr(image, head),
                             500_000_000_000 + ms * MS)
        writer.write('/trainer/say', String(data='x'), 500_000_000_000)
    return path


@pytest.mark.parametrize('storage', ['mcap', 'sqlite3'])
@pytest.mark.parametrize(('topics', 'used'), [
    (['/trainer/image_raw'], '/trainer/image_raw'),
    (['/trainer/image_raw/compressed'], '/trainer/image_raw/compressed'),
    (['/trainer/overlay', '/cam/image_raw/compressed', '/cam/image_raw'], '/cam/image_raw'),
])
def test_images_of_a_bag(tmp_path, storage, topics, used, caplog):
    path = bag(tmp_path / 'bag', storage, topics)
    with open_source(str(path), speed='max', loop=True) as source:
        frames = list(islice(source, 5))
    assert [f.stamp // MS for f in frames[:3]] == [0, 100, 300]
    assert [round(float(f.image.mean())) for f in frames] == [0, 40, 80, 0, 40]
    assert source.description.startswith(f'{used} of bag, 64x48')
    assert (f'using {used}' in caplog.text) == (len(topics) > 1)
    file = next(f for f in path.iterdir() if f.suffix in ('.mcap', '.db3'))
    with open_source(str(file), speed='max') as source:
        assert len(list(source)) == 3


def test_a_bag_without_images_names_what_it_has(tmp_path):
    with pytest.raises(UserError, match='has no images; it has /trainer/say'):
        open_source(str(bag(tmp_path / 'bag', 'mcap', [])))


def test_an_image_nobody_can_read_is_refused_by_its_encoding(tmp_path):
    with Writer(tmp_path / 'bag') as writer:
        writer.write('/image_raw', Image(
            height=2, width=2, step=8, encoding='32FC1', data=bytes(16)), 1)
    with pytest.raises(UserError, match='32FC1'):
        open_source(str(tmp_path / 'bag'))


def test_rclpy_is_not_needed_to_read_files():
    subprocess.run(
        [sys.executable, '-c', 'import sys, trainer_pose.camera.sources; '
         "sys.exit('rclpy' in sys.modules)"], check=True, timeout=60)


def test_the_athlete_is_a_source_like_any_other():
    with open_source('athlete:squat', speed='max', width=160, height=120, rate=10.0) as source:
        assert (source.width, source.height, source.fps) == (160, 120, 10.0)
        drawn = list(islice(source, 3))
    expected = list(islice(open_athlete('squat', 160, 120, 10.0), 3))
    assert [f.stamp // MS for f in drawn] == [0, 100, 200]
    assert all((a.image == b.image).all() for a, b in zip(drawn, expected, strict=True))
    with pytest.raises(UserError, match='no script "nonsense"'):
        open_source('athlete:nonsense')
