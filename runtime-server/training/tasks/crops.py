"""Object crops out of scene records, on the device, with occlusions of more kinds added."""
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F

from frames import cut, mask_box, square_around

from .occluders import in_front, meetings

UNTOLD = 0.25  # share of the objects of which it is not told what is in front: at run time depth is not always right
TOUCHING, FREE = 1.7, 1.2  # de-occlusion window over the visible box, with and without something in front


@dataclass
class Crops:
    """N objects, each in its own square window of a picture."""

    whole: torch.Tensor  # (N, 4, S, S) RGBA 0 to 1, not premultiplied, nothing in front
    depth: torch.Tensor  # (N, 1, S, S) metres, 0 where there is no object
    visible: torch.Tensor  # (N, 1, S, S) 0 or 1
    hidden: torch.Tensor  # (N, 1, S, S) 1 where something could be in front
    window: torch.Tensor  # (N, 3) x, y, side in picture pixels
    index: torch.Tensor  # (N,) into the object list
    pose: torch.Tensor  # (N, 13) canonical to camera: rotation 9, translation 3, size 1
    fx: torch.Tensor  # (N,)
    cx: torch.Tensor  # (N,)
    cy: torch.Tensor  # (N,)
    up: torch.Tensor  # (N, 3) camera frame
    row: torch.Tensor  # (N,) the record each comes from


def gather(records, device, limit, rng):
    """At most `limit` usable crops of the records, in random order."""
    rows, columns = np.nonzero(records["cropSlot"] < 255)
    order = rng.permutation(len(rows))[:limit]
    rows, columns = rows[order], columns[order]
    slot = records["cropSlot"][rows, columns].astype(np.int64)
    to = lambda a: torch.from_numpy(np.ascontiguousarray(a)).to(device)
    whole = to(records["cropWhole"][rows, columns]).permute(0, 3, 1, 2).float() / 255
    depth = to(records["cropDepth"][rows, columns]).float()[:, None]
    depth = torch.where(torch.isfinite(depth), depth, torch.zeros_like(depth))
    window = to(records["cropWindow"][rows, columns])
    hidden = (to(records["cropHidden"][rows, columns]) > 0).float()[:, None]
    may_hide = to(occluders(records, rows, slot, rng))[:, None].float()
    side = may_hide.shape[-1]
    picture = torch.tensor([[0.0, 0.0, side]], device=device).expand(len(window), 3)
    in_crop = cut(1 - may_hide, window, picture, hidden.shape[-1], "nearest") < 0.5  # what lies outside the picture may hide too
    hidden = hidden * F.max_pool2d(in_crop.float(), 5, 1, 2)  # the crop is finer than the picture
    return Crops(
        whole,
        depth,
        (to(records["cropVisible"][rows, columns]) > 0).float()[:, None],
        hidden,
        window,
        to(records["object"][rows, slot].astype(np.int64)),
        to(records["pose"][rows, slot]),
        to(records["focal"][rows]),
        to(records["cx"][rows]),
        to(records["cy"][rows]),
        to(records["up"][rows]),
        to(rows),
    )


def occluders(records, rows, slots, rng):
    """(N, H, W), 1 on the pixels of what may hide each object."""
    met = {row: meetings(records["ids"][row], records["depth"][row]) for row in set(rows.tolist())}
    told = rng.random(len(rows)) >= UNTOLD
    result = []
    for row, slot, known in zip(rows, slots, told):
        ids = records["ids"][row]
        others = in_front(slot + 1, met[row]) if known else [i for i in np.unique(ids) if i not in (0, slot + 1)]
        result.append(np.isin(ids, others).astype(np.uint8))
    return np.stack(result) if result else np.zeros((0, *records["ids"].shape[1:]), np.uint8)


def occlude(crops, share, rng):
    """Hide more of some objects, by the paper's three patterns: another object's silhouette, a
    right-angled crop as by a picture's border, and brush strokes. Changes `crops` in place."""
    n, _, size, _ = crops.visible.shape
    device = crops.visible.device
    alpha = (crops.whole[:, 3:] > 0.5).float()
    kind = torch.from_numpy(rng.choice(4, n, p=[1 - share, share / 3, share / 3, share / 3])).to(device)
    extra = torch.zeros_like(crops.visible)

    # Another object's silhouette, shifted and scaled.
    other = alpha.roll(1, 0)
    theta = torch.zeros(n, 2, 3, device=device)
    scale = torch.rand(n, device=device) * 0.8 + 0.7
    theta[:, 0, 0] = theta[:, 1, 1] = 1 / scale
    theta[:, :, 2] = (torch.rand(n, 2, device=device) - 0.5) * 1.2
    grid = F.affine_grid(theta, alpha.shape, align_corners=False)
    silhouette = (F.grid_sample(other, grid, align_corners=False) > 0.5).float()

    # A half plane along an axis, through the object.
    line = torch.arange(size, device=device).float() / size
    box = mask_box(crops.visible[:, 0] > 0.5) / size
    at = torch.rand(n, device=device) * 0.6 + 0.2
    vertical, flip = torch.rand(n, device=device) < 0.5, torch.rand(n, device=device) < 0.5
    low, high = torch.where(vertical, box[:, 0], box[:, 1]), torch.where(vertical, box[:, 2], box[:, 3])
    edge = low + at * (high - low)
    past = (line[None] > edge[:, None]) ^ flip[:, None]
    plane = torch.where(vertical[:, None, None], past[:, None, :], past[:, :, None]).float()[:, None].expand(-1, -1, size, size)

    # Brush strokes: thick random segments.
    grid_y, grid_x = torch.meshgrid(line, line, indexing="ij")
    brush = torch.zeros_like(extra)
    for _ in range(3):
        a, b = torch.rand(2, n, 2, 1, 1, device=device)
        thick = torch.rand(n, 1, 1, device=device) * 0.08 + 0.03
        d = b - a
        t = ((grid_x - a[:, 0]) * d[:, 0] + (grid_y - a[:, 1]) * d[:, 1]) / (d.square().sum(1) + 1e-6)
        t = t.clamp(0, 1)
        distance = (grid_x - a[:, 0] - t * d[:, 0]) ** 2 + (grid_y - a[:, 1] - t * d[:, 1]) ** 2
        brush = torch.maximum(brush, (distance < thick**2).float()[:, None])

    choose = lambda i: (kind == i).float()[:, None, None, None]
    extra = choose(1) * silhouette + choose(2) * plane + choose(3) * brush
    left = crops.visible * (1 - extra)
    enough = (left.sum((1, 2, 3)) > 0.12 * crops.visible.sum((1, 2, 3)))[:, None, None, None].float()
    extra = extra * enough
    crops.visible = crops.visible * (1 - extra)
    crops.hidden = torch.maximum(crops.hidden, extra)


def shrink(crops, rng):
    """Erode the visible mask of some objects: what is lost becomes possibly hidden."""
    kernel = int(rng.choice([1, 3, 5], p=[0.5, 0.3, 0.2]))
    if kernel > 1:
        eroded = -F.max_pool2d(-crops.visible, kernel, 1, kernel // 2)
        kept = (eroded.sum((1, 2, 3), keepdim=True) > 30).float()
        eroded = eroded * kept + crops.visible * (1 - kept)
        crops.hidden = torch.maximum(crops.hidden, crops.visible - eroded)
        crops.visible = eroded


def deocclusion_window(crops):
    """The window rule of the de-occlusion stage, from the visible mask as it is now; picture pixels."""
    size = crops.visible.shape[-1]
    ring = (F.max_pool2d(crops.visible, 7, 1, 3) - crops.visible).clamp(min=0)
    touching = (ring * crops.hidden).sum((1, 2, 3)) > 0.02 * ring.sum((1, 2, 3))
    box = mask_box(crops.visible[:, 0] > 0.5)
    factor = torch.where(touching, torch.full_like(crops.fx, TOUCHING), torch.full_like(crops.fx, FREE))
    side = (box[:, 2:] - box[:, :2]).amax(-1, keepdim=True) * factor[:, None]
    window = torch.cat([(box[:, :2] + box[:, 2:]) / 2 - side / 2, side], -1)
    return to_picture(window, crops.window, size)


def shape_window(crops, factor=1.15):
    """The window of the shape stage, from the whole object's silhouette; picture pixels."""
    window = square_around(mask_box(crops.whole[:, 3] > 0.5), factor)
    return to_picture(window, crops.window, crops.whole.shape[-1])


def to_picture(window, outer, size):
    """A window in pixels of a crop of `size` to pixels of the picture it was cut from."""
    scale = outer[:, 2:] / size
    return torch.cat([window[:, :2] * scale + outer[:, :2], window[:, 2:] * scale], -1)


def premultiplied(rgba):
    """RGBA in 0 to 1 -> premultiplied, scaled to -1 to 1."""
    return torch.cat([rgba[:, :3] * rgba[:, 3:], rgba[:, 3:]], 1) * 2 - 1


def resample(crops, window, size):
    """Everything of `crops` cut to another window (N, 3): whole, depth, visible, hidden."""
    premul = torch.cat([crops.whole[:, :3] * crops.whole[:, 3:], crops.whole[:, 3:]], 1)
    premul = cut(premul, window, crops.window, size)
    near = lambda t: cut(t, window, crops.window, size, "nearest")
    inside = near(torch.ones_like(crops.hidden))
    hidden = torch.maximum(near(crops.hidden), 1 - inside)  # what the crop does not cover is unknown
    return premul, near(crops.depth), near(crops.visible), hidden
