// Who trains, the plan, what comes next, and the rest: from the key `session`.

const QUESTIONS = {
  ready: 'Are you ready?', enroll: 'Shall I remember you?', name: 'What is your name?',
  plan_ok: 'Is this plan all right?', forget: 'Forget everything about you?',
  resume: 'Go on where you stopped?',
};

export function amount(item) {
  if (item.seconds) return `${Math.round(item.seconds)} s`;
  return item.reps ? `${item.reps} reps` : 'open end';
}

// The set after this one: {label, text}, or null after the last.
export function following(session) {
  const plan = session.plan ?? [];
  const item = plan[session.item];
  if (!item) return null;
  if (session.set < item.sets) {
    return { label: item.label, text: `set ${session.set + 1} of ${item.sets} · ${amount(item)}` };
  }
  const then = plan[session.item + 1];
  return then && { label: then.label, text: `${then.sets > 1 ? `${then.sets} sets · ` : ''}${amount(then)}` };
}

// What the panel for the next thing says: {label, title, text}.
export function outlook(session) {
  const plan = session.plan ?? [];
  const now = plan[session.item];
  if (session.question) {
    return { label: 'Question', title: QUESTIONS[session.question] ?? session.question.replaceAll('_', ' '), text: 'Say or press yes or no' };
  }
  const then = following(session);
  switch (session.state) {
    case 'greeting': return { label: 'Hello', title: session.name || 'Welcome', text: '' };
    case 'announcing': return { label: 'Now', title: now?.label ?? '', text: now ? amount(now) : '' };
    case 'training': return then
      ? { label: 'Next', title: then.label, text: then.text }
      : { label: 'Next', title: 'That is the last set', text: now && now.sets > 1 ? `set ${session.set} of ${now.sets}` : '' };
    case 'resting': return {  // item and set are those that come after the rest
      label: 'Next', title: now?.label ?? '',
      text: now ? `set ${session.set} of ${now.sets} · ${amount(now)}` : '',
    };
    case 'paused': return { label: 'Paused', title: now?.label ?? '', text: 'Say or press “go on”' };
    case 'summary': return { label: 'Done', title: 'Well done', text: plan.map((item) => item.label).join(' · ') };
    default: return { label: 'Trainer', title: 'Ready when you are', text: 'Step into view' };
  }
}

export function showPlan(list, session) {
  const plan = session.plan ?? [];
  list.replaceChildren(...plan.map((item, i) => {
    const entry = document.createElement('li');
    const name = document.createElement('span');
    name.textContent = item.label;
    const sets = document.createElement('span');
    sets.className = 'sets';
    const over = session.state === 'summary';
    const done = over || i < session.item ? item.sets : i === session.item ? session.set - 1 : 0;
    sets.setAttribute('aria-hidden', 'true');
    for (let k = 0; k < Math.min(item.sets, 12); k += 1) {
      const dot = document.createElement('i');
      dot.className = k < done ? 'done' : !over && i === session.item && k === done ? 'now' : '';
      sets.append(dot);
    }
    const words = document.createElement('span');
    words.className = 'unseen';
    words.textContent = `, ${done} of ${item.sets} sets done`;
    if (i === session.item && !over) entry.setAttribute('aria-current', 'step');
    entry.append(name, sets, words);
    return entry;
  }));
}

// What the dial shows of a rest; left: s.
export function restReading(left, whole) {
  const seconds = Math.max(Math.ceil(left), 0);
  return {
    number: seconds > 99 ? `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}` : String(seconds),
    of: 'seconds', phase: 'rest', title: 'Rest', segments: 0, progress: 0,
    filled: whole > 0 ? Math.max(Math.min(left / whole, 1), 0) : 0,
  };
}
