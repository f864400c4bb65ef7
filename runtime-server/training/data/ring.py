"""A ring of scene records on disk: processes keep writing new scenes over the oldest, the trainer draws at random.

Files in the ring's folder: records.bin (capacity records), generations.bin (uint64 a slot: 0 empty, odd while being
written, even and growing once written: a record cut off by a kill stays odd and is never read), about.json, lock.
The seed of a record is (ring seed, slot, generation): the same ring is made again from the same settings.

    python -m data.ring --objects DIR [DIR ...] --out DIR --capacity N --workers K [--px 192] [--crop 96]
                        [--split train|validation] [--seconds T] [--once]        (run from runtime-server/training)
"""
import argparse
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from config import CPU

TRAINING = Path(__file__).resolve().parent.parent


class Ring:
    """Opens (or makes) a ring. With workers > 0, as many processes fill it until close(); only one filler a folder.

    objects: the list of corpus.load_objects(), to check that the records mean the same objects; or None: no check.
    folders, procedural, variants, split, seed: handed to the workers, who load the objects themselves.
    """

    def __init__(self, folder, capacity, px=192, crop=96, workers=0, objects=None, folders=(), procedural=600, variants=0, split="train",
                 seed=0, once=False):
        from . import corpus, record
        self.folder, self.dtype = Path(folder), record.layout(px, crop)
        self.folder.mkdir(parents=True, exist_ok=True)
        about = {"capacity": capacity, "px": px, "crop": crop, "layout": str(self.dtype.descr), "split": split, "procedural": procedural, "variants": variants,
                 "seed": seed, "objects": corpus.fingerprint(objects) if objects is not None else None}
        path = self.folder / "about.json"
        if path.exists():
            old = json.loads(path.read_text())
            about["objects"] = about["objects"] or old["objects"]
            different = [k for k in about if about[k] != old.get(k) and k != "capacity"]
            if different:
                raise ValueError(f"{folder} holds records made with another {' and '.join(different)}: use another folder, or delete this one")
            about["capacity"] = capacity = old["capacity"]
        else:
            for name, size in (("records.bin", capacity * self.dtype.itemsize), ("generations.bin", capacity * 8)):
                with open(self.folder / name, "wb") as f:
                    f.truncate(size)
            part = self.folder / "about.part"
            part.write_text(json.dumps(about, indent=1))
            os.replace(part, path)
        self.capacity = capacity
        self.records = np.memmap(self.folder / "records.bin", self.dtype, "r+", shape=(capacity,))
        self.generations = np.memmap(self.folder / "generations.bin", np.uint64, "r+", shape=(capacity,))
        self.workers, self.lock = [], None
        if workers:
            self.lock = open(self.folder / "lock", "w")
            try:                               # held by the workers too: freed when the last of them is gone
                fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print(f"{folder} is being filled by another process already", flush=True)
                self.lock.close()
                self.lock = None
                return
            for k in range(workers):
                command = [sys.executable, "-m", "data.ring", "--worker", str(k), "--workers", str(workers), "--out", str(self.folder.resolve()),
                           "--objects", *(str(Path(f).resolve()) for f in folders)] + (["--once"] if once else [])
                self.workers.append(subprocess.Popen(command, cwd=TRAINING, pass_fds=[self.lock.fileno()], stdin=subprocess.DEVNULL,
                                                     env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}))

    def filled(self):
        """Numbers of the slots that hold a whole record."""
        g = self.generations
        return np.flatnonzero((g > 0) & (g % 2 == 0))

    def draw(self, batch, rng=None):
        """Record array (batch,) from random filled slots. Waits for the first records."""
        rng = rng or np.random.default_rng()
        while not len(slots := self.filled()):
            if self.workers and all(w.poll() is not None for w in self.workers):
                raise RuntimeError("the ring is empty and its workers have stopped")
            time.sleep(0.2)
        return np.stack([self._steady(int(rng.choice(slots)), rng, slots) for _ in range(batch)])

    def all(self):
        """Record array of every filled slot, in slot order."""
        return np.array(self.records[self.filled()])

    def _steady(self, slot, rng, slots):
        """A copy of a record that was not being overwritten meanwhile."""
        while True:
            before = int(self.generations[slot])
            row = self.records[slot].copy()
            if before and before % 2 == 0 and int(self.generations[slot]) == before:
                return row
            slot = int(rng.choice(slots))

    def close(self):
        for w in self.workers:
            w.terminate()
        for w in self.workers:
            w.wait()
        self.workers = []
        if self.lock:
            self.lock.close()
            self.lock = None


def work(a):
    """One worker: writes slots k, k + K, ... , the oldest first, until stopped or its parent is gone."""
    from . import arrange, corpus, record, scene
    os.nice(10)
    parent, stop = os.getppid(), []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(1))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    about = json.loads((Path(a.out) / "about.json").read_text())
    objects = corpus.load_objects(a.objects, about["procedural"], variants=about["variants"])
    if about["objects"] and corpus.fingerprint(objects) != about["objects"]:
        raise SystemExit("the worker sees other objects than the ring was made for")
    train, validation = corpus.split(objects)
    validation = validation[[not objects[i].made_from for i in validation]]
    allowed = {"train": train, "validation": validation, "all": np.arange(len(objects))}[about["split"]]
    choose, config, dtype = arrange.Chooser(objects, allowed), scene.Config(), record.layout(about["px"], about["crop"])
    records = np.memmap(Path(a.out) / "records.bin", dtype, "r+", shape=(about["capacity"],))
    generations = np.memmap(Path(a.out) / "generations.bin", np.uint64, "r+", shape=(about["capacity"],))
    mine = np.arange(a.worker, about["capacity"], a.workers)
    while len(mine) and not stop and os.getppid() == parent:
        whole = generations[mine] // np.uint64(2) + generations[mine] % np.uint64(2) * np.uint64(0)
        slot = int(mine[np.argmin(whole)])
        if a.once and int(whole.min()) > 0:
            break
        turn = int(generations[slot]) // 2 + 1
        r, _ = record.make([about["seed"], {"train": 0, "validation": 1, "all": 2}[about["split"]], slot, turn], objects, choose, config, dtype)
        generations[slot] = 2 * turn - 1
        records[slot] = r
        generations[slot] = 2 * turn


def main():
    p = argparse.ArgumentParser(description="Fills a ring of scene records without a trainer.")
    p.add_argument("--objects", required=True, nargs="+", help="folders in the corpus format")
    p.add_argument("--out", required=True)
    p.add_argument("--capacity", type=int, default=12000)
    p.add_argument("--workers", type=int, default=2)
    p.add_argument("--px", type=int, default=192)
    p.add_argument("--crop", type=int, default=96)
    p.add_argument("--procedural", type=int, default=600)
    p.add_argument("--variants", type=int, default=CPU.variants, help="of each object, stretched and mirrored")
    p.add_argument("--split", choices=["train", "validation", "all"], default="train")
    p.add_argument("--seed", type=int, default=0)
    p.add_argument("--seconds", type=float, default=float("inf"))
    p.add_argument("--once", action="store_true", help="stop when every slot has been written once")
    p.add_argument("--worker", type=int, help=argparse.SUPPRESS)
    a = p.parse_args()
    if a.worker is not None:
        return work(a)
    from . import corpus, native, render
    native.library(), render.bank()
    objects = corpus.load_objects(a.objects, a.procedural, variants=a.variants)
    ring = Ring(a.out, a.capacity, a.px, a.crop, a.workers, objects, a.objects, a.procedural, a.variants, a.split, a.seed, a.once)
    began, start = time.time(), int(ring.generations.sum() // 2)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        while time.time() - began < a.seconds and any(w.poll() is None for w in ring.workers):
            time.sleep(min(20, max(0.5, a.seconds - time.time() + began)) if not a.once else 5)
            made = int((ring.generations // np.uint64(2)).sum()) - start
            print(f"{len(ring.filled())} of {ring.capacity} filled, {made} made, {made / (time.time() - began):.1f} a second", flush=True)
    except KeyboardInterrupt:
        pass
    finally:
        ring.close()


if __name__ == "__main__":
    main()
