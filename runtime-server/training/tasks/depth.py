"""Depth: log depth up to a constant, validity, focal length and the up vector."""
import numpy as np
import torch
import torch.nn.functional as F

from models.depth import Depth

from .pictures import prepare

FARTHEST = 80.0  # metres; beyond counts as sky


class Task:
    def __init__(self, config, data, device):
        self.config, self.device = config, device
        self.batch, self.rate = config.depth_batch, config.depth_rate
        self.model = Depth(config.widths).to(device)
        self.rng = np.random.default_rng(1)

    def loss(self, records):
        side = int(self.rng.choice(self.config.picture_sides))
        picture, _, depth, log_focal, up, known = prepare(records, side, True, self.device, self.rng)
        log_depth, validity, focal, upward = (t.float() for t in self.model(picture))
        depth, known = depth[:, ::2, ::2], known[:, ::2, ::2] > 0.5
        valid = (depth < FARTHEST) & known
        target = depth.clamp(0.02, FARTHEST).log()
        missing = torch.full_like(target, float("nan"))
        level = lambda t: torch.where(valid, t, missing).flatten(1).nanmedian(1)[0].nan_to_num()[:, None, None]
        error = log_depth[:, 0] - target
        error = error - level(error).detach()
        # What lies far behind the scene matters less.
        weight = valid * torch.sigmoid(2.5 - 2 * (target - level(target))).clamp(min=0.15)
        dense = (error.abs().clamp(max=1.5) * weight).sum() / weight.sum().clamp(min=1)
        for step in (1, 4, 16):  # edges and slopes
            for axis in (1, 2):
                length = error.shape[axis] - step
                slope = error.narrow(axis, step, length) - error.narrow(axis, 0, length)
                both = torch.minimum(weight.narrow(axis, step, length), weight.narrow(axis, 0, length))
                dense = dense + 0.4 * (slope.abs().clamp(max=0.5) * both).sum() / both.sum().clamp(min=1)
        sky = F.binary_cross_entropy_with_logits(validity[:, 0], valid.float(), reduction="none")
        sky = (sky * known).mean()
        focal_loss = (focal - log_focal).abs().mean()
        up_loss = (upward - up).norm(dim=-1).mean()
        drift = log_depth.mean().square()  # nothing else holds the free constant
        loss = dense + 0.2 * sky + 0.3 * focal_loss + up_loss + 0.001 * drift
        return loss, dict(dense=dense, sky=sky, focal=focal_loss, up=up_loss)

    @torch.no_grad()
    def evaluate(self, records):
        """Absolute relative error after scale, of all pixels that have a depth; median focal and up error."""
        relative, focals, ups = [], [], []
        for start in range(0, len(records), 16):
            picture, _, depth, log_focal, up, _ = prepare(
                records[start : start + 16], self.config.picture_size, False, self.device, self.rng
            )
            log_depth, _, focal, upward = self.model(picture)
            focals.append((focal - log_focal).abs().exp() - 1)
            ups.append(torch.rad2deg((upward * up).sum(-1).clamp(-1, 1).acos()))
            for made, true in zip(log_depth[:, 0], depth[:, ::2, ::2]):
                valid = true < FARTHEST
                error = made[valid] - true[valid].log()
                relative.append(float(((error - error.median()).exp() - 1).abs().mean()))
        return dict(
            absRel=float(np.mean(relative)), absRelMedian=float(np.median(relative)),
            focalError=float(torch.cat(focals).median()), upDegrees=float(torch.cat(ups).median()),
        )
