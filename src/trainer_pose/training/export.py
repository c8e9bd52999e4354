"""Weights of a training run as the two ONNX files of the package: float (stored as half) and int8.

    python export.py --checkpoint OUT/last.pt --data ../shared/pose_data --to
    ../trainer_pose/weights

The int8 file is quantised statically, per channel, with ranges from training photos only.
"""

import argparse
import tempfile
from pathlib import Path

import dataset
import labels
import numpy as np
import onnx
import torch
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process
from tqdm import tqdm

from trainer_core.packaged import halved, seal
from trainer_pose.benchmark import photos
from trainer_pose.paf.network import PoseNet


class Photos(CalibrationDataReader):
    """Crops of training photos, as the tracker would cut them."""

    def __init__(self, data, side, many, seed=7):
        files = [e for e in labels.load(data) if not photos.held_out(e['file'])]
        chosen = np.random.default_rng(seed).choice(len(files), many, replace=False)
        self.crops = iter(tqdm([files[i] for i in chosen], desc='calibration'))
        self.data, self.side = data, side

    def get_next(self):
        for e in self.crops:
            if photos.diagonal(e['human18']) > 0:
                return {'image': self.crop(e)}
        return None

    def crop(self, e):
        import cv2

        m = dataset.upright_matrix(e['human18'], self.side, 0.8)
        photo = cv2.imread(str(Path(self.data) / 'images' / e['file']))
        crop = cv2.warpAffine(photo, m, (self.side, self.side), borderValue=(128, 128, 128))
        return crop.transpose(2, 0, 1)[None].astype(np.float32)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--checkpoint', type=Path, required=True)
    parser.add_argument('--data', type=Path, default=Path('../shared/pose_data'))
    parser.add_argument('--to', type=Path, required=True)
    parser.add_argument('--side', type=int, default=160)
    parser.add_argument('--photos', type=int, default=200, help='for the ranges of the int8 file')
    args = parser.parse_args()
    args.to.mkdir(parents=True, exist_ok=True)
    state = torch.load(args.checkpoint, map_location='cpu', weights_only=True)
    net = PoseNet(state['refine'])
    net.load_state_dict(state['shadow'])
    net.eval()
    with tempfile.TemporaryDirectory() as folder:
        plain, ready = Path(folder) / 'plain.onnx', Path(folder) / 'ready.onnx'
        free = {2: 'H', 3: 'W'}
        maps = {2: 'h', 3: 'w'}
        torch.onnx.export(
            net,
            (torch.zeros(1, 3, args.side, args.side),),
            str(plain),
            input_names=['image'],
            output_names=['heatmaps', 'pafs'],
            dynamic_axes={'image': free, 'heatmaps': maps, 'pafs': maps},
            opset_version=17,
            dynamo=False,
        )
        onnx.save(halved(onnx.load(plain)), args.to / 'paf.onnx')
        quant_pre_process(str(plain), str(ready), skip_symbolic_shape=True)
        quantize_static(
            str(ready),
            str(args.to / 'paf_int8.onnx'),
            Photos(args.data, args.side, args.photos),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            weight_type=QuantType.QInt8,
            activation_type=QuantType.QUInt8,
            calibrate_method=CalibrationMethod.MinMax,
            # A single crop with an extreme value would make all steps coarser.
            extra_options={'CalibMovingAverage': True, 'CalibMovingAverageConstant': 0.02},
        )
    for name in ('paf.onnx', 'paf_int8.onnx'):
        print(name, (args.to / name).stat().st_size / 1e6, 'MB')
    seal(args.to, ['paf.onnx', 'paf_int8.onnx'])


if __name__ == '__main__':
    main()
