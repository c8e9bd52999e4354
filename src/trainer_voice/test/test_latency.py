"""From the repetition to its number, from the words to the reply, through the nodes."""

from statistics import quantiles

from rclpy.node import Node
from test_dialogue_node import Counter

from trainer_core.clock import SECOND
from trainer_core.ros.convert import stamp_ns, to_stamp
from trainer_core.ros.stage import patient
from trainer_msgs.msg import Heard, SpeechStatus
from trainer_voice.dialogue.dialogue_node import DialogueNode
from trainer_voice.mouth.mouth_node import MouthNode

NUMBER, REPLY = 0.3, 0.8  # s, 95 %; the ears' share of the second is in their own tests
TIMES = 30


def test_numbers_and_replies_come_in_time(graph):
    listener, spoken = graph.add(Node, 'listener'), []
    listener.create_subscription(
        SpeechStatus, 'speech_status', lambda m: spoken.append(m)
        if m.state == SpeechStatus.STARTED else None, 50)
    words = listener.create_publisher(Heard, 'heard', 10)
    graph.add(MouthNode, parameters={'voice': 'text'})
    graph.add(DialogueNode, parameters={'exercise': 'squat', 'target_reps': 100})
    counter = graph.add(Counter)
    assert graph.until(lambda: spoken and words.get_subscription_count()
                       and counter.movements.get_subscription_count())
    assert graph.until(lambda: counter.goals)

    def now():
        return listener.get_clock().now().nanoseconds

    def delays(happens):
        found = []
        for n in range(1, TIMES + 1):
            before, stamp = len(spoken), now()
            happens(n, stamp)
            assert graph.until(lambda before=before: len(spoken) > before, 5.0), n
            found.append((stamp_ns(spoken[-1].header.stamp) - stamp) / SECOND)
        return quantiles(found, n=20)[-1]

    def ask(n, stamp):
        message = Heard(text='how many left')
        message.header.stamp = to_stamp(stamp)
        words.publish(message)
    number_limit, reply_limit = patient(NUMBER), patient(REPLY)
    number = delays(lambda n, stamp: counter.move(stamp, count=n))
    reply = delays(ask)
    print(f'p95: number {1000 * number:.0f} ms, reply {1000 * reply:.0f} ms')
    assert number < number_limit
    assert reply < reply_limit
