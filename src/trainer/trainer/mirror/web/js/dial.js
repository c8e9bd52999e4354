// One trainee's dial: the ring of repetitions, the arc of the movement, and the number in it.

const SVG = 'http://www.w3.org/2000/svg';
const MOST_SEGMENTS = 40;

export function svg(name, attributes = {}, parent = null, text = '') {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text) element.textContent = text;
  parent?.append(element);
  return element;
}

const set = (element, text) => { if (element.textContent !== text) element.textContent = text; };

// What a dial shows of a trainee, or of a rest.
export function reading(trainee) {
  const timed = trainee.target_seconds > 0 || (trainee.hold > 0 && !trainee.reps);
  const target = timed ? trainee.target_seconds : trainee.target;
  const value = timed ? Math.floor(trainee.hold) : trainee.reps;
  const sides = trainee.left || trainee.right
    ? `L ${trainee.left} · R ${trainee.right}` : '';
  return {
    number: String(value),
    of: target ? (timed ? `of ${target} s` : `of ${target}`) : (timed ? 'seconds' : ''),
    phase: sides || words(trainee),
    filled: target ? Math.min((timed ? trainee.hold : trainee.reps) / target, 1) : 0,
    segments: timed || !target || target > MOST_SEGMENTS ? 0 : target,
    progress: ['armed', 'active'].includes(trainee.life) && !timed ? trainee.progress ?? 0 : 0,
    title: trainee.name || trainee.label,
  };
}

function words(trainee) {
  return {
    nobody: 'step in', settling: 'get set', armed: 'ready', finished: 'done',
  }[trainee.life] ?? { out: 'go', back: 'and back' }[trainee.phase] ?? trainee.phase;
}

export class Dial {
  constructor(parent) {
    this.root = document.createElement('div');
    this.root.className = 'dial';
    const drawing = svg('svg', { viewBox: '0 0 400 400', 'aria-hidden': 'true' }, null);
    svg('circle', { class: 'track', cx: 200, cy: 200, r: 184 }, drawing);
    this.ring = svg('g', { class: 'ring' }, drawing);
    svg('circle', { class: 'slot', cx: 200, cy: 200, r: 158 }, drawing);
    this.arc = svg('circle', { class: 'arc', cx: 200, cy: 200, r: 158, pathLength: 100 }, drawing);
    this.number = svg('text', { class: 'number', x: 200, y: 246 }, drawing, '0');
    this.of = svg('text', { class: 'of', x: 200, y: 297 }, drawing);
    this.phase = svg('text', { class: 'phase', x: 200, y: 99 }, drawing);
    this.title = document.createElement('p');
    this.title.className = 'dial-title';
    this.root.append(drawing, this.title);
    parent.append(this.root);
    this.shape = '';
  }

  show(read, kind = 'reps') {
    this.root.dataset.kind = kind;
    this.root.dataset.digits = String(Math.min(read.number.length, 4));
    if (this.number.textContent !== read.number) {
      this.number.textContent = read.number;
      this.number.classList.remove('fresh');
      void this.number.getBBox();  // so that the animation starts over
      this.number.classList.add('fresh');
    }
    set(this.of, read.of);
    set(this.phase, read.phase);
    set(this.title, read.title);
    this.fill(read);
    // From the bottom up on both sides, as deep as the movement has gone.
    const half = Math.max(Math.min(read.progress, 1), 0) * 50;
    this.arc.setAttribute('stroke-dasharray', `${2 * half} ${100 - 2 * half}`);
    this.arc.setAttribute('stroke-dashoffset', String(half));
    this.arc.classList.toggle('far', read.progress > 0.95);
    this.arc.toggleAttribute('data-none', half < 0.5);
  }

  fill({ segments, filled }) {
    const shape = `${segments}`;
    if (shape !== this.shape) {
      this.shape = shape;
      this.ring.replaceChildren();
      const many = Math.max(segments, 1);
      const gap = segments > 1 ? Math.min(1.6, 30 / segments) : 0;
      for (let i = 0; i < many; i += 1) {
        svg('circle', {
          class: 'segment', cx: 200, cy: 200, r: 184, pathLength: 100,
          'stroke-dasharray': `${100 / many - gap} ${100 - 100 / many + gap}`,
          'stroke-dashoffset': String(-(100 / many) * i - gap / 2),
        }, this.ring);
      }
    }
    const children = [...this.ring.children];
    if (segments) {
      const done = Math.round(filled * segments);
      children.forEach((child, i) => child.toggleAttribute('data-done', i < done));
    } else {
      const [circle] = children;
      circle.setAttribute('stroke-dasharray', `${100 * filled} 100`);
      circle.setAttribute('stroke-dashoffset', '0');
      circle.toggleAttribute('data-done', filled > 0.001);
    }
  }

  remove() {
    this.root.remove();
  }
}
