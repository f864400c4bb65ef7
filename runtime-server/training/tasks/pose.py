"""The pose model: all objects of a scene at once, on meshes in many canonical orientations."""
import numpy as np
import torch
import torch.nn.functional as F

from data.fields import HALF
from frames import cell_centres, cut, mask_box, square_around, upright_from
from models.pose import Pose

from .estimated import EstimatedDepth
from .shape import object_field

POINTS, GROUPS, NEIGHBOURS = 512, 32, 16
MOST = 5  # objects of a scene
CROP_FACTOR = 1.2  # crop window over the visible box
ASPECTS = (1.0, 0.75, 0.5625, 1.3333)  # height over width of the pictures shown
TURNS = 8  # canonical orientations kept of each object


def turn_matrices(rng):
    """Rotations of the canonical frame: yaws all round, half of them with a pitch (the paper's 3.3.2)."""
    result = []
    for k in range(TURNS):
        yaw, pitch = 2 * np.pi * k / TURNS, rng.normal() * 0.25 if k % 2 else 0.0
        c, s, p, q = np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch)
        result.append(np.array([[1, 0, 0], [0, p, -q], [0, q, p]]) @ np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]]))
    return np.stack(result).astype(np.float32)


def group_points(points):
    """(O, 512, 3) -> (O, 32, 16, 3): farthest point sampling, then nearest neighbours."""
    o, m, _ = points.shape
    chosen = torch.zeros(o, GROUPS, dtype=torch.long, device=points.device)
    distance = torch.full((o, m), 1e9, device=points.device)
    rows = torch.arange(o, device=points.device)
    for g in range(1, GROUPS):
        distance = torch.minimum(distance, (points - points[rows, chosen[:, g - 1]][:, None]).square().sum(-1))
        chosen[:, g] = distance.argmax(1)
    centres = points.gather(1, chosen[..., None].expand(-1, -1, 3))
    near = torch.cdist(centres, points).topk(NEIGHBOURS, largest=False)[1]
    return points[rows[:, None, None], near]


class Task:
    """Needs a trained autoencoder (geometry), segment (picture trunk) and depth (for what it gets wrong)."""

    needs = ("autoencoder", "segment", "depth")

    def __init__(self, config, data, device):
        self.config, self.data, self.device = config, data, device
        self.batch, self.rate = config.pose_batch, config.pose_rate
        self.model = Pose.of(config).to(device)
        self.rng = np.random.default_rng(8)
        self.turns = turn_matrices(np.random.default_rng(0))

    def models(self):
        return [self.model]

    def use(self, autoencoder, segment, depth):
        self.autoencoder = autoencoder.eval()
        self.estimated = EstimatedDepth(depth, self.config, self.device)
        for model in self.models():
            trunk = model.encoder.trunk
            trunk.load_state_dict({name: segment.trunk.encoder.state_dict()[name] for name in trunk.state_dict()})
        # Boxes of every object in every orientation, and the latents, filled in as objects turn up.
        self.boxes = np.zeros((len(self.data.objects), TURNS, 4), np.float32)  # centre, longest side
        for i, o in enumerate(self.data.objects):
            turned = np.einsum("tij,vj->tvi", self.turns, o.vertices)
            low, high = turned.min(1), turned.max(1)
            self.boxes[i] = np.concatenate([(low + high) / 2, (high - low).max(1, keepdims=True)], 1)
        r = self.config.latent
        self.latents = torch.zeros(len(self.data.objects), TURNS, r, 8, 8, 8, dtype=torch.float16)
        self.known = np.zeros((len(self.data.objects), TURNS), bool)

    @torch.no_grad()
    def geometry(self, index, turn):
        """Latents (O, C, 8, 8, 8) of objects in their turned canonical frames."""
        pairs = np.unique(np.stack([index, turn], 1), axis=0)
        pairs = pairs[~self.known[pairs[:, 0], pairs[:, 1]]]
        cells = cell_centres(self.config.resolution, self.device) * HALF
        for start in range(0, len(pairs), 16):
            i, t = pairs[start : start + 16].T
            to = lambda a: torch.from_numpy(np.ascontiguousarray(a)).to(self.device)
            # turned canonical -> source canonical: source = turn^T (longest * q + centre)
            box, rotation = to(self.boxes[i, t]), to(self.turns[t])
            points = (cells[None] * box[:, None, 3:] + box[:, None, :3]) @ rotation
            identity = torch.eye(3, device=self.device).expand(len(i), 3, 3)
            field = object_field(
                self.data, to(i), identity, torch.zeros(len(i), 3, device=self.device), torch.ones(len(i), device=self.device),
                points, box[:, 3:] * HALF,
            )
            r = self.config.resolution
            latent = self.autoencoder.encode(field.reshape(-1, 4, r, r, r))
            self.latents[i, t] = latent.half().cpu()
            self.known[i, t] = True
        return self.latents[index, turn].to(self.device).float()

    def objects_of(self, records):
        """Slots of the visible objects, at most five a scene, (B, 5) padded with -1."""
        slots = np.full((len(records), MOST), -1)
        for b, record in enumerate(records):
            usable = np.flatnonzero(record["pixels"] > 0.002 * record["ids"].size)
            if len(usable) > MOST:
                usable = np.sort(self.rng.permutation(usable)[:MOST])
            slots[b, : len(usable)] = usable
        return slots

    def points_of(self, records, slots, depth):
        """512 visible points of each object, camera frame (B, 5, 512, 3), and how far away `depth` (B, S, S) puts
        them, over how far they are (B, 5)."""
        to = lambda a: torch.from_numpy(np.ascontiguousarray(a)).to(self.device)
        ids, true = to(records["ids"]).long(), to(records["depth"]).float()
        side = ids.shape[-1]
        mask = (ids[:, None] == (to(slots) + 1)[..., None, None]) & (true < 1e4)[:, None]
        flat = mask.flatten(0, 1).flatten(1).float()
        flat[:, 0] += (flat.sum(1) == 0).float()  # an object whose pixels all lack a depth
        pixel = torch.multinomial(flat, POINTS, replacement=True).reshape(*slots.shape, POINTS)
        at = lambda t: t.flatten(1).gather(1, pixel.flatten(1)).reshape(pixel.shape).clamp(max=1e4)
        z = at(depth)
        focal, cx, cy = (to(records[k])[:, None, None] for k in ("focal", "cx", "cy"))
        x, y = (pixel % side + 0.5 - cx) / focal * z, (pixel // side + 0.5 - cy) / focal * z
        return torch.stack([x, y, z], -1), (z / at(true)).median(-1)[0]

    def prepare(self, records, augment, complete=False):
        """-> poses (B, 5, 10) not normalised, object mask (B, 5), encoder inputs."""
        slots = self.objects_of(records)
        keep = (slots >= 0).sum(1) >= 1
        records, slots = records[keep], slots[keep]
        b, device = len(records), self.device
        to = lambda a: torch.from_numpy(np.ascontiguousarray(a)).to(device)
        present = slots >= 0
        filled = np.where(present, slots, slots[:, :1])  # padding repeats the first object
        rows = np.arange(b)[:, None]
        index, pose = records["object"][rows, filled].astype(np.int64), records["pose"][rows, filled]
        if augment:
            _, depth, up = self.estimated.some(records, self.config.pose_estimated_share, self.rng)
        else:
            depth, up = to(records["depth"]).float(), F.normalize(to(records["up"]).float(), dim=-1)
        upright = upright_from(torch.tensor([[0.0, 0.0, 1.0]], device=device).expand(b, 3), up)  # camera -> upright

        # Scaled about the camera, an object looks the same: it belongs where its points are seen.
        points, distance = self.points_of(records, filled, depth)
        if complete:
            points, distance = self.complete_points(index, pose), torch.ones_like(distance)
        if augment:
            # What any depth gets wrong: noise, and each object a little too near or far.
            points = points * (1 + 0.01 * torch.randn(b, MOST, POINTS, 1, device=device) * torch.rand(b, 1, 1, 1, device=device))
            points = points * (1 + 0.04 * torch.randn(b, MOST, 1, 1, device=device) * torch.rand(b, 1, 1, 1, device=device))
        points = torch.einsum("bij,bnmj->bnmi", upright, points)

        mask = to(present.astype(np.float32))
        medians = points.median(2)[0]
        centre = (medians * mask[..., None]).sum(1) / mask.sum(1)[:, None]
        reach = (points - centre[:, None, None]).norm(dim=-1).kthvalue(int(0.95 * POINTS), dim=2)[0]
        scale = (reach * mask).amax(1)
        normal = (points - centre[:, None, None]) / scale[:, None, None, None]
        groups = group_points(normal.flatten(0, 1))

        # Half of the objects as the shape stage makes them: canonical z toward the viewer.
        rotation = to(pose[..., :9]).float().reshape(b, MOST, 3, 3)
        rotation = upright[:, None] @ rotation  # source canonical -> upright
        # The rest mostly as in the source, which scenes turn about the vertical anyway.
        turn = np.where(self.rng.random((b, MOST)) < 0.1, self.rng.integers(0, TURNS, (b, MOST)), 0)
        ray = F.normalize(points.mean(2), dim=-1)
        facing = torch.atan2(ray[..., 0], -ray[..., 2])  # yaw of the view ray about y, 0 along -z
        heading = torch.atan2(rotation[..., 0, 2], rotation[..., 2, 2])
        wanted = ((heading + facing) / (2 * np.pi) * TURNS).round().long().cpu().numpy() % TURNS
        aligned = self.rng.random((b, MOST)) < 0.5
        turn = np.where(aligned, wanted, turn)
        turn = np.where(present, turn, turn[:, :1])
        turned = to(self.turns[turn])
        target_rotation = rotation @ turned.transpose(-1, -2)  # turned canonical -> upright
        box = to(self.boxes[index, turn])
        size = to(pose[..., 12]).float() * distance
        translation = torch.einsum("bij,bnj->bni", upright, to(pose[..., 9:12]).float() * distance[..., None])
        # source canonical = turn^T (longest * q + centre)
        translation = translation + size[..., None] * torch.einsum("bnij,bnj->bni", target_rotation, box[..., :3])
        size = size * box[..., 3]
        poses = torch.cat(
            [
                target_rotation[..., 0],
                target_rotation[..., 1],
                (translation - centre[:, None]) / scale[:, None, None],
                (size / scale[:, None]).log()[..., None],
            ],
            -1,
        )
        geometry = self.geometry(index.ravel(), turn.ravel())
        picture, masks, crops = self.pictures(records, filled, self.rng.choice(ASPECTS) if augment else 1.0)
        return poses, mask, (picture, masks, crops, groups, geometry)

    def complete_points(self, index, pose):
        """Points all over each object's surface, camera frame (B, 5, 512, 3)."""
        result = np.zeros((*index.shape, POINTS, 3), np.float32)
        for where in np.ndindex(index.shape):
            o, p = self.data.objects[index[where]], pose[where]
            corners = o.vertices[o.faces]
            area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
            face = self.rng.choice(len(area), POINTS, p=area / area.sum())
            u, v = np.sqrt(self.rng.random(POINTS)), self.rng.random(POINTS)
            weight = np.stack([1 - u, u * (1 - v), u * v], 1)
            surface = (corners[face] * weight[..., None]).sum(1)
            result[where] = surface @ p[:9].reshape(3, 3).T * p[12] + p[9:12]
        return torch.from_numpy(result).to(self.device)

    def pictures(self, records, slots, aspect):
        """Scene picture (B, 3, Q, Q), masks (B, 5, Q, Q), crops (B 5, 4, 64, 64).

        The picture is cut to `aspect` (height over width) and padded below or beside with grey, as at run time.
        """
        side, device = self.config.pose_side, self.device
        picture = torch.from_numpy(records["picture"]).to(device).permute(0, 3, 1, 2).float() / 255
        ids = torch.from_numpy(records["ids"].astype(np.int64)).to(device)
        slot = torch.from_numpy(slots).to(device)
        masks = (ids[:, None] == (slot + 1)[..., None, None]).float()
        full = picture.shape[-1]
        flat = masks.flatten(0, 1)
        window = square_around(mask_box(flat > 0.5), CROP_FACTOR).clamp(min=-full)
        window[:, 2] = window[:, 2].clamp(min=4)
        outer = torch.tensor([[0.0, 0.0, full]], device=device).expand(len(flat), 3)
        both = torch.cat([picture.repeat_interleave(masks.shape[1], 0), flat[:, None]], 1)
        crops = cut(both, window, outer, 64)
        seen = (crops[:, 3:] > 0.5).float()
        crops = torch.cat([crops[:, :3] * seen * 2 - 1, seen], 1)
        high, wide = round(full * min(1.0, aspect)), round(full * min(1.0, 1 / aspect))
        y0, x0 = (full - high) // 2, (full - wide) // 2
        to_high, to_wide = round(side * min(1.0, aspect)), round(side * min(1.0, 1 / aspect))

        def fit(t, grey):
            t = t[:, :, y0 : y0 + high, x0 : x0 + wide]
            t = F.interpolate(t, (to_high, to_wide), mode="bilinear", align_corners=False, antialias=True)
            return F.pad(t, (0, side - to_wide, 0, side - to_high), value=grey)

        return fit(picture, 0.5), fit(masks, 0.0), crops

    def loss(self, records):
        poses, mask, inputs = self.prepare(records, True)
        self.measure_spread(self.model, poses, mask)
        return self.loss_of(self.model, self.model.encoder(*inputs), poses, mask, *self.noises(poses))

    def measure_spread(self, model, poses, mask):
        if float(model.std.sum()) == 10.0:  # first batch
            used = poses[mask > 0]
            model.std.copy_(used.std(0).clamp(min=0.05))
            model.std[:6] = used[:, :6].std()
            model.mean[6:] = used[:, 6:].mean(0)

    def noises(self, poses):
        """Of every scene `pose_noises`: noise like the poses, and its times."""
        noise = torch.randn_like(poses.repeat(self.config.pose_noises, 1, 1))
        return noise, torch.sigmoid(torch.randn(len(noise), device=self.device) * 1.2 - 0.3)

    def loss_of(self, model, condition, poses, mask, noise, time):
        data = ((poses - model.mean) / model.std).repeat(len(noise) // len(poses), 1, 1)
        t = time[:, None, None]
        made = model.endpoint((1 - t) * noise + t * data, time, condition, mask).float()
        square = (made - data) ** 2
        weight = mask.repeat(len(noise) // len(poses), 1)
        mean = lambda a, b: (square[..., a:b].mean(-1) * weight).sum() / weight.sum()
        rotation, translation, size = mean(0, 6), mean(6, 9), mean(9, 10)
        return rotation + translation + size, dict(rotation=rotation, translation=translation, size=size)

    @torch.no_grad()
    def sample(self, model, inputs, count, mask, steps=10):
        condition = model.encoder(*inputs)
        x = torch.randn(len(mask), count, 10, device=self.device)
        for i in range(steps):
            x = x + model(x, torch.full((len(x),), i / steps, device=self.device), condition, mask).float() / steps
        return x * model.std + model.mean

    def evaluate(self, records):
        return self.errors(self.model, records)

    @torch.no_grad()
    def errors(self, model, records):
        """Of one sample: rotation (degrees, not up to symmetry), translation and size over the object's size."""
        self.rng = np.random.default_rng(9)
        torch.manual_seed(9)
        angles, shifts, sizes = [], [], []
        for start in range(0, min(len(records), 128), 16):
            poses, mask, inputs = self.prepare(records[start : start + 16], False)
            made = self.sample(model, inputs, MOST, mask)
            a, b = rotation_matrix(made[..., :6]), rotation_matrix(poses[..., :6])
            trace = (a * b).sum((-1, -2))
            keep = mask > 0
            angles.append(torch.rad2deg(((trace - 1) / 2).clamp(-1, 1).acos())[keep])
            size = poses[..., 9].exp()
            shifts.append(((made[..., 6:9] - poses[..., 6:9]).norm(dim=-1) / size)[keep])
            sizes.append((made[..., 9] - poses[..., 9]).abs().exp()[keep] - 1)
        angles, shifts, sizes = torch.cat(angles), torch.cat(shifts), torch.cat(sizes)
        return dict(
            rotationMedian=float(angles.median()), within15=float((angles < 15).float().mean()),
            shift=float(shifts.median()), sizeError=float(sizes.median()),
        )


def rotation_matrix(sixd):
    """Two columns, not orthonormal (..., 6) -> rotation (..., 3, 3)."""
    a = F.normalize(sixd[..., :3], dim=-1)
    b = sixd[..., 3:] - (a * sixd[..., 3:]).sum(-1, keepdim=True) * a
    b = F.normalize(b, dim=-1)
    return torch.stack([a, b, torch.linalg.cross(a, b, dim=-1)], -1)
