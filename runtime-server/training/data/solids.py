"""How near an object's stored field is to a simple solid that stands upright: one of revolution, a box.

Fields are (O, R, R, R), indexed [z, y, x], y up, negative inside.
"""
import torch

OFF_MIDDLE = (0.05, 0.1, 0.15)  # where axes are tried, over the side: a handle moves the box's middle away from the axis


def roundness(distance, chunk=256):
    """Volume overlap over union of objects, hollows filled, with the best solid of revolution about an upright axis, (O,): 1 for
    one, 0.8 for a cube. A mug, with its handle, has 0.95."""
    size = distance.shape[-1]
    line = torch.arange(size, device=distance.device) - (size - 1) / 2
    radii = torch.arange(1, size + 1, device=distance.device) / 2
    axes = [(0, 0)] + [(s * o, 0) for o in OFF_MIDDLE for s in (-1, 1)] + [(0, s * o) for o in OFF_MIDDLE for s in (-1, 1)]
    discs = [((line[:, None] - z * size) ** 2 + (line - x * size) ** 2).sqrt().flatten()[:, None] <= radii for z, x in axes]
    results = []
    for fields in distance.split(chunk):
        slices = filled(fields < 0).permute(0, 2, 1, 3).reshape(len(fields), size, -1).float()
        whole = slices.sum(2, keepdim=True)
        best = torch.zeros(len(fields), device=distance.device)
        for disc in discs:
            shared = slices @ disc.float()  # (o, y, radii)
            union = disc.sum(0) + whole - shared
            radius = (shared / union).argmax(2, keepdim=True)
            union = union.gather(2, radius) * (whole > 0)
            best = torch.maximum(best, shared.gather(2, radius).sum((1, 2)) / union.sum((1, 2)).clamp(min=1))
        results.append(best)
    return torch.cat(results)


def filled(inside):
    """With what has walls on all four sides, as the hollow of a cup (O, R, R, R)."""
    between = lambda axis: (inside.cumsum(axis) > 0) & (inside.flip(axis).cumsum(axis).flip(axis) > 0)
    return inside | between(1) & between(3)


def boxness(distance, chunk=256):
    """The share of their upright bounding boxes that objects fill, (O,)."""
    results = []
    for fields in distance.split(chunk):
        inside = fields < 0
        sides = [inside.any(a).any(b - 1).sum(1) for a, b in ((1, 2), (1, 3), (2, 3))]
        results.append(inside.sum((1, 2, 3)) / (sides[0] * sides[1] * sides[2]).clamp(min=1))
    return torch.cat(results)
