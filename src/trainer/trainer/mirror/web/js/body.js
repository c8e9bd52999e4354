// The 18 keypoints of OpenPose-COCO, as in trainer_core/skeleton.py, and what is drawn of them.

export const KEYPOINTS = [
  'nose', 'neck',
  'right_shoulder', 'right_elbow', 'right_wrist', 'left_shoulder', 'left_elbow', 'left_wrist',
  'right_hip', 'right_knee', 'right_ankle', 'left_hip', 'left_knee', 'left_ankle',
  'right_eye', 'left_eye', 'right_ear', 'left_ear',
];

export const INDEX = Object.fromEntries(KEYPOINTS.map((name, i) => [name, i]));

// Limbs with the names that form scores know them by.
export const LIMBS = [
  ['neck', 'nose', 'head'],
  ['neck', 'right_shoulder', 'torso'], ['neck', 'left_shoulder', 'torso'],
  ['right_shoulder', 'right_hip', 'torso'], ['left_shoulder', 'left_hip', 'torso'],
  ['right_hip', 'left_hip', 'torso'],
  ...['left', 'right'].flatMap((side) => [
    [`${side}_shoulder`, `${side}_elbow`, `${side}_upper_arm`],
    [`${side}_elbow`, `${side}_wrist`, `${side}_forearm`],
    [`${side}_hip`, `${side}_knee`, `${side}_upper_leg`],
    [`${side}_knee`, `${side}_ankle`, `${side}_lower_leg`],
  ]),
].map(([a, b, part]) => ({ a: INDEX[a], b: INDEX[b], part }));

// Angles by their three keypoints, the vertex in the middle.
export const ANGLES = Object.fromEntries(['left', 'right'].flatMap((side) => [
  ['elbow', 'shoulder', 'elbow', 'wrist'], ['shoulder', 'hip', 'shoulder', 'elbow'],
  ['hip', 'shoulder', 'hip', 'knee'], ['knee', 'hip', 'knee', 'ankle'],
].map(([joint, ...points]) => [
  `${side}_${joint}`, points.map((point) => INDEX[`${side}_${point}`])])));

// A joint that is wrong shows on the limbs that meet there.
const MEETING = {
  elbow: ['upper_arm', 'forearm'], shoulder: ['upper_arm'], hip: ['upper_leg'],
  knee: ['upper_leg', 'lower_leg'], ankle: ['lower_leg'], wrist: ['forearm'],
  shin: ['lower_leg'], thigh: ['upper_leg'], upper_leg: ['upper_leg'], lower_leg: ['lower_leg'],
  upper_arm: ['upper_arm'], forearm: ['forearm'],
};

export function limbsOf(part) {
  const [, side, what] = /^(left|right)_(.+)$/.exec(part) ?? [null, '', part];
  if (!side) return [part];
  return (MEETING[what] ?? []).map((limb) => `${side}_${limb}`);
}

export const spoken = (part) => part.replaceAll('_', ' ');
