"""The doctor: every fault is found, named and given a cure, and nothing makes it fall over."""

import hashlib
import json

import pytest

from trainer import checkup, devices
from trainer.checkup import FAULT, NOTE, OK, Facts, judge, look
from trainer.commands import doctor
from trainer.environment.layout import Layout
from trainer.environment.system import Missing

GOOD_MODULES = dict.fromkeys((*checkup._NEEDED, 'openvino'), ('1.0', ''))


def facts(**changes):
    return Facts(**{
        'python': '/usr/bin/python3.11', 'python_version': (3, 11), 'machine': 'x86_64',
        'distro': 'kilted', 'free': 10**11, 'modules': GOOD_MODULES,
        'weights': {'paf.onnx': ''}, 'cameras': [devices.Camera('/dev/video0', 'Webcam')],
        'sound': devices.Sound(['hw:0,0 Card'], ['hw:0,0 Card'], ['aplay']), 'voices': ['en'],
        **changes})


def test_when_all_is_well():
    assert {finding.state for finding in judge(facts())} == {OK}


@pytest.mark.parametrize(('changes', 'about', 'state', 'text', 'cure'), [
    ({'python_version': (3, 9)}, 'Python', FAULT, '3.9', 'install Python 3.10'),
    ({'missing': [Missing('g++', 'a compiler')], 'due': ['system', 'build']}, 'system', FAULT,
     'a compiler', 'sudo apt-get install g++'),
    ({'missing': [Missing('g++', 'a compiler')], 'due': ['build'], 'may_install': True},
     'system', NOTE, 'a compiler', 'the next command installs it'),
    ({'missing': [Missing('g++', 'a compiler')]}, 'system', NOTE, 'a compiler',
     'sudo apt-get install g++'),
    ({'missing': [Missing('espeak-ng', 'a voice', False)]}, 'system', NOTE, 'a voice',
     'sudo apt-get install espeak-ng'),
    ({'free': 10**7}, 'disk', FAULT, '10 MB free', '100 MB are needed'),
    ({'free': 10**9, 'due': ['venv']}, 'disk', FAULT, '1.0 GB free', '3.0 GB are needed'),
    ({'writable': False, 'due': ['build']}, 'folder', FAULT, 'cannot be written', 'where you may'),
    ({'shared_memory': False}, 'memory', NOTE, '/dev/shm cannot be written', 'mode=1777'),
    ({'machine': 'riscv64'}, 'ROS 2', FAULT, 'Kilted', 'install ROS 2 Kilted or Jazzy'),
    ({'unfit': 'humble'}, 'ROS 2', NOTE, 'Humble is sourced and not used: it is older', ''),
    ({'unfit': 'jazzy'}, 'ROS 2', NOTE, 'rclpy cannot be imported', 'source its setup.bash'),
    ({'due': ['run', 'build']}, 'set-up', NOTE, 'to be done: Python packages, workspace',
     './trainer run'),
    ({'due': ['venv'], 'made': False}, 'set-up', NOTE, 'not done yet: virtual environment',
     './trainer run'),
    ({'modules': {**GOOD_MODULES, 'cv2': (None, 'ImportError: libGL.so.1')}}, 'packages', FAULT,
     'cv2: ImportError: libGL.so.1', 'rm -r ros2_ws/.venv'),
    ({'modules': {**GOOD_MODULES, 'openvino': (None, 'No module named openvino')}}, 'engines',
     FAULT, 'none', 'rm -r ros2_ws/.venv'),
    ({'modules': {**GOOD_MODULES, 'torch': (None, 'OSError: no CUDA')}}, 'engines', NOTE,
     'torch is installed but cannot be imported: OSError: no CUDA', ''),
    ({'weights': {'paf.onnx': 'missing'}}, 'weights', FAULT, 'paf.onnx: missing', 'git checkout'),
    ({'weights': {}}, 'weights', FAULT, 'no network', '--model FILE.onnx'),
    ({'cameras': []}, 'camera', NOTE, 'the athlete trains', '--source FILE'),
    ({'cameras': [devices.Camera('/dev/video0', '', fault='Permission denied; join')]},
     'camera', NOTE, '/dev/video0: Permission denied', ''),
    ({'sound': devices.Sound([], [], ['aplay'])}, 'sound', NOTE, 'is written', ''),
    ({'sound': devices.Sound(['hw:0,0'], [], [])}, 'sound', NOTE, 'no program', 'alsa-utils'),
    ({'sound': devices.Sound(['hw:0,0'], [], ['aplay'])}, 'microphone', NOTE, 'type', ''),
    ({'voices': []}, 'voice', NOTE, 'is written', 'espeak-ng'),
    ({'env': {'ROS_AUTOMATIC_DISCOVERY_RANGE': 'OFF'}}, 'discovery', FAULT, 'do not find',
     'unset'),
    ({'env': {'ROS_AUTOMATIC_DISCOVERY_RANGE': 'localhost'}}, 'discovery', FAULT, "'localhost'",
     'give LOCALHOST'),
    ({'env': {'ROS_DOMAIN_ID': 'home'}}, 'discovery', FAULT, "'home'", '0 to 101'),
    ({'env': {'RMW_IMPLEMENTATION': 'rmw_cyclonedds_cpp'}}, 'discovery', NOTE, 'is not used', ''),
    ({'unseen': {'sound': 'OSError: no'}}, 'sound', NOTE, 'could not be looked at: OSError', ''),
])
def test_faults(changes, about, state, text, cure):
    found = [f for f in judge(facts(**changes)) if f.about == about and f.state == state]
    assert any(text in f.text and cure in f.cure for f in found), judge(facts(**changes))
    others = [f for f in judge(facts(**changes)) if f.state == FAULT and f.about != about]
    assert others == []


def test_discovery_says_who_set_it():
    text = {f.text for f in judge(facts()) if f.about == 'discovery'}
    assert any('LOCALHOST (set by ./trainer' in line for line in text)
    mine = facts(env={'ROS_AUTOMATIC_DISCOVERY_RANGE': 'SUBNET', 'ROS_DOMAIN_ID': '5'})
    assert any('SUBNET, ROS_DOMAIN_ID=5' in f.text for f in judge(mine))


def test_it_does_not_fall_over_in_an_empty_folder(tmp_path):
    found = look(Layout(tmp_path), {}, '/no/such/python')
    assert 'does not run' in found.unseen['Python'] and not found.made
    assert any(finding.state == FAULT for finding in judge(found))


def test_it_does_not_fall_over_whatever_breaks(tmp_path, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError('broken\nin two lines')
    for name in ('cameras', 'sound', 'voices'):
        monkeypatch.setattr(devices, name, broken)
    monkeypatch.setattr(checkup, 'Setup', broken)
    monkeypatch.setattr(checkup, 'check_sums', broken)
    found = look(Layout(tmp_path), {}, '/usr/bin/python3')
    assert {'cameras', 'sound', 'voices', 'set-up', 'weights'} <= set(found.unseen)
    judge(found)


def test_weights_are_compared_with_their_sums(tmp_path):
    (tmp_path / 'good.onnx').write_bytes(b'good')
    (tmp_path / 'bad.onnx').write_bytes(b'bad')
    sums = {'good.onnx': b'good', 'bad.onnx': b'other', 'gone.onnx': b''}
    (tmp_path / 'SHA256SUMS').write_text(''.join(
        f'{hashlib.sha256(data).hexdigest()}  {name}\n' for name, data in sums.items()))
    state = checkup.check_sums(tmp_path)
    assert state['good.onnx'] == '' and state['gone.onnx'] == 'missing'
    assert state['bad.onnx'].startswith('damaged')


@pytest.mark.parametrize(('changes', 'code'), [({}, 0), ({'cameras': []}, 0), ({'free': 0}, 1)])
def test_exit_code_and_json(monkeypatch, capsys, changes, code):
    monkeypatch.setattr(checkup, 'look', lambda *_: facts(**changes))
    parser = doctor.argparse.ArgumentParser()
    doctor.add_arguments(parser)
    assert doctor.main(parser.parse_args([])) == code
    assert ('can run' in capsys.readouterr().out) == (code == 0)
    assert doctor.main(parser.parse_args(['--json'])) == code
    document = json.loads(capsys.readouterr().out)
    assert document['can_run'] == (code == 0)
    assert {'about', 'state', 'text', 'cure'} == set(document['findings'][0])
