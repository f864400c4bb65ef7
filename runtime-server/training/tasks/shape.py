"""Image to 3D: the field autoencoder, then the generator in its latent space.

Both learn in the upright cube of an object: its size and place follow from the picture window and the
observed points alone, so that the run time can build the same cube (see `Cube`).
"""
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F

from data.fields import HALF, TRUNCATION
from frames import cell_centres, cut, pixel_rays, project, upright_from
from models.shape import CELLS, Shape, ShapeAutoencoder

from .crops import gather, occlude, resample, shape_window
from .estimated import EstimatedDepth

BEHIND = 0.20  # the cube's centre lies this share of its side behind the median visible point
ESTIMATED = 0.5  # how far a surface of estimated depth is known, where a measured one is 1
TRUNCATE = 0.2  # of the field, where the cube's half side is 1


def estimated_trust(config):
    """How far a surface of estimated depth is known to the condition; a model that never saw one takes it for measured."""
    return ESTIMATED if config.shape_estimated_share > 0 else 1.0


@dataclass
class Cube:
    """camera = centre + half * rotation^T q for q in [-1, 1]^3; all (N, ...)."""

    centre: torch.Tensor
    half: torch.Tensor  # (N, 1)
    rotation: torch.Tensor  # (N, 3, 3) camera -> upright

    def to_camera(self, q):
        """(M, 3) -> (N, M, 3)."""
        return self.centre[:, None] + self.half[:, None] * (q @ self.rotation)


def cube_of(window, median_depth, fx, cx, cy, up):
    ray = pixel_rays(window[:, 0] + window[:, 2] / 2, window[:, 1] + window[:, 2] / 2, fx, cx, cy)
    side = window[:, 2:] / fx[:, None] * median_depth[:, None]
    direction = F.normalize(ray, dim=-1)
    centre = ray * median_depth[:, None] + BEHIND * side * direction
    return Cube(centre, side / 2, upright_from(direction, up))


def sample_grid(grids, index, points, chunk=64):
    """Trilinear samples of stored cubes: grids (O, R, R, R) or (O, C, R, R, R), points (N, M, 3) canonical -> (N, C, M).

    Outside the cube the nearest value inside is given.
    """
    results = []
    for start in range(0, len(index), chunk):
        volume = grids[index[start : start + chunk]].float()
        if volume.dim() == 4:
            volume = volume[:, None]
        where = (points[start : start + chunk] / HALF)[:, :, None, None]
        results.append(F.grid_sample(volume, where, padding_mode="border", align_corners=False)[..., 0, 0])
    return torch.cat(results)


def object_field(data, index, rotation, translation, size, camera_points, half):
    """Field (N, 4, M) of objects at camera points; `half` (N, 1) is the length that distance is measured in."""
    canonical = ((camera_points - translation[:, None]) @ rotation) / size[:, None, None]
    raw = sample_grid(data.distance, index, canonical)[:, 0] / 127  # in TRUNCATION canonical units
    beyond = (canonical.abs() - HALF).clamp(min=0).norm(dim=-1)
    distance = (raw * TRUNCATION + beyond) * size[:, None] / half / TRUNCATE
    distance = torch.where(raw.abs() > 0.99, distance.sign() * distance.abs().clamp(min=1), distance)
    colour = sample_grid(data.colour, index, canonical) / 127.5 - 1
    return torch.cat([distance.clamp(-1, 1)[:, None], colour], 1)


class Objects:
    """What both tasks draw: objects in their cubes, with the field there."""

    def __init__(self, config, data, device, seed):
        self.config, self.data, self.device = config, data, device
        self.rng = np.random.default_rng(seed)

    def draw(self, records, limit, augment, occlusion=0.4, estimate=None):
        """-> crops, whole RGBA premultiplied (N, 4, P, P), depth, visible, hidden in the shape window, cube, window."""
        crops = gather(records, self.device, limit, self.rng)
        if estimate is not None:
            crops.up = estimate.up[crops.row]
        if augment and occlusion:
            occlude(crops, occlusion, self.rng)
        window = shape_window(crops)
        whole, depth, visible, hidden = resample(crops, window, self.config.shape_picture)
        visible = visible * (depth > 0)
        seen = torch.where(visible > 0, depth, torch.full_like(depth, float("nan"))).flatten(1)
        some = torch.isfinite(seen).sum(1) >= 12
        median = seen.nanmedian(1)[0]
        keep = some & (window[:, 2] > 4)
        crops = type(crops)(*(getattr(crops, k)[keep] for k in crops.__dataclass_fields__))
        cube = cube_of(window[keep], median[keep], crops.fx, crops.cx, crops.cy, crops.up)
        return crops, whole[keep], depth[keep], visible[keep], hidden[keep], cube, window[keep]

    def field(self, crops, cube):
        r = self.config.resolution
        points = cube.to_camera(cell_centres(r, self.device))
        rotation, translation, size = crops.pose[:, :9].reshape(-1, 3, 3), crops.pose[:, 9:12], crops.pose[:, 12]
        field = object_field(self.data, crops.index, rotation, translation, size, points, cube.half)
        return field.reshape(-1, 4, r, r, r)

    def observed(self, crops, cube, window, depth, visible, hidden, trust):
        """Projective distance to the visible surface (N, 2, R, R, R): value, and how far it is known: `trust` (N,) where seen, 1 where free."""
        r = self.config.resolution
        points = cube.to_camera(cell_centres(r, self.device))
        pixel = project(points, crops.fx, crops.cx, crops.cy)
        where = (pixel - window[:, None, :2]) / window[:, None, 2:] * 2 - 1
        look = lambda t: F.grid_sample(t, where[:, :, None], mode="nearest", padding_mode="zeros", align_corners=False)[:, 0, :, 0]
        inside = (where.abs() < 1).all(-1)
        seen, maybe, z = look(visible) > 0.5, look(hidden) > 0.5, look(depth)
        value = ((z - points[..., 2]) / (cube.half * TRUNCATE)).clamp(-1, 1)
        free = ~seen & ~maybe  # the picture shows something behind
        value = torch.where(seen, value, free.float())
        known = (free | ~inside).float() + trust[:, None] * (seen & inside)
        value = torch.where(inside, value, torch.ones_like(value))
        return torch.stack([value * (known > 0), known], 1).reshape(-1, 2, r, r, r)


def guessed(whole, visible, hidden, share):
    """For some of the objects, what is hidden as a poor de-occlusion leaves it: in patches there, in patches not, washed out."""
    n, _, size, _ = whole.shape
    patches = F.interpolate(torch.randn(n, 1, 6, 6, device=whole.device), (size, size), mode="bicubic", align_corners=False)
    there = torch.sigmoid(4 * patches)
    near = F.max_pool2d(whole[:, 3:], 9, 1, 4)  # guesses reach a little beyond the object
    alpha = whole[:, 3:] * torch.sigmoid(4 * patches + 4) + (near - whole[:, 3:]) * there
    mean = (whole[:, :3] * visible).sum((2, 3), keepdim=True) / (whole[:, 3:] * visible).sum((2, 3), keepdim=True).clamp(min=1)
    own = whole[:, :3] / whole[:, 3:].clamp(min=1e-3)
    colour = torch.where(whole[:, 3:] > 0.5, 0.5 * own + 0.5 * mean, mean)
    poor = (torch.rand(n, 1, 1, 1, device=whole.device) < share) * hidden * (1 - visible)
    return whole * (1 - poor) + torch.cat([colour * alpha, alpha], 1) * poor


class AutoencoderTask:
    def __init__(self, config, data, device):
        self.objects = Objects(config, data, device, 3)
        self.config, self.device = config, device
        self.batch, self.rate = max(1, config.autoencoder_batch // 2), config.autoencoder_rate
        self.model = ShapeAutoencoder(config.resolution, config.latent, config.shape_width).to(device)

    def fields(self, records):
        crops, *_, cube, _ = self.objects.draw(records, self.config.autoencoder_batch, True)
        return self.objects.field(crops, cube)

    @staticmethod
    def reconstruction(made, field):
        distance, colour = field[:, 0], field[:, 1:]
        near = (distance.abs() < 0.5).float()
        occupied = torch.sigmoid(-made[:, 0] * 12).clamp(1e-5, 1 - 1e-5)
        inside = (distance < 0).float()
        overlap = 1 - (2 * (occupied * inside).sum((1, 2, 3)) + 1) / (occupied.sum((1, 2, 3)) + inside.sum((1, 2, 3)) + 1)
        distance_loss = ((made[:, 0] - distance).abs() * (1 + 4 * near)).mean()
        colour_loss = ((made[:, 1:] - colour).abs().mean(1) * near).sum() / near.sum().clamp(min=1)
        return distance_loss, colour_loss, overlap.mean()

    def loss(self, records):
        field = self.fields(records)
        mean, log_variance = self.model.encoder(field)
        latent = mean + torch.randn_like(mean) * (log_variance / 2).exp()
        made = self.model.decoder(latent).float()
        distance, colour, overlap = self.reconstruction(made, field)
        divergence = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).mean()
        loss = distance + 0.5 * colour + 0.5 * overlap + 1e-4 * divergence
        return loss, dict(distance=distance, colour=colour, overlap=overlap, divergence=divergence)

    @torch.no_grad()
    def evaluate(self, records):
        self.objects.rng = np.random.default_rng(6)
        iou, colour = [], []
        for start in range(0, len(records), 8):
            crops, *_, cube, _ = self.objects.draw(records[start : start + 8], 16, False)
            field = self.objects.field(crops, cube)
            made = self.model.decoder(self.model.encoder(field)[0])
            iou.append(volume_iou(made, field))
            colour.append(self.reconstruction(made, field)[1])
        return dict(volumeIou=float(torch.cat(iou).mean()), colour=float(torch.stack(colour).mean()))

    @torch.no_grad()
    def finish(self, records):
        """Measure the latent's spread, so that the generator works on unit variance."""
        latents = torch.cat([self.model.encoder(self.fields(records[i : i + 8]))[0] for i in range(0, len(records), 8)])
        self.model.latent_shift.copy_(latents.mean((0, 2, 3, 4), keepdim=True))
        self.model.latent_scale.copy_(latents.std((0, 2, 3, 4), keepdim=True))


def volume_iou(made, field):
    a, b = made[:, 0].flatten(1) < 0, field[:, 0].flatten(1) < 0
    return (a & b).sum(1).float() / (a | b).sum(1).clamp(min=1)


class GeneratorTask:
    """Needs a trained autoencoder; give it with `use`."""

    def __init__(self, config, data, device):
        self.objects = Objects(config, data, device, 4)
        self.config, self.device = config, device
        self.batch, self.rate = max(1, config.shape_batch // 2), config.shape_rate
        self.model = Shape(config.resolution, config.latent, 64, config.shape_width, config.shape_blocks).to(device)
        self.encoders = [self.model.condition.encoder]

    needs = ("autoencoder", "depth")

    def use(self, autoencoder, depth):
        self.autoencoder = autoencoder.eval()
        self.estimated = EstimatedDepth(depth, self.config, self.device)

    def prepare(self, records, limit, augment, points=True, estimated=0.0):
        """-> field, picture, lift, observed; see `models.shape`. `estimated`: the share of records with estimated depth."""
        estimate = self.estimated.some(records, estimated, self.objects.rng) if estimated > 0 else None
        crops, whole, depth, visible, hidden, cube, window = self.objects.draw(records, limit, augment, estimate=estimate)
        trust = torch.ones(len(depth), device=self.device)
        if estimate is not None:
            which = estimate.which[crops.row]
            depth = torch.where(which[:, None, None, None], self.estimates(estimate.depth, crops, window, depth, visible), depth)
            trust = torch.where(which, estimated_trust(self.config), 1.0)
        if augment:
            depth = depth * (1 + 0.01 * torch.randn_like(depth))
            whole = guessed(whole, visible, hidden, estimated)
        field = self.objects.field(crops, cube)
        observed = self.objects.observed(crops, cube, window, depth, visible, hidden, trust)
        if augment:
            observed = observed * (torch.rand(len(observed), 1, 1, 1, 1, device=self.device) > 0.25)
        if not points:
            observed = torch.zeros_like(observed)
        picture = whole * 2 - 1
        pixel = project(cube.to_camera(cell_centres(CELLS, self.device)), crops.fx, crops.cx, crops.cy)
        lift = (pixel - window[:, None, :2]) / window[:, None, 2:] * 2 - 1
        return field, picture, lift, observed

    def estimates(self, depth, crops, window, true, visible):
        """Estimated depth in the objects' windows (N, 1, P, P), each with the true median of what is seen."""
        side = float(depth.shape[-1])
        picture = torch.tensor([[0.0, 0.0, side]], device=self.device).expand(len(window), 3)
        made = cut(depth[crops.row][:, None], window, picture, true.shape[-1], "nearest", "border")
        missing = torch.full_like(true, float("nan"))
        level = torch.where(visible > 0, (true / made).clamp(min=1e-3).log(), missing).flatten(1).nanmedian(1)[0]
        return made * level.exp()[:, None, None, None]

    def loss(self, records):
        field, picture, lift, observed = self.prepare(records, self.config.shape_batch, True, estimated=self.config.shape_estimated_share)
        with torch.no_grad():
            latent = self.autoencoder.encode(field)
        condition = self.model.condition(picture, lift, observed)
        noise = torch.randn_like(latent)
        time = torch.sigmoid(torch.randn(len(latent), device=self.device) * 1.2 - 0.5)
        t = time[:, None, None, None, None]
        made = self.model.generator.endpoint((1 - t) * noise + t * latent, condition, time).float()
        loss = ((made - latent) ** 2).mean()
        return loss, {}

    @torch.no_grad()
    def sample(self, picture, lift, observed, steps=8):
        condition = self.model.condition(picture, lift, observed)
        x = torch.randn(len(picture), self.config.latent, CELLS, CELLS, CELLS, device=self.device)
        for i in range(steps):
            x = x + self.model.generator(x, condition, torch.full((len(x),), i / steps, device=self.device)).float() / steps
        return self.autoencoder.decode(x)

    @torch.no_grad()
    def evaluate(self, records):
        """Volume IoU in the cube, from picture and points, true and estimated, and from the picture alone."""
        result = {}
        for name, points, estimated in (("volumeIou", True, 0.0), ("volumeIouEstimated", True, 1.0), ("volumeIouPictureAlone", False, 0.0)):
            self.objects.rng = np.random.default_rng(7)
            torch.manual_seed(7)
            iou = []
            for start in range(0, min(len(records), 64), 8):
                field, picture, lift, observed = self.prepare(records[start : start + 8], 16, False, points, estimated)
                iou.append(volume_iou(self.sample(picture, lift, observed), field))
            result[name] = float(torch.cat(iou).mean())
        return result
