"""Building blocks shared by the five models."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F


def norm(channels):
    return nn.GroupNorm(8, channels)


class Conv(nn.Module):
    """Convolution, group normalisation, SiLU; `dim` is 2 or 3."""

    def __init__(self, inputs, outputs, stride=1, dim=2):
        super().__init__()
        conv = nn.Conv2d if dim == 2 else nn.Conv3d
        self.conv = conv(inputs, outputs, 3, stride, 1)
        self.norm = norm(outputs)

    def forward(self, x):
        return F.silu(self.norm(self.conv(x)))


class ResBlock(nn.Module):
    """Two convolutions with a residual; an optional vector shifts and scales in between (FiLM)."""

    def __init__(self, channels, context=0, dim=2):
        super().__init__()
        conv = nn.Conv2d if dim == 2 else nn.Conv3d
        self.dim = dim
        self.norm1, self.norm2 = norm(channels), norm(channels)
        self.conv1 = conv(channels, channels, 3, 1, 1)
        self.conv2 = conv(channels, channels, 3, 1, 1)
        nn.init.zeros_(self.conv2.weight)
        nn.init.zeros_(self.conv2.bias)
        self.film = nn.Linear(context, 2 * channels) if context else None

    def forward(self, x, context=None):
        y = self.conv1(F.silu(self.norm1(x)))
        y = self.norm2(y)
        if self.film is not None:
            shape = (y.shape[0], -1) + (1,) * self.dim
            scale, shift = self.film(context).reshape(shape).chunk(2, 1)
            y = y * (1 + scale) + shift
        return x + self.conv2(F.silu(y))


class Attention(nn.Module):
    """Multi-head attention of `x` (B, N, W) to `memory` (B, M, W); self-attention when it is None.

    `rotate` applies a rotary embedding to queries, `rotate_memory` to keys (see `rotary`).
    `mask` (B, M) is 1 where memory may be attended to.
    """

    def __init__(self, width, heads, memory_width=None):
        super().__init__()
        self.heads = heads
        self.q = nn.Linear(width, width)
        self.kv = nn.Linear(memory_width or width, 2 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x, memory=None, rotate=None, rotate_memory=None, mask=None):
        memory = x if memory is None else memory
        batch, n, width = x.shape
        # A memory of batch 1 serves every query batch by broadcasting.
        split = lambda t: t.reshape(t.shape[0], t.shape[1], self.heads, width // self.heads).transpose(1, 2)
        q = split(self.q(x))
        k, v = self.kv(memory).chunk(2, -1)
        k, v = split(k), split(v)
        if rotate is not None:
            q = apply_rotary(q, rotate)
        if rotate_memory is not None:
            k = apply_rotary(k, rotate_memory)
        logits = q @ k.transpose(-1, -2) / math.sqrt(width // self.heads)
        if mask is not None:
            logits = logits + (mask[:, None, None, :] - 1) * 1e4
        y = logits.softmax(-1) @ v  # (B, heads, N, W / heads)
        return self.out(y.transpose(1, 2).reshape(batch, n, width))


def rotary(index, size):
    """Angles of a rotary position embedding: index (...,) -> (..., size / 2)."""
    frequency = 100.0 ** (-torch.arange(0, size, 2, device=index.device).float() / size)
    return index.float()[..., None] * frequency


def apply_rotary(x, angles):
    """Rotate pairs of features: x (B, heads, N, D), angles (B, N, D / 2)."""
    a, b = x.chunk(2, -1)
    cos, sin = angles.cos()[:, None], angles.sin()[:, None]
    return torch.cat([a * cos - b * sin, a * sin + b * cos], -1)


class TimeEmbedding(nn.Module):
    """Flow time in [0, 1], shape (B,), to a vector (B, width)."""

    def __init__(self, width):
        super().__init__()
        self.mlp = nn.Sequential(nn.Linear(64, width), nn.SiLU(), nn.Linear(width, width))

    def forward(self, time):
        angles = time[:, None] * torch.exp(torch.linspace(0, 6, 32, device=time.device))
        return self.mlp(torch.cat([angles.sin(), angles.cos()], -1))


def velocity_to(endpoint, noisy, time, latest=0.9):
    """The flow's velocity at `noisy`, (B, ...), at `time` (B,), when it ends at `endpoint` at time 1.

    The models predict the endpoint: noise need not be copied through them, which small ones learn late.
    """
    left = (1 - time).clamp(min=1 - latest)
    return (endpoint - noisy) / left.reshape(-1, *[1] * (noisy.dim() - 1))


def space_to_depth3(x, factor):
    """(B, C, D, H, W) -> (B, C f^3, D/f, H/f, W/f)."""
    b, c, d, h, w = x.shape
    x = x.reshape(b, c, d // factor, factor, h // factor, factor, w // factor, factor)
    return x.permute(0, 1, 3, 5, 7, 2, 4, 6).reshape(b, c * factor**3, d // factor, h // factor, w // factor)


def depth_to_space3(x, factor):
    """The inverse of `space_to_depth3`."""
    b, c, d, h, w = x.shape
    x = x.reshape(b, c // factor**3, factor, factor, factor, d, h, w)
    return x.permute(0, 1, 5, 2, 6, 3, 7, 4).reshape(b, c // factor**3, d * factor, h * factor, w * factor)


def upsample(x):
    return F.interpolate(x, scale_factor=2, mode="nearest")
