"""Depth: a point map up to scale, where it is valid, the focal length, and which way is up."""
import torch
import torch.nn as nn
import torch.nn.functional as F

from .layers import Conv
from .trunk import HALF, Trunk, with_position


class Depth(nn.Module):
    """image (B, 3, H, W) -> log depth and validity logits (B, 1, H/2, W/2), log focal length over the
    longest side (B,), up (B, 3)."""

    def __init__(self, widths=(32, 64, 128, 192, 256)):
        super().__init__()
        self.trunk = Trunk(widths)
        self.dense = nn.Sequential(Conv(HALF, HALF), nn.Conv2d(HALF, 2, 1))
        # No normalisation on the way to the mean: it would take away how strong a feature is.
        self.gather = nn.Sequential(nn.Conv2d(widths[4] + 2, 256, 1), nn.SiLU(), nn.Conv2d(256, 256, 3, 1, 1), nn.SiLU())
        self.camera = nn.Sequential(nn.Linear(256, 128), nn.SiLU(), nn.Linear(128, 4))
        with torch.no_grad():  # start at an ordinary camera: focal length near the side, looking down a little
            self.camera[-1].weight.mul_(0.1)
            self.camera[-1].bias.copy_(torch.tensor([-0.05, 0.0, -0.9, -0.4]))

    def forward(self, image):
        half, _, deep = self.trunk(image)
        dense = self.dense(half)
        camera = self.camera(self.gather(with_position(deep)).mean((2, 3)))
        return dense[:, :1], dense[:, 1:], camera[:, 0], F.normalize(camera[:, 1:], dim=1)


class DepthGraph(nn.Module):
    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, image):
        log_depth, validity, log_focal, up = self.net(image)
        return log_depth, validity, log_focal.exp(), up
