"""The 18 keypoints and 19 limbs of OpenPose-COCO, in the order of part affinity field networks.

Source: Cao et al., Realtime Multi-Person 2D Pose Estimation using Part Affinity Fields, 2017/2019.
Left and right are the person's own. A pose is an array (18, 3) of x, y, confidence; confidence 0
means not found.
"""

KEYPOINTS = (
    'nose', 'neck',
    'right_shoulder', 'right_elbow', 'right_wrist',
    'left_shoulder', 'left_elbow', 'left_wrist',
    'right_hip', 'right_knee', 'right_ankle',
    'left_hip', 'left_knee', 'left_ankle',
    'right_eye', 'left_eye', 'right_ear', 'left_ear',
)

INDEX = {name: i for i, name in enumerate(KEYPOINTS)}

# Limb k has its field in channels 2k (x) and 2k + 1 (y), from the first keypoint to the second.
LIMBS = tuple((INDEX[a], INDEX[b]) for a, b in (
    ('neck', 'right_hip'), ('right_hip', 'right_knee'), ('right_knee', 'right_ankle'),
    ('neck', 'left_hip'), ('left_hip', 'left_knee'), ('left_knee', 'left_ankle'),
    ('neck', 'right_shoulder'), ('right_shoulder', 'right_elbow'),
    ('right_elbow', 'right_wrist'), ('right_shoulder', 'right_ear'),
    ('neck', 'left_shoulder'), ('left_shoulder', 'left_elbow'),
    ('left_elbow', 'left_wrist'), ('left_shoulder', 'left_ear'),
    ('neck', 'nose'), ('nose', 'right_eye'), ('nose', 'left_eye'),
    ('right_eye', 'right_ear'), ('left_eye', 'left_ear'),
))


def _mirrored(name: str) -> str:
    if name.startswith('left_'):
        return 'right_' + name[5:]
    if name.startswith('right_'):
        return 'left_' + name[6:]
    return name


# pose[MIRROR] has left and right exchanged.
MIRROR = tuple(INDEX[_mirrored(name)] for name in KEYPOINTS)
