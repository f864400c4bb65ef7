"""Makes an evaluation data set (data/DATASET.md) of random scenes from a folder of objects.

    python3 runtime-server/training/make_dataset.py --objects DIR --out DIR --scenes 100 --seed 0 [--size 512] [--recipe close]

DIR is a folder in the corpus format or a folder of .glb files. The same folder, seed and options give the same scenes.
Recipes: `paper` (its section 3.3.2: all on one plane, seen whole, from 15 to 60 degrees above) and the harder `close`: from 4 to
60 degrees, mostly low; objects stacked, cut off by the picture's border, hidden by one another on purpose.
"""
import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))
from data import arrange, corpus, glb, png, record, scene  # noqa: E402


# Words and truth hold for all that is seen.
CLOSE = scene.Config(crowded=0, recoloured=0, camouflaged=0, cluttered=0, whole=0)
RECIPES = {"paper": replace(CLOSE, whole=1, stacked=0), "close": CLOSE}


def write_scene(folder, r, objects, mesh_of):
    """One record as files in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    depth = r["depth"].astype(np.float64)
    used = depth[np.isfinite(depth) & (r["ids"] > 0)]
    unit = 0.0001 if used.max() < 6 else 0.001
    steps = np.where(np.isfinite(depth), np.round(depth / unit), 0)
    png.write(folder / "picture.png", r["picture"])
    png.write(folder / "depth.png", np.where(steps <= 65535, steps, 0).astype(np.uint16))
    png.write(folder / "instances.png", r["ids"])
    entries = []
    for k in range(int(r["count"])):
        o, pose = objects[r["object"][k]], r["pose"][k].astype(float)
        entry = {"instance": k + 1, "object": o.id, "category": o.category, "caption": o.caption, "mesh": mesh_of(o),
                 "rotation": pose[:9].round(7).tolist(), "translationMeters": pose[9:12].round(6).tolist(), "sizeMeters": round(pose[12], 6),
                 "visiblePixels": int(r["pixels"][k]), "visibleFraction": round(float(r["fraction"][k]), 4)}
        for c in np.flatnonzero(r["cropSlot"] == k):
            names = {n: f"object-{k + 1}-{n}.png" for n in ("whole", "visible", "hidden")}
            png.write(folder / names["whole"], r["cropWhole"][c])
            png.write(folder / names["visible"], r["cropVisible"][c] * np.uint8(255))
            png.write(folder / names["hidden"], r["cropHidden"][c] * np.uint8(255))
            entry["crop"] = {"window": r["cropWindow"][c].astype(float).round(3).tolist(), **names}
        entries.append(entry)
    side = r["picture"].shape[0]
    about = {"picture": "picture.png", "depth": "depth.png", "depthUnitMeters": unit, "instances": "instances.png", "width": side, "height": side,
             "fx": float(r["focal"]), "fy": float(r["focal"]), "cx": float(r["cx"]), "cy": float(r["cy"]),
             "up": r["up"].astype(float).round(7).tolist(),
             "cameraToWorld": {"rotation": r["rotation"].astype(float).ravel().round(7).tolist(), "translationMeters": r["position"].astype(float).round(6).tolist()},
             "objects": entries}
    (folder / "scene.json").write_text(json.dumps(about, indent=1))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--objects", required=True, nargs="+")
    p.add_argument("--out", required=True)
    p.add_argument("--scenes", type=int, default=100)
    p.add_argument("--seed", type=int, default=0)
    p.add_argument("--size", type=int, default=512, help="pixels a side, a multiple of 8")
    p.add_argument("--crop", type=int, default=256, help="pixels a side of the de-occlusion pairs")
    p.add_argument("--objects-per-scene", type=int, nargs=2, default=(2, 5), metavar=("MIN", "MAX"))
    p.add_argument("--recipe", choices=RECIPES, default="paper")
    p.add_argument("--split", choices=["all", "train", "validation"], default="all", help="which of the objects")
    a = p.parse_args()
    if a.size % 8:
        p.error(f"--size {a.size}: must be a multiple of 8")
    if not 2 <= a.objects_per_scene[0] <= a.objects_per_scene[1] <= record.OBJECTS:
        p.error(f"--objects-per-scene: 2 <= MIN <= MAX <= {record.OBJECTS}")
    objects = corpus.load_objects(a.objects, procedural=0)
    train, validation = corpus.split(objects)
    allowed = {"all": np.arange(len(objects)), "train": train, "validation": validation}[a.split]
    out, dtype = Path(a.out), record.layout(a.size, a.crop)
    config = replace(RECIPES[a.recipe], objects=tuple(a.objects_per_scene))
    choose, written = arrange.Chooser(objects, allowed), {}
    (out / "meshes").mkdir(parents=True, exist_ok=True)

    def mesh_of(o):
        if o.id not in written:
            written[o.id] = f"meshes/{o.id}.glb"
            glb.write(out / written[o.id], o.vertices, o.faces, o.colours, o.id)
        return written[o.id]

    for i in range(a.scenes):
        r, _ = record.make([a.seed, 4, i], objects, choose, config, dtype)
        write_scene(out / "scenes" / f"{i:04d}", r, objects, mesh_of)
        if (i + 1) % 20 == 0:
            print(f"{i + 1} of {a.scenes} scenes", flush=True)
    about = {"format": "scenemaker-dataset", "version": 1, "seed": a.seed, "size": a.size,
             "scenes": [f"scenes/{i:04d}/scene.json" for i in range(a.scenes)],
             "objects": [{"id": o.id, "mesh": written[o.id], "category": o.category, "caption": o.caption, "license": o.licence,
                          "author": o.author, "source": o.source} for o in objects if o.id in written]}
    (out / "dataset.json").write_text(json.dumps(about, indent=1))
    print(f"{a.scenes} scenes of {len(written)} objects in {out}")


if __name__ == "__main__":
    main()
