"""A pack -> checkpoints, so that training goes on from what is shipped: on one's own objects, or for longer.

    python restore.py --pack ../packs/embedded --objects ../../../shared/corpus --runs RUNS [--models shape] [--minutes 90]

Weights come back as they are stored, int8 and float16. Names are lost in a graph, so each weight is found by where a
graph of the same network, exported with weights that tell themselves apart, uses it.
"""
import argparse
import base64
import dataclasses
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import numpy_helper

from config import CONFIGS, override
from dataset import vocabulary
from export import MODELS, TOLERANCE, build, example, graphs, trace
from train import save


def values(model):
    """name -> array of every weight of a graph, with int8 and float16 put back into float32."""
    held = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    for name in [n.removesuffix(".half") for n in held if n.endswith(".half")]:
        held[name] = held.pop(name + ".half").astype(np.float32)
    for name in [n.removesuffix(".whole") for n in held if n.endswith(".whole")]:
        held[name] = held.pop(name + ".whole").astype(np.float32) * held.pop(name + ".step")
    return held


def uses(model):
    """(operator, weight or None) of every input of every node, in order; what unpacks the weights is left out."""
    held = values(model)
    nodes = [n for n in model.graph.node if not (len(n.output) == 1 and n.output[0].removesuffix(".float") in held)]
    for node in nodes:
        if node.op_type == "Identity" and node.input[0] in held:  # equal weights are written once
            held[node.output[0]] = held[node.input[0]]
    return [(n.op_type, held.get(i)) for n in nodes if n.op_type != "Identity" for i in n.input]


def signature(array):
    """The same for a matrix and its transpose."""
    flat = np.asarray(array, np.float64).ravel()
    return flat.size, round(float(flat.sum()), 3), round(float((flat**2).sum()), 3)


def as_parameter(stored, tagged, parameter):
    """`stored`, laid out as `parameter` is, where the graph lays `parameter` out as `tagged`."""
    if tagged.shape == parameter.shape and np.array_equal(tagged, parameter):
        return stored
    if tagged.ndim == 2 and np.array_equal(tagged.T, parameter):
        return stored.T
    return stored.reshape(parameter.shape)


def restore(path, module, inputs, outputs, scratch):
    """Give `module` the weights of the graph at `path`; returns the addresses of those that the graph holds."""
    generator = torch.Generator().manual_seed(1)
    tensors = {k: v for k, v in module.state_dict().items() if v.is_floating_point()}
    before = {k: v.clone() for k, v in tensors.items()}  # another graph may have given some of them
    for tensor in tensors.values():
        tensor.copy_(torch.randn(tensor.shape, generator=generator) * 0.1)
    trace(module, inputs, outputs, scratch)
    by_signature = {signature(t.numpy()): name for name, t in tensors.items()}
    here, there = uses(onnx.load(str(scratch))), uses(onnx.load(str(path)))
    if [op for op, _ in here] != [op for op, _ in there]:
        raise SystemExit(f"{path}: the pack holds another network than models/ does; a pack made with the same settings is allowed")
    found = {}
    for (_, tagged), (_, stored) in zip(here, there):
        name = by_signature.get(signature(tagged)) if tagged is not None else None
        if name:
            found[name] = as_parameter(stored, tagged, tensors[name].numpy())
    for name, tensor in tensors.items():
        tensor.copy_(torch.from_numpy(np.array(found[name], np.float32)) if name in found else before[name])
    check(path, module, inputs, outputs)
    return {tensors[name].data_ptr() for name in found}


def check(path, module, inputs, outputs):
    given = example(inputs, 2, False)
    with torch.no_grad():
        made = module(*given)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = {i.name for i in session.get_inputs()}
    got = session.run(outputs, {i[0]: v.numpy() for i, v in zip(inputs, given) if i[0] in names})
    for name, a, b in zip(outputs, made if isinstance(made, tuple) else (made,), got):
        error = float(np.abs(a.numpy() - b).max() / max(1e-6, np.abs(b).max()))
        if not error < TOLERANCE:
            raise SystemExit(f"{path.name}: {name} of the restored network differs by {error:.1e} of its largest value; at most {TOLERANCE:.0e} is allowed")


def matrix(path):
    content = json.loads(path.read_text())
    return torch.from_numpy(np.frombuffer(base64.b64decode(content["matrix"]), "<f4").reshape(-1, content["width"]).copy()), content


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack", type=Path, required=True)
    parser.add_argument("--objects", nargs="+", required=True, help="folders in the corpus format, whose words the pack knows")
    parser.add_argument("--runs", type=Path, required=True, help="checkpoints are written to RUNS/<model>/last.pt; one that is there stays")
    parser.add_argument("--models", nargs="+", choices=[m for names in MODELS.values() for m in names])
    parser.add_argument("--minutes", type=float, default=0, help="counted as spent: with train.py --minutes 2 x this, rates start where the second half begins")
    parser.add_argument("--config", default="cpu", choices=CONFIGS)
    parser.add_argument("--set", nargs="*", default=[], metavar="NAME=VALUE")
    args = parser.parse_args()
    from data import corpus

    config = override(CONFIGS[args.config], args.set)
    args.runs.mkdir(parents=True, exist_ok=True)
    scratch = args.runs / "scratch.onnx"
    stages = json.loads((args.pack / "manifest.json").read_text())["stages"]
    _, words = vocabulary(corpus.load_objects(args.objects, procedural=600))
    models = build(config, len(words))
    known = set()
    for model in models.values():
        model.requires_grad_(False).eval()
    for stage, _, file, module, inputs, outputs in graphs(models, config):
        if module.state_dict():
            known |= restore(args.pack / f"{file}.onnx", module, inputs, outputs, scratch)
            print(f"{file} is restored")
    pose = stages["pose"]["settings"]
    beside = {"pose": {"mean": pose["poseMean"], "std": pose["poseStd"]}}  # what the pack keeps outside of its graphs
    for name, stage, field in (("recognise", "segment", "words"), ("deocclude", "deocclude", "vocabulary")):
        rows, content = matrix(args.pack / f"{stage}-words.json")
        if content["words"] != words:
            raise SystemExit(f"{stage}-words.json knows {len(content['words'])} words, those of --objects are {len(words)} others")
        beside[name] = {field: rows, **({"scale": content["scale"], "priors": content["priors"]} if name == "recognise" else {})}
    for name, held in beside.items():
        for field, value in held.items():
            tensor = models[name].state_dict()[field]
            tensor.copy_(torch.as_tensor(value).reshape(tensor.shape))
            known.add(tensor.data_ptr())
    for name, model in models.items():
        if args.models and name not in args.models:
            continue
        if missing := [k for k, v in model.state_dict().items() if v.data_ptr() not in known]:
            raise SystemExit(f"{name}: the pack holds nothing for {', '.join(missing)}")
        last = args.runs / name / "last.pt"
        last.parent.mkdir(parents=True, exist_ok=True)
        if last.exists():
            print(f"{last} is there already and stays")
        else:
            save(last, average=model.state_dict(), step=0, minutes=args.minutes, config=dataclasses.asdict(config))
    scratch.unlink(missing_ok=True)


if __name__ == "__main__":
    with torch.no_grad():
        main()
