"""Parameters of the identity node."""

from dataclasses import dataclass

from trainer_core.ros.params import param
from trainer_pose.identity.gallery import Lines
from trainer_pose.identity.who import Settings


@dataclass(frozen=True)
class IdentityParams:
    """Parameters of the identity node."""

    rate: float = param(
        2.0, 'Looks at faces per second of the images; each takes about 0.2 s of a core',
        0.1, 10.0)
    looks: int = param(3, 'Looks that must agree before a name is said', 1, 6)
    check_every: float = param(
        10.0, 'Seconds between looks at somebody about whom all is clear', 1.0, 3600.0)
    accept: float = param(
        0.5, 'Distance of encodings up to which a person is recognised', 0.2, 0.6)
    unsure: float = param(0.6, 'Distance beyond which it is somebody else', 0.3, 1.0)
    margin: float = param(
        0.07, 'By how much the next person must be farther away', 0.0, 0.5)
    enroll_looks: int = param(5, 'Good looks that make an enrolment', 1, 20)
    enroll_seconds: float = param(
        15.0, 'Seconds of the images after which an enrolment gives up', 2.0, 120.0)
    database: str = param(
        '', 'File that holds who is enrolled; empty: the default place', read_only=True)
    image_transport: str = param(
        'raw', 'Which images to subscribe to', choices=('raw', 'compressed'), read_only=True)
    autostart: bool = param(True, 'Configure and activate without being told', read_only=True)

    def settings(self) -> Settings:
        return Settings(
            self.rate, self.looks, self.check_every,
            lines=Lines(self.accept, self.unsure, self.margin))
