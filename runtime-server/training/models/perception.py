"""Segment and depth: one U-Net trunk trained for both, exported as two graphs.

Segmentation finds object centres in a heat map; at each centre the network also writes the weights
of a tiny network of its own (a "kernel") that turns shared per-pixel features into that object's
mask (as in CondInst). Kernels are trained at every pixel of an object, so that a point someone
clicks on works like a centre that was found.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

from .layers import Conv, upsample

FEATURES = 8  # per-pixel features that kernels read
HIDDEN = 8  # width of a kernel's two hidden layers
KERNEL = (FEATURES + 2) * HIDDEN + HIDDEN + HIDDEN * HIDDEN + HIDDEN + HIDDEN + 1  # 169 numbers
REACH = 64.0  # pixels that the relative coordinates are divided by
EMBEDDING = 64
HALF = 32  # channels at half resolution: few, because most of the work would be there


def with_position(x):
    """Append where each cell lies, x then y in [-1, 1]: how far the ground is shows in the height above the border."""
    b, _, h, w = x.shape
    across = torch.linspace(-1, 1, w, device=x.device).reshape(1, 1, 1, w).expand(b, 1, h, w)
    down = torch.linspace(-1, 1, h, device=x.device).reshape(1, 1, h, 1).expand(b, 1, h, w)
    return torch.cat([x, across, down], 1)


class Trunk(nn.Module):
    """Picture (B, 3, H, W) -> features at 1/2, 1/4 and 1/32, and at 1/16 for other models."""

    def __init__(self, widths=(32, 64, 128, 192, 256)):
        super().__init__()
        a, b, c, d, e = widths
        self.widths = widths
        self.s2 = nn.Sequential(Conv(5, a, 2), Conv(a, a))
        self.s4 = nn.Sequential(Conv(a, b, 2), Conv(b, b), Conv(b, b))
        self.s8 = nn.Sequential(Conv(b, c, 2), Conv(c, c), Conv(c, c))
        self.s16 = nn.Sequential(Conv(c, d, 2), Conv(d, d), Conv(d, d))
        self.s32 = nn.Sequential(Conv(d, e, 2), Conv(e, e), Conv(e, e))
        self.u16 = Conv(e + d, d)
        self.u8 = nn.Sequential(Conv(d + c, c), Conv(c, c))
        self.u4 = nn.Sequential(Conv(c + b, b), Conv(b, b))
        self.u2 = Conv(b + a, HALF)

    def encode(self, picture):
        """The down path alone: features at 1/16, (B, widths[3], H/16, W/16)."""
        return self.s16(self.s8(self.s4(self.s2(with_position(picture * 2 - 1)))))

    def forward(self, picture):
        h2 = self.s2(with_position(picture * 2 - 1))
        h4 = self.s4(h2)
        h8 = self.s8(h4)
        h16 = self.s16(h8)
        h32 = self.s32(h16)
        y = self.u16(torch.cat([upsample(h32), h16], 1))
        y = self.u8(torch.cat([upsample(y), h8], 1))
        y4 = self.u4(torch.cat([upsample(y), h4], 1))
        y2 = self.u2(torch.cat([upsample(y4), h2], 1))
        return y2, y4, h32


class SegmentHead(nn.Module):
    """-> objectness, kernels, embeddings at 1/4; features at 1/2."""

    def __init__(self, quarter):
        super().__init__()
        self.objectness = nn.Sequential(Conv(quarter, quarter), nn.Conv2d(quarter, 1, 1))
        self.kernels = nn.Sequential(Conv(quarter, 96), nn.Conv2d(96, KERNEL, 1))
        self.embeddings = nn.Sequential(Conv(quarter, 96), nn.Conv2d(96, EMBEDDING, 1))
        self.features = nn.Conv2d(HALF, FEATURES, 1)
        nn.init.constant_(self.objectness[-1].bias, -4.0)  # centres are rare
        nn.init.normal_(self.kernels[-1].weight, std=0.02)

    def forward(self, half, quarter):
        return self.objectness(quarter), self.kernels(quarter), self.embeddings(quarter), self.features(half)


class DepthHead(nn.Module):
    """-> log depth and validity logits at 1/2, log focal length over the longest side, up vector."""

    def __init__(self, deep):
        super().__init__()
        self.dense = nn.Sequential(Conv(HALF, HALF), nn.Conv2d(HALF, 2, 1))
        self.gather = Conv(deep + 2, 192)
        self.camera = nn.Sequential(nn.Linear(192, 128), nn.SiLU(), nn.Linear(128, 4))
        with torch.no_grad():  # start at an ordinary camera: focal length near the side, looking down a little
            self.camera[-1].weight.mul_(0.1)
            self.camera[-1].bias.copy_(torch.tensor([-0.05, 0.0, -0.85, -0.5]))

    def forward(self, half, deep):
        dense = self.dense(half)
        camera = self.camera(self.gather(with_position(deep)).mean((2, 3)))
        return dense[:, :1], dense[:, 1:], camera[:, 0], F.normalize(camera[:, 1:], dim=1)


class Perception(nn.Module):
    def __init__(self, widths=(32, 64, 128, 192, 256), words=1):
        super().__init__()
        self.trunk = Trunk(widths)
        self.segment = SegmentHead(widths[1])
        self.depth = DepthHead(widths[4])
        self.words = nn.Parameter(torch.randn(words, EMBEDDING) * 0.1)
        self.word_scale = nn.Parameter(torch.tensor(8.0))
        self.word_bias = nn.Parameter(torch.tensor(-4.0))

    def word_logits(self, embeddings):
        """(N, 64) -> (N, words)."""
        cosine = F.normalize(embeddings, dim=-1) @ F.normalize(self.words, dim=-1).T
        return self.word_scale * cosine + self.word_bias


class SegmentGraph(nn.Module):
    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, image):
        half, quarter, _ = self.net.trunk(image)
        return self.net.segment(half, quarter)


class DepthGraph(nn.Module):
    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, image):
        half, _, deep = self.net.trunk(image)
        log_depth, validity, log_focal, up = self.net.depth(half, deep)
        return log_depth, validity, log_focal.exp(), up


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
