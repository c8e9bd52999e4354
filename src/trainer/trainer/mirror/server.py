"""The mirror's web server: the page, and a WebSocket that keeps it up to date. No ROS here."""

import asyncio
import contextlib
import json
import logging
import mimetypes
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from importlib import resources
from threading import Event, Thread
from typing import Any

from aiohttp import WSMsgType, web

from trainer.mirror.access import HEADERS, Access, address, is_loopback, kept_token
from trainer.mirror.board import Board, Reader, encode, frame
from trainer_core.errors import UserError

INTENTS = (
    'yes', 'no', 'stop', 'pause', 'go_on', 'skip', 'repeat', 'enroll', 'start', 'slower',
    'faster', 'how_many_left', 'whats_next')
MOST_PAGES = 16
LONGEST = 200   # characters of a typed sentence
_TYPES = {
    '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html', '.svg': 'image/svg+xml'}


@dataclass(frozen=True)
class Pressed:
    """What somebody did on a page: a button, or a sentence with no intent yet."""

    text: str
    intent: str


class Server:
    """Serves the page from a thread of its own; every method may be called from any thread."""

    def __init__(
        self, host: str, port: int, token: str, on_pressed: Callable[[Pressed], None],
        on_pages: Callable[[int], None], on_drawn: Callable[[int], None],
    ):
        """on_pressed, on_pages (how many there are now) and on_drawn (the stamp, ns, of a picture
        that a page has drawn) are called in the server's thread. token '': made up unless host is
        this machine only.
        """
        self.host, self.port = host, port
        self.token = token or ('' if is_loopback(host) else kept_token())
        self.pages = self.skipped = 0
        self._on_pressed, self._on_pages, self._on_drawn = on_pressed, on_pages, on_drawn
        self._files = {name: (_type(name), data) for name, data in _files()}
        self._board = Board()
        self._readers: dict[Reader, asyncio.Event] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: Thread | None = None
        self._ended: asyncio.Event | None = None

    @property
    def running(self) -> bool:
        """It answers."""
        return self._loop is not None

    def url(self, token: str = '') -> str:
        """What to type into a browser."""
        return address(self.host, self.port, token)

    def start(self) -> None:
        """Returns when it answers; what was posted before is shown.

        Raises UserError naming host and port when it cannot; it may be tried again.
        """
        up = Event()
        fault: list[OSError] = []

        def serve() -> None:
            try:
                asyncio.run(self._serve(up))
            except OSError as error:
                fault.append(error)
            finally:
                self._loop = None
                up.set()

        self._thread = Thread(target=serve, name='mirror', daemon=True)
        self._thread.start()
        up.wait(10.0)
        if fault:
            raise UserError(
                f'the page cannot be served on {self.host} port {self.port} '
                f'({fault[0].strerror or fault[0]}); end what uses it, or set the parameters host '
                'and port of the mirror (port 0 takes a free one)')

    def close(self) -> None:
        """Let go of the port and of every page."""
        if self._ended is not None:
            self._call(self._ended.set)
        if self._thread is not None:
            self._thread.join(3.0)

    def post(self, key: str, value: Any) -> None:
        """Show the newest of something."""
        self._put(key, encode(key, value), 0)

    def post_picture(self, jpeg: bytes, stamp: int) -> None:
        """Show a picture of that stamp (ns)."""
        self._put('picture', frame(jpeg, stamp), stamp)

    def wants_picture(self) -> bool:
        """Whether any page is ready for one; if not, it need not be encoded."""
        return any(reader.open_for_pictures for reader in list(self._readers))

    def _put(self, key: str, data: bytes | str, stamp: int) -> None:
        def put() -> None:
            self._board.post(key, data, stamp)
            for reader, changed in self._readers.items():
                self.skipped += key == 'picture' and not reader.open_for_pictures
                changed.set()
        if not self._call(put):
            self._board.post(key, data, stamp)  # for when it runs

    def _call(self, function: Callable[[], None]) -> bool:
        """Have it called in the server's thread; False when that does not run."""
        loop = self._loop
        if loop is None:
            return False
        try:
            loop.call_soon_threadsafe(function)
        except RuntimeError:  # it was closed just now
            return False
        return True

    async def _serve(self, up: Event) -> None:
        self._ended = asyncio.Event()
        app = web.Application(middlewares=[self._guard], client_max_size=4096)
        app.router.add_get('/ws', self._socket)
        app.router.add_get('/{name:.*}', self._file)
        app.on_response_prepare.append(_add_headers)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        try:
            await web.TCPSite(runner, self.host, self.port).start()
            self.port = runner.addresses[0][1]
            self._access = Access(self.token, self.port)
            self._loop = asyncio.get_running_loop()
            up.set()
            await self._ended.wait()
        finally:
            await runner.cleanup()

    @web.middleware
    async def _guard(self, request: web.Request, handler: Callable) -> web.StreamResponse:
        access = self._access
        if not access.host_allowed(request.host):
            raise web.HTTPForbidden(text=f'The mirror does not answer to {request.host}.\n')
        if not access.token_allowed(request.query, request.cookies):
            # What the page looks like is no secret, and the form that asks for it needs it.
            if request.path in ('/css/tokens.css', '/css/token.css'):
                return await handler(request)
            if request.path == '/':
                return self._page('token.html', 401)
            raise web.HTTPUnauthorized(text='The token is missing or wrong.\n')
        return await handler(request)

    async def _file(self, request: web.Request) -> web.Response:
        if request.path == '/' and 'token' in request.query:
            # Out of the address, so that nobody reads it there or sends it on by mistake.
            answer = web.Response(status=303, headers={'Location': '/'})
            if self.token:
                answer.set_cookie(
                    self._access.cookie, self.token, httponly=True, samesite='Strict',
                    max_age=180 * 24 * 3600)
            return answer
        name = request.match_info['name'] or 'index.html'
        if name == 'ping':
            return web.Response(text='here\n')
        if name not in self._files:
            raise web.HTTPNotFound(text='There is no such page.\n')
        return self._page(name)

    def _page(self, name: str, status: int = 200) -> web.Response:
        kind, data = self._files[name]
        return web.Response(body=data, content_type=kind, charset='utf-8', status=status)

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        if not self._access.origin_allowed(request.headers.get('Origin'), request.host):
            raise web.HTTPForbidden(text='Only the page of the mirror itself may listen.\n')
        if self.pages >= MOST_PAGES:
            raise web.HTTPServiceUnavailable(text=f'There are {MOST_PAGES} pages open already.\n')
        # Deflating JPEG would cost much and gain nothing.
        socket = web.WebSocketResponse(heartbeat=10.0, compress=False, max_msg_size=4096)
        await socket.prepare(request)
        reader, changed = Reader(self._board), asyncio.Event()
        changed.set()
        self._readers[reader] = changed
        self._count()
        tell = asyncio.ensure_future(_tell(socket, reader, changed))
        end = asyncio.ensure_future(self._end(socket))
        try:
            async for message in socket:
                if message.type == WSMsgType.TEXT:
                    self._on_message(message.data, reader, changed)
        finally:
            tell.cancel()
            end.cancel()
            del self._readers[reader]
            self._count()
        return socket

    async def _end(self, socket: web.WebSocketResponse) -> None:
        assert self._ended is not None
        await self._ended.wait()
        await socket.close(code=1001)

    def _count(self) -> None:
        self.pages = len(self._readers)
        with contextlib.suppress(Exception):  # whoever listens may have ended before the pages
            self._on_pages(self.pages)

    def _on_message(self, text: str, reader: Reader, changed: asyncio.Event) -> None:
        """What a page sent; what is not understood is left aside."""
        try:
            message = json.loads(text)
            if 'drawn' in message:
                stamp = int(message['drawn'])  # as text: JavaScript's numbers cannot hold it
                if reader.drawn(stamp):
                    changed.set()
                    if message.get('shown', True):
                        self._on_drawn(stamp)
            elif message.get('press') in INTENTS:
                intent = message['press']
                self._on_pressed(Pressed(intent.replace('_', ' '), intent))
            elif typed := clean(message.get('type', '')):
                self._on_pressed(Pressed(typed, ''))
        except (ValueError, TypeError, AttributeError):
            logging.getLogger(__name__).debug('a page sent %.100r', text)


def clean(text: str) -> str:
    """What was typed on one line, without control characters, not too long.

    >>> clean(' go\\n  on\\x00 ')
    'go on'
    """
    return ' '.join(''.join(c if c.isprintable() else ' ' for c in text).split())[:LONGEST]


async def _tell(socket: web.WebSocketResponse, reader: Reader, changed: asyncio.Event) -> None:
    """Send what is new, for as long as the page listens."""
    try:
        while not socket.closed:
            await changed.wait()
            changed.clear()
            while (news := reader.take()) is not None:
                send: Coroutine = (
                    socket.send_bytes(news.data) if isinstance(news.data, bytes)
                    else socket.send_str(news.data))
                await send
    except (ConnectionError, RuntimeError):
        pass  # it is gone; whoever receives from it notices too


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)


def _files() -> list[tuple[str, bytes]]:
    """Every file of the page by its path; read once, so that nothing else can be asked for."""
    found = []

    def walk(folder: Any, path: str) -> None:
        for entry in sorted(folder.iterdir(), key=lambda e: e.name):
            if entry.is_dir():
                walk(entry, f'{path}{entry.name}/')
            elif '.' + entry.name.rpartition('.')[2] in _TYPES:
                found.append((path + entry.name, entry.read_bytes()))

    walk(resources.files(__package__) / 'web', '')
    return found


def _type(name: str) -> str:
    suffix = '.' + name.rpartition('.')[2]
    return _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or 'application/octet-stream'
