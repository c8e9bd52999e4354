// How the picture lies on the stage: filling it, following whoever is in it, losing nobody.

// people: boxes {left, right, top, bottom} in [0, 1] of the picture, already mirrored.
// Returns the scale (stage px per picture px) and where the picture's corner lies on the stage.
export function frame(stage, picture, people) {
  const fill = Math.max(stage.width / picture.width, stage.height / picture.height);
  const whole = Math.min(stage.width / picture.width, stage.height / picture.height);
  let box = { left: 0.5, right: 0.5, top: 0.5, bottom: 0.5 };
  let scale = fill;
  if (people.length) {
    box = {
      left: Math.max(Math.min(...people.map((p) => p.left)), 0),
      right: Math.min(Math.max(...people.map((p) => p.right)), 1),
      top: Math.max(Math.min(...people.map((p) => p.top)), 0),
      bottom: Math.min(Math.max(...people.map((p) => p.bottom)), 1),
    };
    const wide = (box.right - box.left) * picture.width;
    const high = (box.bottom - box.top) * picture.height;
    scale = Math.max(Math.min(fill, stage.width / wide, stage.height / high), whole);
  }
  return {
    scale,
    x: place(stage.width, picture.width * scale, (box.left + box.right) / 2),
    y: place(stage.height, picture.height * scale, (box.top + box.bottom) / 2),
  };
}

// Where a length begins so that its point `centre` is in the middle of the room, without a gap.
function place(room, length, centre) {
  if (length <= room) return (room - length) / 2;
  return Math.min(Math.max(room / 2 - centre * length, room - length), 0);
}

// A little nearer to where it should be; seconds since the last step.
export function ease(now, goal, seconds) {
  if (!now) return goal;
  const share = 1 - Math.exp(-seconds / 0.5);
  return Object.fromEntries(
    Object.keys(goal).map((key) => [key, now[key] + (goal[key] - now[key]) * share]));
}
