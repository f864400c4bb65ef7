"""Depth and gravity as the pipeline's own depth stage finds them: what the stages after it have to bear."""
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F

from .depth import camera_of
from .pictures import prepare

EDGE_CELLS = 2  # cells over which the network blends near and far at an edge, as at run time


class Seen(NamedTuple):
    which: torch.Tensor  # (B,) bool: the records whose depth and gravity are estimates
    depth: torch.Tensor  # (B, S, S) metres; true where not estimated
    up: torch.Tensor  # (B, 3)


class EstimatedDepth:
    def __init__(self, model, config, device):
        self.model, self.device = model.eval(), device
        self.side = min(config.picture_sides)

    def some(self, records, share, rng):
        """Estimates for a share of the records, drawn at random."""
        which = rng.permutation(len(records)) < round(share * len(records))
        depth = torch.from_numpy(records["depth"].astype(np.float32)).to(self.device)
        up = torch.from_numpy(np.ascontiguousarray(records["up"])).to(self.device).clone()
        which = torch.from_numpy(which).to(self.device)
        if which.any():
            depth[which], up[which] = self(records[which.cpu().numpy()])
        return Seen(which, depth, F.normalize(up, dim=-1))

    @torch.no_grad()
    def __call__(self, records):
        """-> depth (B, S, S) in metres at the records' resolution, the objects' median put right; up (B, 3)."""
        picture, _, _, _, principal, _, _ = prepare(records, self.side, False, self.device, np.random)
        log_depth, _, _, plane = self.model(picture)
        up = camera_of(plane, principal, self.side)[1]
        made = log_depth.float().clamp(-8, 8)
        ids = torch.from_numpy(records["ids"].astype(np.float32)).to(self.device)[:, None]
        true = torch.from_numpy(records["depth"].astype(np.float32)).to(self.device)[:, None]
        made = firm_edges(made, F.interpolate(ids, made.shape[-2:], mode="nearest"))
        made = F.interpolate(made, ids.shape[-2:], mode="nearest")
        ours = (ids > 0) & (ids < 255) & (true < 1e4)
        error = torch.where(ours, made - true.clamp(min=1e-2).log(), torch.full_like(made, float("nan")))
        level = error.flatten(1).nanmedian(1)[0].nan_to_num()
        return (made - level[:, None, None, None]).exp()[:, 0], F.normalize(up, dim=-1)


def firm_edges(depth, ids):
    """The rim of every object takes the depth of what lies further inside; depth, ids (B, 1, H, W)."""
    reach = 2 * EDGE_CELLS + 1
    most = F.max_pool2d(ids, reach, 1, EDGE_CELLS)
    least = -F.max_pool2d(-ids, reach, 1, EDGE_CELLS)
    inside = most == least
    for slot in range(1, int(ids[ids < 255].max()) + 1):
        own = ids == slot
        known = (own & inside).float()
        value = depth * known
        for _ in range(2 * EDGE_CELLS):
            near = F.avg_pool2d(known, 3, 1, 1)
            spread = F.avg_pool2d(value, 3, 1, 1) / near.clamp(min=1e-6)
            new = own & (known == 0) & (near > 0)
            value = torch.where(new, spread, value)
            known = torch.where(new, torch.ones_like(known), known)
        depth = torch.where(own & (known > 0), value, depth)
    return depth
