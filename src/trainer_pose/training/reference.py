"""Starting weights from the reference model (human-pose-estimation-0001, Apache-2.0), de-quantised
from its ONNX file.
"""

import numpy as np
import onnx
import torch
from onnx import numpy_helper


def constants(path):
    """Every convolution's (weight, bias) as float arrays by node name, and the input's (scale,
    shift).
    """
    graph = onnx.load(str(path)).graph
    values = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    for node in graph.node:  # the weights are stored as int8 per channel behind a DequantizeLinear
        if node.op_type == 'DequantizeLinear' and node.input[0] in values:
            q = values[node.input[0]].astype(np.float32)
            axis = next((a.i for a in node.attribute if a.name == 'axis'), 1)
            shape = [1] * q.ndim
            if values[node.input[1]].size > 1:
                shape[axis] = -1
            zero = (
                values[node.input[2]].astype(np.float32)
                if len(node.input) > 2
                else np.zeros(1, np.float32)
            )
            values[node.output[0]] = (q - zero.reshape(shape)) * values[node.input[1]].reshape(
                shape
            )
    convs = {
        n.name: (values[n.input[1]], values[n.input[2]]) for n in graph.node if n.op_type == 'Conv'
    }
    first = {
        n.op_type: values[n.input[1]]
        for n in graph.node
        if n.op_type in ('Mul',) or n.output[0] == 't2'
    }
    return convs, first['Mul'], first['Add']


def names(net):
    """Our parameter prefix -> the reference's node name."""
    yield 'conv1', 'conv1'
    for name in net.trunk:
        yield f'trunk.{name}.dw', f'{name}_dw'
        yield f'trunk.{name}.sep', f'{name}_sep'
    for ours, theirs in (
        ('align', 'al'),
        ('red', 'red'),
        ('dw1', 'dw1'),
        ('pw1', 'dw1_1x1'),
        ('dw2', 'dw2'),
        ('pw2', 'dw2_1x1'),
        ('dw3', 'dw3'),
        ('inc', 'inc'),
    ):
        yield f'align.{ours}', f'conv4_3_CPM_{theirs}'
    yield 'align.out', 'conv4_4_CPM'
    for i in range(3):
        yield f'guess.body.{i}', f'conv5_{i + 1}_CPM_L1'
    for head, tag in (('pafs', 'L1'), ('heat', 'L2')):
        yield f'guess.{head}1', f'conv5_4_CPM_{tag}'
        yield f'guess.{head}2', f'conv5_5_CPM_{tag}'
        if net.refine is not None:
            yield f'refine.{head}1', f'Mconv6_stage2_{tag}'
            yield f'refine.{head}2', f'Mconv7_stage2_{tag}'
    for i in range(len(net.refine.blocks) if net.refine is not None else 0):
        for ours, theirs in (('sq', 'sq'), ('near', '3x3'), ('far', '3x3_2')):
            yield f'refine.blocks.{i}.{ours}', f'Mconv{i + 1}_stage2_L1_{theirs}'


def initialise(net, path):
    """Copy what the reference has for every layer that we kept; blocks that we left out are left
    out.
    """
    convs, scale, shift = constants(path)
    state = net.state_dict()
    for ours, theirs in names(net):
        weight, bias = convs[theirs]
        assert state[f'{ours}.weight'].shape == weight.shape, (ours, theirs)
        state[f'{ours}.weight'] = torch.from_numpy(np.ascontiguousarray(weight))
        state[f'{ours}.bias'] = torch.from_numpy(np.ascontiguousarray(bias))
    state['scale'] = torch.from_numpy(scale.copy()).reshape(1, 1, 1, 1)
    state['shift'] = torch.from_numpy(shift.copy()).reshape(1, 3, 1, 1)
    net.load_state_dict(state)
