"""The pose network: one trunk, a first guess of confidence maps and fields, and a short refinement.

The trunk is a MobileNet with stride 8 (the late blocks keep the resolution and dilate instead), as
in lightweight OpenPose (Osokin 2018). Convolutions carry a bias and no batch normalisation: the
starting weights come from a network whose normalisation is already folded in (see `reference.py`),
and a small batch on a CPU could not estimate it anyway.

Input: float B x 3 x H x W, BGR, 0..255. Outputs at H/8 x W/8: `heatmaps` (18 keypoints +
background), `pafs` (19 limbs x, y).
"""

import torch
from torch import nn

# (name, channels in, channels out, stride, dilation) of the depthwise-separable blocks
TRUNK = (
    ('conv2_1', 32, 64, 1, 1),
    ('conv2_2', 64, 128, 2, 1),
    ('conv3_1', 128, 128, 1, 1),
    ('conv3_2', 128, 256, 2, 1),
    ('conv4_1', 256, 256, 1, 1),
    ('conv4_2', 256, 512, 1, 1),
    ('conv5_1', 512, 512, 1, 2),
    ('conv5_2', 512, 512, 1, 1),
    ('conv5_3', 512, 512, 1, 1),
    ('conv5_4', 512, 512, 1, 1),
    ('conv5_5', 512, 512, 1, 1),
)
HEATMAPS, PAFS = 19, 38


def conv(cin, cout, kernel=1, stride=1, dilation=1, groups=1):
    return nn.Conv2d(cin, cout, kernel, stride, dilation * (kernel // 2), dilation, groups)


class Separable(nn.Module):
    """3x3 depthwise, then 1x1, each followed by ReLU."""

    def __init__(self, cin, cout, stride, dilation):
        super().__init__()
        self.dw = conv(cin, cin, 3, stride, dilation, cin)
        self.sep = conv(cin, cout)

    def forward(self, x):
        return torch.relu(self.sep(torch.relu(self.dw(x))))


class Align(nn.Module):
    """Trunk features (512) to 128 channels with a residual of three depthwise-separable layers (ELU
    as in the origin).
    """

    def __init__(self):
        super().__init__()
        self.align, self.red = conv(512, 128), conv(128, 128)
        self.dw1, self.pw1 = conv(128, 128, 3, groups=128), conv(128, 128)
        self.dw2, self.pw2 = conv(128, 128, 3, groups=128), conv(128, 128)
        self.dw3, self.inc = conv(128, 128, 3, groups=128), conv(128, 128)
        self.out = conv(128, 128, 3)

    def forward(self, x):
        elu = nn.functional.elu
        x = y = elu(self.align(x))
        for layer in (self.red, self.dw1, self.pw1, self.dw2, self.pw2, self.dw3, self.inc):
            y = elu(layer(y))
        return torch.relu(self.out(x + y))


class Guess(nn.Module):
    """First stage: three 3x3 convolutions and the two heads."""

    def __init__(self, wide=512):
        super().__init__()
        self.body = nn.ModuleList(conv(128, 128, 3) for _ in range(3))
        self.pafs1, self.pafs2 = conv(128, wide), conv(wide, PAFS)
        self.heat1, self.heat2 = conv(128, wide), conv(wide, HEATMAPS)

    def forward(self, x):
        for layer in self.body:
            x = torch.relu(layer(x))
        return self.heat2(torch.relu(self.heat1(x))), self.pafs2(torch.relu(self.pafs1(x)))


class Refine(nn.Module):
    """Second stage: sees the first guess and the features, looks further around, and answers
    again.
    """

    def __init__(self, blocks):
        super().__init__()
        self.blocks = nn.ModuleList()
        for i in range(blocks):
            block = nn.Module()
            block.sq = conv(128 + HEATMAPS + PAFS if i == 0 else 128, 128)
            block.near, block.far = conv(128, 128, 3), conv(128, 128, 3, dilation=2)
            self.blocks.append(block)
        self.heat1, self.heat2 = conv(128, 128), conv(128, HEATMAPS)
        self.pafs1, self.pafs2 = conv(128, 128), conv(128, PAFS)

    def forward(self, x):
        for block in self.blocks:
            x = torch.relu(block.sq(x))
            x = x + torch.relu(block.far(torch.relu(block.near(x))))
        return self.heat2(torch.relu(self.heat1(x))), self.pafs2(torch.relu(self.pafs1(x)))


class PoseNet(nn.Module):
    """The whole network; `refine` is the number of refinement blocks (the origin has 5)."""

    def __init__(self, refine=2):
        super().__init__()
        self.register_buffer('scale', torch.full((1, 1, 1, 1), 1 / 255))
        self.register_buffer('shift', torch.full((1, 3, 1, 1), -0.5))
        self.conv1 = conv(3, 32, 3, 2)
        self.trunk = nn.ModuleDict({n: Separable(i, o, s, d) for n, i, o, s, d in TRUNK})
        self.align, self.guess = Align(), Guess()
        self.refine = Refine(refine) if refine else None

    def stages(self, image):
        """Maps of every stage, [(heatmaps, pafs), ...], the last one is the answer."""
        x = torch.relu(self.conv1(image * self.scale + self.shift))
        for block in self.trunk.values():
            x = block(x)
        x = self.align(x)
        outputs = [self.guess(x)]
        if self.refine is not None:
            heat, pafs = outputs[0]
            outputs.append(self.refine(torch.cat([pafs, heat, x], 1)))
        return outputs

    def forward(self, image):
        return self.stages(image)[-1]
