"""Poses of photos by MediaPipe, as JSON lines [ms, (18, 3) keypoints or null]; run by the Python of
an environment that has it.

    PYTHON mediapipe_poses.py COMPLEXITY < names of photos, one a line

It imports nothing of the trainer: `mediapipe==0.10.21` lives in an environment of its own.
"""

import json
import sys
from time import perf_counter

# BlazePose landmark of every keypoint of OpenPose-COCO but the neck.
BLAZE = {0: 0, 2: 12, 3: 14, 4: 16, 5: 11, 6: 13, 7: 15, 8: 24, 9: 26, 10: 28, 11: 23, 12: 25,
         13: 27, 14: 5, 15: 2, 16: 8, 17: 7}


def main() -> None:
    import cv2
    import mediapipe
    with mediapipe.solutions.pose.Pose(
            static_image_mode=True, model_complexity=int(sys.argv[1])) as pose:
        for name in sys.stdin:
            picture = cv2.imread(name.strip())
            if picture is None:
                sys.exit(f'{name.strip()} is not a picture that can be read')
            height, width = picture.shape[:2]
            start = perf_counter()
            found = pose.process(picture[..., ::-1].copy()).pose_landmarks
            ms = 1000 * (perf_counter() - start)
            points = None
            if found:
                points = [[0.0, 0.0, 0.0] for _ in range(18)]
                for to, source in BLAZE.items():
                    mark = found.landmark[source]
                    points[to] = [mark.x * width, mark.y * height, max(mark.visibility, 1e-3)]
            print(json.dumps([ms, points]), flush=True)


if __name__ == '__main__':
    main()
