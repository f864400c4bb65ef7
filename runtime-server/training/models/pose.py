"""The unified pose model: a diffusion transformer over all objects of a scene (paper, section 3.3).

Each object is four tokens: rotation, translation, size, geometry. A block holds

    global self-attention    all tokens of all objects, rotary embedding over the object index
    local self-attention     inside each object's four tokens
    global cross-attention   translation and size tokens to the scene's picture and points
    local cross-attention    rotation tokens to the object's own crop and normalised points
    feed-forward

The three attentions that the paper ablates can be switched off by name; without local
cross-attention the rotation token joins the global one, as in the paper's Table 5.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

from .efficientnet import CHANNELS, EfficientNetLite0
from .layers import Attention, Conv, TimeEmbedding, rotary, space_to_depth3, velocity_to

ROTATION, TRANSLATION, SIZE, GEOMETRY = range(4)
VARIABLES = ((0, 6), (6, 9), (9, 10))  # columns of a pose: rotation 6D, translation, log size
ABLATIONS = ("global_self", "local_self", "local_cross")


def mlp(inputs, width, outputs):
    return nn.Sequential(nn.Linear(inputs, width), nn.SiLU(), nn.Linear(width, outputs))


class PointEncoder(nn.Module):
    """Groups of points (O, G, K, 3), in any frame -> tokens (O, G, W) of the normalised object.

    Also returns each object's centre (O, 3) and radius (O, 1) in that frame, and the group centres.
    """

    def __init__(self, width, heads, layers=2):
        super().__init__()
        self.point = mlp(6, width // 2, width)
        self.token = mlp(width, width, width)
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(2 * layers))
        self.attention = nn.ModuleList(Attention(width, heads) for _ in range(layers))
        self.feed = nn.ModuleList(mlp(width, 2 * width, width) for _ in range(layers))

    def forward(self, groups):
        centre = groups.mean((1, 2))
        offset = groups - centre[:, None, None]
        radius = offset.norm(dim=-1).amax((1, 2))[:, None] + 1e-4
        local = offset / radius[:, None, None]
        middle = local.mean(2, keepdim=True)  # (O, G, 1, 3)
        features = torch.cat([(local - middle) * 4, middle.expand_as(local)], -1)
        tokens = self.token(self.point(features).amax(2))
        for i, (attention, feed) in enumerate(zip(self.attention, self.feed)):
            tokens = tokens + attention(self.norms[2 * i](tokens))
            tokens = tokens + feed(self.norms[2 * i + 1](tokens))
        return tokens, centre, radius, groups.mean(2)


class GeometryEncoder(nn.Module):
    """The shape encoder's latent (O, C, 8, 8, 8) -> one token (O, W) that keeps the orientation."""

    def __init__(self, latent, width):
        super().__init__()
        self.body = nn.Sequential(Conv(8 * latent, 96, dim=3), Conv(96, 128, 2, dim=3))
        self.out = nn.Linear(128 * 8, width)

    def forward(self, latent):
        return self.out(self.body(space_to_depth3(latent, 2)).flatten(1))


class PoseEncoder(nn.Module):
    """Everything the denoiser attends to, computed once a scene.

    picture (B, 3, Q, Q), masks (B, N, Q, Q), crops (B N, 4, 64, 64), groups (B N, G, K, 3) in the
    normalised scene, geometry (B N, C, 8, 8, 8).
    -> scene tokens (B, T, W), their object index (B, T), local tokens (B N, L, W), geometry (B N, W).
    The picture trunk is the segment model's encoder, frozen.
    """

    def __init__(self, width=192, heads=6, latent=8):
        super().__init__()
        self.trunk = EfficientNetLite0(levels=4)
        for parameter in self.trunk.parameters():
            parameter.requires_grad_(False)
        channels = CHANNELS[3]
        self.picture = nn.Linear(channels + 2, width)
        self.pooled = nn.Linear(channels + 4, width)
        self.crop = nn.Linear(channels + 1, width)
        self.crop_position = nn.Parameter(torch.randn(1, 16, width) * 0.02)
        self.points = PointEncoder(width, heads)
        self.place = mlp(8, width, width)
        self.geometry = GeometryEncoder(latent, width)

    def forward(self, picture, masks, crops, groups, geometry):
        return self.condition(*self.look(picture, crops), masks, crops, groups, geometry)

    def look(self, picture, crops):
        """What the frozen trunk sees: (B, cells^2, C) of the pictures, (B N, 16, C) of the crops."""
        see = lambda x: self.trunk(x)[-1].flatten(2).transpose(1, 2)
        return see(picture * 2 - 1), see(crops[:, :3])

    def condition(self, features, crop_features, masks, crops, groups, geometry):
        batch, count, side = masks.shape[0], masks.shape[1], masks.shape[2]
        cells = side // 16
        line = (torch.arange(cells, device=masks.device).float() + 0.5) / cells * 2 - 1
        grid = torch.stack([line[None].expand(cells, cells), line[:, None].expand(cells, cells)], -1).reshape(1, -1, 2)
        grid = grid.expand(batch, -1, 2)
        whole = self.picture(torch.cat([features, grid], -1))

        # What the picture shows of each object: features averaged under its mask.
        weight = F.avg_pool2d(masks, 16).flatten(2) + 1e-5  # (B, N, cells^2)
        area = weight.mean(-1, keepdim=True).sqrt()
        weight = weight / weight.sum(-1, keepdim=True)
        pooled = torch.cat([weight @ features, weight @ grid, area, area.log()], -1)
        pooled = self.pooled(pooled)

        tokens, centre, radius, middles = self.points(groups)  # (B N, G, W)
        place = torch.cat([middles, centre[:, None].expand_as(middles)], -1)
        scale = radius[:, None].expand(-1, middles.shape[1], 1)
        place = torch.cat([place, scale, scale.log()], -1)
        scene_points = (tokens + self.place(place)).reshape(batch, -1, tokens.shape[-1])

        crop_mask = F.avg_pool2d(crops[:, 3:], 16).flatten(2).transpose(1, 2)
        local = self.crop(torch.cat([crop_features, crop_mask], -1)) + self.crop_position
        local = torch.cat([local, tokens], 1)

        index = torch.arange(1, count + 1, device=masks.device).float()
        index = torch.cat([torch.zeros(cells * cells, device=masks.device), index, index.repeat_interleave(groups.shape[1])])
        scene = torch.cat([whole, pooled, scene_points], 1)
        return scene, index[None].expand(batch, -1), local, self.geometry(geometry)


class Block(nn.Module):
    def __init__(self, width, heads, without=()):
        super().__init__()
        self.global_self = None if "global_self" in without else Attention(width, heads)
        self.local_self = None if "local_self" in without else Attention(width, heads)
        self.global_cross = Attention(width, heads)
        self.local_cross = None if "local_cross" in without else Attention(width, heads)
        self.feed = mlp(width, 4 * width, width)
        self.norms = nn.ModuleList(nn.LayerNorm(width, elementwise_affine=False) for _ in range(5))
        self.own = nn.Parameter(torch.zeros(5, 3, width))

    def forward(self, tokens, modulation, scene, local, turn, scene_turn, object_mask, scene_mask):
        """tokens (B, N, 4, W); modulation (B, 5, 3, W): scale, shift and gate from the flow time;
        scene (S, T, W); local (S, N, L, W); turn (B, 4 N, .). B is a multiple of S: sample i is of scene i % S."""
        batch, count, _, width = tokens.shape
        modulation = (modulation + self.own)[:, :, :, None, None]

        def into(i):
            return self.norms[i](tokens) * (1 + modulation[:, i, 0]) + modulation[:, i, 1]

        def gate(i, value):
            return (1 + modulation[:, i, 2]) * value

        if self.global_self is not None:
            x = into(0).reshape(batch, count * 4, width)
            x = self.global_self(x, rotate=turn, rotate_memory=turn, mask=object_mask)
            tokens = tokens + gate(0, x.reshape(tokens.shape))
        if self.local_self is not None:
            x = self.local_self(into(1).reshape(batch * count, 4, width))
            tokens = tokens + gate(1, x.reshape(tokens.shape))
        first = ROTATION if self.local_cross is None else TRANSLATION
        reading = SIZE + 1 - first
        x = into(2)[:, :, first : SIZE + 1].reshape(batch, count * reading, width)
        turn_reading = turn.reshape(batch, count, 4, -1)[:, :, :reading].reshape(batch, count * reading, -1)
        # What all samples of a scene read is projected once.
        shared = scene.shape[0]
        together = lambda t: t.reshape(batch // shared, shared, count * reading, -1).transpose(0, 1).flatten(1, 2)
        x = self.global_cross(together(x), scene, together(turn_reading), scene_turn, scene_mask)
        x = x.reshape(shared, batch // shared, count * reading, width).transpose(0, 1).reshape(batch, count, reading, width)
        tokens = tokens + gate(2, F.pad(x, (0, 0, first, 1)))
        if self.local_cross is not None:
            x = into(3)[:, :, ROTATION]
            x = x.reshape(batch // shared, shared, count, width).permute(1, 2, 0, 3)
            x = self.local_cross(x.reshape(shared * count, -1, width), local.flatten(0, 1))
            x = x.reshape(shared, count, -1, width).permute(2, 0, 1, 3).reshape(batch, count, 1, width)
            tokens = tokens + gate(3, F.pad(x, (0, 0, 0, 3)))
        return tokens + gate(4, self.feed(into(4)))


class PoseDenoiser(nn.Module):
    """poses (B, N, 10), time (B,), what `PoseEncoder` gives -> the poses (B, N, 10) that the flow ends at."""

    def __init__(self, width=192, heads=6, depth=5, without=()):
        super().__init__()
        self.heads, self.width = heads, width
        self.time = TimeEmbedding(width)
        self.read = nn.ModuleList(mlp(b - a, width, width) for a, b in VARIABLES)
        self.kind = nn.Parameter(torch.randn(4, width) * 0.02)
        # One map from the flow time for all blocks, each with an offset of its own (adaLN-single, PixArt-alpha).
        self.modulate = nn.Linear(width, 5 * 3 * width)
        nn.init.zeros_(self.modulate.weight)
        nn.init.zeros_(self.modulate.bias)
        self.blocks = nn.ModuleList(Block(width, heads, without) for _ in range(depth))
        self.norm = nn.LayerNorm(width)
        self.write = nn.ModuleList(mlp(width, width, b - a) for a, b in VARIABLES)

    def forward(self, poses, time, scene, scene_index, local, geometry, object_mask=None, scene_mask=None):
        batch, count = poses.shape[0], poses.shape[1]
        tokens = [read(poses[..., a:b]) for read, (a, b) in zip(self.read, VARIABLES)]
        tokens.append(geometry.repeat(batch // geometry.shape[0], 1, 1))
        tokens = torch.stack(tokens, 2) + self.kind  # (B, N, 4, W)
        size = self.width // self.heads
        index = torch.arange(1, count + 1, device=poses.device).repeat_interleave(4)
        turn = rotary(index, size)[None].expand(batch, -1, -1)
        scene_turn = rotary(scene_index, size)
        modulation = self.modulate(self.time(time)).reshape(batch, 5, 3, self.width)
        for block in self.blocks:
            tokens = block(tokens, modulation, scene, local, turn, scene_turn, object_mask, scene_mask)
        tokens = self.norm(tokens)
        return torch.cat([write(tokens[:, :, i]) for i, write in enumerate(self.write)], -1)


class Pose(nn.Module):
    def __init__(self, width=192, heads=6, depth=5, latent=8, without=()):
        super().__init__()
        unknown = set(without) - set(ABLATIONS)
        assert not unknown, f"no such attention: {unknown}; allowed: {ABLATIONS}"
        self.encoder = PoseEncoder(width, heads, latent)
        self.denoiser = PoseDenoiser(width, heads, depth, without)
        self.register_buffer("mean", torch.zeros(10))
        self.register_buffer("std", torch.ones(10))

    @classmethod
    def of(cls, config):
        without = [config.pose_without] if config.pose_without else []
        return cls(config.pose_width, config.pose_heads, config.pose_depth, config.latent, without)

    def forward(self, poses, time, condition, object_mask=None):
        """The flow's velocity; see `endpoint`."""
        return velocity_to(self.endpoint(poses, time, condition, object_mask), poses, time)

    def endpoint(self, poses, time, condition, object_mask=None):
        """poses (B, N, 10) normalised, of S scenes; object_mask (S, N) is 1 for objects, 0 for padding."""
        batch, count = poses.shape[:2]
        scene, index, local, geometry = condition
        token_mask = scene_mask = None
        if object_mask is not None:
            shared = len(object_mask)
            token_mask = object_mask.repeat_interleave(4, 1).repeat(batch // shared, 1)
            known = torch.cat([torch.ones(shared, 1, device=poses.device), object_mask], 1)
            scene_mask = known.gather(1, index.long())
        local = local.reshape(-1, count, *local.shape[1:])
        geometry = geometry.reshape(-1, count, geometry.shape[-1])
        return self.denoiser(poses, time, scene, index, local, geometry, token_mask, scene_mask)


class PoseEncodeGraph(nn.Module):
    def __init__(self, pose):
        super().__init__()
        self.encoder = pose.encoder

    def forward(self, picture, masks, crops, points, geometry):
        return self.encoder(picture, masks[:, 0][None], crops, points, geometry)


class PoseDenoiseGraph(nn.Module):
    def __init__(self, pose):
        super().__init__()
        self.denoiser = pose.denoiser

    def forward(self, poses, time, scene, index, local, geometry):
        return velocity_to(self.denoiser(poses, time, scene, index, local[None], geometry[None]), poses, time)
