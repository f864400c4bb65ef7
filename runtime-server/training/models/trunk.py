"""The U-Net that segment and depth share in kind, each with weights of its own; its way down is EfficientNet-Lite0."""
import torch
import torch.nn as nn

from .efficientnet import CHANNELS, EfficientNetLite0
from .layers import Conv, upsample

HALF = 32  # channels at half resolution: few, because most of the work would be there
QUARTER = 64  # and at a quarter


def with_position(x):
    """Append where each cell lies, x then y in [-1, 1]: how far the ground is shows in the height above the border."""
    b, _, h, w = x.shape
    across = torch.linspace(-1, 1, w, device=x.device).reshape(1, 1, 1, w).expand(b, 1, h, w)
    down = torch.linspace(-1, 1, h, device=x.device).reshape(1, 1, h, 1).expand(b, 1, h, w)
    return torch.cat([x, across, down], 1)


class Trunk(nn.Module):
    """Picture (B, 3, H, W) in [0, 1], sides multiples of 32 -> features (B, HALF, H/2, W/2) and (B, QUARTER, H/4, W/4)."""

    def __init__(self):
        super().__init__()
        self.encoder = EfficientNetLite0()
        self.up = nn.ModuleList()
        below = CHANNELS[-1]
        for skip, width in zip(CHANNELS[-2::-1], (128, 96, QUARTER)):
            self.up.append(nn.Sequential(Conv(below + skip + 2, width), Conv(width, width)))
            below = width
        self.up.append(Conv(below + CHANNELS[0] + 2, HALF))

    def forward(self, picture):
        *skips, y = self.encoder(picture * 2 - 1)
        for up, skip in zip(self.up, reversed(skips)):
            above, y = y, up(with_position(torch.cat([upsample(y), skip], 1)))
        return y, above
