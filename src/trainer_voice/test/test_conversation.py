"""Conversations as tables: who comes, what is said by whom, what is done about it."""

import pytest
from stage import PLAN, Keys, Stage, ns

from trainer_voice.dialogue.asking import Asking
from trainer_voice.dialogue.events import (
    Adjust,
    Answer,
    Correct,
    Item,
    Knowing,
    Outcome,
    Source,
    State,
    Taken,
)
from trainer_voice.dialogue.names import spoken_name
from trainer_voice.dialogue.talk import Talk
from trainer_voice.dialogue.wording import Wording, languages
from trainer_voice.intents import Intents

ENGLISH = Intents('en')
BEGIN = ['=> LoadPlan a7k2m', 'today SQUAT, PUSH_UP and PLANK',
         'announce_counted SQUAT three repetitions', '-> squat 3']
GUEST_BEGINS = ['=> LoadPlan', *BEGIN[1:]]


def stage(**kwargs):
    made = Stage(understand=ENGLISH.understand, **kwargs)
    made.counter()
    made.wait(2)
    return made


# Steps; each is a function of the stage.

def wait(seconds):
    return lambda s: s.wait(seconds)


def says(text, intent='', source=Source.MICROPHONE):
    return lambda s: s.says(text, intent, source)


def anna(track='p1', after=2.0):
    def step(s):
        s.anna(track)
        s.wait(after)
    return step


def comes(knowing=Knowing.UNKNOWN, track='p2', person='', name='', after=5.0):
    def step(s):
        s.comes(track, knowing, person, name)
        s.wait(after)
    return step


def goes(track='p1', after=8.0):
    def step(s):
        s.goes(track)
        s.wait(after)
    return step


def reps(first, last=None):
    return lambda s: s.reps(first, last)


def ends(*args, **kwargs):
    return lambda s: s.ends(*args, **kwargs)


READY = [(anna(), ['hello_known Anna'], State.GREETING, 'ready')]
TRAINING = [*READY, (says('yes'), BEGIN, State.TRAINING, ''),
            (wait(5), ['three', 'two', 'one', 'go'], State.TRAINING, '')]

STORIES = {
    'known, yes': TRAINING,
    'known, not yet, then start': [
        *READY,
        (says('not yet'), ['not_ready'], State.GREETING, 'ready'),
        (wait(60), [], State.GREETING, 'ready'),
        (says("let's go"), BEGIN, State.TRAINING, '')],
    'silence: asked again, then waited for': [
        *READY,
        (wait(7), [], State.GREETING, 'ready'),
        (wait(2), ['ready_again'], State.GREETING, 'ready'),
        (wait(15), ['ready_wait'], State.GREETING, 'ready'),
        (wait(99), [], State.GREETING, 'ready'),
        (says('I am ready'), BEGIN, State.TRAINING, '')],
    'gibberish: explained twice, then not at every word': [
        *READY,
        (says('the weather'), ['not_understood', 'ready_again'], State.GREETING, 'ready'),
        (says('potato'), ['not_understood', 'ready_again'], State.GREETING, 'ready'),
        (says('potato'), ['still_not_understood'], State.GREETING, 'ready'),
        (says('potato'), [], State.GREETING, 'ready'),
        (says('yes'), BEGIN, State.TRAINING, '')],
    'somebody passes by': [
        (comes(track='p9', after=0.6), [], State.IDLE, ''),
        (goes('p9'), [], State.IDLE, '')],
    'leaves before the answer, and the next one is greeted': [
        *READY,
        (goes(), [], State.IDLE, ''),
        (comes(Knowing.KNOWN, 'p2', 'b1b1b', 'Ben', 2), ['hello_known Ben'], State.GREETING,
         'ready')],
    'a stranger who is to be remembered': [
        (comes(), ['hello_stranger'], State.GREETING, 'enroll'),
        (says('yes please'), ['name'], State.GREETING, 'name'),
        (says('my name is Maria'),
         ['nice_to_meet Maria', '=> Enroll Maria p2', 'enrolled Maria', 'ready'],
         State.GREETING, 'ready'),
        (says('yes'), ['=> LoadPlan m1m1m', *BEGIN[1:]], State.TRAINING, '')],
    'a guest who wants to be remembered after all': [
        (comes(), ['hello_stranger'], State.GREETING, 'enroll'),
        (says('no thanks'), ['guest'], State.GREETING, 'ready'),
        (says('yes'), GUEST_BEGINS, State.TRAINING, ''),
        (says('remember me'), ['not_now'], State.TRAINING, ''),
        (says('stop'), ['=> CancelSet', '=> SumUp', 'goodbye_guest'], State.SUMMARY, ''),
        (says('remember me'), ['name'], State.SUMMARY, 'name'),
        (says('my name is Maria'),
         ['nice_to_meet Maria', '=> Enroll Maria p2', 'enrolled Maria'], State.SUMMARY, ''),
        (wait(30), [], State.SUMMARY, ''),
        (says('start'), ['=> LoadPlan m1m1m', *BEGIN[1:]], State.TRAINING, '')],
    'a guest who does not say a name after all': [
        (comes(), ['hello_stranger'], State.GREETING, 'enroll'),
        (says('no thanks'), ['guest'], State.GREETING, 'ready'),
        (says('yes'), GUEST_BEGINS, State.TRAINING, ''),
        (says('stop'), ['=> CancelSet', '=> SumUp', 'goodbye_guest'], State.SUMMARY, ''),
        (says('remember me'), ['name'], State.SUMMARY, 'name'),
        (says('no'), ['not_remembered'], State.SUMMARY, '')],
    'help explains the open question': [
        (comes(), ['hello_stranger'], State.GREETING, 'enroll'),
        (says('help'), ['enroll_again'], State.GREETING, 'enroll'),
        (says('yes'), ['name'], State.GREETING, 'name'),
        (says('help'), ['name_again'], State.GREETING, 'name')],
    'a stranger as a guest': [
        (comes(), ['hello_stranger'], State.GREETING, 'enroll'),
        (says('no thanks'), ['guest'], State.GREETING, 'ready'),
        (says('yes'), GUEST_BEGINS, State.TRAINING, '')],
    'a stranger who says nothing is a guest': [
        (comes(), ['hello_stranger'], State.GREETING, 'enroll'),
        (wait(10), ['enroll_again'], State.GREETING, 'enroll'),
        (wait(12), ['guest'], State.GREETING, 'ready')],
    'unsure, and asked': [
        (comes(Knowing.UNSURE, after=8), ['hello_unsure'], State.GREETING, 'name'),
        (says('I am Maria'),
         ['look_at_me Maria', '=> Enroll Maria p2', 'enrolled Maria', 'ready'],
         State.GREETING, 'ready')],
    'recognised while being asked': [
        (comes(track='p1'), ['hello_stranger'], State.GREETING, 'enroll'),
        (anna(), ['hello_known Anna'], State.GREETING, 'ready')],
    'nobody recognises faces': [
        (lambda s: setattr(s, 'faces_work', False), [], State.IDLE, ''),
        (comes(), ['hello_guest'], State.GREETING, 'ready'),
        (says('ready'), GUEST_BEGINS, State.TRAINING, '')],
    'stop ends it, with a summary and a goodbye': [
        *TRAINING,
        (reps(1, 2), ['one', 'two'], State.TRAINING, ''),
        (says('stop'), ['=> CancelSet', 'summary_short SQUAT, two repetitions nine seconds',
                        '=> SumUp a7k2m', 'goodbye Anna'], State.SUMMARY, ''),
        (says('remember me'), ['known_already Anna'], State.SUMMARY, ''),
        (wait(60), [], State.SUMMARY, ''),
        (says('start'), BEGIN, State.TRAINING, '')],
    'after the summary nobody is greeted who is only found again': [
        *TRAINING,
        (says('stop'), ['=> CancelSet', '=> SumUp a7k2m', 'goodbye Anna'], State.SUMMARY, ''),
        (goes(after=1), [], State.SUMMARY, ''),
        (anna('p7', after=20), [], State.IDLE, ''),
        (goes('p7', after=15), [], State.IDLE, ''),
        (anna('p8'), ['hello_known Anna'], State.GREETING, 'ready')],
    'after the summary the next one': [
        *TRAINING,
        (says('stop'), ['=> CancelSet', '=> SumUp a7k2m', 'goodbye Anna'], State.SUMMARY, ''),
        (goes(after=15), [], State.IDLE, ''),
        (anna(), ['hello_known Anna'], State.GREETING, 'ready')],
    'what is no answer to a question, but no nonsense either': [
        *READY,
        (says('hello'), ['ready_again'], State.GREETING, 'ready'),
        (says("what's on today"), ['=> TellPlan a7k2m', 'today SQUAT, PUSH_UP and PLANK',
                                   'ready_again'], State.GREETING, 'ready'),
        (says('skip'), ['not_understood', 'ready_again'], State.GREETING, 'ready'),
        (says('forget me'), ['forget Anna'], State.GREETING, 'forget'),
        (says('wait'), ['waiting'], State.GREETING, 'forget'),
        (wait(60), [], State.GREETING, 'forget'),
        (says('no'), ['not_forgotten', 'ready_again'], State.GREETING, 'ready')],
    'taken for somebody else': [
        *READY,
        (says('my name is Maria'), ['known_as Anna'], State.GREETING, 'ready'),
        (says('as a guest'), ['guest'], State.GREETING, 'ready'),
        (wait(5), [], State.GREETING, 'ready'),
        (says('yes'), GUEST_BEGINS, State.TRAINING, ''),
        (wait(5), ['three', 'two', 'one', 'go'], State.TRAINING, ''),
        (says('stop'), ['=> CancelSet', '=> SumUp', 'goodbye_guest'], State.SUMMARY, '')],
    'a name that nobody understands': [
        (comes(), ['hello_stranger'], State.GREETING, 'enroll'),
        (says('yes'), ['name'], State.GREETING, 'name'),
        (says('yes'), ['not_understood', 'name_again'], State.GREETING, 'name'),
        (wait(9), ['name_again'], State.GREETING, 'name'),
        (wait(12), ['guest_nameless'], State.GREETING, 'ready'),
        (says('remember me'), ['name'], State.GREETING, 'name'),
        (says('Xanthippe', source=Source.KEYBOARD),
         ['nice_to_meet Xanthippe', '=> Enroll Xanthippe p2', 'enrolled Xanthippe', 'ready'],
         State.GREETING, 'ready')],
    'nobody is in view': [
        (says('start'), ['unseen'], State.IDLE, ''),
        (says('twenty squats'), ['unseen'], State.IDLE, ''),
        (says('stop'), [], State.IDLE, ''),
        (says('stop', source=Source.KEYBOARD), ['nothing_running'], State.IDLE, ''),
        (says('slower'), ['=> ChangePace slower', 'slower_voice'], State.IDLE, ''),
        (says('faster'), ['=> ChangePace faster', 'faster_voice'], State.IDLE, '')],
    'a correction in a pause': [
        *TRAINING,
        (reps(1, 2), ['one', 'two'], State.TRAINING, ''),
        (says('pause'), ['=> CancelSet', 'paused'], State.PAUSED, ''),
        (says('pause'), ['paused'], State.PAUSED, ''),
        (says('no, I did one'), ['=> Correct 1', 'corrected one'], State.PAUSED, ''),
        (says('how many left'), ['how_many two repetitions'], State.PAUSED, ''),
        (says('go on'), ['-> squat 2', 'go_on'], State.TRAINING, ''),
        (reps(1), ['two'], State.TRAINING, ''),
        (says('pause'), ['=> CancelSet', 'paused'], State.PAUSED, ''),
        (says('no, I did three'), ['=> Correct 2', 'corrected three'], State.PAUSED, ''),
        (says('go on'), ['done three repetitions', 'rest thirty seconds'], State.RESTING, '')],
    'a correction in the rest and after the end': [
        *TRAINING,
        (ends(3), ['done three repetitions', 'rest thirty seconds'], State.RESTING, ''),
        (says('no, that was eight'), ['=> Correct 8', 'corrected eight'], State.RESTING, ''),
        (says('two more'), ['whats_next PUSH_UP four repetitions'], State.RESTING, ''),
        (says('stop'), ['summary_short SQUAT, eight repetitions five seconds', '=> SumUp a7k2m',
                        'goodbye Anna'], State.SUMMARY, ''),
        (says('no, that was nine'), ['=> Correct 9', 'corrected nine'], State.SUMMARY, '')],
    'nothing to count in a plank': [
        *TRAINING,
        (says('skip'), ['=> CancelSet', 'skipped',
                        'announce_counted_set PUSH_UP two repetitions one two', '-> push_up 2'],
         State.TRAINING, ''),
        (says('skip'), ['=> CancelSet', 'skipped', 'announce_hold PLANK twenty seconds',
                        '-> plank 20 s'], State.TRAINING, ''),
        (says('that was not a rep'), ['timed'], State.TRAINING, ''),
        (says('ten seconds more'), ['=> Adjust 30.0', 'target thirty seconds'],
         State.TRAINING, ''),
        (says('no rest'), ['=> Adjust 0.0', 'no_rest'], State.TRAINING, '')],
    'pause and go on: the numbers go on, too': [
        *TRAINING,
        (reps(1), ['one'], State.TRAINING, ''),
        (says('wait a moment'), ['=> CancelSet', 'paused'], State.PAUSED, ''),
        (wait(99), [], State.PAUSED, ''),
        (says('how many left'), ['how_many two repetitions'], State.PAUSED, ''),
        (says('start'), ['-> squat 2', 'go_on'], State.TRAINING, ''),
        (reps(1, 2), ['two', 'three'], State.TRAINING, ''),
        (ends(2), ['done three repetitions', 'rest thirty seconds'], State.RESTING, '')],
    'something hurts': [
        *TRAINING,
        (says('my knee hurts'), ['=> CancelSet', 'paused'], State.PAUSED, ''),
        (says('make it zero'), ['no_number'], State.PAUSED, ''),
        (says("stop I don't feel well"), ['=> SumUp a7k2m', 'goodbye Anna'], State.SUMMARY, '')],
    'a pause in the rest': [
        *TRAINING,
        (ends(3), ['done three repetitions', 'rest thirty seconds'], State.RESTING, ''),
        (wait(10), [], State.RESTING, ''),
        (says('pause'), ['paused'], State.PAUSED, ''),
        (wait(60), [], State.PAUSED, ''),
        (says('how long'), ['how_many_rest twenty seconds'], State.PAUSED, ''),
        (says('what comes next'), ['whats_next PUSH_UP two repetitions'], State.PAUSED, ''),
        (says('longer rest'), ['rest_changed forty-five seconds'], State.PAUSED, ''),
        (says('shorter rest'), ['rest_changed thirty seconds'], State.PAUSED, ''),
        (says('continue'), ['how_many_rest twenty seconds'], State.RESTING, ''),
        (wait(10.2), ['rest_ends_next ten seconds two repetitions PUSH_UP'], State.RESTING, '')],
    'skip an exercise, then a rest, then the last one': [
        *TRAINING,
        (says('skip this'), ['=> CancelSet', 'skipped',
                             'announce_counted_set PUSH_UP two repetitions one two',
                             '-> push_up 2'], State.TRAINING, ''),
        (ends(2), ['done two repetitions', 'rest fifteen seconds'], State.RESTING, ''),
        (says('skip'), ['announce_counted_set PUSH_UP two repetitions two two',
                        '-> push_up 2'], State.TRAINING, ''),
        (says('skip'), ['=> CancelSet', 'skipped', 'announce_hold PLANK twenty seconds',
                        '-> plank 20 s'], State.TRAINING, ''),
        (says('skip'), ['=> CancelSet', 'skipped',
                        'summary_short PUSH_UP, two repetitions five seconds',
                        '=> SumUp a7k2m', 'goodbye Anna'], State.SUMMARY, '')],
    'repeat: what was said, or the set': [
        *READY,
        (says('say that again'), ['ready_again'], State.GREETING, 'ready'),
        (says('yes'), BEGIN, State.TRAINING, ''),
        (says('pardon'), ['announce_counted SQUAT three repetitions'], State.TRAINING, ''),
        (reps(1), ['three', 'two', 'one'], State.TRAINING, ''),
        (says('repeat the set'),
         ['=> CancelSet', 'once_more', 'announce_counted SQUAT three repetitions', '-> squat 3'],
         State.TRAINING, ''),
        (ends(3), ['done three repetitions', 'rest thirty seconds'], State.RESTING, ''),
        (says('repeat this exercise'),
         ['once_more', 'announce_counted SQUAT three repetitions', '-> squat 3'],
         State.TRAINING, '')],
    'questions in between': [
        *TRAINING,
        (reps(1), ['one'], State.TRAINING, ''),
        (says('how many are left'), ['how_many two repetitions'], State.TRAINING, ''),
        (says("what's next"), ['whats_next PUSH_UP two repetitions'], State.TRAINING, ''),
        (says('help'), ['help_training'], State.TRAINING, ''),
        (says('nice weather'), [], State.TRAINING, ''),
        (says('nice weather', source=Source.KEYBOARD), ['not_understood'], State.TRAINING, ''),
        (says('slower'), ['=> ChangePace slower', 'slower'], State.TRAINING, ''),
        (reps(2, 3), ['two', 'three'], State.TRAINING, ''),
        (says('how many are left'), ['how_many_none'], State.TRAINING, ''),
        (ends(3), ['done three repetitions', 'rest forty seconds'], State.RESTING, ''),
        (says('how long'), ['how_many_rest forty seconds'], State.RESTING, ''),
        (says('pardon'), ['how_many_rest forty seconds'], State.RESTING, ''),
        (says('rest for a minute'), ['rest_changed one minute'], State.RESTING, ''),
        (says('how long'), ['how_many_rest one minute'], State.RESTING, ''),
        (says('what comes next'), ['whats_next PUSH_UP two repetitions'], State.RESTING, '')],
    'slower, and faster again': [
        *TRAINING,
        (says('slower'), ['=> ChangePace slower', 'slower'], State.TRAINING, ''),
        (says('speed up'), ['=> ChangePace faster', 'faster'], State.TRAINING, ''),
        (says('faster'), ['=> ChangePace faster', 'faster'], State.TRAINING, ''),
        (ends(3), ['done three repetitions', 'rest twenty-five seconds'], State.RESTING, '')],
    'a drink in the rest': [
        *TRAINING,
        (ends(3), ['done three repetitions', 'rest thirty seconds'], State.RESTING, ''),
        (goes(after=8), [], State.RESTING, ''),
        (anna('p7'), [], State.RESTING, ''),
        (wait(10.2), ['rest_ends_next ten seconds two repetitions PUSH_UP'], State.RESTING, '')],
    'not back when the rest is over': [
        *TRAINING,
        (ends(3), ['done three repetitions', 'rest thirty seconds'], State.RESTING, ''),
        (goes(after=18), [], State.RESTING, ''),
        (wait(10), ['left_nothing'], State.PAUSED, ''),
        (anna('p7', 4), ['welcome_back', 'rest_ends_next ten seconds two repetitions PUSH_UP'],
         State.RESTING, '')],
    'leaves and comes back soon': [
        *TRAINING,
        (reps(1), ['one'], State.TRAINING, ''),
        (goes(after=5), [], State.TRAINING, ''),
        (wait(3), ['=> CancelSet', 'left one repetition'], State.PAUSED, ''),
        (anna('p7'), ['welcome_back', '-> squat 2', 'go_on'], State.TRAINING, ''),
        (reps(1, 2), ['two', 'three'], State.TRAINING, '')],
    'leaves and comes back late': [
        *TRAINING,
        (goes(after=8), ['=> CancelSet', 'left_nothing'], State.PAUSED, ''),
        (wait(90), [], State.PAUSED, ''),
        (anna('p7'), ['resume'], State.PAUSED, 'resume'),
        (says('yes'), ['-> squat 3', 'go_on'], State.TRAINING, '')],
    'comes back late, and skips': [
        *TRAINING,
        (goes(after=8), ['=> CancelSet', 'left_nothing'], State.PAUSED, ''),
        (wait(90), [], State.PAUSED, ''),
        (anna('p7'), ['resume'], State.PAUSED, 'resume'),
        (says('wait'), ['waiting'], State.PAUSED, 'resume'),
        (says('skip'), ['skipped', 'announce_counted_set PUSH_UP two repetitions one two',
                        '-> push_up 2'], State.TRAINING, '')],
    'leaves, comes back, has had enough': [
        *TRAINING,
        (goes(after=8), ['=> CancelSet', 'left_nothing'], State.PAUSED, ''),
        (wait(90), [], State.PAUSED, ''),
        (anna('p7'), ['resume'], State.PAUSED, 'resume'),
        (says('no'), ['=> SumUp a7k2m', 'goodbye Anna'], State.SUMMARY, '')],
    'leaves for good': [
        *TRAINING,
        (goes(after=8), ['=> CancelSet', 'left_nothing'], State.PAUSED, ''),
        (wait(310), ['=> SumUp a7k2m', 'goodbye Anna'], State.IDLE, '')],
    'lost for a moment under another id': [
        *TRAINING,
        (goes(after=1), [], State.TRAINING, ''),
        (comes(Knowing.UNSURE, 'p8', after=9), [], State.TRAINING, '')],
    'who was beside the trainee does not take over': [
        *TRAINING,
        (comes(Knowing.UNSURE, 'p8', after=5), [], State.TRAINING, ''),
        (goes(after=8), ['=> CancelSet', 'left_nothing'], State.PAUSED, ''),
        (wait(30), [], State.PAUSED, ''),
        (says('start'), ['one_at_a_time Anna'], State.PAUSED, ''),
        (anna('p7'), ['welcome_back', '-> squat 3', 'go_on'], State.TRAINING, ''),
        (says('start'), ['one_at_a_time Anna'], State.TRAINING, ''),
        (says('as a guest'), ['one_at_a_time Anna'], State.TRAINING, ''),
        (ends(3), ['done three repetitions', 'rest thirty seconds'], State.RESTING, ''),
        (says('start'), ['announce_counted_set PUSH_UP two repetitions one two',
                         '-> push_up 2'], State.TRAINING, '')],
    'a stranger who comes as the trainee goes does not take over': [
        *TRAINING,
        (goes(after=1), [], State.TRAINING, ''),
        (comes(track='p8', after=9), ['=> CancelSet', 'left_nothing', 'one_at_a_time Anna'],
         State.PAUSED, '')],
    'somebody else comes while the trainee is away': [
        *TRAINING,
        (goes(after=8), ['=> CancelSet', 'left_nothing'], State.PAUSED, ''),
        (comes(Knowing.KNOWN, 'p2', 'b1b1b', 'Ben'), ['one_at_a_time Anna'], State.PAUSED, ''),
        (anna('p7'), ['welcome_back', '-> squat 3', 'go_on'], State.TRAINING, '')],
    'a second person asks, and is next': [
        *TRAINING,
        (comes(Knowing.KNOWN, 'p2', 'b1b1b', 'Ben'), [], State.TRAINING, ''),
        (says('start'), ['one_at_a_time Anna'], State.TRAINING, ''),
        (says('stop'), ['=> CancelSet', '=> SumUp a7k2m', 'goodbye Anna'], State.SUMMARY, ''),
        (wait(1), ['hello_known Ben'], State.GREETING, 'ready')],
    'a guest who is recognised later': [
        (comes(track='p1'), ['hello_stranger'], State.GREETING, 'enroll'),
        (says('no'), ['guest'], State.GREETING, 'ready'),
        (says('yes'), GUEST_BEGINS, State.TRAINING, ''),
        (anna(), ['three', 'two'], State.TRAINING, ''),
        (says('stop'), ['=> CancelSet', '=> SumUp a7k2m', 'goodbye Anna'], State.SUMMARY, '')],
    'the camera dies': [
        *TRAINING,
        (lambda s: setattr(s, 'eyes_work', False), [], State.TRAINING, ''),
        (wait(60), ['blind'], State.TRAINING, ''),
        (says('how many left'), ['how_many three repetitions'], State.TRAINING, ''),
        (lambda s: setattr(s, 'eyes_work', True), [], State.TRAINING, ''),
        (wait(1), ['seeing'], State.TRAINING, '')],
    'recognition of faces dies': [
        *TRAINING,
        (lambda s: setattr(s, 'faces_work', False), [], State.TRAINING, ''),
        (wait(60), ['strangers'], State.TRAINING, ''),
        (reps(1), ['one'], State.TRAINING, '')],
    'the ears die and come back': [
        *TRAINING,
        (lambda s: s._take(s.session.ears(False, s.now)), ['deaf'], State.TRAINING, ''),
        (lambda s: s._take(s.session.ears(False, s.now)), [], State.TRAINING, ''),
        (says('how many left', source=Source.KEYBOARD), ['how_many three repetitions'],
         State.TRAINING, ''),
        (lambda s: s._take(s.session.ears(True, s.now)), ['hearing'], State.TRAINING, '')],
    'ears that are dead when somebody comes': [
        (lambda s: s._take(s.session.ears(False, s.now)), [], State.IDLE, ''),
        (anna(), ['hello_known Anna', 'deaf'], State.GREETING, 'ready')],
    'the disk is full, and is not': [
        (lambda s: setattr(s.session._journal, 'fault', 'the disk is full'), [], State.IDLE, ''),
        (anna(), ['hello_known Anna', 'unwritten'], State.GREETING, 'ready'),
        (says('yes'), BEGIN, State.TRAINING, ''),
        (wait(5), ['three', 'two', 'one', 'go'], State.TRAINING, ''),
        (lambda s: setattr(s.session._journal, 'fault', ''), [], State.TRAINING, ''),
        (wait(1), ['written'], State.TRAINING, '')],
    'the counter is not there yet': [
        (lambda s: s.counter(False), [], State.IDLE, ''),
        *READY,
        (says('yes'), ['=> LoadPlan a7k2m', BEGIN[1], 'one_moment'], State.IDLE, ''),
        (lambda s: s.counter(), BEGIN[2:], State.TRAINING, '')],
    'the counter dies in mid-set': [
        *TRAINING,
        (reps(1), ['one'], State.TRAINING, ''),
        (lambda s: s.counter(False), ['one_moment'], State.PAUSED, ''),
        (lambda s: s.counter(), ['-> squat 3', 'go_on'], State.TRAINING, '')],
    'an exercise that the counter does not know is left out': [
        *TRAINING,
        (ends(0, outcome=Outcome.INVALID, message='There is no squat.'),
         ['There is no squat.', 'announce_counted_set PUSH_UP two repetitions one two',
          '-> push_up 2'], State.TRAINING, '')],
    'a plan by voice, changed, kept': [
        *READY,
        (says('make me a ten minute leg workout'),
         ['=> MakePlan make me a ten minute leg workout a7k2m', 'because',
          'plan LUNGE, two sets of ten repetitions'], State.GREETING, 'plan_ok'),
        (says('make it shorter'),
         ['=> MakePlan make it shorter a7k2m it', 'because', 'plan_ok_again'],
         State.GREETING, 'plan_ok'),
        (says('help'), ['plan_ok_again'], State.GREETING, 'plan_ok'),
        (says('sounds good'),
         ['plan_begins', '=> StorePlan a7k2m it',
          'announce_counted_set LUNGE ten repetitions one two', '-> lunge 10'],
         State.TRAINING, '')],
    'a plan by voice that is not wanted after all': [
        *READY,
        (says('make me a ten minute leg workout'),
         ['=> MakePlan make me a ten minute leg workout a7k2m', 'because',
          'plan LUNGE, two sets of ten repetitions'], State.GREETING, 'plan_ok'),
        (says('no'), ['plan_dropped', 'ready_again'], State.GREETING, 'ready')],
    'a plan after the workout that is not wanted': [
        *TRAINING,
        (says('stop'), ['=> CancelSet', '=> SumUp a7k2m', 'goodbye Anna'], State.SUMMARY, ''),
        (says('twenty push ups'),
         ['=> MakePlan twenty push ups a7k2m', 'because',
          'plan LUNGE, two sets of ten repetitions'], State.SUMMARY, 'plan_ok'),
        (says('no'), ['plan_dropped'], State.SUMMARY, '')],
    'a plan while training': [
        *TRAINING,
        (says('make me a ten minute leg workout'), ['not_now'], State.TRAINING, '')],
    'forget me, yes': [
        *READY,
        (says('forget me'), ['forget Anna'], State.GREETING, 'forget'),
        (says('yes'), ['=> Forget a7k2m', 'forgotten_this your face and two plans'],
         State.IDLE, ''),
        (wait(30), [], State.IDLE, '')],
    'forget me, no': [
        *READY,
        (says('forget me'), ['forget Anna'], State.GREETING, 'forget'),
        (says('no'), ['not_forgotten', 'ready_again'], State.GREETING, 'ready')],
    'forget me in mid-set': [
        *TRAINING,
        (says('forget me'), ['forget Anna'], State.TRAINING, 'forget'),
        (says('yes'), ['=> Forget a7k2m', '=> CancelSet',
                       'forgotten_this your face and two plans'], State.IDLE, '')],
    'a guest cannot be forgotten': [
        (comes(), ['hello_stranger'], State.GREETING, 'enroll'),
        (says('no'), ['guest'], State.GREETING, 'ready'),
        (says('forget me'), ['forget_unknown'], State.GREETING, 'ready')],
    'a human trainer corrects': [
        *TRAINING,
        (reps(1, 2), ['one', 'two'], State.TRAINING, ''),
        (says('no, I did one'), ['=> Correct 1', 'corrected one'], State.TRAINING, ''),
        (says('that was not a rep'), ['=> Judge False', 'rejected two'], State.TRAINING, ''),
        (says('set the target to twelve'), ['=> Adjust 12', 'target twelve repetitions'],
         State.TRAINING, ''),
        (says('two more'), ['=> Adjust 14', 'target fourteen repetitions'],
         State.TRAINING, ''),
        (says('rest for a minute'), ['=> Adjust 60.0', 'rest_changed one minute'],
         State.TRAINING, ''),
        (says('change the target', 'change_target'), ['no_number'], State.TRAINING, '')],
    'goodbye before it begins': [
        *READY,
        (says('goodbye'), ['goodbye Anna'], State.IDLE, ''),
        (wait(30), [], State.IDLE, '')],
}
ANSWERS = {
    'SumUp': Answer(True), 'Enroll': Answer(True, person_id='m1m1m'),
    'Forget': Answer(True, deleted=(('faces', 5), ('workouts', 2), ('sessions', 0))),
    'MakePlan': Answer(True, items=(Item('lunge', 2, 10),), plan='it', sentences=('because',)),
    'StorePlan': Answer(True), 'TellPlan': Answer(True, items=PLAN),
    'Correct': Answer(True), 'Judge': Answer(True, reps=2),
    'Adjust': Answer(True)}


def visible(log):
    """Values of requests that are no text are left out."""
    return [' '.join(line.split()) for line in log]


@pytest.mark.parametrize('story', STORIES)
def test_story(story):
    s = stage(answers=ANSWERS)
    for line, (step, expected, state, question) in enumerate(STORIES[story]):
        step(s)
        seen = visible(s.said()), s.session.state, s.session.question
        assert seen == (expected, state, question), f'line {line}'


@pytest.mark.parametrize('language', languages())
def test_every_story_has_words(language):
    """The real phrases take the values that the session fills in."""
    for story in STORIES.values():
        s = Stage(
            words=Wording(language), understand=ENGLISH.understand, answers=ANSWERS,
            spoken_name=lambda name: spoken_name(name, language))
        s.counter()
        s.wait(2)
        for step, *_ in story:
            step(s)
        assert all('{' not in text for _, text in s.timeline)


@pytest.mark.parametrize(('language', 'text', 'state'), [
    ('en', 'yes', State.TRAINING), ('en', 'no', State.GREETING),
    ('it', 'sì', State.TRAINING), ('it', 'no', State.GREETING),
    ('it', 'cominciamo', State.TRAINING)])
def test_both_languages_are_understood(language, text, state):
    s = Stage(words=Keys(language), understand=Intents(language).understand)
    s.counter()
    s.wait(2)
    s.anna()
    s.wait(2)
    s.says(text)
    assert s.session.state == state


def test_a_face_that_cannot_be_seen_well_enough():
    s = stage(answers={'Enroll': Answer(False, 'The face is too small.')})
    s.comes()
    s.wait(5)
    s.says('yes')
    s.says('my name is Maria')
    assert s.said() == [
        'hello_stranger', 'name', 'nice_to_meet Maria', '=> Enroll Maria p1', 'enroll_retry',
        '=> Enroll Maria p1', 'enroll_failed', 'ready']
    assert s.session.question == 'ready'


@pytest.mark.parametrize(('taken', 'said', 'question'), [
    (Taken.NAME, ['name_taken Maria'], 'name'), (Taken.FACE, ['face_taken', 'ready'], 'ready')])
def test_a_name_or_a_face_that_is_taken(taken, said, question):
    s = stage(answers={'Enroll': Answer(False, 'taken', taken=taken)})
    s.comes()
    s.wait(5)
    s.says('yes')
    s.says('my name is Maria')
    assert s.said()[4:] == said
    assert s.session.question == question


def test_a_plan_for_another_day_is_kept_and_not_begun():
    s = stage(answers={**ANSWERS, 'MakePlan': Answer(
        True, items=3 * (Item('squat', reps=9), Item('plank', seconds=20.0)), later=True)})
    s.anna()
    s.wait(2)
    s.says('save three rounds of nine squats and a plank for friday')
    assert s.said()[-1] == (
        'plan_later three rounds of SQUAT, nine repetitions; PLANK, twenty seconds')
    s.says('yes')
    assert s.said() == ['=> StorePlan a7k2m', 'plan_kept', 'ready_again']
    s.answers['StorePlan'] = Answer(False, 'The disk is full.')
    s.says('save nine squats for friday')
    s.says('yes')
    assert s.said()[-2:] == ['plan_lost', 'ready_again']


@pytest.mark.parametrize(('answer', 'said'), [
    (Answer(False, 'The disk is broken.'), ['no_plan', 'tell_me']),
    (Answer(True), ['no_plan', 'tell_me']),
    (Answer(False, sentences=('Today you rest.',)), ['Today you rest.', 'tell_me']),
])
def test_no_plan(answer, said):
    s = stage(answers={**ANSWERS, 'LoadPlan': answer})
    s.anna()
    s.wait(2)
    s.says('yes')
    assert s.said()[-2:] == said
    s.says('make me a ten minute leg workout')
    s.says('yes')
    assert s.session.state == State.TRAINING


def test_a_counter_that_refuses_a_correction():
    s = stage(answers={'Correct': Answer(False, 'no set is open')})
    s.anna()
    s.wait(2)
    s.says('yes')
    s.reps(1)
    s.says('no, I did eight')
    assert s.said()[-2:] == ['=> Correct 8', 'not_changed']


def test_corrections_after_a_pause_are_in_the_numbers_of_the_counter():
    s = stage(answers=ANSWERS)
    s.anna()
    s.wait(2)
    s.says('yes')
    s.reps(1, 2)
    s.says('pause')
    s.says('go on')
    s.says('set the target to twelve')
    assert s.asked[-1] == Adjust(reps=10)
    s.reps(1, 3)
    s.says('no, I did four')
    assert s.asked[-1] == Correct(2)
    assert s.said()[-1] == 'corrected four'


def test_facts_are_waited_for_but_not_for_ever():
    s = stage()
    s.anna()
    s.wait(2)
    s.says('yes')
    s.reps(1)
    s.says('stop')
    assert s.said()[-1] == '=> SumUp a7k2m'
    s.wait(4)
    assert s.said() == ['goodbye Anna']
    s._take(s.session.answered(s.asked[-1], Answer(True), s.now))
    assert s.said() == []


def test_the_whole_plan_to_the_summary():
    s = stage(answers={'SumUp': Answer(True, facts=(
        ('record_reps', {'exercise': 'squat', 'reps': 3, 'before': 2}),
        ('days_in_a_row', {'days': 4}), ('unheard_of', {})))})
    s.anna()
    s.wait(2)
    s.says('yes')
    for item in PLAN:
        for _ in range(item.sets):
            s.wait(6)
            if item.reps:
                s.reps(1, item.reps)
            else:
                s.holds(item.seconds)
            s.ends(item.reps, item.seconds)
            s.wait(item.rest + 1)
    assert s.said()[-5:] == [
        'summary SQUAT, three repetitions; PUSH_UP, two sets of two repetitions; '
        'PLANK, twenty seconds two minutes', '=> SumUp a7k2m',
        'fact_record_reps SQUAT three repetitions two repetitions', 'fact_days_in_a_row four',
        'goodbye Anna']


def test_with_a_plan_given_nothing_is_asked():
    """`./trainer run --exercise squat`: whoever comes, known or not, trains."""
    s = Stage([Item('squat', reps=2)], understand=ENGLISH.understand, converse=False)
    s.anna()
    s.counter()
    s.wait(60)
    assert s.said() == ['announce SQUAT two repetitions', '-> squat 2']
    s.reps(1)
    s.says('how many left')
    s.says('nice weather')
    s.says('pause')
    s.says('go on')
    s.reps(1)
    s.ends(1)
    s.wait(60)
    assert s.said() == [
        'one', 'how_many one repetition', '=> CancelSet', 'paused', '-> squat 1', 'go_on', 'two',
        'done two repetitions']
    assert s.session.greeting.who.name == ''


def test_who_is_asked_again_may_hear_it_to_the_end():
    """Nobody resigns before the question has been spoken, which takes a while."""
    talk = Talk(Keys('en'))
    asking, question = Asking(talk), talk.answer('enroll', 0)
    asking.ask('enroll', question, 0, resigned=lambda now: ['resigned'])
    asking.spoken(question.id, ns(3))
    assert asking.tick(ns(10.9)) == []
    again, = asking.tick(ns(11.1))
    assert again.text == 'enroll_again'
    assert asking.tick(ns(16)) == []
    asking.spoken(again.id, ns(16.5))
    assert asking.tick(ns(28)) == []
    assert asking.tick(ns(28.6)) == ['resigned']
