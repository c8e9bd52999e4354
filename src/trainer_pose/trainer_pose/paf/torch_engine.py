"""PyTorch as an engine: on CUDA and Jetson, and as the reference that the others are tested with.

It runs the network as it is defined in `network.py`, with the weights of our ONNX file.
"""

import re
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from trainer_core.errors import UserError
from trainer_pose.paf.network import PoseNet


class TorchEngine:
    """Our network in float32."""

    name, stride = 'torch', 0

    def __init__(self, model: Path, threads: int, device: str):
        """device: auto (CUDA if there is one), cpu, cuda or cuda:N. Raises UserError."""
        if device == 'auto':
            device = 'cuda' if torch.cuda.is_available() else 'cpu'
        if device.startswith('cuda') and not torch.cuda.is_available():
            raise UserError(f'device {device}: PyTorch finds no CUDA here; take device cpu')
        if threads:
            torch.set_num_threads(threads)
        self.device = device
        self._net = _load(model).to(device).eval()

    @torch.inference_mode()
    def infer(self, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        planes = torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1)))
        heatmaps, pafs = self._net(planes[None].to(self.device, torch.float32))
        return heatmaps[0].cpu().numpy(), pafs[0].cpu().numpy()


def _load(model: Path) -> PoseNet:
    try:
        stored = onnx.load(str(model)).graph.initializer
    except Exception:  # what protobuf raises is not one type
        raise UserError(f'{model} is damaged or not ONNX') from None
    values = {
        i.name: torch.from_numpy(numpy_helper.to_array(i).astype(np.float32)) for i in stored}
    blocks = {m[1] for name in values if (m := re.match(r'refine\.blocks\.(\d+)\.', name))}
    net = PoseNet(len(blocks))
    try:
        net.load_state_dict({name: values[name] for name in net.state_dict()})
    except (KeyError, RuntimeError):
        raise UserError(
            f'{model} is not our network in float, which is all that engine torch can run; '
            'take engine openvino or onnxruntime') from None
    return net
