"""What is understood, and what is not; texts as people type them and recognisers write them."""

import re

import pytest

from trainer_core.errors import UserError
from trainer_voice.dialogue.events import State
from trainer_voice.intents import INTENTS, Intents
from trainer_voice.intents.patterns import expand
from trainer_voice.intents.understanding import QUESTIONS, languages

# language, question, text: intent and values
TABLE = """
en -      yes: yes
en -      Ehm, yes please!: yes
en -      okay: yes
en -      No.: no
en -      no thanks: no
en ready  go: yes
en ready  I'm ready: yes
en ready  yes, let's go: yes
en ready  not yet: no
en ready  no I am not ready yet: no
en ready  stop: stop
en -      stop my knee hurts: stop
en -      stop I don't feel well: stop
en resume stop I don't feel well: stop
en -      please stop, I can't breathe: stop
en -      pause the workout: pause
en -      my knee hurts: pause
en -      my knee does not hurt:
en ready  I am hurt: no
en ready  I am sick: no
en ready  who am I:
en ready  not ready: no
en ready  my knee hurts: plan text=my knee hurts
en ready  yes but no squats: plan text=yes but no squats
en ready  no I want legs: plan text=I want legs
en ready  no, twenty squats: plan text=twenty squats
en ready  no squats today: plan text=no squats today
en ready  no, in ten minutes: no
en forget yes, no, wait:
en -      not skip:
en -      can you not count that: reject_rep
en -      that was no rep: reject_rep
en -      you didn't count that one: accept_rep
en -      rest one minute 30 seconds: change_rest seconds=90
en -      60 sec rest: change_rest seconds=60
en -      rest 2 min: change_rest seconds=120
en -      30s rest: change_rest seconds=30
en -      rest for two and a half minutes: change_rest seconds=150
it -      ferma mi fa male il ginocchio: stop
it -      basta non ce la faccio: stop
it -      mi fa male il ginocchio: pause
it ready  non andiamo: no
it ready  no, voglio fare le gambe: plan text=voglio fare le gambe
it -      riposo di un minuto e trenta secondi: change_rest seconds=90
it -      riposo più corto: change_rest relative=-1
it -      quanti squat mancano: how_many_left
en -      go: start
en -      go on: go_on
en -      yes, go on: go_on
en -      on:
en -      off:
en -      I want to stop: stop
en -      stop stop stop: stop
en -      please stop it right now: stop
en -      please don't stop: go_on
en -      wait a minute: pause
en -      can we skip this one: skip
en -      no, skip it: skip
en -      skip the plank: skip
en -      okay next: skip
en -      what did you say: repeat
en -      slow down a bit please: slower
en -      slow down please: slower
en -      a bit faster please: faster
en -      could you speak a little slower: slower
en -      that is too slow: faster
en -      that is too fast: slower
en -      how many are left: how_many_left
en -      left, how many?: how_many_left
en -      what's next: whats_next
en -      forget me: forget_me
en forget yes I am sure: yes
en -      no, I did eight: correct_count number=8
en -      I did twenty-five: correct_count number=25
en -      set the count to 12: correct_count number=12
en -      that was not a repetition: reject_rep
en -      the third was not a rep: reject_rep number=3
en -      rep three doesn't count: reject_rep number=3
en -      you missed one: accept_rep
en -      set the target to twelve: change_target number=12
en -      make it forty seconds: change_target seconds=40
en -      two more: change_target number=2 relative=1
en -      rest for a minute and a half: change_rest seconds=90
en -      a longer rest: change_rest relative=1
en -      my name is Anna: enroll name=Anna
en name   I'm Anna: enroll name=Anna
en name   anna maria: enroll name=Anna Maria
en name   Øyvind: enroll name=Øyvind
en name   I'm ready: start
en name   stop: stop
en name   eight:
en -      I'm Anna:
en -      make me a leg workout: plan text=make me a leg workout
en -      twenty push ups and a plank: plan text=twenty push ups and a plank
en plan_ok without jumping: plan text=without jumping
en plan_ok no push-ups: plan text=no push-ups
en plan_ok sounds good: yes
en -      without jumping:
en -      squat:
en ready  squats: plan text=squats
en ready  legs: plan text=legs
en ready  ten minutes: plan text=ten minutes
en ready  the weather is nice today:
en ready  hello: polite
en ready  Thank you!: polite
en -      hello:
en -      no rest: change_rest seconds=0
en -      legs without rest: plan text=legs without rest
en -      the weather is nice today:
en -      I said yes to my neighbour about the dog:
en -      never stop believing:
en -      :
en -      ?!:
en -      🙂:
it -      un po' più veloce: faster
it -      più piano per favore: slower
it -      sì: yes
it -      si grazie: yes
it ready  sono pronta: yes
it ready  non ancora: no
it -      ferma: stop
it -      non fermarti: go_on
it -      quante ne mancano ancora: how_many_left
it -      possiamo saltare questo: skip
it -      cos'è dopo: whats_next
it -      no, ne ho fatte otto: correct_count number=8
it -      ventitré ripetizioni: change_target number=23
it -      ventitre ripetizioni: change_target number=23
it -      imposta l’obiettivo a dodici: change_target number=12
it -      riposo di un minuto: change_rest seconds=60
it -      non era una ripetizione: reject_rep
it -      quella vale: accept_rep
it -      altre due: change_target number=2 relative=1
it -      fanne dodici: change_target number=12
it -      senza riposo: change_rest seconds=0
it ready  ciao: polite
it ready  gambe: plan text=gambe
it -      ciao: goodbye
it name   ricordami: enroll
it -      mi chiamo Anna: enroll name=Anna
it name   sono Luca: enroll name=Luca
it name   sono pronto: start
it -      venti piegamenti e un plank: plan text=venti piegamenti e un plank
it -      il tempo è bello:
"""
LINE = re.compile(r'(\w+) (\S+) +(.*?): ?(\w*) ?(.*)')


@pytest.fixture(scope='module')
def intents():
    return {language: Intents(language) for language in languages()}


@pytest.mark.parametrize('line', TABLE.strip().splitlines())
def test_understanding(intents, line):
    language, question, text, intent, rest = LINE.fullmatch(line).groups()
    understood = intents[language].understand(text, question.strip('-'))
    values = {} if not rest else {'text': rest[5:]} if rest.startswith('text=') else dict(
        v.split('=') for v in re.split(r' (?=\w+=)', rest))
    assert understood.intent == intent
    assert {k: str(v) for k, v in understood.values.items()} == values
    assert (0 < understood.confidence <= 1) if intent else understood.confidence == 0


@pytest.mark.parametrize('language', languages())
def test_every_phrase_is_understood_as_its_own_intent(intents, language):
    for state in State:
        for intent, phrase in intents[language].phrases(state):
            for words in expand(phrase):
                text = ' '.join(words).replace('<number>', '13').replace('<name>', 'Anna')
                assert intents[language].understand(text).intent == intent, text


@pytest.mark.parametrize('language', languages())
@pytest.mark.parametrize('question', QUESTIONS)
def test_every_answer_is_understood(intents, language, question):
    answers = intents[language].phrases(State.GREETING, question)
    for intent, phrase in answers:
        if intent not in ('yes', 'no') and '<name>' not in phrase:
            continue
        for words in expand(phrase):
            text = ' '.join(words).replace('<number>', '13').replace('<name>', 'Anna')
            assert intents[language].understand(text, question).intent == intent, text


def test_languages_have_the_same_intents(intents):
    files = [i._file for i in intents.values()]
    for file in files:
        assert set(file) == set(files[0])
        assert set(file['intents']) == set(INTENTS)
        assert set(file['answers']) == set(files[0]['answers']) <= set(QUESTIONS)


@pytest.mark.parametrize('state', State)
def test_grammars_are_complete(intents, state, tmp_path):
    pocketsphinx = pytest.importorskip('pocketsphinx')
    for question in QUESTIONS:
        text = intents['en'].grammar(state, question)
        defined = re.findall(r'^(?:public )?<(\w+)> =', text, re.MULTILINE)
        assert set(re.findall(r'<(\w+)>', text)) == set(defined)
        assert '= stop | ' in text or '| stop |' in text
        file = tmp_path / 'command.gram'
        file.write_text(text)
        name = f'{state.name.lower()}{question.replace("_", "")}.command'
        assert pocketsphinx.Jsgf(str(file)).get_rule(name)  # what the recogniser itself reads


@pytest.mark.parametrize('phrase', ['skip [this', 'skip this]', '(a | b', 'rest <minutes>'])
def test_mistakes_in_phrases_are_named(phrase):
    with pytest.raises(UserError, match=re.escape(repr(phrase))):
        expand(phrase)


def test_an_unknown_language_is_told():
    with pytest.raises(UserError, match="'xx'; there are commands in en, it"):
        Intents('xx')
