"""Who may look: only this machine, or whoever has the token."""

import ipaddress
import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from hmac import compare_digest
from pathlib import Path
from urllib.parse import urlsplit

import platformdirs

# Nothing from elsewhere, nothing inline; what the page gets is from here and stays here.
HEADERS = {
    'Content-Security-Policy': (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"),
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cache-Control': 'no-store',
}


@dataclass(frozen=True)
class Access:
    """The rules of one server. token '': none is needed, and only this machine may look."""

    token: str
    port: int

    @property
    def cookie(self) -> str:
        """Its name; with the port, because browsers share cookies between ports."""
        return f'trainer_mirror_{self.port}'

    def host_allowed(self, host: str) -> bool:
        """Whether a request may be for this host (the header Host).

        Without a token only for names of this machine itself, or any web page could have a name
        of its own point here and read along (DNS rebinding).
        """
        return bool(self.token) or is_loopback(_name(host))

    def origin_allowed(self, origin: str | None, host: str) -> bool:
        """Whether a page from there may open a WebSocket, which browsers let any page do."""
        return origin is None or urlsplit(origin).netloc == host

    def token_allowed(self, query: Mapping[str, str], cookies: Mapping[str, str]) -> bool:
        """Whether the token was given, in the address or by the cookie."""
        given = query.get('token') or cookies.get(self.cookie, '')
        return not self.token or compare_digest(given.encode(), self.token.encode())


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine, seen from itself.

    >>> [is_loopback(host) for host in ('127.0.0.1', 'localhost', '::1', '0.0.0.0', 'example.org')]
    [True, True, True, False, False]
    """
    if host == 'localhost' or host.endswith('.localhost'):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def kept_token() -> str:
    """A token made up once and kept for this user, so that a phone need not be told anew."""
    file = Path(platformdirs.user_state_dir('trainer', False)) / 'mirror_token'
    try:
        if kept := file.read_text('ascii').strip():
            return kept
    except (OSError, ValueError):
        pass
    token = secrets.token_urlsafe(12)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), 'w') as f:
            f.write(token)
    except OSError:
        pass  # then the next start makes up another one
    return token


def address(host: str, port: int, token: str) -> str:
    """What to type into a browser to see the page."""
    if host in ('0.0.0.0', '::', ''):
        host = _own_address()
    shown = f'[{host}]' if ':' in host else host
    return f'http://{shown}:{port}/' + (f'?token={token}' if token else '')


def _own_address() -> str:
    """This machine's address in the local network; its name where it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(('192.0.2.1', 9))  # sends nothing: it only chooses a way
            return probe.getsockname()[0]
        except OSError:
            return socket.gethostname()


def _name(host: str) -> str:
    """The header Host without its port.

    >>> [_name(host) for host in ('localhost:8080', '[::1]:8080', '127.0.0.1')]
    ['localhost', '::1', '127.0.0.1']
    """
    return urlsplit(f'//{host}').hostname or ''
