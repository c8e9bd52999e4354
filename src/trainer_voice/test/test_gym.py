"""The athlete walks in, trains three exercises and goes, without ROS and without waiting."""

import re
from pathlib import Path

import pytest
from gym import Gym, written

from trainer_voice.dialogue.wording import Wording

STATES = ['IDLE', 'GREETING', 'TRAINING', 'RESTING', 'TRAINING', 'RESTING', 'TRAINING', 'SUMMARY',
          'IDLE']


@pytest.mark.parametrize(('language', 'yes'), [('en', 'yes'), ('it', 'sì')])
def test_a_full_session(language, yes):
    gym = Gym({'ready': yes}, language).run()
    assert gym.states == STATES
    assert gym.dropped == []
    words = Wording(language)
    said = [text for _, who, text in gym.transcript if who == 'trainer']
    numbers = [text for text in said if text in words.numbers or text in words.sentences['go']]
    assert numbers == [
        *(words.number(n) for n in (3, 2, 1)), *words.sentences['go'],
        *(words.number(n) for n in (1, 2, 3, 4, 5)),
        *(words.number(n) for n in (3, 2, 1)), *words.sentences['go'],
        *(words.number(n) for n in (1, 2, 3, 4)),
        *(words.number(n) for n in (5, 4, 3, 2, 1))]
    assert 'Anna' in said[0] and 'Anna' in said[-1]
    assert sum(text in words.sentences['better'] for text in said) == 1
    assert written(gym.transcript).count('Anna  ') == 1


@pytest.mark.parametrize(('asides', 'expected', 'states'), [
    ({29.0: 'stop'}, 'seconds: squats, one repetition.',
     ['IDLE', 'GREETING', 'TRAINING', 'SUMMARY', 'IDLE']),
    ({20.0: 'how many left', 22.0: 'pause', 24.0: 'go on'},
     'squats, five repetitions; push-ups, four repetitions; plank, fifteen seconds', None),
])
def test_a_trainee_who_talks(asides, expected, states):
    gym = Gym({'ready': 'yes'}, asides=asides).run()
    said = [text for _, who, text in gym.transcript if who == 'trainer']
    assert any(expected.lower() in text.lower() for text in said), written(gym.transcript)
    if states:
        assert gym.states == states


def test_the_transcript_in_the_readme():
    """Its words; the times may differ by a moment when the counter learns something."""
    readme = (Path(__file__).parents[1] / 'README.md').read_text()
    printed = re.search(r'<!-- transcript -->\n```\n(.*?)\n```', readme, re.DOTALL)
    now = written(Gym({'ready': 'yes'}, fps=30.0).run().transcript)
    assert printed and [line[6:] for line in printed[1].split('\n')] == [
        line[6:] for line in now.split('\n')], now
