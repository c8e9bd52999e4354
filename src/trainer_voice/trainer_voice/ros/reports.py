"""What the dialogue says of itself on /diagnostics."""

from rclpy.node import Node

from trainer_core.ros.diagnostics import ERROR, OK, WARN, Meter, Report
from trainer_voice.dialogue.archive import Archive
from trainer_voice.dialogue.keeper import Keeper
from trainer_voice.dialogue.session import Session
from trainer_voice.ros.counter_link import CounterLink

_PEERS = {'mouth': 'speech_status', 'ears': 'heard', 'identity': 'identities', 'pose': 'poses'}


def session_report(node: Node, session: Session, link: CounterLink, said: Meter) -> Report:
    """Where the session is, and which of those it talks to are there; said: what it says."""
    there = {peer: node.count_publishers(topic) > 0 for peer, topic in _PEERS.items()}
    values: dict[str, object] = {
        'rate (1/s)': said.rate(), 'age (s)': said.age(), 'last error': session.fault,
        'state': session.state.name.lower(), 'question': session.question,
        'trainee': session.greeting.who.name or session.track_id,
        'exercise': session.exercise, 'set': session.training.set,
        **{peer: 'there' if found else 'not there'
           for peer, found in {'counter': link.up, **there}.items()}}
    if session.fault:
        return ERROR, session.fault, values
    if session.plan and not link.up:
        return WARN, f'no counter answers on {link.name}; is its node running?', values
    if session.peers.missing:
        return WARN, 'without ' + ', '.join(sorted(session.peers.missing)), values
    if not session.plan and not session.greeting.active:
        return OK, 'idle: nobody has come, and the parameter exercise is empty', values
    if not there['mouth']:
        topic = node.resolve_topic_name('say')
        return WARN, f'nobody speaks: what is said is on {topic}; is the mouth running?', values
    return OK, session.state.name.lower(), values


def history_report(archive: Archive, keeper: Keeper) -> Report:
    """Whether what happens is written down."""
    if archive.fault:
        return WARN, archive.fault, {'waiting': keeper.waiting}
    return OK, 'written', {'waiting': keeper.waiting}
