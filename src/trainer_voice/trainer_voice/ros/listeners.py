"""Whether anybody listens to what the trainee says."""

from diagnostic_msgs.msg import DiagnosticArray
from rclpy.node import Node

from trainer_core.ros.diagnostics import OK

_TYPED = ('mirror', 'runner', 'typist')  # publish on `heard` what is typed, or pressed
_OURS = 'ears'  # tell how they are
_NOT_YET = '_NODE_NAME_UNKNOWN_'  # whose name has not come: a moment later it has one


class Listeners:
    """Ears, ours or a robot's own: are they there, and do they have a microphone that works?"""

    def __init__(self, node: Node):
        self._node = node
        self._well: dict[str, bool] = {}  # by full name of the node
        node.create_subscription(DiagnosticArray, '/diagnostics', self._health, 10)

    def there(self) -> bool:
        """Whether somebody listens now."""
        names = {
            f'{info.node_namespace.rstrip("/")}/{info.node_name}'.lstrip('/'): info.node_name
            for info in self._node.get_publishers_info_by_topic('heard')
            if info.node_name not in (*_TYPED, _NOT_YET)}
        self._well = {name: well for name, well in self._well.items() if name in names}
        return any(self._well.get(full, name != _OURS) for full, name in names.items())

    def _health(self, message: DiagnosticArray) -> None:
        for status in message.status:
            name, _, task = status.name.partition(': ')
            if task == 'listening':
                device = {v.key: v.value for v in status.values}.get('device', 'none')
                self._well[name] = status.level == OK and device != 'none'
