// History as charts: repetitions a session as bars, the correct ones of them in the accent.

import { svg } from './dial.js';

const WIDTH = 480, HEIGHT = 150;

export function showPast(root, history) {
  const sessions = history.sessions ?? [];
  root.hidden = sessions.length === 0;
  if (root.hidden) return;
  const facts = [`${history.total} session${history.total === 1 ? '' : 's'}`];
  if (history.week) facts.push(`${history.week} this week`);
  if (history.streak > 1) facts.push(`${history.streak} days in a row`);
  root.querySelector('.past-facts').textContent = facts.join(' · ');
  root.querySelector('.legend').hidden = !sessions.some((s) => s.correct !== null);
  bars(root.querySelector('.bars'), sessions);
  root.querySelector('.records').replaceChildren(...(history.records ?? []).map((record) => {
    const entry = document.createElement('li');
    const number = document.createElement('b');
    number.textContent = record.reps ? String(record.reps) : `${record.seconds} s`;
    entry.append(number, ` ${record.label}`);
    return entry;
  }));
}

function bars(drawing, sessions) {
  drawing.replaceChildren();
  const timed = sessions.every((s) => !s.reps);
  const size = (s) => (timed ? s.seconds : s.reps);
  const most = Math.max(...sessions.map(size), 1);
  const step = WIDTH / Math.max(sessions.length, 8), wide = step * 0.7;
  sessions.forEach((session, i) => {
    const high = Math.max(size(session) / most * (HEIGHT - 30), 4);
    const bar = { x: i * step, y: HEIGHT - high, width: wide, height: high, rx: 5 };
    svg('rect', { class: 'bar', ...bar }, drawing);
    if (session.correct) {
      const good = Math.max(high * session.correct, 6);
      svg('rect', { ...bar, class: 'good', y: HEIGHT - good, height: good }, drawing);
    }
    if (i === 0 || i === sessions.length - 1) {
      svg('text', { x: i * step + wide / 2, y: HEIGHT - high - 9 }, drawing, String(size(session)));
    }
  });
  const last = sessions.at(-1);
  drawing.setAttribute('aria-label',
    `${timed ? 'Seconds' : 'Repetitions'} of the last ${sessions.length} sessions: `
    + `${sessions.map(size).join(', ')}; the newest on ${last.day}`);
}
