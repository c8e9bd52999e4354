"""Identity messages; the only place where they are built."""

from collections.abc import Sequence

from std_msgs.msg import Header

from trainer_msgs.msg import Identity as IdentityMessage
from trainer_msgs.msg import IdentityArray
from trainer_pose.identity.who import Identity


def identities_to_message(identities: Sequence[Identity], header: Header) -> IdentityArray:
    """header: of the image that the newest look was taken from."""
    return IdentityArray(header=header, identities=[
        IdentityMessage(
            track_id=i.track_id, state=int(i.state), person_id=i.person_id, name=i.name,
            distance=float(i.distance), margin=float(i.margin), looks=int(i.looks))
        for i in identities])
