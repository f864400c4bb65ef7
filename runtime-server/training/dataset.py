"""What training reads: the objects, their fields, the words of their captions, and rings of scenes."""
import os
import re
import warnings

import numpy as np
import torch
import torch.nn.functional as F

from data import corpus, fields
from data.ring import Ring

warnings.filterwarnings("ignore", message="The given NumPy array is not writable")  # fields are never written to

COMMON = {"a", "an", "the", "and", "of", "with", "in", "on"}
RAREST = 3  # objects a word must describe to be learned


class Dataset:
    """`distance`, `colour`: stored fields (O, R, R, R) and (O, 3, R, R, R); `roundness`, `boxness` (O,); `vocabulary`: categories, then other words."""

    def __init__(self, folders, cache, config, device, workers, validation=300):
        self.device = device
        self.objects = corpus.load_objects(folders, variants=config.variants)
        stored = fields.open_fields(self.objects, config.field_resolution, os.cpu_count(), cache / "fields")
        # In the GPU's memory where there is one; read from disk as needed where not.
        self.distance, self.colour = (torch.from_numpy(np.asarray(a)).to(device) for a in stored)
        self.roundness, self.boxness = roundness(self.distance), boxness(self.distance)
        self.categories, self.vocabulary = vocabulary(self.objects)
        self.table = word_table(self.objects, self.vocabulary)
        common = dict(px=config.px, crop=config.crop)
        ring = lambda split, size, workers: Ring(
            cache / split, size, config.px, config.crop, workers, self.objects, folders, variants=config.variants, split=split, once=split == "validation"
        )
        self.validation = ring("validation", validation, 0)
        if len(self.validation.filled()) < validation:
            self.validation = ring("validation", validation, max(1, config.workers))
            for worker in self.validation.workers:
                worker.wait()
        self.train = ring("train", config.capacity, workers)

    def words(self, index):
        """Object numbers (N,) -> which words describe them (N, V), 0 or 1."""
        return self.table.to(index.device)[index]

    def close(self):
        self.train.close()


def roundness(distance, chunk=256):
    """How near stored fields (O, R, R, R) are to solids of revolution about the upright middle axis, (O,): 1 for one, 0.5 for a long board.

    Of each ring about the axis some share is inside; what is inside has on average so much of its own ring for company.
    """
    size = distance.shape[-1]
    line = torch.arange(size, device=distance.device) - (size - 1) / 2
    ring = (line[:, None] ** 2 + line[None] ** 2).sqrt().round().long().flatten()  # of each (z, x)
    rings = F.one_hot(ring).float()
    count = rings.sum(0).clamp(min=1)
    results = []
    for fields in distance.split(chunk):
        inside = (fields < 0).permute(0, 2, 1, 3).reshape(len(fields), size, -1).float()
        held = inside @ rings  # (o, y, rings)
        results.append((held.square() / count).sum((1, 2)) / held.sum((1, 2)).clamp(min=1))
    return torch.cat(results)


def boxness(distance, chunk=256):
    """The share of their upright bounding boxes that stored fields (O, R, R, R) fill, (O,)."""
    results = []
    for fields in distance.split(chunk):
        inside = fields < 0
        sides = [inside.any(a).any(b - 1).sum(1) for a, b in ((1, 2), (1, 3), (2, 3))]
        results.append(inside.sum((1, 2, 3)) / (sides[0] * sides[1] * sides[2]).clamp(min=1))
    return torch.cat(results)


def caption_words(o):
    return [w for w in re.findall(r"[a-z]+", f"{o.category} {o.caption}".lower()) if w not in COMMON]


def vocabulary(objects):
    """(number of categories, words): category phrases first, then single caption words, each sorted."""
    phrases, singles = {}, {}
    for o in objects:
        if o.made_from:
            continue
        phrases[o.category] = phrases.get(o.category, 0) + 1
        for w in set(caption_words(o)):
            singles[w] = singles.get(w, 0) + 1
    categories = sorted(p for p, n in phrases.items() if n >= RAREST)
    others = sorted(w for w, n in singles.items() if n >= RAREST and w not in categories)
    return len(categories), categories + others


def word_table(objects, words):
    place = {w: i for i, w in enumerate(words)}
    table = torch.zeros(len(objects), len(words))
    for i, o in enumerate(objects):
        for w in [o.category, *caption_words(o)]:
            if w in place:
                table[i, place[w]] = 1
    return table
