"""What the page is to show: pure values in, pure values out."""

import doctest
import json
import math
import subprocess
import sys
from datetime import date

import cv2
import numpy as np
import pytest

from trainer.mirror import access, board, past, pictures, server, state
from trainer_core.database import open_database
from trainer_voice.history.log import Formed, Log, Moved


@pytest.mark.parametrize('module', [access, pictures, server, state])
def test_examples_in_docstrings(module):
    result = doctest.testmod(module)
    assert result.attempted and not result.failed


def test_it_needs_no_ros():
    code = ('import sys; from trainer.mirror import server, state, pictures, past; '
            'assert "rclpy" not in sys.modules')
    subprocess.run([sys.executable, '-c', code], check=True, timeout=60)


# The board: everybody gets the newest, nobody makes another one wait.

def test_a_slow_page_misses_what_came_in_between():
    there = board.Board()
    slow, quick = board.Reader(there), board.Reader(there)
    got = {slow: [], quick: []}
    for stamp in range(1, 7):
        there.post(board.PICTURE, board.frame(b'jpeg', stamp), stamp)
        while (news := quick.take()) is not None:
            got[quick].append(news.stamp)
            assert quick.drawn(news.stamp)
        while (news := slow.take()) is not None:
            got[slow].append(news.stamp)
    assert got == {quick: [1, 2, 3, 4, 5, 6], slow: [1, 2]}  # and is not sent more than two
    assert slow.drawn(2)
    assert slow.take().stamp == 6


def test_a_new_page_gets_the_newest_of_everything():
    there = board.Board()
    for key, data in (('count', '1'), ('form', 'a'), ('count', '2')):
        there.post(key, data)
    late = board.Reader(there)
    assert [late.take().data, late.take().data, late.take()] == ['2', 'a', None]
    there.post('form', 'b')
    assert late.take().data == 'b'


@pytest.mark.parametrize(('stamps', 'accepted'), [
    ([1], [True]), ([2], [True]), ([3], [False]), ([2, 1], [True, False])])
def test_only_what_was_sent_can_have_been_drawn(stamps, accepted):
    reader = board.Reader(board.Board(), under_way=[1, 2])
    assert [reader.drawn(stamp) for stamp in stamps] == accepted


def test_over_the_wire():
    assert board.frame(b'\xff\xd8', 0x0102) == b'\x02\x01\0\0\0\0\0\0\xff\xd8'
    nan = float('nan')
    assert json.loads(board.encode('k', {'a': [nan, 1.5], 'b': math.inf})) == {
        'key': 'k', 'value': {'a': [None, 1.5], 'b': None}}


# Pictures.

@pytest.mark.parametrize(('rate', 'camera', 'shown'), [
    (30, 30, 30), (15, 30, 15), (30, 60, 30), (30, 25, 25), (10, 30, 10), (30, 15, 15)])
def test_as_many_pictures_as_wanted(rate, camera, shown):
    jitter = np.random.default_rng(3).integers(-2_000_000, 2_000_000, 10 * camera)
    pace = pictures.Pace(float(rate))
    taken = sum(
        pace.takes(10**18 + i * 10**9 // camera + int(jitter[i])) for i in range(10 * camera))
    assert taken == pytest.approx(10 * shown, rel=0.03)


def test_a_bag_that_loops_is_shown_again():
    pace = pictures.Pace(30.0)
    assert [pace.takes(stamp * 10**9) for stamp in (100, 101, 5, 6)] == [True] * 4


@pytest.mark.parametrize(('width', 'shown'), [(640, 640), (1920, 960), (961, 960)])
def test_no_wider_than_wanted(width, shown):
    picture = np.full((48, width, 3), 90, np.uint8)
    jpeg = pictures.to_jpeg(picture, 75, 960)
    assert cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR).shape[1] == shown


# The state of the page.

class Page:
    """What was posted last, by key."""

    def __init__(self):
        self.shown = {}
        self.state = state.State(self.shown.__setitem__)

    def poses(self, stamp, *ids):
        self.state.poses({'stamp': stamp, 'width': 640, 'height': 480, 'people': [
            {'id': i, 'points': [0.5, 0.5, 0.9] * 18} for i in ids]})

    def set_state(self, stamp, track='p3fk2', **fields):
        self.state.set_state({
            'stamp': stamp, 'track_id': track, 'exercise': 'squat', 'label': 'Squat',
            'method': 'default', 'state': 3, 'phase': 'out', 'reps': 0, 'reps_left': 0,
            'reps_right': 0, 'target_reps': 10, 'hold_seconds': 0.0, 'target_seconds': 0.0,
            'joints': ['left_knee', 'right_knee'], 'angles': [1.57, 1.57],
            'initial_angles': [3.0, 3.0], 'measurable': [True, True], 'mse': 0.5,
            'threshold': 0.25, 'square_wave': 0, **fields})


def test_a_count():
    page = Page()
    page.set_state(1.0, reps=3, phase='far_end', state=3)
    trainee, = page.shown['trainees']
    assert (trainee['reps'], trainee['target'], trainee['life'], trainee['phase']) == (
        3, 10, 'active', 'far end')
    assert trainee['joints'][0] == {
        'name': 'left_knee', 'angle': 90.0, 'start': 171.9, 'seen': True}


def test_progress_learns_how_far_one_goes():
    page, shown = Page(), []
    for rep in range(2):
        for away in (0.0, 0.4, 0.8, 0.4, 0.0):
            page.set_state(1.0, reps=rep, mse=away ** 2)
            shown.append(round(page.shown['trainees'][0]['progress'], 2))
    assert shown == [0.0, 0.4, 0.8, 0.4, 0.0, 0.0, 0.5, 1.0, 0.5, 0.0]
    page.set_state(1.0, reps=1, mse=float('nan'))
    assert page.shown['trainees'][0]['progress'] is None


@pytest.mark.parametrize(('seconds', 'people', 'seen', 'shown'), [
    (3, ['p3fk2'], True, 'seen'),
    (3, [], True, 'nobody'),
    (3, ['p3fk2'], False, 'not_measurable'),
    (0.5, ['p3fk2'], False, 'seen'),  # a moment is nothing
])
def test_what_is_wrong_with_the_view(seconds, people, seen, shown):
    page = Page()
    page.poses(0.0, 'p3fk2')
    page.set_state(0.0)
    for tenth in range(1, int(seconds * 10) + 1):
        page.poses(tenth / 10, *people)
        page.set_state(tenth / 10, measurable=[seen, seen])
    assert page.shown['view']['state'] == shown
    if shown == 'not_measurable':
        assert page.shown['view']['joints'] == ['left knee', 'right knee']


def test_nobody_from_the_start():
    page = Page()
    page.poses(0.0)
    assert page.shown['view'] == {'state': 'nobody'}


def test_two_trainees_and_one_who_leaves():
    page = Page()
    for tenth in range(30):
        page.set_state(tenth / 10, 'aaaaa', reps=1)
        if tenth < 10:
            page.set_state(tenth / 10, 'bbbbb', reps=2)
        if tenth == 9:
            assert [t['reps'] for t in page.shown['trainees']] == [1, 2]
    assert [t['id'] for t in page.shown['trainees']] == ['aaaaa']
    page.state.identities({'aaaaa': 'Ana'})
    assert page.shown['trainees'][0]['name'] == 'Ana'


def test_who_stepped_out_keeps_the_count():
    page = Page()
    page.set_state(1.0, reps=4)
    page.set_state(1.1, '', reps=4, state=0)
    trainee, = page.shown['trainees']
    assert (trainee['id'], trainee['reps'], trainee['life']) == ('p3fk2', 4, 'nobody')


@pytest.mark.parametrize(('hint', 'words'), [
    (('left_elbow', 'straighten', 0.26, 'top'),
     ('Straighten your left elbow', '15°', 'at the top')),
    (('torso', 'forward', 0.1, 'out'), ('Move your torso forward', '6°', 'on the way out')),
    (('body', 'slower', 0.3, ''), ('Move slower', '30 %', '')),
    (('body', 'lower', float('nan'), 'far_end'), ('Lower your body', '', 'at the far end')),
])
def test_hints_in_words(hint, words):
    keys = ('part', 'direction', 'amount', 'moment')
    keys = ('part', 'direction', 'amount', 'moment')
    said = state.hint_words(dict(zip(keys, hint, strict=True)))
    assert (said['do'], said['amount'], said['when']) == words


def test_only_what_is_being_said_is_shown():
    page = Page()
    page.state.speech({'id': '1', 'text': 'one', 'state': 'started'})
    page.state.speech({'id': '2', 'text': 'two', 'state': 'dropped'})
    assert page.shown['speech']['text'] == 'one'
    page.state.speech({'id': '1', 'text': 'one', 'state': 'finished'})
    assert page.shown['speech']['state'] == 'finished'


# Who may look.

@pytest.mark.parametrize(('token', 'host', 'origin', 'allowed'), [
    ('', 'localhost:8080', 'http://localhost:8080', True),
    ('', '127.0.0.1:8080', None, True),
    ('', '[::1]:8080', 'http://[::1]:8080', True),
    ('', 'evil.example:8080', 'http://evil.example:8080', False),  # its name points here
    ('', 'localhost:8080', 'http://evil.example', False),           # a page that reads along
    ('', 'localhost:8080', 'null', False),
    ('t', '192.168.1.5:8080', 'http://192.168.1.5:8080', True),
    ('t', '192.168.1.5:8080', 'http://evil.example', False),
])
def test_who_may_look(token, host, origin, allowed):
    rules = access.Access(token, 8080)
    assert (rules.host_allowed(host) and rules.origin_allowed(origin, host)) == allowed


def test_a_token_is_made_up_once(tmp_path, monkeypatch):
    monkeypatch.setenv('XDG_STATE_HOME', str(tmp_path))
    token = access.kept_token()
    assert len(token) >= 16 and access.kept_token() == token
    file, = tmp_path.rglob('mirror_token')
    assert file.stat().st_mode & 0o077 == 0
    file.write_text('')
    assert access.kept_token() not in ('', token)


@pytest.mark.parametrize(('host', 'token', 'url'), [
    ('127.0.0.1', '', 'http://127.0.0.1:8080/'),
    ('::1', '', 'http://[::1]:8080/'),
    ('192.168.1.5', 'abc', 'http://192.168.1.5:8080/?token=abc'),
])
def test_what_to_type(host, token, url):
    assert access.address(host, 8080, token) == url
    assert '0.0.0.0' not in access.address('0.0.0.0', 8080, token)


# What was done before.

def test_history_as_charts(tmp_path):
    day = 86_400 * 10**9
    now = 1_795_000_000 * 10**9
    with open_database(tmp_path / 'h.sqlite') as db:
        log = Log(db)
        for ago, reps in ((3, 8), (1, 9), (0, 12)):
            session = log.begin('', 'Tuesday', [], now - ago * day)
            a_set = session.begin_set('squat', 1, now - ago * day, target_reps=10)
            for count in range(1, reps + 1):
                a_set.moved(Moved('rep', count, now, now + 10**9))
                a_set.formed(Formed(count, 0.1, 0.2, count % 2 == 0))
            a_set.end(reps, 0.0, 'completed', now)
        charts = past.charts(db, '', date.fromtimestamp(now // 10**9))
        assert past.charts(db, 'a7k2m', date(2026, 11, 22))['sessions'] == []
    assert [bar['reps'] for bar in charts['sessions']] == [8, 9, 12]
    assert charts['sessions'][-1]['correct'] == 0.5
    assert (charts['total'], charts['streak']) == (3, 2)
    assert [(r['label'], r['reps']) for r in charts['records']] == [('squat', 12)]


def test_a_damaged_history_is_said_and_not_shown(tmp_path):
    (tmp_path / 'h.sqlite').write_bytes(b'not a database at all' * 100)
    shown = {}
    look = past.Past(shown.__setitem__)
    look.look(str(tmp_path / 'h.sqlite'), 'en')
    assert shown == {'history': {}}
    assert 'h.sqlite' in look.fault
