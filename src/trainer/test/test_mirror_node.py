"""The mirror on real ROS, and its server as any program sees it."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from functools import partial
from pathlib import Path

import aiohttp
import numpy as np
import pytest
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from rclpy.node import Node
from sensor_msgs.msg import CompressedImage
from std_srvs.srv import SetBool, Trigger

from trainer.mirror.mirror_node import MirrorParams
from trainer.mirror.show import Show, house, until
from trainer_core.ros.convert import stamp_ns
from trainer_core.ros.image import compress, from_bgr
from trainer_core.ros.params import table
from trainer_core.ros.stage import DOMAIN
from trainer_msgs.msg import Heard, Movement, Session

PICTURE = np.full((48, 64, 3), 120, np.uint8)


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv('TRAINER_DATA', str(tmp_path))
    monkeypatch.setenv('XDG_STATE_HOME', str(tmp_path))
    with house(DOMAIN) as home:
        yield home


class Health(Node):
    """Listens to /diagnostics."""

    def __init__(self, **kwargs):
        super().__init__('health', **kwargs)
        self.newest = {}
        self.create_subscription(DiagnosticArray, '/diagnostics', self._on, 10)

    def _on(self, message):
        self.newest.update({s.name: s for s in message.status})

    def says(self, words, name='trainer/mirror: page'):
        assert until(lambda: words in getattr(self.newest.get(name), 'message', '')), self.newest
        return self.newest[name]


def asked(*requests):
    """Status, text and headers of GET requests (address, headers), all in one session."""
    async def ask():
        got = []
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(
                cookie_jar=jar, timeout=aiohttp.ClientTimeout(10)) as session:
            for url, headers in requests:
                async with session.get(url, headers=headers, allow_redirects=False) as answer:
                    got.append((answer.status, await answer.text(), answer.headers))
        return got
    return asyncio.run(ask())


def connected(url, talk, **options):
    """What the coroutine talk(socket) returns."""
    async def go():
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(20)) as session, \
                session.ws_connect(f'{url}ws', **options) as socket:
            return await asyncio.wait_for(talk(socket), 15)
    return asyncio.run(go())


def test_readme_has_the_parameters():
    readme = (Path(__file__).resolve().parents[1] / 'README.md').read_text()
    assert table(MirrorParams) in readme, f'put this into README.md:\n{table(MirrorParams)}'


def test_the_page_and_nothing_else(home):
    url = home.mirror()._server.url()
    pages = asked(*((url + path, {}) for path in (
        '', 'css/tokens.css', 'js/main.js', 'icon.svg', 'nothing.html', '../server.py',
        '%2e%2e/server.py', 'js/%2e%2e/%2e%2e/server.py', '__init__.py')))
    assert [page[0] for page in pages] == [200] * 4 + [404] * 5
    assert [page[2]['Content-Type'] for page in pages[:4]] == [
        'text/html; charset=utf-8', 'text/css; charset=utf-8', 'text/javascript; charset=utf-8',
        'image/svg+xml; charset=utf-8']
    for _, _, headers in pages:
        assert headers['Content-Security-Policy'].startswith("default-src 'none'")
        assert "'unsafe" not in headers['Content-Security-Policy']
        assert headers['X-Content-Type-Options'] == 'nosniff'


def test_only_this_machine_and_only_its_own_page(home):
    url = home.mirror()._server.url()
    assert [page[0] for page in asked(
        (url, {'Host': 'evil.example'}), (url, {'Host': 'localhost'}))] == [403, 200]
    with pytest.raises(aiohttp.WSServerHandshakeError, match='403'):
        connected(url, lambda socket: socket.receive(), origin='http://evil.example')


def test_a_token(home):
    url = home.mirror(token='open sesame')._server.url()
    refused, wrong, script, right, with_cookie = asked(
        (url, {}), (f'{url}?token=nonsense', {}), (f'{url}js/main.js', {}),
        (f'{url}?token=open%20sesame', {}), (url, {}))
    assert (refused[0], wrong[0], script[0]) == (401, 401, 401)
    assert 'Token' in refused[1]
    assert (right[0], right[2]['Location']) == (303, '/')
    cookie = right[2]['Set-Cookie']
    assert 'HttpOnly' in cookie and 'SameSite=Strict' in cookie
    assert with_cookie[0] == 200
    with pytest.raises(aiohttp.WSServerHandshakeError, match='401'):
        connected(url, lambda socket: socket.receive())


def test_elsewhere_a_token_is_made_up_and_not_told_on_diagnostics(home):
    mirror, health = home.mirror(host='0.0.0.0'), home.add(Health)
    server = mirror._server
    assert len(server.token) >= 16
    assert asked((f'http://127.0.0.1:{server.port}/', {}))[0][0] == 401
    status = health.says('0 pages open')
    values = {v.key: v.value for v in status.values}
    assert str(server.port) in values['url']
    assert server.token not in str(status)


def test_a_port_that_is_taken_is_said_and_tried_again(home, monkeypatch):
    with socket.create_server(('127.0.0.1', 0)) as other:
        port = other.getsockname()[1]
        mirror, health = home.mirror(port=port), home.add(Health)
        status = health.says(f'the page cannot be served on 127.0.0.1 port {port}')
        assert status.level == DiagnosticStatus.ERROR
        assert 'port 0 takes a free one' in status.message
    assert health.says('0 pages open').level == DiagnosticStatus.OK
    assert asked((mirror._server.url(), {}))[0][0] == 200


def test_what_is_pressed_is_heard(home):
    mirror, show = home.mirror(), home.add(Show)
    assert until(mirror._heard.get_subscription_count)

    async def press(socket):
        for message in (
                '{"press": "go_on"}', '{"press": "format_disk"}', '{"type": "  skip\\nthis "}',
                '{"type": ""}', 'nonsense', '[1]', '{"type": 5}', '{"drawn": "x"}',
                '{"press": "yes"}'):
            await socket.send_str(message)
        while len(show.heard) < 3:
            await asyncio.sleep(0.01)
    connected(mirror._server.url(), press)
    assert [(m.text, m.intent, m.confidence, m.source) for m in show.heard] == [
        ('go on', 'go_on', 1.0, Heard.MIRROR), ('skip this', '', 1.0, Heard.MIRROR),
        ('yes', 'yes', 1.0, Heard.MIRROR)]
    assert all(stamp_ns(m.header.stamp) for m in show.heard)


async def news(socket, *wanted):
    """The newest value of each of the wanted keys."""
    got = {}
    while set(got) < set(wanted):
        message = await socket.receive()
        assert message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY), message
        if message.type == aiohttp.WSMsgType.BINARY:
            got['picture'] = message.data
        else:
            item = json.loads(message.data)
            if item['key'] in wanted and item['value']:
                got[item['key']] = item['value']
    return got


def test_pictures_come_while_somebody_looks_and_wait_to_be_drawn(home):
    mirror, show = home.mirror(), home.add(Show)
    assert show.images.get_subscription_count() == 0
    stamps = []

    def send():
        header = show.header()
        stamps.append(stamp_ns(header.stamp))
        show.images.publish(from_bgr(PICTURE, header))

    async def look(socket):
        while not show.images.get_subscription_count():
            await asyncio.sleep(0.01)
        got = []
        for _ in range(2):
            encoded = mirror._feed.meter.total
            while mirror._feed.meter.total == encoded:
                send()
                await asyncio.sleep(0.05)
            got.append((await news(socket, 'picture'))['picture'])
        encoded = mirror._feed.meter.total
        for _ in range(5):  # it has two that it has not drawn: none is even encoded
            send()
            await asyncio.sleep(0.05)
        assert mirror._feed.meter.total == encoded
        await socket.send_str(json.dumps(
            {'drawn': str(int.from_bytes(got[1][:8], 'little'))}))
        while mirror._drawn.total == 0:
            await asyncio.sleep(0.01)
        send()
        got.append((await news(socket, 'picture'))['picture'])
        return got

    frames = connected(mirror._server.url(), look)
    assert {int.from_bytes(frame[:8], 'little') for frame in frames} <= set(stamps)
    assert all(frame[8:10] == b'\xff\xd8' for frame in frames)
    assert 0 < mirror._drawn.delay() < 10
    assert until(lambda: not show.images.get_subscription_count())


def test_compressed_pictures_are_passed_on_as_they_are(home):
    mirror = home.mirror()
    show = home.add(partial(Node, 'robot'))
    jpegs = show.create_publisher(CompressedImage, 'image_raw/compressed', 2)
    message = compress(PICTURE, Show.header(show), 90)
    assert until(lambda: mirror.count_publishers('/trainer/image_raw/compressed'))

    async def look(socket):
        while not jpegs.get_subscription_count():
            await asyncio.sleep(0.01)
        jpegs.publish(message)
        return (await news(socket, 'picture'))['picture']
    assert connected(mirror._server.url(), look)[8:] == bytes(message.data)


def test_a_page_that_comes_late_knows_all(home):
    mirror, show = home.mirror(), home.add(Show)
    assert until(lambda: show.moved.get_subscription_count() and show.forms.get_subscription_count()
                 and show.speech.get_subscription_count())
    show.session(Session.RESTING, rest=30.0, set=2)
    show.form(3, ('left_knee',))
    show.says('Well done.')
    show.moved.publish(Movement(count=3, verdict=Movement.REP, track_id='p3fk2'))
    board = mirror._server._board
    assert until(lambda: all(
        word in board.news[key].data for key, word in (
            ('session', 'resting'), ('forms', 'left_knee'), ('speech', 'Well'),
            ('movements', '"count":3')) if key in board.news) and 'session' in board.news)

    got = connected(mirror._server.url(), lambda socket: news(
        socket, 'session', 'forms', 'speech', 'movements', 'clock'))
    assert [item['label'] for item in got['session']['plan']] == ['squat', 'push-up', 'plank']
    assert 25 < got['session']['rest_until'] - got['clock']['now'] < 33
    assert got['forms']['p3fk2']['hints'][0]['do'] == 'Bend your left knee'
    assert got['movements'][-1]['count'] == 3


def test_switched_off_and_reset(home):
    mirror, show = home.mirror(), home.add(Show)

    def call(kind, name, request):
        client = show.create_client(kind, name)
        assert until(client.service_is_ready)
        future = client.call_async(request)
        assert until(future.done)
        return future.result()
    assert call(SetBool, 'mirror/enable', SetBool.Request(data=False)).success
    assert not mirror._feed.enabled
    assert call(SetBool, 'mirror/enable', SetBool.Request(data=True)).message == (
        'the picture is shown')
    assert call(Trigger, 'mirror/reset', Trigger.Request()).success


@pytest.mark.parametrize('ending', [signal.SIGINT, signal.SIGTERM])
def test_it_ends_without_a_word_while_a_page_is_open(tmp_path, ending):
    with socket.create_server(('127.0.0.1', 0)) as free:
        port = free.getsockname()[1]
    env = {**os.environ, 'TRAINER_DATA': str(tmp_path), 'ROS_DOMAIN_ID': str(DOMAIN)}
    process = subprocess.Popen(
        [sys.executable, '-m', 'trainer.mirror.mirror_node', '--ros-args', '-p', f'port:={port}'],
        env=env, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))
    try:
        lines = iter(process.stderr.readline, '')
        assert any(f'http://127.0.0.1:{port}/' in line for line in lines)

        async def look(socket):
            await news(socket, 'clock')
            process.send_signal(ending)
            while (await socket.receive()).type not in (
                    aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSING):
                pass
        connected(f'http://127.0.0.1:{port}/', look)
        assert process.wait(10) == 0
        assert 'Traceback' not in process.stderr.read()
    finally:
        process.kill()
        process.wait()
