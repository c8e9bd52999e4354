"""The page of the mirror in a real Chromium: what somebody in front of it sees and can do."""

from urllib.parse import urlsplit

import numpy as np
import pytest

from trainer.environment import system
from trainer.mirror.show import SCRIPT, Scene, Show, house, perform, until
from trainer_core.people import People, Person
from trainer_core.ros.stage import DOMAIN
from trainer_counter import exercises
from trainer_counter.reps.set import Set
from trainer_msgs.msg import Heard, Session, SpeechStatus

sync_api = pytest.importorskip('playwright.sync_api', reason='playwright is not installed')
CHROMIUM = system.browser()
pytestmark = pytest.mark.skipif(
    not CHROMIUM, reason='there is no Chromium; install: sudo apt-get install chromium')

SIZES = {'portrait': (1080, 1920), 'landscape': (1920, 1080), 'phone': (390, 844)}
LIMIT = 60_000  # ms


@pytest.fixture(scope='module')
def browser():
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[
            '--no-sandbox', '--disable-gpu',
            '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'])
        yield browser
        browser.close()


@pytest.fixture(scope='module')
def squats(tmp_path_factory):
    """Two squats, as scenes."""
    script = tmp_path_factory.mktemp('mirror') / 'squats.yaml'
    script.write_text(SCRIPT.format(yaw=35, reps=2))
    return perform(script, {'p3fk2': 'squat'}, target=10, width=160, height=120, fps=10.0)


class Theatre:
    """A mirror, a show for it, and pages that look at it."""

    def __init__(self, home, browser, **parameters):
        self.home, self.browser = home, browser
        self.mirror = home.mirror(**parameters)
        self.show = home.add(Show)
        self.errors, self.hosts, self.contexts = [], set(), []

    @property
    def url(self):
        return self.mirror._server.url()

    def open(self, size='phone', path='', **options):
        width, height = SIZES[size]
        context = self.browser.new_context(
            viewport={'width': width, 'height': height}, **options)
        context.set_default_timeout(LIMIT)
        self.contexts.append(context)
        page = context.new_page()
        page.on('console', lambda m: m.type == 'error' and self.errors.append(m.text))
        page.on('pageerror', lambda error: self.errors.append(str(error)))
        page.on('request', lambda r: self.hosts.add(urlsplit(r.url).hostname))
        page.goto(self.url + path)
        return page

    def open_linked(self, size='phone', **options):
        page = self.open(size, **options)
        linked(page)
        assert until(self.show.states.get_subscription_count)
        return page


@pytest.fixture
def theatre(browser, tmp_path, monkeypatch):
    monkeypatch.setenv('TRAINER_DATA', str(tmp_path))
    monkeypatch.setenv('XDG_STATE_HOME', str(tmp_path))
    opened = []

    with house(DOMAIN) as home:
        def make(**parameters):
            opened.append(Theatre(home, browser, **parameters))
            return opened[-1]
        yield make
        for theatre in opened:
            for context in theatre.contexts:
                context.close()
    for theatre in opened:
        assert theatre.errors == []
        assert theatre.hosts <= {'127.0.0.1'}  # no request leaves this machine


def linked(page, state='open'):
    page.wait_for_function('state => document.body.dataset.link === state', arg=state)


def true(page, expression):
    """Wait until it is; as a function, since the page lets nobody evaluate text."""
    page.wait_for_function(f'() => {expression}')


def shows(page, selector, text):
    sync_api.expect(page.locator(selector)).to_have_text(text, timeout=LIMIT)


def pixels(page):
    """The picture on the page, made small."""
    return page.evaluate("""() => {
        const small = new OffscreenCanvas(40, 30).getContext('2d');
        small.drawImage(document.querySelector('.picture'), 0, 0, 40, 30);
        return [...small.getImageData(0, 0, 40, 30).data];
    }""")


def test_the_picture_moves_and_is_mirrored(theatre, squats):
    hall = theatre()
    page = hall.open_linked()
    with hall.show.playing(squats):
        true(page, 'mirror.frames > 2')
        before, frames = pixels(page), page.evaluate('mirror.frames')
        true(page, f'mirror.frames > {frames + 15}')
        assert np.abs(np.subtract(pixels(page), before)).max() > 30
        assert page.evaluate(
            "new DOMMatrix(document.querySelector('.picture').style.transform).a") < 0
    # Each picture was stamped by the camera, and the node was told when it was drawn.
    assert page.evaluate('mirror.delays.every(ms => ms > 0 && ms < 10000)')
    assert hall.mirror._drawn.total > 15


def test_the_skeleton_lies_where_the_mirrored_body_is(theatre, squats):
    hall = theatre()
    page = hall.open_linked(reduced_motion='reduce')
    pose = np.column_stack([np.linspace(8, 40, 18), np.linspace(20, 100, 18), np.full(18, 0.9)])
    people = People(0, 160, 120, [Person('other', pose, pose, 0.9)])
    with hall.show.playing([Scene(squats[0].image, people, [], [])]):
        true(page, 'mirror.frames > 2 && mirror.known.poses.people?.length')
        page.wait_for_function("""() => {
            const lines = document.querySelector('.lines');
            const { data, width } = lines.getContext('2d').getImageData(
                0, 0, lines.width, lines.height);
            let [left, right] = [0, 0];
            for (let i = 3; i < data.length; i += 4) {
                if (data[i]) (i / 4 % width < width / 2) ? left += 1 : right += 1;
            }
            return right > 100 && left === 0;
        }""")


def test_the_count_follows_a_session(theatre, squats):
    hall = theatre()
    hall.show.session(Session.TRAINING)
    page = hall.open_linked()
    page.evaluate("""() => {
        const take = (list, value) => { if (list.at(-1) !== value) list.push(value); };
        globalThis.numbers = [];
        globalThis.arcs = [];
        new MutationObserver(() => {
            take(numbers, document.querySelector('.dial .number').textContent);
            take(arcs, parseFloat(document.querySelector('.arc').getAttribute('stroke-dasharray')));
        }).observe(document.querySelector('.dials'), {
            attributes: true, childList: true, characterData: true, subtree: true });
    }""")
    with hall.show.playing(squats, once=True):
        shows(page, '.dial .number', '2')
        shows(page, '.dial .phase', 'ready')
    assert page.evaluate('numbers') == ['0', '1', '2']
    shows(page, '.dial .of', 'of 10')
    shows(page, '#spoken-count', '2 of 10')  # to those who listen to the page
    assert page.locator('.segment[data-done]').count() == 2
    arcs = page.evaluate('arcs')  # percent of the ring: as far as the movement goes, and back
    assert max(arcs) > 70 and min(arcs) < 5
    shows(page, '.dial-title', 'squat')
    assert page.locator('.plan li[aria-current]').text_content().startswith('squat')
    shows(page, '.next-title', 'squat')
    shows(page, '.next-text', 'set 2 of 3 · 12 reps')


def test_form_of_the_last_repetition(theatre, squats):
    hall = theatre()
    page = hall.open_linked()
    shows(page, '.hint-do', 'Shown after the first repetition')
    hall.show.scene(squats[-1])
    hall.show.form(3, ('left_knee', 'left_upper_leg'))
    shows(page, '.hint-do', 'Bend your left knee')
    shows(page, '.hint-amount', '20°')
    shows(page, '.hint-when', 'Repetition 3 · at the bottom')
    marks = page.evaluate("""() => [...document.querySelectorAll('.figure [data-mark]')]
        .reduce((all, e) => ({ ...all, [e.dataset.mark]: (all[e.dataset.mark] ?? 0) + 1 }), {})""")
    assert marks['wrong'] == 3 and marks['good'] >= 7 and marks['none'] >= 2
    assert page.locator('.figure').get_attribute('aria-label') == (
        'Form of repetition 3: not yet; differs: left upper leg, left knee')
    hall.show.form(4)
    shows(page, '.hint-do', 'Good form')


def test_what_is_said_and_heard(theatre):
    hall = theatre()
    page = hall.open_linked()
    assert until(hall.show.speech.get_subscription_count)
    hall.show.says('Are you ready?')
    shows(page, '.said-text', 'Are you ready?')
    assert page.locator('.said').is_visible()
    hall.show.says('Are you ready?', SpeechStatus.FINISHED)
    page.wait_for_selector('.said', state='hidden')
    page.get_by_role('button', name='Yes').click()
    shows(page, '.heard-text', '“yes”')


def test_each_button(theatre):
    hall = theatre()
    page = hall.open_linked()
    assert until(hall.mirror._heard.get_subscription_count)
    for state, label, intent in (
            (Session.TRAINING, 'Yes', 'yes'), (Session.TRAINING, 'No', 'no'),
            (Session.TRAINING, 'Pause', 'pause'), (Session.PAUSED, 'Go on', 'go_on'),
            (Session.PAUSED, 'Stop', 'stop'), (Session.PAUSED, 'Skip', 'skip'),
            (Session.PAUSED, 'Repeat', 'repeat'), (Session.PAUSED, 'Remember me', 'enroll')):
        hall.show.session(state)
        hall.show.heard.clear()
        page.get_by_role('button', name=label, exact=True).click()
        assert until(lambda: hall.show.heard), label
        message, = hall.show.heard
        assert (message.intent, message.source, message.confidence) == (intent, Heard.MIRROR, 1.0)


def test_by_keyboard_alone(theatre):
    hall = theatre()
    page = hall.open_linked()
    assert until(hall.mirror._heard.get_subscription_count)
    reached = []
    for _ in range(12):
        page.keyboard.press('Tab')
        name, outline = page.evaluate("""() => [
            document.activeElement.textContent.trim() || document.activeElement.id,
            getComputedStyle(document.activeElement).outlineStyle]""")
        reached.append(name)
        if name == 'words':
            page.keyboard.type('make me a ten minute plan')  # an e in it opens nothing
            page.keyboard.press('Enter')
        assert outline == 'solid' or name == 'words' and outline != 'none'
        if name == "Engineer's view":
            break
    assert reached == ['Yes', 'No', 'Pause', 'Stop', 'Skip', 'Repeat', 'Remember me', 'words',
                       'Send', "Engineer's view"]
    assert until(lambda: hall.show.heard)
    assert [(m.text, m.intent) for m in hall.show.heard] == [('make me a ten minute plan', '')]
    assert page.locator('#words').input_value() == ''


def test_a_rest_runs_out(theatre, squats):
    hall = theatre()
    hall.show.session(Session.RESTING, rest=30.0, set=2)
    page = hall.open_linked()
    shows(page, '.dial .phase', 'rest')
    shows(page, '.next-text', 'set 2 of 3 · 12 reps')
    before = int(page.locator('.dial .number').text_content())
    true(page, f"Number(document.querySelector('.dial .number').textContent) < {before}")
    hall.show.session(Session.TRAINING, set=2)
    shows(page, '.dial .of', 'of 12')


def test_a_question(theatre):
    hall = theatre()
    hall.show.session(Session.GREETING, question='ready')
    page = hall.open_linked()
    shows(page, '.next-title', 'Are you ready?')
    shows(page, '.who .name', 'Ana')


def test_two_trainees(theatre, squats):
    hall = theatre()
    page = hall.open_linked()
    assert until(hall.show.identities.get_subscription_count)
    hall.show.knows({'aaaaa': 'Ana', 'bbbbb': 'Ben'})
    sets = [Set(exercises.load('squat'), track_id=track) for track in ('aaaaa', 'bbbbb')]
    scene = squats[0]
    pose = scene.people.people[0].keypoints
    people = People(1, 160, 120, [Person(s.track_id, pose, pose, 0.9) for s in sets])
    states = []
    for reps, a_set in enumerate(sets, 3):
        a_set.correct(reps)
        states.append((a_set, a_set.update(people)[0]))
    with hall.show.playing([Scene(scene.image, people, states, [])]):
        shows(page, '.dial-title', ['Ana, squat', 'Ben, squat'])
        shows(page, '.dial .number', ['3', '4'])


def test_what_is_wrong_with_the_view(theatre, squats):
    hall = theatre()
    page = hall.open_linked()
    shows(page, '.notice-title', 'No picture')
    a_set = Set(exercises.load('squat'), track_id='p3fk2')
    for people, measurable, title in (
            (1, True, ''),
            (0, True, 'Nobody in view'),
            (1, False, 'I cannot see enough of you'),
            (1, True, '')):
        pose = squats[0].people.people[0].keypoints.copy()
        if not measurable:
            pose[8:14, 2] = 0.0  # no legs
        seen = People(1, 160, 120, [Person('p3fk2', pose, pose, 0.9)] * people)
        states = [(a_set, a_set.update(seen)[0])]
        with hall.show.playing([Scene(squats[0].image, seen, states, [])]):
            if title:
                shows(page, '.notice-title', title)
            page.wait_for_selector('.notice', state='visible' if title else 'hidden')


def test_it_comes_back_with_the_node(theatre, squats):
    hall = theatre()
    page = hall.open_linked()
    port = hall.mirror._server.port
    with hall.show.playing(squats):
        true(page, 'mirror.frames > 2')
        hall.home.remove(hall.mirror)
        linked(page, 'gone')
        shows(page, '.notice-title', 'The trainer is not answering')
        assert page.get_by_role('button', name='Stop').is_disabled()
        frames = page.evaluate('mirror.frames')
        hall.mirror = hall.home.mirror(port=port)
        linked(page)
        true(page, f'mirror.frames > {frames + 2}')
        page.wait_for_selector('.notice', state='hidden')
        assert page.get_by_role('button', name='Stop').is_enabled()
    # The browser itself complains about a server that is not there; nothing else has.
    assert all('ERR_CONNECTION_REFUSED' in e or 'WebSocket' in e for e in hall.errors), hall.errors
    hall.errors.clear()


def test_a_second_page_costs_no_second_encoding(theatre, squats):
    hall = theatre()
    pages = [hall.open_linked(), hall.open_linked()]
    with hall.show.playing(squats):
        for page in pages:
            true(page, 'mirror.frames > 15')
        assert hall.mirror._server.pages == 2
    assert hall.mirror._feed.meter.total <= hall.show.sent
    assert hall.mirror._drawn.total > 30
    pages[0].close()
    assert until(lambda: hall.mirror._server.pages == 1)


def test_the_token_is_asked_for(theatre):
    hall = theatre(token='correct horse')
    page = hall.open()
    shows(page, 'h1', 'This mirror is private')
    page.get_by_label('Token').fill('wrong')
    page.get_by_role('button').click()
    shows(page, 'h1', 'This mirror is private')
    page.get_by_label('Token').fill('correct horse')
    page.get_by_role('button').click()
    linked(page)
    assert page.url == hall.url  # it does not stay in the address
    page.reload()
    linked(page)
    # That a page was refused is what the browser complains about.
    assert all('401' in error for error in hall.errors), hall.errors
    hall.errors.clear()


def test_the_engineers_view(theatre, squats):
    hall = theatre()
    page = hall.open_linked()
    view = page.locator('#engineer')
    assert view.is_hidden()
    page.keyboard.press('e')
    assert view.is_visible()
    with hall.show.playing(squats, once=True):
        page.wait_for_selector('.movements tbody tr.rep')
    page.wait_for_function("""() => ['.plot-mse', '.plot-wave', '.plot-angles'].every(name => {
        const c = document.querySelector(name);
        return c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(v => v > 200);
    })""")
    shows(page, '.angle-keys span >> nth=0', 'left hip')
    page.wait_for_selector('.nodes tbody th:has-text("mirror: page")')
    page.keyboard.press('Escape')
    assert view.is_hidden()
    page.get_by_role('button', name="Engineer's view").click()
    assert view.is_visible()


@pytest.mark.parametrize('size', SIZES)
def test_it_fits_and_can_be_read(theatre, squats, size):
    hall = theatre()
    hall.show.session(Session.TRAINING)
    page = hall.open_linked(size)
    hall.show.scene(squats[-1])
    hall.show.form(2, ('left_knee',))
    shows(page, '.hint-do', 'Bend your left knee')
    assert page.evaluate('document.scrollingElement.scrollWidth <= innerWidth')
    shown = ['.stage', '.dial', '.hint', '.buttons']
    if size != 'phone':  # which scrolls
        shown += ['.figure', '.next', '.words', '.parts']
        # From 3 m: letters of 24 px of 1080 at least, the count far larger.
        small = page.evaluate("""() => [...document.querySelectorAll(
            '.top *, .hint *, .parts *, .next *, .dial-title')]
            .filter(e => e.textContent && e.offsetWidth > 1)
            .map(e => [parseFloat(getComputedStyle(e).fontSize), e.className])
            .filter(([px]) => px < 23.9)""")
        assert small == []
        height = page.locator('.dial .number').bounding_box()['height']
        assert height > 140
    for selector in shown:
        box = page.locator(selector).first.bounding_box()
        width, height = SIZES[size]
        assert box['x'] >= 0 and box['y'] >= 0, selector
        assert box['x'] + box['width'] <= width + 1, selector
        assert box['y'] + box['height'] <= height + 1, selector


@pytest.mark.parametrize('reduced', ['reduce', 'no-preference'])
def test_motion_is_left_out_when_asked(theatre, squats, reduced):
    hall = theatre()
    page = hall.open_linked(reduced_motion=reduced)
    hall.show.scene(squats[-1])
    shows(page, '.dial .number', '2')
    name = page.evaluate("getComputedStyle(document.querySelector('.number')).animationName")
    assert name == ('none' if reduced == 'reduce' else 'arrive')


def test_accessible(theatre, squats):
    axe = pytest.importorskip(
        'axe_playwright_python.sync_playwright', reason='axe-playwright-python is not installed')
    hall = theatre()
    hall.show.session(Session.TRAINING, question='ready')
    page = hall.open_linked(reduced_motion='reduce')
    with hall.show.playing(squats):
        true(page, 'mirror.frames > 2')
        hall.show.form(2, ('left_knee',))
        shows(page, '.hint-do', 'Bend your left knee')
        page.wait_for_selector('.notice', state='hidden')
    for key in ('', 'e'):  # the trainee's view, and the engineer's
        if key:
            page.keyboard.press(key)
        found = axe.Axe().run(page).response['violations']
        assert [(v['id'], v['impact'], [n['html'][:90] for n in v['nodes']]) for v in found
                if v['impact'] in ('serious', 'critical')] == []


def test_the_token_page_is_accessible(theatre):
    axe = pytest.importorskip(
        'axe_playwright_python.sync_playwright', reason='axe-playwright-python is not installed')
    hall = theatre(token='correct horse')
    page = hall.open()
    assert axe.Axe().run(page).response['violations'] == []
    hall.errors.clear()
