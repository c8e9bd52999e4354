"""Odd files: what is read from them, when, and what is said."""

import logging
import shutil
import struct
import subprocess

import cv2
import numpy as np
import pytest

from trainer_core.errors import UserError
from trainer_pose.camera.files import quiet
from trainer_pose.camera.sources import open_source

quiet()  # FFmpeg asks once, and here it is first used to write
SIZE = (64, 48)  # width, height


def picture(i, size=SIZE):
    """Number i as brightness, and a white corner at the top left, to see how it is turned."""
    image = np.full((size[1], size[0], 3), 20 + 10 * (i % 15), np.uint8)
    image[:16, :16] = 255
    return image


def video(path, frames=10, fps=30.0, codec='mp4v', colour=True):
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), fps, SIZE, colour)
    assert writer.isOpened()
    for i in range(frames):
        writer.write(picture(i) if colour else picture(i)[:, :, 0])
    writer.release()
    return path


def boxes(data, change):
    """The MP4 boxes in data, the content of each replaced by what change(kind, content) says."""
    out, at = b'', 0
    while at + 8 <= len(data):
        size, kind = struct.unpack_from('>I4s', data, at)
        content = data[at + 8:at + size]
        inside = kind in (b'moov', b'trak', b'edts', b'mdia', b'minf', b'stbl')
        content = boxes(content, change) if inside else change(kind, content)
        out += struct.pack('>I4s', len(content) + 8, kind) + content
        at += size
    return out


def edit(path, wanted, new):
    """Replace one kind of box; OpenCV writes the index last, so nothing else moves."""
    path.write_bytes(boxes(
        path.read_bytes(), lambda kind, old: new(old) if kind == wanted else old))
    return path


def plain(folder):
    return video(folder / 'plain.mp4')


def sixty(folder):
    return video(folder / 'sixty.mp4', fps=60.0)


def grey(folder):
    return video(folder / 'grey.avi', codec='FFV1', colour=False)


def motion_jpeg(folder):
    return video(folder / 'mjpeg.avi', codec='MJPG')


def one_frame(folder):
    return video(folder / 'one.mp4', frames=1)


def upper_case(folder):
    return video(folder / 'plain.mp4').rename(folder / 'CLIP 1 é.MP4')


def no_suffix(folder):
    return video(folder / 'plain.mp4').rename(folder / 'clip')


def turned(folder):
    """Lies on its side, as phones record, and says so: a quarter turn clockwise to be shown."""
    matrix = struct.pack('>9i', 0, 1 << 16, 0, -1 << 16, 0, 0, 0, 0, 1 << 30)
    return edit(video(folder / 'turned.mp4'), b'tkhd', lambda c: c[:40] + matrix + c[76:])


def varying(folder):
    """Three frames at 30/s, a hole, seven at 10/s."""
    def times(old):
        unit = struct.unpack_from('>I', old, 12)[0]  # of one frame of 30/s
        runs = [(2, unit), (1, 15 * unit), (7, 3 * unit)]
        return old[:4] + struct.pack('>I', len(runs)) + b''.join(
            struct.pack('>II', *run) for run in runs)
    path = edit(video(folder / 'varying.mp4'), b'stts', times)
    # The edit list plays the first so many milliseconds, which are more now.
    return edit(path, b'elst', lambda old: old[:8] + struct.pack('>I', 2000) + old[12:])


def every(count, fps):
    return [i / fps for i in range(count)]


@pytest.mark.parametrize(('make', 'size', 'times'), [
    (plain, SIZE, every(10, 30)),
    (sixty, SIZE, every(10, 60)),
    (grey, SIZE, every(10, 30)),
    (motion_jpeg, SIZE, every(10, 30)),
    (one_frame, SIZE, [0.0]),
    (upper_case, SIZE, every(10, 30)),
    (no_suffix, SIZE, every(10, 30)),
    (turned, SIZE[::-1], every(10, 30)),
    (varying, SIZE, [0, 1 / 30, 2 / 30, *(17 / 30 + i / 10 for i in range(7))]),
])
def test_odd_video_is_read_right(tmp_path, make, size, times):
    with open_source(str(make(tmp_path)), speed='max') as source:
        assert (source.width, source.height) == size
        frames = list(source)
    assert [f.stamp / 1e9 for f in frames] == pytest.approx(times, abs=1e-3)
    for i, frame in enumerate(frames):
        assert frame.image.shape == (size[1], size[0], 3)
        assert frame.image.dtype == np.uint8
        assert frame.image[-10:, :10].mean() == pytest.approx(20 + 10 * i, abs=8)


def test_video_on_its_side_is_turned_upright(tmp_path):
    with open_source(str(turned(tmp_path)), speed='max') as source:
        image = next(source).image
    assert image[:12, -12:].mean() > 240  # the corner went from top left to top right
    assert image[:12, :12].mean() < 60


def cut_off(folder):
    """Its index comes first, as in files for the web, so that the beginning can be shown."""
    path = video(folder / 'long.avi', frames=60, codec='MJPG')
    whole = path.read_bytes()
    path.write_bytes(whole[:len(whole) * 2 // 3])
    return path


def test_what_is_left_of_a_cut_off_video_is_read(tmp_path, caplog):
    with open_source(str(cut_off(tmp_path)), speed='max') as source:
        frames = list(source)
    assert 30 < len(frames) < 50
    assert 'long.avi ends after' in caplog.text
    assert f'the {len(frames)} frames that are there were read' in caplog.text


def test_whole_video_is_not_called_cut_off(tmp_path, caplog):
    for make in (plain, varying, sixty, one_frame):
        with open_source(str(make(tmp_path)), speed='max') as source:
            list(source)
    assert not caplog.records


def empty(folder):
    (folder / 'empty.mp4').touch()
    return folder / 'empty.mp4'


def text(folder):
    (folder / 'text.mp4').write_text('I am no video.\n' * 100)
    return folder / 'text.mp4'


def without_index(folder):
    path = video(folder / 'killed.mp4')
    path.write_bytes(path.read_bytes()[:800])
    return path


def without_frames(folder):
    path = video(folder / 'nothing.mp4')
    for kind in (b'stts', b'stsc', b'stco', b'stss'):
        edit(path, kind, lambda old: bytes(8))
    return edit(path, b'stsz', lambda old: bytes(12))


def bare_folder(folder):
    (folder / 'notes.txt').write_text('x')
    return folder


def broken_pictures(folder):
    for i in range(3):
        (folder / f'{i}.jpg').write_text('no picture')
    return folder


def absent(folder):
    return folder / 'absent.mp4'


def locked(folder):
    path = video(folder / 'locked.mp4')
    path.chmod(0)
    if open_for_reading(path):
        pytest.skip('this user may read every file')
    return path


def open_for_reading(path):
    try:
        path.open('rb').close()
    except PermissionError:
        return False
    return True


@pytest.mark.parametrize(('make', 'sentence'), [
    (empty, 'empty.mp4 is empty (0 bytes); record or copy it again'),
    (text, 'text.mp4 is not a video that can be read, or it was cut off'),
    (without_index, 'killed.mp4 is not a video that can be read, or it was cut off'),
    (without_frames, 'nothing.mp4 has no picture in it; record or copy it again'),
    (bare_folder, 'has no pictures in it and is not a bag; give a folder with .jpg'),
    (broken_pictures, 'cannot be read as a picture: none of its 3 files; give JPEG or PNG'),
    (absent, "absent.mp4' is no file, and no camera has this name"),
    (locked, 'locked.mp4 may not be read by you; change its permissions'),
])
def test_unreadable_file_is_refused_with_the_reason(tmp_path, make, sentence, capfd):
    path = make(tmp_path)
    with pytest.raises(UserError) as error:
        open_source(str(path))
    assert sentence in str(error.value)
    assert str(path) in str(error.value)
    assert capfd.readouterr() == ('', '')  # FFmpeg and OpenCV keep quiet


def test_a_video_that_the_network_does_not_have():
    with pytest.raises(UserError) as error:
        open_source('http://me:secret@127.0.0.1:1/clip.mp4')
    assert str(error.value).startswith('http://127.0.0.1:1/clip.mp4 is not a video')


def pictures(folder):
    """Names that sort wrongly as text, one grey, one with a gap, one that is broken."""
    for i in (1, 2, 10):
        cv2.imwrite(str(folder / f'pic{i}.png'), picture(i)[:, :, 0] if i == 2 else picture(i))
    (folder / 'pic3.png').write_text('no picture')
    (folder / 'readme.txt').write_text('not meant')
    return folder


def test_folder_of_pictures_in_natural_order_at_its_rate(tmp_path, caplog):
    with open_source(str(pictures(tmp_path)), speed='max', rate=10.0) as source:
        frames = list(source)
    assert [f.stamp for f in frames] == [0, 100_000_000, 300_000_000]
    assert [int(f.image[-1, -1, 0]) for f in frames] == [30, 40, 120]
    assert 'pic3.png cannot be read as a picture and is left out' in caplog.text


def test_one_picture_is_one_frame(tmp_path):
    cv2.imwrite(str(tmp_path / 'one.jpg'), picture(0))
    with open_source(str(tmp_path / 'one.jpg')) as source:
        assert [(f.stamp, f.image.shape) for f in source] == [(0, (48, 64, 3))]


def test_file_url_means_the_file(tmp_path):
    path = upper_case(tmp_path)
    with open_source(path.as_uri(), speed='max') as source:
        assert len(list(source)) == 10


@pytest.mark.skipif(not shutil.which('ffmpeg'), reason='ffmpeg makes these files')
@pytest.mark.parametrize(('name', 'options', 'times'), [
    ('b_frames.mp4', ('-c:v', 'libx264', '-bf', '3'), every(30, 30)),
    ('b_frames.mkv', ('-c:v', 'libx264', '-bf', '3'), every(30, 30)),
    ('no_times.h264', ('-c:v', 'libx264', '-bf', '0'), every(30, 25)),  # FFmpeg assumes 25/s
    ('grey.mkv', ('-c:v', 'ffv1', '-pix_fmt', 'gray'), every(30, 30)),
    ('late.mp4', ('-c:v', 'libx264', '-output_ts_offset', '5'), every(30, 30)),
    ('hole.mp4', ('-vf', "select='not(between(n,5,14))'", '-fps_mode', 'vfr'),
     every(30, 30)[:5] + every(30, 30)[15:]),
])
def test_times_are_those_of_the_frames(tmp_path, name, options, times, caplog):
    subprocess.run(
        ['ffmpeg', '-v', 'error', '-f', 'lavfi', '-i', 'testsrc=size=64x48:rate=30:duration=1',
         '-pix_fmt', 'yuv420p', *options, str(tmp_path / name)], check=True, timeout=30)
    with caplog.at_level(logging.WARNING), open_source(
            str(tmp_path / name), speed='max') as source:
        assert [f.stamp / 1e9 for f in source] == pytest.approx(times, abs=2e-3)
    assert not caplog.records
