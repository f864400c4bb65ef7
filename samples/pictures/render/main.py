"""Renders the sample pictures: NAME.jpg and NAME.json, for some also NAME.depth.png and NAME.masks.png.

    blender -b --factory-startup --python-exit-code 1 -P samples/pictures/render/main.py -- CORPUS [options]

`--help` lists the options. Stops when a picture breaks a promise: no two objects intersect, none touches
the picture's edge, each covers at least 2 % of it.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from render import depth
from render.corpus import Corpus
from render.cycles import Cycles
from render.denoise import denoise
from render.document import document
from render.images import write_numbers, write_picture
from render.scenes import SCENES
from render.stage import Stage
from render.views import object_numbers, object_views, problems


def render(name, corpus, options):
    """Renders one scene, checks it and writes its files."""
    scene = SCENES[name]
    random = np.random.default_rng([options.seed, *name.encode()])
    size = tuple(round(side * options.scale) for side in scene.size)
    stage = Stage(scene, corpus, random)
    cycles = Cycles(size, options.seed, options.threads)
    exact = cycles.exact('Depth', 'IndexOB')
    numbers, distance = object_numbers(exact), exact['Depth'][:, :, 0].astype(np.float64)
    views = object_views(stage.objects, numbers, cycles)
    for standing, view in zip(stage.objects, views):
        print(f'{name}: {standing.label}: {view.share:.1%} of the picture, {view.visible:.0%} visible', flush=True)
    broken = problems(stage.objects, views)
    for problem in broken:
        print(f'{name}: {problem}', file=sys.stderr)
    if broken and not options.draft:
        sys.exit(1)

    text = json.dumps(document(name, stage, size, views), indent=2)
    (options.out / f'{name}.json').write_text(text + '\n', encoding='utf-8')
    if scene.depth:
        measure = {'exact': depth.exact, 'noisy': depth.noisy}[scene.depth]
        write_numbers(options.out / f'{name}.depth.png', measure(distance, random))
    if scene.masks:
        write_numbers(options.out / f'{name}.masks.png', numbers)
    light = cycles.smooth(options.samples, 'Image', 'Normal', 'DiffCol')
    write_picture(options.out / f'{name}.jpg', denoise(light['Image'], light['Normal'], light['DiffCol'], distance))


def main():
    """Reads the arguments after `--` and renders."""
    parser = argparse.ArgumentParser(prog='blender -b --factory-startup -P main.py --')
    parser.add_argument('corpus', type=Path, help='folder with manifest.json and objects-NNN.npz')
    parser.add_argument('--scene', action='append', choices=list(SCENES), help='only this scene; may be repeated')
    parser.add_argument('--out', type=Path, default=Path(__file__).resolve().parents[1], help='where to write')
    parser.add_argument('--samples', type=int, default=64, help='samples a pixel (default 64)')
    parser.add_argument('--scale', type=float, default=1.0, help='scales the picture size, for quick looks (default 1)')
    parser.add_argument('--seed', type=int, default=1, help='seed of sampler, materials and depth noise (default 1)')
    parser.add_argument('--threads', type=int, default=2, help='render threads (default 2)')
    parser.add_argument('--draft', action='store_true', help='write even when a promise is broken')
    options = parser.parse_args(sys.argv[sys.argv.index('--') + 1 :] if '--' in sys.argv else [])
    if not (options.corpus / 'manifest.json').is_file():
        parser.error(f'{options.corpus} has no manifest.json; expected the folder of an object corpus')
    if not options.out.is_dir():
        parser.error(f'--out {options.out} is not a folder')
    corpus = Corpus(options.corpus)
    for name in options.scene or SCENES:
        render(name, corpus, options)


main()
