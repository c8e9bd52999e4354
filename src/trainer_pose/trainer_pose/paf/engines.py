"""The programs that can run a pose network, behind one interface.

A network is an ONNX file with one input, 1 x 3 x H x W float BGR 0..255 (H and W divisible by the
stride), and two outputs, confidence maps 1 x 19 x h x w and part affinity fields 1 x 38 x h x w.
Names do not matter: the outputs are told apart by their channels.
"""

import importlib.util
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from trainer_core.errors import UserError

HEATMAPS, PAFS = 19, 38
NAMES = ('auto', 'openvino', 'onnxruntime', 'torch')
_LOG = logging.getLogger(__name__)


class Engine(Protocol):
    """One network, loaded."""

    name: str
    device: str
    stride: int  # px of the picture per cell of the maps

    def infer(self, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Maps of one picture: (H, W, 3) uint8 BGR to heatmaps (19, h, w) and pafs (38, h, w)."""


def open_engine(
    model: Path, name: str = 'auto', threads: int = 1, device: str = 'auto', cache: str = '',
) -> Engine:
    """Load a network.

    name: one of NAMES, `auto` takes the best that is installed. threads: of the CPU, 0 = as many
    as there are. device: auto, cpu, or what the engine calls its devices (GPU, cuda, cuda:1).
    cache: folder where an engine may keep what it compiled. Raises UserError for an unknown or
    absent engine and for a file that is damaged or not a pose network.
    """
    if name not in NAMES:
        raise UserError(f'engine {name!r} is unknown; give one of {", ".join(NAMES)}')
    if not model.is_file():
        raise UserError(f'there is no model file {model}; give an ONNX file, or nothing for ours')
    if name == 'auto':
        name = _best(device)
    elif not _installed(name):
        raise UserError(
            f'engine {name} is not installed; run `pip install {_PACKAGES[name]}` '
            'or take engine auto')
    engine = _OPEN[name](model, threads, device.lower(), cache)
    engine.stride = _try(engine, model)
    return engine


def installed() -> list[str]:
    """The engines that can be used here, best first."""
    return [name for name in NAMES[1:] if _installed(name)]


def _installed(name: str) -> bool:
    return all(importlib.util.find_spec(p) is not None for p in _PACKAGES[name].split())


def _best(device: str) -> str:
    found = installed()
    if device.startswith('cuda') and 'torch' in found:
        return 'torch'
    if not found:
        raise UserError(
            'no engine for the pose network is installed; run `pip install openvino`')
    return found[0]


def _try(engine: Engine, model: Path) -> int:
    """Stride of the network, from a grey picture: a foreign one is refused now, not later."""
    try:
        heatmaps, pafs = engine.infer(np.full((192, 192, 3), 128, np.uint8))
    except Exception as error:
        raise UserError(_foreign(model, f'it does not run ({_first_line(error)})')) from None
    h, w = heatmaps.shape[1:]
    if h != w or 192 % h or pafs.shape[1:] != (h, w):
        raise UserError(_foreign(
            model, f'a picture of 192x192 gives maps of {w}x{h} and '
            f'{pafs.shape[2]}x{pafs.shape[1]}'))
    return 192 // h


def _foreign(model: Path, found: str) -> str:
    return (
        f'{model} is not an OpenPose-COCO network: expected input 1x3xHxW and outputs '
        f'1x{HEATMAPS}xhxw and 1x{PAFS}xhxw, found that {found}')


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1][:200] if lines else type(error).__name__


def _contract(model: Path, inputs: list[Any], outputs: list[Any]) -> tuple[int, int]:
    """Positions of heatmaps and pafs among the outputs; inputs and outputs are lists of shapes."""
    if len(inputs) != 1 or len(inputs[0]) != 4 or inputs[0][1] != 3:
        raise UserError(_foreign(model, f'the inputs are {_shapes(inputs)}'))
    channels = [shape[1] if len(shape) == 4 else None for shape in outputs]
    # Networks of several stages give one pair per stage; the last is the answer.
    if HEATMAPS not in channels or PAFS not in channels:
        raise UserError(_foreign(model, f'the outputs are {_shapes(outputs)}'))
    last = len(channels) - 1
    return last - channels[::-1].index(HEATMAPS), last - channels[::-1].index(PAFS)


def _shapes(shapes: list[Any]) -> str:
    return ', '.join('x'.join(str(n) for n in shape) or 'a number' for shape in shapes) or 'none'


class _OpenVino:
    """Intel's engine: the fastest on CPUs of either maker and on Arm."""

    name, stride = 'openvino', 0

    def __init__(self, model: Path, threads: int, device: str, cache: str):
        # Its tools for converting models take longer to load than itself, and they bring telemetry;
        # it does without what cannot be imported.
        sys.modules.setdefault('openvino.tools.ovc', None)  # type: ignore[arg-type]
        import openvino

        self._ov, self._core = openvino, openvino.Core()
        self.device = 'CPU' if device in ('auto', 'cpu') else device.upper()
        if self.device.split('.')[0] not in {d.split('.')[0] for d in self._core.available_devices}:
            raise UserError(
                f'device {device} is not one of OpenVINO here; '
                f'there are {", ".join(self._core.available_devices)}')
        self._options: dict[str, Any] = {'PERFORMANCE_HINT': 'LATENCY'}
        if self.device == 'CPU' and threads:
            self._options['INFERENCE_NUM_THREADS'] = threads
        if cache:
            self._options['CACHE_DIR'] = cache
        try:
            self._model = self._core.read_model(model)
        except Exception as error:
            raise UserError(f'{model} is damaged or not ONNX: {_first_line(error)}') from None
        self._outputs = _contract(
            model, [_dimensions(i) for i in self._model.inputs],
            [_dimensions(o) for o in self._model.outputs])
        self._requests: dict[tuple[int, ...], Any] = {}

    def infer(self, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        request = self._requests.get(image.shape)
        if request is None:
            request = self._requests[image.shape] = self._compile(*image.shape[:2])
        request.infer([np.ascontiguousarray(image)[None]], share_inputs=True)
        heatmaps, pafs = (request.get_output_tensor(i).data[0] for i in self._outputs)
        return heatmaps.copy(), pafs.copy()  # the request's own memory is written again

    def _compile(self, height: int, width: int) -> Any:
        """One program per size of picture; bytes to planes of floats is part of the program."""
        ov = self._ov
        model = self._model.clone()
        model.reshape([1, 3, height, width])
        steps = ov.preprocess.PrePostProcessor(model)
        steps.input().tensor().set_element_type(ov.Type.u8).set_layout(ov.Layout('NHWC'))
        steps.input().model().set_layout(ov.Layout('NCHW'))
        steps.input().preprocess().convert_element_type(ov.Type.f32)
        compiled = self._core.compile_model(steps.build(), self.device, self._options)
        return compiled.create_infer_request()


def _dimensions(port: Any) -> list[Any]:
    return [d.get_length() if d.is_static else '?' for d in port.get_partial_shape()]


class _OnnxRuntime:
    """Microsoft's engine: where OpenVINO has no wheel, and CUDA with onnxruntime-gpu."""

    name, stride = 'onnxruntime', 0

    def __init__(self, model: Path, threads: int, device: str, cache: str):
        import onnxruntime

        wanted = 'CPUExecutionProvider' if device in ('auto', 'cpu') else 'CUDAExecutionProvider'
        if wanted not in onnxruntime.get_available_providers():
            raise UserError(
                f'device {device} needs onnxruntime-gpu; take device cpu or install that')
        self.device = 'CPU' if device in ('auto', 'cpu') else 'CUDA'
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(str(model), options, providers=[wanted])
        except Exception as error:
            raise UserError(f'{model} is damaged or not ONNX: {_first_line(error)}') from None
        outputs = self._session.get_outputs()
        self._outputs = _contract(
            model, [i.shape for i in self._session.get_inputs()], [o.shape for o in outputs])
        self._names = [outputs[i].name for i in self._outputs]
        self._input = self._session.get_inputs()[0].name

    def infer(self, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        planes = np.ascontiguousarray(image.transpose(2, 0, 1)[None], np.float32)
        heatmaps, pafs = self._session.run(self._names, {self._input: planes})
        return heatmaps[0], pafs[0]


def _open_torch(model: Path, threads: int, device: str, cache: str) -> Engine:
    from trainer_pose.paf.torch_engine import TorchEngine

    return TorchEngine(model, threads, device)


_PACKAGES = {'openvino': 'openvino', 'onnxruntime': 'onnxruntime', 'torch': 'torch onnx'}
_OPEN: dict[str, Callable[[Path, int, str, str], Engine]] = {
    'openvino': _OpenVino, 'onnxruntime': _OnnxRuntime, 'torch': _open_torch}
