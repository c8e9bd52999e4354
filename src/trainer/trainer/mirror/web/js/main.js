// The page: what comes over the link goes to its parts; what is pressed goes back.

import { Dial, reading } from './dial.js';
import { Engineer } from './engineer.js';
import { Figure, worst } from './figure.js';
import { Link } from './link.js';
import { showPast } from './past.js';
import { outlook, restReading, showPlan } from './session.js';
import { Stage } from './stage.js';
import { spoken } from './body.js';

const $ = (selector) => document.querySelector(selector);
const NO_PICTURE = 3;       // s until a missing picture is said
const SAID_LASTS = 2500;    // ms that a sentence stays after it was spoken
const HEARD_LASTS = 5000;
const HERE = ['localhost', '127.0.0.1', '[::1]'].includes(location.hostname);

const known = {
  trainees: [], forms: {}, session: {}, view: {}, speech: {}, clock: { now: 0, enabled: true },
};
const link = { state: 'connecting', wait: 0, openedAt: 0 };
const delays = [];            // ms from stamp to drawn, of the newest pictures
let pictureAt = 0;            // when the newest picture was drawn
const offsets = [];
let ahead = 0;                // ms that the trainer's clock is ahead of ours

const stage = new Stage($('.stage'), (stamp, shown) => {
  mirrorLink.send({ drawn: String(stamp), shown });
  if (!shown) return;
  pictureAt = performance.now();
  delays.push(performance.timeOrigin + pictureAt + ahead - Number(stamp / 1000n) / 1000);
  if (delays.length > globalThis.mirror.keep) delays.shift();
});
const figure = new Figure($('.figure'));
const dials = new Map();
const engineer = new Engineer($('#engineer'), $('.engineer-button'), () => {
  const sorted = delays.slice(-60).sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  return `${rate()} pictures/s${middle === undefined ? '' : ` · ${Math.round(middle)} ms old when drawn`}`;
});

let counted = { frames: 0, at: performance.now(), rate: 0 };
function rate() {
  const now = performance.now();
  if (now - counted.at > 1000) {
    counted = { frames: stage.frames, at: now, rate: Math.round((stage.frames - counted.frames) * 1000 / (now - counted.at)) };
  }
  return counted.rate;
}

// What comes in.

const take = {
  poses: (poses) => stage.takePoses(poses),
  trainees: showCount,
  forms: showForm,
  movements: (movements) => engineer.takeMovements(movements),
  session: showSession,
  view: showNotice,
  speech: showSaid,
  heard: showHeard,
  history: (history) => showPast($('.past'), history),
  nodes: (nodes) => engineer.takeNodes(nodes),
  clock: (clock) => {
    // What comes late makes the other clock seem slow: the most that was seen lately is the truth.
    offsets.push(clock.now * 1000 - (performance.timeOrigin + performance.now()));
    if (offsets.length > 20) offsets.shift();
    ahead = Math.max(...offsets);
    // Another clock only on another machine, or where a bag is replayed.
    if (Math.abs(ahead) < (HERE ? 5000 : 50)) ahead = 0;
    showNotice();
  },
};

const mirrorLink = new Link({
  picture: (stamp, blob) => stage.take(stamp, blob),
  news: (key, value) => {
    known[key] = value;
    take[key]?.(value);
  },
  state: (state, wait) => {
    if (state === 'open') link.openedAt = performance.now();
    link.state = state;
    link.wait = wait;
    document.body.dataset.link = state;
    for (const control of document.querySelectorAll('.controls [data-press], .words button')) {
      control.disabled = state !== 'open';
    }
    showNotice();
  },
});

// The count.

function main() {
  return known.trainees.find((t) => t.id === known.session.track_id) ?? known.trainees[0];
}

function showCount() {
  stage.trainees = known.trainees;
  stage.dirty = true;
  const first = main();
  if (first) engineer.takeTrainee(first);
  showForm();
  if (known.session.state === 'resting') return;  // the clock draws the rest
  const shown = known.trainees.length ? known.trainees : [{
    id: '', name: '', label: known.session.plan?.[known.session.item ?? 0]?.label ?? '', reps: 0,
    left: 0, right: 0, target: known.session.plan?.[known.session.item ?? 0]?.reps ?? 0, hold: 0,
    target_seconds: 0, life: '', phase: '', progress: 0 }];
  drawDials(shown.map((t) => {
    const read = reading(t);
    if (known.session.state === 'summary') Object.assign(read, { phase: 'done', progress: 0 });
    if (shown.length > 1 && t.name) read.title = `${t.name}, ${t.label}`;
    return [t.id, read, 'reps'];
  }));
  announce(first);
}

function drawDials(readings) {
  for (const [id, dial] of dials) {
    if (!readings.some(([key]) => key === id)) {
      dial.remove();
      dials.delete(id);
    }
  }
  for (const [id, read, kind] of readings) {
    if (!dials.has(id)) dials.set(id, new Dial($('.dials')));
    dials.get(id).show(read, kind);
  }
  $('.dials').dataset.many = String(Math.min(readings.length, 4));
}

let rest = { until: 0, whole: 0 };
let announced = '';
function announce(trainee) {
  if (!trainee) return;
  const { number, of } = reading(trainee);
  const text = Number(number) ? `${number} ${of}` : '';
  // Seconds of a hold would never end being read.
  if (trainee.target_seconds && Number(number) % 10) return;
  if (text !== announced) {
    announced = text;
    $('#spoken-count').textContent = text;
  }
}

setInterval(() => {
  const { state, rest_until: until } = known.session;
  if (state === 'resting' && until) {
    const left = until - (performance.timeOrigin + performance.now() + ahead) / 1000;
    if (rest.until !== until) rest = { until, whole: left };
    drawDials([['rest', restReading(left, rest.whole), 'rest']]);
  }
  const silent = performance.now() - Math.max(pictureAt, link.openedAt) > NO_PICTURE * 1000;
  if (silent !== noPicture) {
    noPicture = silent;
    showNotice();
  }
}, 200);

// Form and hint.

function showForm() {
  const trainee = main();
  const form = (trainee && known.forms[trainee.id]) ?? null;
  // Between sets the last repetition is over and done with.
  const over = ['resting', 'summary', 'greeting'].includes(known.session.state);
  stage.forms = over ? {} : known.forms;
  const key = JSON.stringify(form);
  if (showForm.key === key) return;
  showForm.key = key;
  figure.show(form);
  $('.parts').replaceChildren(...worst(form).map(({ part, degrees, good }) => {
    const entry = document.createElement('li');
    entry.className = good ? 'good' : 'wrong';
    const number = document.createElement('b');
    number.textContent = `${degrees}°`;
    entry.append(number, ` ${part}`);
    return entry;
  }));
  const hint = form?.hints[0];
  const root = $('.hint');
  root.dataset.mood = form ? (hint ? 'wrong' : form.correct ? 'good' : 'none') : 'none';
  $('.hint-when').textContent = form ? `Repetition ${form.rep}${hint?.when ? ` · ${hint.when}` : ''}` : 'Form';
  $('.hint-do').textContent = hint ? hint.do : form ? (form.correct ? 'Good form' : 'Not yet') : 'Shown after the first repetition';
  $('.hint-amount').textContent = hint?.amount ?? '';
}

// The session.

function showSession() {
  const { session } = known;
  document.body.dataset.session = session.state ?? 'idle';
  document.body.toggleAttribute('data-question', Boolean(session.question));
  $('.who .name').textContent = session.name || 'Trainer';
  showPlan($('.plan'), session);
  const { label, title, text } = outlook(session);
  $('.next-label').textContent = label;
  $('.next-title').textContent = title;
  $('.next-text').textContent = text;
  $('[data-press="pause"]').hidden = session.state === 'paused';
  $('[data-press="go_on"]').hidden = session.state !== 'paused';
  showCount();
}

// What is said and heard.

let saidTimer = 0;
function showSaid() {
  const { text, state } = known.speech;
  clearTimeout(saidTimer);
  $('.said-text').textContent = text ?? '';
  $('.said').hidden = !text;
  $('.said').classList.toggle('speaking', state === 'started');
  if (text && state !== 'started') saidTimer = setTimeout(() => { $('.said').hidden = true; }, SAID_LASTS);
}

let heardTimer = 0;
function showHeard() {
  const { text, stamp } = known.heard;
  clearTimeout(heardTimer);
  const old = known.clock.now && known.clock.now - stamp > HEARD_LASTS / 1000;
  $('.heard').hidden = !text || Boolean(old);
  $('.heard-text').textContent = text ? `“${text}”` : '';
  heardTimer = setTimeout(() => { $('.heard').hidden = true; }, HEARD_LASTS);
}

// What is wrong with the view.

let noPicture = false;
function notice() {
  if (link.state === 'connecting') return ['Connecting', 'Looking for the trainer'];
  if (link.state === 'gone') {
    return ['The trainer is not answering', `Trying again ${link.wait < 1.5 ? 'now' : `in ${Math.round(link.wait)} seconds`}`];
  }
  if (!known.clock.enabled) return ['The picture is switched off', 'The service mirror/enable switches it on'];
  if (noPicture) return ['No picture', 'The camera sends nothing'];
  const { state, joints } = known.view;
  if (state === 'nobody') return ['Nobody in view', 'Step in front of the camera, head to feet'];
  if (state === 'not_measurable') {
    return ['I cannot see enough of you', `Needed: ${[...new Set(joints.map((j) => j.replace(/^(left|right) /, '')))].join(', ')}. Step back or turn a little`];
  }
  return null;
}

function showNotice() {
  const root = $('.notice');
  const words = notice();
  root.hidden = !words;
  document.body.dataset.view = link.state !== 'open' || noPicture ? 'none' : known.view.state ?? 'seen';
  if (!words) return;
  const [title, text] = words;
  if ($('.notice-title').textContent !== title) $('.notice-title').textContent = title;
  if ($('.notice-text').textContent !== text) $('.notice-text').textContent = text;
}

// What is pressed.

for (const button of document.querySelectorAll('[data-press]')) {
  button.addEventListener('click', () => mirrorLink.send({ press: button.dataset.press }));
}
$('.words').addEventListener('submit', (event) => {
  event.preventDefault();
  const field = $('#words');
  if (field.value.trim() && mirrorLink.send({ type: field.value })) field.value = '';
});

showSession();
showNotice();

// For tests and the curious: mirror.delays in ms, mirror.frames.
globalThis.mirror = {
  keep: 300, delays, known, spoken, get frames() { return stage.frames; }, get view() { return stage.view; },
};
