"""Engines: the same maps from each, and one sentence for everything that is no network."""

import importlib.util

import numpy as np
import pytest

from trainer_core.errors import UserError
from trainer_pose.paf import weights
from trainer_pose.paf.engines import installed, open_engine

ENGINES = installed()


@pytest.fixture(scope='module')
def picture() -> np.ndarray:
    """An athlete as the tracker would show it to the network."""
    from trainer_sim.athlete import open_athlete
    frame = next(f for f in open_athlete('demo', 192, 192) if f.stamp > 4e9)
    return frame.image


@pytest.mark.parametrize('model', ['paf_int8.onnx', 'paf.onnx'])
def test_openvino_and_onnxruntime_give_the_same_maps(picture, model):
    maps = [open_engine(weights.find(model), name).infer(picture)
            for name in ('openvino', 'onnxruntime')]
    for ours, theirs in zip(*maps, strict=True):
        assert ours.shape == theirs.shape == (len(ours), 24, 24)
        # int8 rounds a little differently in each, and OpenVINO computes in bfloat16 where it can.
        assert np.abs(ours - theirs).mean() < 0.01
        assert np.abs(ours - theirs).max() < 0.25


@pytest.mark.skipif(
    'torch' not in ENGINES, reason='PyTorch and onnx are not installed; they are optional')
def test_torch_gives_the_same_maps_as_the_others(picture):
    reference = open_engine(weights.find('', 'torch'), 'torch').infer(picture)
    other = open_engine(weights.find('paf.onnx'), 'onnxruntime').infer(picture)
    for a, b in zip(reference, other, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-3)


def test_int8_stays_near_float(picture):
    maps = [open_engine(weights.find(m), 'onnxruntime').infer(picture)
            for m in ('paf_int8.onnx', 'paf.onnx')]
    for quantised, exact in zip(*maps, strict=True):
        assert np.abs(quantised - exact).mean() < 0.02


def test_auto_takes_the_best_that_is_installed():
    assert open_engine(weights.find(), 'auto').name == ENGINES[0]


def test_the_same_picture_gives_the_same_bytes(picture):
    engine = open_engine(weights.find(), 'auto')
    first, second = engine.infer(picture), engine.infer(picture)
    assert all(a.tobytes() == b.tobytes() for a, b in zip(first, second, strict=True))


@pytest.mark.parametrize('name', [n for n in ENGINES if n != 'torch'])
@pytest.mark.parametrize(('content', 'sentence'), [
    (b'this is not a network', 'damaged or not ONNX'), (b'', 'damaged or not ONNX'),
], ids=['text', 'empty'])
def test_a_file_that_is_no_network_is_refused(tmp_path, name, content, sentence):
    path = tmp_path / 'network.onnx'
    path.write_bytes(content)
    with pytest.raises(UserError, match=sentence):
        open_engine(path, name)


@pytest.mark.skipif(importlib.util.find_spec('onnx') is None, reason='onnx is not installed')
@pytest.mark.parametrize('name', [n for n in ENGINES if n != 'torch'])
def test_a_foreign_network_is_told_apart_by_its_outputs(tmp_path, name):
    import onnx
    from onnx import TensorProto, helper
    shape = [1, 3, 192, 192]
    graph = helper.make_graph(
        [helper.make_node('Relu', ['image'], ['classes'])], 'foreign',
        [helper.make_tensor_value_info('image', TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info('classes', TensorProto.FLOAT, shape)])
    path = tmp_path / 'foreign.onnx'
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid('', 13)]), path)
    with pytest.raises(UserError, match='is not an OpenPose-COCO network'):
        open_engine(path, name)


@pytest.mark.parametrize(('call', 'sentence'), [
    (lambda: weights.find('/not/here.onnx'), 'there is no model file /not/here.onnx'),
    (lambda: open_engine(weights.find(), 'tensorflow'), "engine 'tensorflow' is unknown"),
    (lambda: open_engine(weights.find(), 'openvino', device='npu9'), 'device npu9'),
    (lambda: open_engine(weights.find(), 'onnxruntime', device='cuda'), 'onnxruntime-gpu'),
])
def test_what_cannot_be_had_is_said(call, sentence):
    with pytest.raises(UserError, match=sentence):
        call()


def test_damaged_packaged_weights_are_noticed(tmp_path, monkeypatch):
    for name in ('paf_int8.onnx', 'SHA256SUMS'):
        (tmp_path / name).write_bytes((weights.FOLDER / name).read_bytes())
    monkeypatch.setattr(weights, 'FOLDER', tmp_path)
    assert weights.find() == tmp_path / 'paf_int8.onnx'
    with (tmp_path / 'paf_int8.onnx').open('ab') as file:
        file.write(b'x')
    with pytest.raises(UserError, match='damaged'):
        weights.find()
    (tmp_path / 'SHA256SUMS').unlink()
    with pytest.raises(UserError, match='no SHA256SUMS'):
        weights.find()


def test_the_shipped_files_are_small():
    assert sum(weights.find(m).stat().st_size for m in ('paf.onnx', 'paf_int8.onnx')) <= 12e6
