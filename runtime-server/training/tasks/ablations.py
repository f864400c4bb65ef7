"""The pose model whole and without each of three attentions (paper, Table 5), side by side on the same batches and noises.

What takes longest, making a batch and looking at its pictures, is done once for all four. No weight is in two of them;
their gradients are clipped together.
"""
from dataclasses import replace

import torch.nn as nn

from models.pose import ABLATIONS, Pose

from . import pose


def variants(config):
    """Name of each model -> its settings."""
    return {name or "whole": replace(config, pose_without=name) for name in ("", *ABLATIONS)}


def one_of(saved, name):
    """What a checkpoint of one model alone holds, of that of all."""
    own = {k.removeprefix(f"{name}."): v for k, v in saved["average"].items() if k.startswith(f"{name}.")}
    return {**saved, "average": own, "config": {**saved["config"], "pose_without": "" if name == "whole" else name}}


class Task(pose.Task):
    def __init__(self, config, data, device):
        super().__init__(config, data, device)
        self.model = nn.ModuleDict({name: Pose.of(own) for name, own in variants(config).items()}).to(device)

    def models(self):
        return self.model.values()

    def loss(self, records):
        poses, mask, (picture, masks, crops, groups, geometry) = self.prepare(records, True)
        noise, time = self.noises(poses)
        looked = self.model["whole"].encoder.look(picture, crops)  # the trunks are frozen and the same
        total, numbers = 0, {}
        for name, model in self.model.items():
            self.measure_spread(model, poses, mask)
            condition = model.encoder.condition(*looked, masks, crops, groups, geometry)
            loss, parts = self.loss_of(model, condition, poses, mask, noise, time)
            total, numbers[name] = total + loss, parts["rotation"]
        return total, numbers

    def evaluate(self, records):
        return {f"{name}_{k}": v for name, model in self.model.items() for k, v in self.errors(model, records).items()}

