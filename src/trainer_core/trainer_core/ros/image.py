"""sensor_msgs images to BGR arrays and back.

bgr8, rgb8 and mono8 are read without a copy. Every other encoding goes through cv_bridge where it
is installed, else through OpenCV for the few that cameras really send.
"""

from array import array

import cv2
import numpy as np
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Header

from trainer_core.errors import UserError

_CHANNELS = {'bgr8': 3, 'rgb8': 3, '8UC3': 3, 'mono8': 1, '8UC1': 1, 'bgra8': 4, 'rgba8': 4}
_TO_BGR = {
    'rgb8': cv2.COLOR_RGB2BGR, 'mono8': cv2.COLOR_GRAY2BGR, '8UC1': cv2.COLOR_GRAY2BGR,
    'bgra8': cv2.COLOR_BGRA2BGR, 'rgba8': cv2.COLOR_RGBA2BGR,
}
_PACKED = {
    'yuv422': cv2.COLOR_YUV2BGR_UYVY, 'uyvy': cv2.COLOR_YUV2BGR_UYVY,
    'yuv422_yuy2': cv2.COLOR_YUV2BGR_YUYV, 'yuyv': cv2.COLOR_YUV2BGR_YUYV,
}
_BAYER = {  # the names differ: OpenCV calls a pattern by its second row
    'bayer_rggb8': cv2.COLOR_BayerBG2BGR, 'bayer_bggr8': cv2.COLOR_BayerRG2BGR,
    'bayer_gbrg8': cv2.COLOR_BayerGR2BGR, 'bayer_grbg8': cv2.COLOR_BayerGB2BGR,
}


def to_bgr(message: Image) -> np.ndarray:
    """The image as (height, width, 3) uint8 BGR; a read-only view of the message if it is bgr8.

    Raises UserError for an encoding nobody can read or data shorter than height * step.
    """
    h, w, step, encoding = message.height, message.width, message.step, message.encoding
    data = np.frombuffer(message.data, np.uint8)
    if h == 0 or w == 0 or len(data) < h * step:
        raise UserError(
            f'image of {w}x{h} with step {step} needs {h * step} bytes and has {len(data)}; '
            'check the camera driver')
    rows = data[:h * step].reshape(h, step)
    if encoding in _CHANNELS:
        n = _CHANNELS[encoding]
        if step < w * n:
            raise UserError(f'image of width {w} as {encoding} needs a step of {w * n}, not {step}')
        picture = rows[:, :w * n].reshape(h, w, n)
        return cv2.cvtColor(picture, _TO_BGR[encoding]) if encoding in _TO_BGR else picture
    if encoding in _PACKED:
        return cv2.cvtColor(rows[:, :w * 2].reshape(h, w, 2), _PACKED[encoding])
    if encoding in _BAYER:
        return cv2.cvtColor(np.ascontiguousarray(rows[:, :w]), _BAYER[encoding])
    if encoding in ('mono16', '16UC1'):
        kind = '>u2' if message.is_bigendian else '<u2'
        grey = np.ascontiguousarray(rows[:, :w * 2]).view(kind).reshape(h, w)
        return cv2.cvtColor((grey >> 8).astype(np.uint8), cv2.COLOR_GRAY2BGR)
    return _by_cv_bridge(message)


def _by_cv_bridge(message: Image) -> np.ndarray:
    try:
        from cv_bridge import CvBridge
        return CvBridge().imgmsg_to_cv2(message, 'bgr8')
    except Exception:  # an absent, half-installed or refusing cv_bridge all mean the same here
        raise UserError(
            f'image encoding {message.encoding!r} cannot be read; publish bgr8, rgb8 or mono8, '
            'or install cv_bridge') from None


def from_bgr(picture: np.ndarray, header: Header) -> Image:
    """A (height, width, 3) uint8 BGR array, or (height, width) grey, as a message."""
    h, w = picture.shape[:2]
    n = 1 if picture.ndim == 2 else 3
    # array('B') is taken over as it is; assigning a list would cost 30 ms per picture.
    data = array('B')
    data.frombytes(np.ascontiguousarray(picture).data.cast('B'))
    return Image(
        header=header, height=h, width=w, encoding='mono8' if n == 1 else 'bgr8', step=w * n,
        data=data)


def compress(picture: np.ndarray, header: Header, quality: int = 85) -> CompressedImage:
    """A BGR array as JPEG, quality [1, 100]."""
    ok, data = cv2.imencode('.jpg', picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not ok:
        raise UserError(f'a picture of shape {picture.shape} could not be written as JPEG')
    return CompressedImage(
        header=header, format='bgr8; jpeg compressed bgr8', data=array('B', data.tobytes()))


def decompress(message: CompressedImage) -> np.ndarray:
    """JPEG or PNG as BGR; raises UserError when the data is damaged."""
    picture = cv2.imdecode(np.frombuffer(message.data, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise UserError(f'compressed image ({message.format}) is damaged or of an unknown kind')
    return picture
