"""Camera, upright and object frames, in batched torch; the TypeScript stages compute the same.

camera: x right, y down, z forward        upright: x right, y against gravity, z toward the viewer
Rotation matrices named `aFromB` take a vector in frame b to frame a. Pictures are squares of
`side` pixels; pixel centres lie at half integers.
"""
import torch
import torch.nn.functional as F


def upright_from(direction, up):
    """Rotation (B, 3, 3) camera -> a frame with y = up whose z opposes `direction` horizontally.

    direction, up: (B, 3) unit vectors in the camera frame.
    """
    back = -(direction - (direction * up).sum(-1, keepdim=True) * up)
    back = F.normalize(back, dim=-1)
    right = torch.linalg.cross(up, back, dim=-1)
    return torch.stack([right, up, back], 1)


def pixel_rays(x, y, fx, cx, cy):
    """Direction (..., 3) with z = 1 through picture position (x, y), in pixels."""
    return torch.stack([(x - cx) / fx, (y - cy) / fx, torch.ones_like(x)], -1)


def project(points, fx, cx, cy):
    """Camera points (B, N, 3) -> pixels (B, N, 2); depth is clamped away from zero."""
    z = points[..., 2].clamp(min=1e-4)
    return torch.stack([points[..., 0] / z * fx[:, None] + cx[:, None], points[..., 1] / z * fx[:, None] + cy[:, None]], -1)


def window_grid(inner, outer, size):
    """Sampling grid (B, size, size, 2) that cuts square `inner` out of a picture covering `outer`.

    Windows are (B, 3): x, y of the corner and side, in the same pixels.
    """
    line = (torch.arange(size, device=inner.device).float() + 0.5) / size
    x = inner[:, 0:1] + line * inner[:, 2:3]
    y = inner[:, 1:2] + line * inner[:, 2:3]
    u = (x - outer[:, 0:1]) / outer[:, 2:3] * 2 - 1
    v = (y - outer[:, 1:2]) / outer[:, 2:3] * 2 - 1
    return torch.stack([u[:, None, :].expand(-1, size, -1), v[:, :, None].expand(-1, -1, size)], -1)


def cut(pictures, inner, outer, size, mode="bilinear", outside="zeros"):
    """Resample square windows: pictures (B, C, s, s) covering `outer` -> (B, C, size, size)."""
    return F.grid_sample(pictures, window_grid(inner, outer, size), mode=mode, padding_mode=outside, align_corners=False)


def mask_box(mask):
    """(B, H, W) boolean -> x0, y0, x1, y1 (B, 4), exclusive ends; zeros where the mask is empty."""
    columns, rows = mask.any(1), mask.any(2)
    first = lambda line: line.float().argmax(-1)
    last = lambda line: line.shape[-1] - line.flip(-1).float().argmax(-1)
    box = torch.stack([first(columns), first(rows), last(columns), last(rows)], -1).float()
    return box * mask.flatten(1).any(1)[:, None]


def square_around(box, factor):
    """The window (B, 3) centred on boxes (B, 4) whose side is `factor` times the longer side."""
    side = (box[:, 2:] - box[:, :2]).amax(-1, keepdim=True) * factor
    return torch.cat([(box[:, :2] + box[:, 2:]) / 2 - side / 2, side], -1)


def cell_centres(size, device):
    """Centres of a size^3 grid over [-1, 1]^3: (size^3, 3) as x, y, z, ordered z, y, x (x fastest)."""
    line = (torch.arange(size, device=device).float() * 2 + 1) / size - 1
    z, y, x = torch.meshgrid(line, line, line, indexing="ij")
    return torch.stack([x, y, z], -1).reshape(-1, 3)
