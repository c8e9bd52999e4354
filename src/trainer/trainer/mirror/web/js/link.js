// The connection to the mirror node: what comes in goes to a handler, and it comes back by itself.

const FIRST_WAIT = 500;
const LONGEST_WAIT = 8000;

export class Link {
  // handlers: picture(stamp, blob), news(key, value), state(name, seconds until the next try)
  constructor(handlers) {
    this.handlers = handlers;
    this.wait = FIRST_WAIT;
    this.socket = null;
    this.timer = 0;
    for (const event of ['online', 'pageshow']) addEventListener(event, () => this.retryNow());
    document.addEventListener('visibilitychange', () => { if (!document.hidden) this.retryNow(); });
    this.open();
  }

  open() {
    clearTimeout(this.timer);
    this.handlers.state('connecting', 0);
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const socket = new WebSocket(`${scheme}://${location.host}/ws`);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      this.wait = FIRST_WAIT;
      this.handlers.state('open', 0);
    };
    socket.onmessage = (event) => this.take(event.data);
    socket.onclose = () => this.lost(socket);
    this.socket = socket;
  }

  take(data) {
    if (typeof data === 'string') {
      const { key, value } = JSON.parse(data);
      this.handlers.news(key, value);
      return;
    }
    const stamp = new DataView(data).getBigUint64(0, true);
    this.handlers.picture(stamp, new Blob([new Uint8Array(data, 8)], { type: 'image/jpeg' }));
  }

  async lost(socket) {
    if (socket !== this.socket) return;
    this.socket = null;
    const wait = this.wait * (0.8 + 0.4 * Math.random());
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
    this.handlers.state('gone', wait / 1000);
    this.timer = setTimeout(() => this.tryAgain(), wait);
  }

  // A browser does not say why a WebSocket was refused; a plain request does.
  async tryAgain() {
    try {
      const answer = await fetch('/ping', { cache: 'no-store' });
      if (answer.status === 401) location.reload();  // another token: ask for it
      this.open();
    } catch {
      this.lost(this.socket);
    }
  }

  retryNow() {
    if (this.socket !== null) return;
    clearTimeout(this.timer);
    this.wait = FIRST_WAIT;
    this.tryAgain();
  }

  send(message) {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }
}
