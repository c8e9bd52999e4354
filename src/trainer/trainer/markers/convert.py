"""Drawings to visualization_msgs and the topics they are made of to what `scene` knows."""

from builtin_interfaces.msg import Duration
from geometry_msgs.msg import Point, Pose, Quaternion, Vector3
from sensor_msgs.msg import CameraInfo
from std_msgs.msg import ColorRGBA, Header
from visualization_msgs.msg import Marker, MarkerArray

from trainer.markers.figure import Shape, blamed, hint_text
from trainer.markers.placing import Camera, Place
from trainer.markers.scene import Drawing, Fault, Progress
from trainer_core.clock import SECOND
from trainer_core.ros.convert import stamp_ns
from trainer_msgs.msg import FormScore, Identity, IdentityArray, SetState

_KINDS = {
    'lines': Marker.LINE_LIST, 'strip': Marker.LINE_STRIP, 'points': Marker.SPHERE_LIST,
    'text': Marker.TEXT_VIEW_FACING}
_LIVES = {SetState.NOBODY: '', SetState.SETTLING: 'settling', SetState.FINISHED: 'done'}


def drawing_to_message(drawing: Drawing, header: Header, lifetime: float) -> MarkerArray:
    """One message for one image; header is that of the image, lifetime in s."""
    # What was taken away comes first: its namespace and id may be drawn again.
    return MarkerArray(markers=[
        *(Marker(header=header, ns=name, id=int(number), action=Marker.DELETE)
          for name, number in drawing.gone),
        *(_marker(shape, place, header, lifetime) for shape, place in drawing.shapes)])


def _marker(shape: Shape, place: Place, header: Header, lifetime: float) -> Marker:
    points = [Point(x=x, y=y, z=z) for x, y, z in place.points(shape.points).tolist()]
    colours = [ColorRGBA(r=r, g=g, b=b, a=a) for r, g, b, a in shape.colours]
    size = float(shape.size * place.metres)
    text = shape.kind == 'text'
    scale = {
        'text': Vector3(z=size), 'points': Vector3(x=size, y=size, z=size)}.get(
            shape.kind, Vector3(x=size))
    ns = round(lifetime * SECOND)
    return Marker(
        header=header, ns=shape.namespace, id=int(shape.id), type=_KINDS[shape.kind],
        action=Marker.ADD, scale=scale, color=colours[0], text=shape.text,
        lifetime=Duration(sec=ns // SECOND, nanosec=ns % SECOND),
        pose=Pose(position=points[0] if text else Point(), orientation=Quaternion(w=1.0)),
        points=[] if text else points, colors=[] if text else colours)


def camera_from_message(message: CameraInfo) -> Camera:
    """The calibration; K all zero is uncalibrated."""
    return Camera(
        message.width, message.height, tuple(message.k), tuple(message.d),
        message.distortion_model)


def progress_from_message(message: SetState) -> Progress:
    """Count and measurable angles."""
    joints = tuple(
        joint for joint, seen in zip(message.joints, message.measurable, strict=False) if seen)
    return Progress(
        stamp_ns(message.header.stamp), joints, _count(message),
        _LIVES.get(message.state, message.phase))


def _count(message: SetState) -> str:
    if message.hold_seconds > 0 or message.target_seconds > 0:
        target = f' / {message.target_seconds:.0f}' if message.target_seconds else ''
        return f'{message.hold_seconds:.0f}{target} s'
    return f'{message.reps}' + (f' / {message.target_reps}' if message.target_reps else '')


def fault_from_message(message: FormScore) -> Fault:
    """The parts over the threshold and those that are hinted at."""
    over = {p.part for p in message.parts if p.judged and p.distance > message.threshold}
    hints = tuple((hint.part, hint_text(hint)) for hint in message.hints)
    return Fault(stamp_ns(message.header.stamp), frozenset(over | blamed(message.hints)), hints)


def names_from_message(message: IdentityArray) -> dict[str, str]:
    """Track id: name, of those who are known."""
    return {i.track_id: i.name for i in message.identities if i.state == Identity.KNOWN and i.name}
