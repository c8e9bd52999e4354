// The engineer's view: MSE, threshold, square wave and angles over time, nodes and their rates.

import { spoken } from './body.js';

const SECONDS = 12;
const style = getComputedStyle(document.documentElement);
const colour = (name) => style.getPropertyValue(name).trim();
// Told apart by lightness and dashes as well as by hue.
const STROKES = [
  ['--accent', []], ['--ink', []], ['--accent', [6, 4]], ['--ink', [6, 4]],
  ['--wrong', []], ['--ink-3', []], ['--wrong', [6, 4]], ['--ink-3', [6, 4]],
];

export class Engineer {
  constructor(root, button, numbers) {
    this.root = root;
    this.button = button;
    this.numbers = numbers;     // () => text
    this.samples = [];
    this.track = '';
    this.keys = '';
    button.addEventListener('click', () => this.toggle());
    root.querySelector('.engineer-close').addEventListener('click', () => this.toggle(false));
    addEventListener('keydown', (event) => {
      const typing = event.target.closest?.('input, textarea');
      if (event.key.toLowerCase() === 'e' && !typing && !event.ctrlKey && !event.metaKey
          && !event.altKey) this.toggle();
      else if (event.key === 'Escape' && !root.hidden) this.toggle(false);
    });
    setInterval(() => this.draw(), 50);
  }

  toggle(open = this.root.hidden) {
    this.root.hidden = !open;
    document.body.classList.toggle('with-engineer', open);
    this.button.setAttribute('aria-expanded', String(open));
    if (open) {
      this.draw();
      this.root.querySelector('.engineer-close').focus({ preventScroll: true });
    } else this.button.focus();
  }

  takeTrainee(trainee) {
    if (!trainee?.stamp) return;
    const last = this.samples.at(-1);
    if (trainee.id !== this.track || (last && trainee.stamp < last.stamp)) this.samples = [];
    this.track = trainee.id;
    if (this.samples.at(-1)?.stamp === trainee.stamp) return;
    this.samples.push(trainee);
    while (trainee.stamp - this.samples[0].stamp > SECONDS) this.samples.shift();
  }

  takeNodes(nodes) {
    const cell = (text) => {
      const td = document.createElement('td');
      td.textContent = text;
      return td;
    };
    const pick = (values, word) => {
      const key = Object.keys(values).find((k) => k.startsWith(word));
      return key && values[key] !== 'nan' ? values[key] : '';
    };
    this.root.querySelector('.nodes tbody').replaceChildren(...nodes.map((node) => {
      const row = document.createElement('tr');
      const name = document.createElement('th');
      name.scope = 'row';
      name.textContent = node.name;
      const state = cell(node.message);
      state.className = ['ok', 'warn', 'error', 'stale'][node.level] ?? 'stale';
      row.append(name, state, cell(pick(node.values, 'rate')), cell(pick(node.values, 'delay')),
        cell(pick(node.values, 'dropped')));
      return row;
    }));
  }

  takeMovements(movements) {
    this.root.querySelector('.movements tbody').replaceChildren(
      ...movements.toReversed().map((m) => {
        const row = document.createElement('tr');
        row.className = m.verdict;
        for (const text of [m.verdict === 'rep' ? m.count : '–', spoken(m.verdict),
          (m.end - m.start).toFixed(2), m.reason]) {
          const td = document.createElement('td');
          td.textContent = text;
          row.append(td);
        }
        return row;
      }));
  }

  draw() {
    if (this.root.hidden || document.hidden) return;
    this.root.querySelector('.numbers').textContent = this.numbers();
    const { samples } = this;
    const high = Math.max(...samples.map((s) => s.mse ?? 0), ...samples.map((s) => 2 * s.threshold), 0.1);
    plot(this.root.querySelector('.plot-mse'), samples, 0, high, [
      { at: (s) => s.mse, stroke: STROKES[0] },
      { at: (s) => s.threshold, stroke: ['--wrong', [6, 4]] },
    ], (v) => v.toFixed(2));
    plot(this.root.querySelector('.plot-wave'), samples, -0.1, 1.1, [
      { at: (s) => s.wave, stroke: STROKES[0], steps: true },
    ], (v) => v.toFixed(0), [0, 1]);
    const joints = samples.at(-1)?.joints.map((j) => j.name) ?? [];
    plot(this.root.querySelector('.plot-angles'), samples, 0, 180, joints.map((name, i) => ({
      at: (s) => s.joints[i]?.angle, stroke: STROKES[i % STROKES.length],
    })), (v) => `${v}°`, [0, 90, 180]);
    this.nameAngles(joints);
  }

  nameAngles(joints) {
    const keys = joints.join();
    if (keys === this.keys) return;
    this.keys = keys;
    const caption = this.root.querySelector('.angle-keys');
    caption.replaceChildren(...joints.map((name, i) => {
      const [shade, dashes] = STROKES[i % STROKES.length];
      const span = document.createElement('span');
      span.textContent = spoken(name);
      span.dataset.shade = shade.slice(2);
      span.toggleAttribute('data-dashed', dashes.length > 0);
      return span;
    }));
  }
}

function plot(canvas, samples, low, high, curves, word, marks = [low, high]) {
  const sharpness = Math.min(devicePixelRatio, 2);
  const width = Math.round(canvas.clientWidth * sharpness);
  const height = Math.round(canvas.clientHeight * sharpness);
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const context = canvas.getContext('2d');
  context.clearRect(0, 0, width, height);
  const left = 52 * sharpness;
  const y = (v) => height - (v - low) / (high - low) * (height - 12 * sharpness) - 6 * sharpness;
  context.font = `${13 * sharpness}px ${style.getPropertyValue('--font')}`;
  context.textBaseline = 'middle';
  context.fillStyle = colour('--ink-2');
  context.strokeStyle = colour('--line');
  context.lineWidth = sharpness;
  for (const mark of marks) {
    context.fillText(word(mark), 0, Math.min(Math.max(y(mark), 8 * sharpness), height - 8 * sharpness));
    context.beginPath();
    context.moveTo(left, y(mark));
    context.lineTo(width, y(mark));
    context.stroke();
  }
  if (!samples.length) return;
  const end = samples.at(-1).stamp;
  const x = (stamp) => width - (end - stamp) / SECONDS * (width - left);
  for (const { at, stroke: [shade, dashes], steps } of curves) {
    context.strokeStyle = colour(shade);
    context.lineWidth = 1.75 * sharpness;
    context.setLineDash(dashes.map((d) => d * sharpness));
    context.beginPath();
    let down = false, before = 0;
    for (const sample of samples) {
      const value = at(sample);
      if (value === null || value === undefined) {
        down = false;
        continue;
      }
      if (down && steps) context.lineTo(x(sample.stamp), y(before));
      if (down) context.lineTo(x(sample.stamp), y(value));
      else context.moveTo(x(sample.stamp), y(value));
      down = true;
      before = value;
    }
    context.stroke();
  }
  context.setLineDash([]);
}
