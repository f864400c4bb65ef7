"""Depth: a depth map up to scale, where it is valid, and the ground's tilt, which is the camera's.

A ground h below the camera has depth h / q at the pixel p, where q = -up . ray(p) with ray = ((x - cx) / f, (y - cy) / f, 1).
q is linear in the pixel: three numbers say what the focal length and the up vector are, every pixel can be asked for
them, and the depth of all that stands on the ground is close to -log q. So q is found first, and depth as what is added.
"""
import torch
import torch.nn as nn

from .layers import Conv
from .trunk import HALF, Trunk, with_position

HORIZON = 0.2  # q near and above the horizon is bent to stay positive over about this much


def ground_depth(q):
    """-log q, continued smoothly to where q is not positive."""
    return -(0.5 * (q + (q * q + HORIZON * HORIZON).sqrt())).log()


def fit_plane(q):
    """The plane (B, 3) over x and y in [-1, 1], and 1, that is nearest to the map q (B, H, W)."""
    across, down = axes(q)
    return torch.stack([(q * across).mean((1, 2)) / across.square().mean(), (q * down).mean((1, 2)) / down.square().mean(), q.mean((1, 2))], 1)


def plane_map(plane, like):
    """(B, 3) -> its values (B, H, W) on the cells of `like`."""
    across, down = axes(like)
    return plane[:, 0, None, None] * across + plane[:, 1, None, None] * down + plane[:, 2, None, None]


def axes(q):
    """x (1, 1, W) and y (1, H, 1) in [-1, 1], as `with_position` gives them."""
    grid = with_position(q[:1, None])[:, 1:]
    return grid[:, 0, :1], grid[:, 1, :, :1]


class Depth(nn.Module):
    """image (B, 3, H, W) -> log depth and validity logits (B, 1, H/2, W/2), q (B, H/2, W/2), the plane (B, 3) fitted to it."""

    def __init__(self):
        super().__init__()
        self.trunk = Trunk()
        self.tilt = nn.Sequential(Conv(HALF, HALF), nn.Conv2d(HALF, 1, 1))
        self.dense = nn.Sequential(Conv(HALF + 1, HALF), nn.Conv2d(HALF, 2, 1))

    def forward(self, image):
        half, _ = self.trunk(image)
        with torch.autocast(image.device.type, enabled=False):
            q = self.tilt(half.float())[:, 0]
        plane = fit_plane(q)
        ground = ground_depth(plane_map(plane, q))[:, None]
        features = self.dense[0](torch.cat([half, ground.to(half.dtype)], 1))
        with torch.autocast(image.device.type, enabled=False):  # coarser numbers would show as steps in the depth
            added, validity = self.dense[1](features.float()).chunk(2, 1)
        # The scale is free: without its mean, what is added cannot drift away.
        return added - added.mean((2, 3), keepdim=True) + ground, validity, q, plane


class DepthGraph(nn.Module):
    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, image):
        log_depth, validity, _, plane = self.net(image)
        return log_depth, validity, plane
