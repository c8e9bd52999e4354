// The picture, mirrored, and what is drawn over it: skeletons, angles, names. Text is not mirrored.

import { ANGLES, LIMBS, limbsOf } from './body.js';
import { ease, frame } from './framing.js';

const SEEN = 0.25;         // confidence from which a keypoint is drawn
const MARGIN = 0.06;       // of the picture around people
const POSES_LAST = 0.7;    // s
const POSES_KEPT = 30;

const style = getComputedStyle(document.documentElement);
const colour = (name) => style.getPropertyValue(name).trim();

export class Stage {
  // drawn(stamp, shown): called for every picture that came, shown or passed over.
  constructor(root, drawn) {
    this.drawn = drawn;
    this.picture = root.querySelector('.picture');
    this.lines = root.querySelector('.lines');
    this.root = root;
    this.waiting = null;
    this.size = null;      // of the newest picture
    this.view = null;      // where it lies
    this.stamp = 0;        // s, of the picture that is shown
    this.poses = null;     // those that belong to it
    this.recent = [];      // the newest, in the order of their stamps
    this.posesAt = 0;
    this.trainees = [];
    this.forms = {};
    this.dirty = true;
    this.frames = 0;
    this.still = matchMedia('(prefers-reduced-motion: reduce)');
    this.before = performance.now();
    new ResizeObserver(() => this.resize()).observe(root);
    this.resize();
    const step = (now) => { this.step(now); requestAnimationFrame(step); };
    requestAnimationFrame(step);
  }

  resize() {
    this.sharpness = Math.min(devicePixelRatio, 2);
    const box = this.root.getBoundingClientRect();
    this.lines.width = Math.max(Math.round(box.width * this.sharpness), 1);
    this.lines.height = Math.max(Math.round(box.height * this.sharpness), 1);
    this.view = null;
    this.dirty = true;
  }

  async take(stamp, blob) {
    let bitmap = null;
    try {
      bitmap = await createImageBitmap(blob);
    } catch {
      this.drawn(stamp, false);
      return;
    }
    if (this.waiting) {  // two came between two refreshes of the screen
      this.waiting.bitmap.close();
      this.drawn(this.waiting.stamp, false);
    }
    this.waiting = { stamp, bitmap };
  }

  takePoses(poses) {
    if (!poses.people) {
      this.clear();
      return;
    }
    if (this.recent.length && poses.stamp < this.recent.at(-1).stamp) this.recent = [];
    this.recent.push(poses);
    if (this.recent.length > POSES_KEPT) this.recent.shift();
    this.posesAt = performance.now();
    this.dirty = true;
  }

  clear() {
    this.recent = [];
    this.dirty = true;
  }

  // Joints are known a little after their picture, and pictures may be passed over: those of the
  // picture that is shown, or of the one before.
  match() {
    const older = this.recent.filter((poses) => poses.stamp <= this.stamp + 0.001);
    this.poses = older.at(-1) ?? this.recent[0] ?? null;
  }

  step(now) {
    const seconds = (now - this.before) / 1000;
    this.before = now;
    const fresh = this.waiting;
    if (fresh) {
      this.size = { width: fresh.bitmap.width, height: fresh.bitmap.height };
      this.waiting = null;
      this.stamp = Number(fresh.stamp / 1000n) / 1e6;
      this.show(fresh.bitmap);
    }
    if (this.recent.length && now - this.posesAt > POSES_LAST * 1000) this.clear();
    if (!this.size || !(fresh || this.dirty)) return;
    this.dirty = false;
    this.match();
    this.view = this.still.matches ? frame(this.lines, this.size, [])
      : ease(this.view, frame(this.lines, this.size, this.boxes()), Math.min(seconds, 0.1));
    this.lay();
    this.draw();
    if (fresh) {
      this.frames += 1;
      this.drawn(fresh.stamp, true);
    }
  }

  boxes() {
    return (this.poses?.people ?? []).map(({ points }) => {
      const box = { left: 1, right: 0, top: 1, bottom: 0 };
      for (let i = 0; i < points.length; i += 3) {
        if (points[i + 2] < SEEN) continue;
        const x = 1 - points[i];
        box.left = Math.min(box.left, x - MARGIN);
        box.right = Math.max(box.right, x + MARGIN);
        box.top = Math.min(box.top, points[i + 1] - MARGIN);
        box.bottom = Math.max(box.bottom, points[i + 1] + MARGIN);
      }
      return box;
    }).filter((box) => box.right > box.left);
  }

  // Handed over as it is, and made larger by the browser: nothing is copied here.
  show(bitmap) {
    if (this.picture.width !== bitmap.width || this.picture.height !== bitmap.height) {
      this.picture.width = bitmap.width;
      this.picture.height = bitmap.height;
      this.picture.style.width = `${bitmap.width}px`;
      this.picture.style.height = `${bitmap.height}px`;
    }
    this.picture.getContext('bitmaprenderer').transferFromImageBitmap(bitmap);
  }

  lay() {
    const scale = this.view.scale / this.sharpness;
    const x = this.view.x / this.sharpness + this.size.width * scale;
    this.picture.style.transform =
      `translate(${x}px, ${this.view.y / this.sharpness}px) scale(${-scale}, ${scale})`;
  }

  draw() {
    const context = this.lines.getContext('2d');
    context.clearRect(0, 0, this.lines.width, this.lines.height);
    for (const person of this.poses?.people ?? []) {
      const trainee = this.trainees.find((t) => t.id === person.id);
      this.drawPerson(context, this.place(person.points), trainee, this.wrong(person.id));
    }
  }

  // Keypoints on the stage, mirrored.
  place(points) {
    const { scale, x, y } = this.view;
    const placed = [];
    for (let i = 0; i < points.length; i += 3) {
      placed.push({
        x: x + (1 - points[i]) * this.size.width * scale,
        y: y + points[i + 1] * this.size.height * scale,
        seen: points[i + 2] >= SEEN,
      });
    }
    return placed;
  }

  // Limbs that the newest hint is about.
  wrong(id) {
    const form = this.forms[id];
    if (!form || form.correct) return new Set();
    return new Set(form.hints.slice(0, 2).flatMap((hint) => limbsOf(hint.part)));
  }

  drawPerson(context, points, trainee, wrong) {
    const width = Math.max(this.lines.height / 200, 2);
    const line = colour('--ink'), accent = colour('--accent'), bad = colour('--wrong');
    context.lineCap = 'round';
    for (const [extra, shade] of [[width * 1.1, 'rgb(7 10 9 / 55%)'], [0, null]]) {
      for (const { a, b, part } of LIMBS) {
        if (!points[a].seen || !points[b].seen) continue;
        context.globalAlpha = trainee || shade ? 1 : 0.55;
        context.strokeStyle = shade ?? (wrong.has(part) ? bad : trainee ? accent : line);
        context.lineWidth = width * (wrong.has(part) ? 1.7 : 1) + extra;
        context.beginPath();
        context.moveTo(points[a].x, points[a].y);
        context.lineTo(points[b].x, points[b].y);
        context.stroke();
      }
    }
    context.globalAlpha = 1;
    context.fillStyle = line;
    points.forEach((point, i) => {
      if (!point.seen || i > 13) return;
      context.beginPath();
      context.arc(point.x, point.y, width * 0.95, 0, 2 * Math.PI);
      context.fill();
    });
    if (!trainee) return;
    const seen = points.filter((point) => point.seen);
    const middle = seen.reduce((sum, point) => sum + point.x, 0) / seen.length;
    for (const joint of trainee.joints) this.drawAngle(context, points, joint, width, middle);
  }

  // Its number stands outside, away from the middle of the body, so that two do not overlap.
  drawAngle(context, points, { name, angle }, width, body) {
    const triple = ANGLES[name];
    if (!triple || angle === null) return;
    const [a, b, c] = triple.map((i) => points[i]);
    if (!a.seen || !b.seen || !c.seen) return;
    const from = Math.atan2(a.y - b.y, a.x - b.x);
    let turn = Math.atan2(c.y - b.y, c.x - b.x) - from;
    turn = Math.atan2(Math.sin(turn), Math.cos(turn));
    const radius = width * 6.5;
    context.strokeStyle = colour('--ink');
    context.lineWidth = width * 0.55;
    context.beginPath();
    context.arc(b.x, b.y, radius, from, from + turn, turn < 0);
    context.stroke();
    const size = Math.max(this.lines.height / 40, 13 * Math.min(devicePixelRatio, 2));
    context.font = `600 ${size}px ${style.getPropertyValue('--font')}`;
    const sideways = Math.abs(b.x - body) < size;  // seen from the side, both are in the middle
    const right = sideways ? name.startsWith('right') : b.x > body;
    context.textAlign = right ? 'left' : 'right';
    context.textBaseline = 'middle';
    const x = b.x + (right ? 1 : -1) * (radius + width * 2);
    const y = b.y;
    const text = `${Math.round(angle)}°`;
    context.lineWidth = size / 4;
    context.lineJoin = 'round';
    context.strokeStyle = 'rgb(7 10 9 / 80%)';
    context.strokeText(text, x, y);
    context.fillStyle = colour('--ink');
    context.fillText(text, x, y);
  }
}
