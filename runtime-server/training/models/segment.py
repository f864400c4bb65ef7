"""Segment: object centres in a heat map, and at each centre the weights of a tiny network that draws the mask.

The tiny network (a "kernel", as in CondInst) turns shared per-pixel features into one object's mask.
Kernels are trained at every pixel of an object, so that a point someone clicks on works like a centre
that was found.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

from .layers import Conv
from .trunk import HALF, QUARTER, Trunk

FEATURES = 8  # per-pixel features that kernels read
HIDDEN = 8  # width of a kernel's two hidden layers
KERNEL = (FEATURES + 2) * HIDDEN + HIDDEN + HIDDEN * HIDDEN + HIDDEN + HIDDEN + 1  # 169 numbers
REACH = 64.0  # pixels that the relative coordinates are divided by


class SegmentHead(nn.Module):
    """-> objectness and kernels at 1/4, features at 1/2."""

    def __init__(self):
        super().__init__()
        self.objectness = nn.Sequential(Conv(QUARTER, QUARTER), nn.Conv2d(QUARTER, 1, 1))
        self.kernels = nn.Sequential(Conv(QUARTER, 96), nn.Conv2d(96, KERNEL, 1))
        self.features = nn.Conv2d(HALF, FEATURES, 1)
        nn.init.constant_(self.objectness[-1].bias, -4.0)  # centres are rare
        nn.init.normal_(self.kernels[-1].weight, std=0.02)

    def forward(self, half, quarter):
        return self.objectness(quarter), self.kernels(quarter), self.features(half)


class Segment(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = Trunk()
        self.head = SegmentHead()

    def forward(self, image):
        return self.head(*self.trunk(image))


class MaskGraph(nn.Module):
    """Apply each kernel to the features of its picture.

    features (N or 1, 8, h, w), kernels (N, 169), points (N, 2) in input pixels -> logits (N, h, w).
    """

    def forward(self, features, kernels, points):
        n = kernels.shape[0]
        h, w = features.shape[2], features.shape[3]
        y = torch.arange(h, device=features.device).float() * 2 + 1  # centres of 1/2 cells in input pixels
        x = torch.arange(w, device=features.device).float() * 2 + 1
        dx = ((x[None] - points[:, :1]) / REACH)[:, None, None, :].expand(n, 1, h, w)
        dy = ((y[None] - points[:, 1:]) / REACH)[:, None, :, None].expand(n, 1, h, w)
        z = torch.cat([features.expand(n, -1, h, w), dx, dy], 1).flatten(2)  # (N, 10, h w)
        sizes = [HIDDEN * (FEATURES + 2), HIDDEN, HIDDEN * HIDDEN, HIDDEN, HIDDEN, 1]
        w1, b1, w2, b2, w3, b3 = kernels.split(sizes, 1)
        z = F.relu(w1.reshape(n, HIDDEN, FEATURES + 2) @ z + b1[:, :, None])
        z = F.relu(w2.reshape(n, HIDDEN, HIDDEN) @ z + b2[:, :, None])
        z = w3[:, None, :] @ z + b3[:, :, None]
        return z.reshape(n, h, w)
