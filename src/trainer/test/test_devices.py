"""What is read from the kernel about cameras and sound."""

import fcntl

import pytest

from trainer import devices
from trainer.commands import devices as command

CARDS = """\
 0 [PCH            ]: HDA-Intel - HDA Intel PCH
                      HDA Intel PCH at 0xf7f10000 irq 31
 1 [C920           ]: USB-Audio - HD Pro Webcam C920
                      HD Pro Webcam C920 at usb-0000:00:14.0-2, high speed
"""
PCM = """\
00-00: ALC269VC Analog : ALC269VC Analog : playback 1 : capture 1
00-03: HDMI 0 : HDMI 0 : playback 1
01-00: USB Audio : USB Audio : capture 1
"""


def test_sound_cards(tmp_path):
    (tmp_path / 'cards').write_text(CARDS)
    (tmp_path / 'pcm').write_text(PCM)
    sound = devices.sound(tmp_path)
    assert sound.outputs == [
        'hw:0,0 HDA Intel PCH ALC269VC Analog', 'hw:0,3 HDA Intel PCH HDMI 0']
    assert sound.microphones == [
        'hw:0,0 HDA Intel PCH ALC269VC Analog', 'hw:1,0 HD Pro Webcam C920 USB Audio']


def test_no_sound_card(tmp_path):
    (tmp_path / 'cards').write_text('--- no soundcards ---\n')
    assert devices.sound(tmp_path).outputs == devices.sound(tmp_path / 'no').microphones == []


def kernel(capabilities):
    """A camera driver that has two formats, one of them with sizes from a range."""
    def ioctl(_, request, data):
        if request == devices._QUERYCAP:
            data[:] = devices._CAPABILITY.pack(b'uvcvideo', b'My Webcam', b'usb', 0, 0,
                                               capabilities)
            return 0
        if request == devices._ENUM_FMT:
            index = devices._FORMAT.unpack(data)[0]
            if index > 1:
                raise OSError(22, 'Invalid argument')
            data[:] = devices._FORMAT.pack(index, 1, 0, b'', [b'MJPG', b'YUYV'][index], 0)
            return 0
        index, kind = devices._FRAMESIZE.unpack(data)[:2]
        if index > (1 if kind == b'MJPG' else 0):
            raise OSError(22, 'Invalid argument')
        how, *numbers = [(1, 1280, 720, 0, 0, 0, 0), (1, 640, 480, 0, 0, 0, 0)][index] \
            if kind == b'MJPG' else (3, 160, 640, 16, 120, 480, 8)
        data[:] = devices._FRAMESIZE.pack(index, kind, how, *numbers)
        return 0
    return ioctl


def test_a_camera_tells_its_formats(tmp_path, monkeypatch):
    (tmp_path / 'video0').touch()
    monkeypatch.setattr(fcntl, 'ioctl', kernel(capabilities=1))
    camera, = devices.cameras(tmp_path)
    assert camera.name == 'My Webcam' and not camera.fault
    assert camera.formats == {'MJPG': ['1280x720', '640x480'], 'YUYV': ['160x120 to 640x480']}


def test_a_device_without_images_is_left_out(tmp_path, monkeypatch):
    (tmp_path / 'video1').touch()
    monkeypatch.setattr(fcntl, 'ioctl', kernel(capabilities=0x00800000))
    assert devices.cameras(tmp_path) == []


def test_a_file_that_is_no_camera_is_listed_with_the_reason(tmp_path):
    (tmp_path / 'video2').touch()
    (tmp_path / 'video10').touch()
    found = devices.cameras(tmp_path)
    assert [camera.path[-2:] for camera in found] == ['o2', '10']
    assert all('not a camera that answers' in camera.fault for camera in found)


def test_a_camera_of_somebody_else(tmp_path, monkeypatch):
    (tmp_path / 'video0').touch()

    def refuse(*_):
        raise PermissionError(13, 'Permission denied')
    monkeypatch.setattr(devices.os, 'open', refuse)
    assert 'usermod -aG video' in devices.cameras(tmp_path)[0].fault


@pytest.mark.parametrize('there', [False, True])
def test_the_command_says_what_there_is_and_what_that_means(monkeypatch, capsys, there):
    camera = devices.Camera('/dev/video0', 'My Webcam', {'MJPG': ['640x480'] * 30})
    monkeypatch.setattr(devices, 'cameras', lambda: [camera] if there else [])
    monkeypatch.setattr(devices, 'sound', lambda: devices.Sound(
        *[['hw:0,0 Card']] * 2, ['aplay']) if there else devices.Sound([], [], []))
    monkeypatch.setattr(devices, 'voices', lambda: ['en', 'de'] if there else [])
    assert command.main(None) == 0
    shown = capsys.readouterr().out
    for words in (('--source /dev/video0', 'MJPG: 640x480', 'hw:0,0 Card', 'en, de') if there
                  else ('athlete', 'What would be said is written', 'Type', 'espeak-ng')):
        assert words in shown
    assert all(len(line) <= 130 for line in shown.splitlines())
