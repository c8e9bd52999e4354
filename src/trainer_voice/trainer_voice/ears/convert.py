"""What is heard to messages, and what the ears have to know from messages."""

from trainer_core.ros.convert import to_stamp
from trainer_msgs.msg import Heard, Session
from trainer_voice.dialogue.events import State
from trainer_voice.ears.recognisers import Context, Recognised

MICROPHONE, KEYBOARD, MIRROR = Heard.MICROPHONE, Heard.KEYBOARD, Heard.MIRROR


def heard_to_message(
    heard: Recognised, end: int, language: str, source: int = MICROPHONE,
) -> Heard:
    """end: ns, when the voice ended; source: MICROPHONE, KEYBOARD or MIRROR."""
    message = Heard(
        text=heard.text, intent=heard.intent, confidence=float(heard.confidence),
        language=language, source=int(source))
    message.header.stamp = to_stamp(end)
    return message


def context_from_message(message: Session) -> Context:
    """What makes sense to be said now; IDLE for a state of another version."""
    known = message.state in {s.value for s in State}
    return Context(State(message.state) if known else State.IDLE, message.question)
