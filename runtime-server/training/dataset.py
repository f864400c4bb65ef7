"""What training reads: the objects, their fields, the words of their captions, and rings of scenes."""
import os
import re
import warnings
from functools import cached_property

import numpy as np
import torch

from data import corpus, fields
from data.ring import Ring
from data.solids import boxness, roundness

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

    @cached_property
    def roundness(self):
        """Of variants that of what they were made from: which way something round is stretched, a picture does not say."""
        originals = [i for i, o in enumerate(self.objects) if not o.made_from]
        place = {self.objects[i].id: k for k, i in enumerate(originals)}
        return roundness(self.distance[originals])[[place[o.made_from or o.id] for o in self.objects]]

    @cached_property
    def boxness(self):
        return boxness(self.distance)

    def words(self, index):
        """Object numbers (N,) -> which words describe them (N, V), 0 or 1."""
        return self.table.to(index.device)[index]

    def close(self):
        self.train.close()


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
