// A figure whose parts show the form of the last repetition. It stands as in a mirror: your left is
// on the left.

import { svg } from './dial.js';
import { limbsOf, spoken } from './body.js';

const JOINTS = {
  head: [100, 34], neck: [100, 66],
  left_shoulder: [66, 84], right_shoulder: [134, 84], left_elbow: [46, 132], right_elbow: [154, 132],
  left_wrist: [36, 180], right_wrist: [164, 180], left_hip: [80, 178], right_hip: [120, 178],
  left_knee: [72, 244], right_knee: [128, 244], left_ankle: [68, 310], right_ankle: [132, 310],
};

const LIMBS = {};
for (const side of ['left', 'right']) {
  LIMBS[`${side}_upper_arm`] = [`${side}_shoulder`, `${side}_elbow`, 17];
  LIMBS[`${side}_forearm`] = [`${side}_elbow`, `${side}_wrist`, 14];
  LIMBS[`${side}_upper_leg`] = [`${side}_hip`, `${side}_knee`, 22];
  LIMBS[`${side}_lower_leg`] = [`${side}_knee`, `${side}_ankle`, 17];
}

const RANK = { none: 0, good: 1, wrong: 2 };

export class Figure {
  constructor(root) {
    this.root = root;
    this.parts = {};
    this.parts.torso = svg('path', { class: 'torso', d: 'M74 88 L126 88 L119 174 L81 174 Z' }, root);
    this.parts.head = svg('circle', { class: 'head', cx: 100, cy: 38, r: 21 }, root);
    for (const [name, [a, b, width]] of Object.entries(LIMBS)) {
      const [x1, y1] = JOINTS[a];
      const [x2, y2] = JOINTS[b];
      this.parts[name] = svg('line', { x1, y1, x2, y2, 'stroke-width': width }, root);
    }
    for (const side of ['left', 'right']) {
      for (const joint of ['shoulder', 'elbow', 'hip', 'knee']) {
        const [cx, cy] = JOINTS[`${side}_${joint}`];
        this.parts[`${side}_${joint}`] = svg('circle', { class: 'joint', cx, cy, r: 7 }, root);
      }
    }
    svg('text', { class: 'side', x: 10, y: 64 }, root, 'L');
    svg('text', { class: 'side', x: 190, y: 64 }, root, 'R');
    this.show(null);
  }

  // form: as in the key `forms`, or null before the first repetition.
  show(form) {
    const marks = {};
    const mark = (name, value) => {
      if (RANK[value] > RANK[marks[name] ?? 'none']) marks[name] = value;
    };
    for (const { part, judged, good } of form?.parts ?? []) {
      if (!judged) continue;
      mark(part, good ? 'good' : 'wrong');
      if (!this.parts[part]) for (const limb of limbsOf(part)) mark(limb, good ? 'good' : 'wrong');
    }
    for (const { part } of (form && !form.correct ? form.hints : []).slice(0, 2)) {
      if (this.parts[part]) marks[part] = 'wrong';
      for (const limb of limbsOf(part)) if (this.parts[limb]) marks[limb] = 'wrong';
    }
    for (const [name, element] of Object.entries(this.parts)) {
      element.dataset.mark = marks[name] ?? 'none';
    }
    this.root.setAttribute('aria-label', describe(form));
  }
}

export function describe(form) {
  if (!form) return 'Form by body part: no repetition yet';
  const bad = form.parts.filter((p) => p.judged && !p.good).map((p) => spoken(p.part));
  return `Form of repetition ${form.rep}: ${form.correct ? 'good' : 'not yet'}`
    + (bad.length ? `; differs: ${bad.join(', ')}` : '');
}

// The worst parts, as {part, degrees, good}, at most three.
export function worst(form) {
  return (form?.parts ?? []).filter((p) => p.judged)
    .sort((a, b) => b.distance - a.distance).slice(0, 3)
    .map((p) => ({
      part: spoken(p.part), degrees: Math.round(p.distance * 180 / Math.PI), good: p.good }));
}
