"""Depth: log depth up to a constant, validity, and the plane that says the focal length and the up vector."""
import numpy as np
import torch
import torch.nn.functional as F

from models.depth import Depth, plane_map

from .pictures import prepare

FARTHEST = 80.0  # metres; beyond counts as sky
FEWEST = 12  # cells of an object that tell how far it is
RANGE = 2.0  # log depth of what has none may differ by so much from the picture's median


def plane_of(focal, principal, up, side):
    """The plane (B, 3) of models/depth.py over the cells of half a picture of `side`: focal over the side (B,), principal (B, 2), up (B, 3)."""
    reach = side / 2 - 1  # pixels from the centre to the outermost cell's
    slope = -up[:, :2] / (focal * side)[:, None]
    level = -up[:, 2] + (slope * (side / 2 - principal)).sum(1)
    return torch.cat([slope * reach, level[:, None]], 1)


def camera_of(plane, principal, side):
    """(focal over the side, up) of a plane: the inverse of `plane_of`."""
    slope = plane[:, :2] / (side / 2 - 1)
    back = -(plane[:, 2] + (slope * (principal - side / 2)).sum(1)).clamp(-0.999, 0.999)
    focal = ((1 - back * back) / slope.square().sum(1).clamp(min=1e-12)).sqrt()
    return focal / side, torch.cat([-slope * focal[:, None], back[:, None]], 1)


def bounded(slope, most):
    """|slope|, growing at a tenth beyond `most`: an edge a little out of place is no fault, one where there is none is."""
    slope = slope.abs()
    return torch.where(slope < most, slope, 0.9 * most + 0.1 * slope)


def apart(error, ids, stands):
    """How far the mean errors of a picture's objects differ from each other: what puts a whole object too near or too far."""
    ids = (ids * stands).flatten(1).long()
    sums = error.new_zeros(len(ids), 256).scatter_add(1, ids, error.flatten(1))
    counts = error.new_zeros(len(ids), 256).scatter_add(1, ids, torch.ones_like(error).flatten(1))
    counts[:, 0] = 0
    seen = counts >= FEWEST
    means = sums / counts.clamp(min=1)
    middle = (means * seen).sum(1, keepdim=True) / seen.sum(1, keepdim=True).clamp(min=1)
    return ((means - middle).abs() * seen).sum() / seen.sum().clamp(min=1)


class Task:
    starts_from = {"trunk": "segment"}

    def __init__(self, config, data, device):
        self.config, self.device = config, device
        self.batch, self.rate = config.depth_batch, config.depth_rate
        self.model = Depth().to(device)
        self.encoders = [self.model.trunk.encoder]
        self.rng = np.random.default_rng(1)

    def loss(self, records):
        side = int(self.rng.choice(self.config.picture_sides))
        picture, ids, depth, focal, principal, up, known = prepare(records, side, True, self.device, self.rng)
        log_depth, validity, tilt, plane = self.model(picture)
        depth, known = depth[:, ::2, ::2], known[:, ::2, ::2] > 0.5
        valid = (depth < FARTHEST) & known
        target = depth.clamp(0.02, FARTHEST).log()
        missing = torch.full_like(target, float("nan"))
        level = lambda t: torch.where(valid, t, missing).flatten(1).nanmedian(1)[0].nan_to_num()[:, None, None]
        error = log_depth[:, 0] - target
        error = error - level(error).detach()
        # What lies far behind the scene matters less, its objects more.
        stands = (ids[:, ::2, ::2] > 0) & (ids[:, ::2, ::2] < 255)
        weight = valid * torch.sigmoid(2.5 - 2 * (target - level(target))).clamp(min=0.15) * (1 + 2 * stands)
        dense = (error.abs() * weight).sum() / weight.sum().clamp(min=1)
        objects = apart(error, ids[:, ::2, ::2], stands & valid)
        # Sky and padding have no depth. Held by nothing, theirs would grow, and that of a bare wall, which looks alike, with it.
        away = log_depth[:, 0] - level(log_depth[:, 0]).detach()
        dense = dense + ((away.abs() - RANGE).clamp(min=0) * ~valid).mean()
        for step in (1, 4, 16):  # edges and slopes
            for axis in (1, 2):
                length = error.shape[axis] - step
                slope = error.narrow(axis, step, length) - error.narrow(axis, 0, length)
                both = torch.minimum(weight.narrow(axis, step, length), weight.narrow(axis, 0, length))
                dense = dense + 0.4 * (bounded(slope, 0.5) * both).sum() / both.sum().clamp(min=1)
        validity_loss = F.binary_cross_entropy_with_logits(validity[:, 0], valid.float(), reduction="none")
        validity_loss = (validity_loss * known).mean()
        true = plane_of(focal, principal, up, side)
        each = (tilt - plane_map(true, tilt)).abs().mean()
        fitted = (plane_map(plane, tilt) - plane_map(true, tilt)).abs().mean()
        focal_loss = (camera_of(plane, principal, side)[0].clamp(0.2, 5).log() - focal.log()).abs().mean()
        loss = dense + objects + 0.2 * validity_loss + 2 * each + 2 * fitted + 0.25 * focal_loss
        return loss, dict(dense=dense, objects=objects, validity=validity_loss, tilt=each, plane=fitted, focal=focal_loss)

    @torch.no_grad()
    def evaluate(self, records):
        """Absolute relative error after scale, of all pixels that have a depth and of the objects'; median focal and up error."""
        relative, objects, focals, ups = [], [], [], []
        side = self.config.picture_size
        for start in range(0, len(records), 16):
            picture, ids, depth, focal, principal, up, _ = prepare(records[start : start + 16], side, False, self.device, self.rng)
            log_depth, _, _, plane = self.model(picture)
            found, upward = camera_of(plane, principal, side)
            focals.append((found / focal).log().abs().exp() - 1)
            ups.append(torch.rad2deg((upward * up).sum(-1).clamp(-1, 1).acos()))
            for made, true, own in zip(log_depth[:, 0], depth[:, ::2, ::2], ids[:, ::2, ::2]):
                error = made - true.log()
                for where, errors in (((true < FARTHEST), relative), ((true < FARTHEST) & (own > 0) & (own < 255), objects)):
                    errors.append(float(((error[where] - error[where].median()).exp() - 1).abs().mean()))
        return dict(
            absRel=float(np.mean(relative)), absRelMedian=float(np.median(relative)), absRelObjects=float(np.nanmean(objects)),
            focalError=float(torch.cat(focals).median()), upDegrees=float(torch.cat(ups).median()),
        )
