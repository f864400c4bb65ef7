"""Trained checkpoints -> the embedded pack: ONNX graphs, word tables, manifest.

    python export.py --objects ../../../shared/corpus --runs RUNS --pack ../packs/embedded
    python export.py ... --stages segment depth   (the others stay as they are)
    python export.py --random --pack DIR          (untrained weights, to test the run time with)

Large weights are stored as int8 with a step for each output channel, others as float16; all are computed in float32. The export fails unless ONNX Runtime and
PyTorch agree on random inputs, at two sizes wherever a dimension is free.
"""
import argparse
import base64
import dataclasses
import hashlib
import inspect
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper

from config import CONFIGS, Config, override
from models import deocclude, depth, pose, recognise, segment, shape
from quantise import quantise
from tasks.ablations import one_of, variants
from tasks.shape import TRUNCATE, estimated_trust

OPSET = 17
TOLERANCE = 2e-3  # of the largest output, where both sides use the same rounded weights
VERSION = "0.14.0"


def build(config, words):
    """Every model with fresh weights, by the name of its run."""
    return {
        "segment": segment.Segment(),
        "recognise": recognise.Recognise(words),
        "depth": depth.Depth(),
        "deocclude": deocclude.Deocclude(config.deocclude_widths, vocabulary=words),
        "autoencoder": shape.ShapeAutoencoder(config.resolution, config.latent, config.shape_width),
        "shape": shape.Shape(config.resolution, config.latent, 64, config.shape_width, config.shape_blocks),
        "pose": pose.Pose.of(config),
    }


def graphs(models, c):
    """(stage, role, file, module, inputs, outputs); an input is (name, shape, names of free dimensions)."""
    r, side, d, q = c.resolution, c.picture_size, c.deocclude_side, c.pose_side
    picture = ("image", (1, 3, side, side), {2: "height", 3: "width"})
    latent = (2, c.latent, 8, 8, 8)
    cells, width = (q // 16) ** 2, c.pose_width
    scene = cells + 2 + 2 * 32
    return [
        ("segment", "encoder", "segment", models["segment"], [picture],
         ["objectness", "kernels", "features"]),
        ("segment", "mask", "segment-mask", segment.MaskGraph(),
         [("features", (1, 8, side // 2, side // 2), {2: "h", 3: "w"}), ("kernels", (2, segment.KERNEL), {0: "n"}), ("points", (2, 2), {0: "n"})],
         ["masks"]),
        ("segment", "recognise", "segment-recognise", models["recognise"], [("crops", (2, 4, recognise.SIDE, recognise.SIDE), {0: "n"})],
         ["embeddings", "round", "box"]),
        ("depth", "model", "depth", depth.DepthGraph(models["depth"]), [picture], ["logDepth", "validity", "plane"]),
        ("deocclude", "model", "deocclude", models["deocclude"],
         [("noisy", (2, 4, d, d), {0: "b"}), ("condition", (2, 5, d, d), {0: "b"}), ("time", (2,), {0: "b"}), ("words", (2, 64), {0: "b"})],
         ["velocity"]),
        ("shape", "encoder", "shape-encoder", shape.EncoderGraph(models["autoencoder"]), [("field", (2, 4, r, r, r), {0: "b"})], ["latent"]),
        ("shape", "decoder", "shape-decoder", shape.DecoderGraph(models["autoencoder"]), [("latent", latent, {0: "b"})], ["field"]),
        ("shape", "condition", "shape-condition", models["shape"].condition,
         [("picture", (2, 4, c.shape_picture, c.shape_picture), {0: "b"}), ("lift", (2, 512, 2), {0: "b"}), ("observed", (2, 2, r, r, r), {0: "b"})],
         ["condition"]),
        ("shape", "generator", "shape-generator", models["shape"].generator,
         [("noisy", latent, {0: "b"}), ("condition", (2, 64, 8, 8, 8), {0: "b"}), ("time", (2,), {0: "b"})], ["velocity"]),
        ("pose", "encode", "pose-encode", pose.PoseEncodeGraph(models["pose"]),
         [("picture", (1, 3, q, q), {}), ("masks", (2, 1, q, q), {0: "n"}), ("crops", (2, 4, 64, 64), {0: "n"}),
          ("points", (2, 32, 16, 3), {0: "n"}), ("geometry", latent, {0: "n"})],
         ["sceneTokens", "sceneIndex", "localTokens", "geometryTokens"]),
        ("pose", "denoise", "pose-denoise", pose.PoseDenoiseGraph(models["pose"]),
         [("poses", (3, 2, 10), {0: "s", 1: "n"}), ("time", (3,), {0: "s"}), ("sceneTokens", (1, scene, width), {1: "t"}),
          ("sceneIndex", (1, scene), {1: "t"}), ("localTokens", (2, 48, width), {0: "n"}), ("geometryTokens", (2, width), {0: "n"})],
         ["velocity"]),
    ]


def example(inputs, seed, larger):
    """Random inputs; `larger` doubles the free dimensions."""
    generator = torch.Generator().manual_seed(seed)
    made = []
    for name, size, free in inputs:
        size = [n * 2 if larger and axis in free else n for axis, n in enumerate(size)]
        if larger and name == "sceneTokens" or larger and name == "sceneIndex":
            size[1] = inputs[2][1][1] + 2 + 2 * 32  # two more objects
        made.append(torch.rand(size, generator=generator) if name in ("image", "time", "masks") else torch.randn(size, generator=generator))
        if name == "sceneIndex":
            made[-1] = made[-1].abs().round()
    return made


def rounded(module):
    """Round the weights to what is stored of them."""
    for tensor in list(module.parameters()) + list(module.buffers()):
        if tensor.is_floating_point():
            whole, step = quantise(tensor.data.numpy(), 0)
            tensor.data = tensor.data.half().float() if whole is None else torch.from_numpy(whole * step)
    return module.eval()


def store_small(model):
    """Weights become int8 and float16, with a Cast and a Mul that ONNX Runtime folds on loading."""
    for tensor in list(model.graph.initializer):
        array = numpy_helper.to_array(tensor)
        if array.dtype != np.float32 or array.size < 256:
            continue
        name = tensor.name
        model.graph.initializer.remove(tensor)
        for axis in (0, array.ndim - 1):  # a matrix may have been transposed
            whole, step = quantise(array, axis)
            if whole is not None and np.allclose(whole * step, array, rtol=1e-5, atol=1e-7):
                model.graph.initializer.append(numpy_helper.from_array(whole.astype(np.int8), name + ".whole"))
                model.graph.initializer.append(numpy_helper.from_array(step, name + ".step"))
                model.graph.node.insert(0, helper.make_node("Mul", [name + ".float", name + ".step"], [name], name=name + ".scale"))
                model.graph.node.insert(0, helper.make_node("Cast", [name + ".whole"], [name + ".float"], to=TensorProto.FLOAT, name=name + ".cast"))
                break
        else:
            model.graph.initializer.append(numpy_helper.from_array(array.astype(np.float16), name + ".half"))
            model.graph.node.insert(0, helper.make_node("Cast", [name + ".half"], [name], to=TensorProto.FLOAT, name=name + ".cast"))
    return model


def fill_channels(model):
    """Zeros fill channels that are a multiple of 3, but not of 4, up to one of 4.

    ONNX Runtime's WebGPU provider computes convolutions of more than one pixel over so many wrongly (1.30.0; 6, 9, … 99 were
    tried). The weights' zeros are folded in on loading.
    """
    weights = {t.name: t for t in model.graph.initializer}
    for node in [n for n in model.graph.node if n.op_type == "Conv"]:
        weight = weights.get(node.input[1])
        if weight is None or any(a.name == "group" and a.i > 1 for a in node.attribute):
            continue
        channels, rank = weight.dims[1], len(weight.dims)
        if channels <= 3 or channels % 3 > 0 or channels % 4 == 0 or all(size == 1 for size in weight.dims[2:]):
            continue
        pads = np.zeros(2 * rank, np.int64)
        pads[rank + 1] = -channels % 4
        name = node.name + ".fill"
        model.graph.initializer.append(numpy_helper.from_array(pads, name))
        place = list(model.graph.node).index(node)
        for which in (0, 1):
            filled = f"{name}.{which}"
            model.graph.node.insert(place, helper.make_node("Pad", [node.input[which], name], [filled], name=filled))
            node.input[which] = filled
    return model


def trace(module, inputs, outputs, path):
    """Write the network as ONNX, in float32."""
    values = example(inputs, 0, False)
    axes = {name: free for name, _, free in inputs if free}
    options = {"dynamo": False} if "dynamo" in inspect.signature(torch.onnx.export).parameters else {}
    with torch.no_grad():
        made = module(*values)
    made = made if isinstance(made, tuple) else (made,)
    # A free dimension of an output is one whose length changes with the inputs'.
    with torch.no_grad():
        other = module(*example(inputs, 1, True))
    other = other if isinstance(other, tuple) else (other,)
    for name, a, b in zip(outputs, made, other):
        free = {i: f"{name}_{i}" for i, (m, n) in enumerate(zip(a.shape, b.shape)) if m != n}
        if free:
            axes[name] = free
    torch.onnx.export(module, tuple(values), str(path), input_names=[i[0] for i in inputs], output_names=outputs,
                      dynamic_axes=axes, opset_version=OPSET, do_constant_folding=True, **options)
    onnx.save(fill_channels(onnx.load(str(path))), str(path))


def export_graph(module, inputs, outputs, path):
    module = rounded(module)
    trace(module, inputs, outputs, path)
    model = onnx.load(str(path))
    known = {value.name for value in model.graph.input}
    for name, size, free in inputs:
        if name not in known:  # what a graph does not read, the exporter leaves out
            model.graph.input.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, [free.get(i, n) for i, n in enumerate(size)]))
    onnx.save(store_small(model), str(path))
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    worst = 0.0
    for seed, larger in ((2, False), (3, True)):
        values = example(inputs, seed, larger)
        with torch.no_grad():
            made = module(*values)
        made = made if isinstance(made, tuple) else (made,)
        got = session.run(outputs, {i[0]: v.numpy() for i, v in zip(inputs, values)})
        for name, a, b in zip(outputs, made, got):
            a = a.numpy()
            if a.shape != b.shape:
                raise SystemExit(f"{path.name}: {name} has shape {b.shape} in ONNX Runtime, {a.shape} in PyTorch")
            error = float(np.abs(a - b).max() / max(1e-6, np.abs(a).max()))
            worst = max(worst, error)
            if not error < TOLERANCE:
                raise SystemExit(f"{path.name}: {name} differs by {error:.1e} of its largest value; at most {TOLERANCE:.0e} is allowed")
    shapes = lambda values: {v.name: {"type": "float32", "shape": dims(v)} for v in values}
    dims = lambda v: [x.dim_param or x.dim_value for x in v.type.tensor_type.shape.dim]
    print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB, largest difference {worst:.1e}")
    return shapes(session_values(path, "input")), shapes(session_values(path, "output"))


def session_values(path, which):
    return getattr(onnx.load(str(path)).graph, which)


def file_entry(path, inputs=None, outputs=None):
    data = path.read_bytes()
    entry = {"path": path.name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    if inputs is not None:
        entry.update(inputs=inputs, outputs=outputs)
    return entry


def write_words(path, words, matrix, **more):
    matrix = matrix.detach().numpy().astype("<f4")
    content = {"words": words, **more, "width": matrix.shape[1], "matrix": base64.b64encode(matrix.tobytes()).decode()}
    path.write_text(json.dumps(content, separators=(",", ":")) + "\n")


MODELS = {"segment": ("segment", "recognise"), "depth": ("depth",), "deocclude": ("deocclude",), "shape": ("autoencoder", "shape"), "pose": ("pose",)}


def settings(stage, config, models):
    """What the run time must know. Thresholds, steps, temperatures and level were chosen on validation scenes."""
    return {
        "segment": lambda: {"pictureSize": config.picture_size, "furtherSizes": list(config.further_sizes), "threshold": 0.25, "labelThreshold": 0.25},
        "depth": lambda: {"pictureSize": config.picture_size, "mirrored": True},
        "deocclude": lambda: {"size": config.deocclude_side, "steps": 2, "temperature": 0.3},
        "shape": lambda: {"resolution": config.resolution, "latentChannels": config.latent, "pictureSize": config.shape_picture,
                          "steps": 8, "truncation": TRUNCATE, "estimatedTrust": estimated_trust(config), "temperature": 0.0, "level": 0.2},
        "pose": lambda: {"pictureSize": config.pose_side, "steps": 10, "samples": 16, "groups": 32, "neighbours": 16, "points": 512,
                         "poseMean": models["pose"].mean.tolist(), "poseStd": models["pose"].std.tolist()},
    }[stage]()


def load(runs, stages, words, ablation=None):
    """The trained models of some stages, and the settings they were trained with."""
    names = [name for stage in stages for name in MODELS[stage]]
    read = lambda name: torch.load(runs / name / "last.pt", map_location="cpu", weights_only=False)
    saved = {name: one_of(read("ablations"), ablation) if name == "pose" and ablation else read(name) for name in names}
    known = {field.name for field in dataclasses.fields(Config)}
    config = Config(**{name: value for name, value in saved[names[-1]]["config"].items() if name in known})
    models = build(config, words)
    for name, content in saved.items():
        models[name].load_state_dict({k: v.float() if v.is_floating_point() else v for k, v in content["average"].items()})
    return models, config


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=Path)
    parser.add_argument("--objects", nargs="+", help="the folders the models were trained on: their words name the vocabulary")
    parser.add_argument("--pack", type=Path, required=True)
    parser.add_argument("--stages", nargs="+", choices=MODELS, default=list(MODELS), help="the others stay as they are in PACK")
    parser.add_argument("--ablation", choices=variants(Config()), help="the pose stage is this one of `train.py --model ablations`")
    parser.add_argument("--random", action="store_true", help="untrained weights of the cpu config")
    args = parser.parse_args()
    if args.ablation and (args.random or "pose" not in args.stages):
        parser.error(f"--ablation {args.ablation} wants a trained pose stage: --stages with pose, without --random")
    args.pack.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    if args.random:
        config, categories, words = CONFIGS["cpu"], 2, ["chair", "mug", "red"]
        models = build(config, len(words))
    else:
        from data import corpus
        from dataset import vocabulary

        categories, words = vocabulary(corpus.load_objects(args.objects))
        models, config = load(args.runs, args.stages, len(words), args.ablation)

    path = args.pack / "manifest.json"
    kept = json.loads(path.read_text())["stages"] if path.exists() else {}
    stages = {stage: {"files": {}, "settings": settings(stage, config, models)} if stage in args.stages else kept[stage] for stage in MODELS}
    for stage, role, file, module, inputs, outputs in graphs(models, config):
        if stage in args.stages:
            graph = args.pack / f"{file}.onnx"
            stages[stage]["files"][role] = file_entry(graph, *export_graph(module, inputs, outputs, graph))
    if "segment" in args.stages:
        net = models["recognise"]
        write_words(args.pack / "segment-words.json", words, net.words, categories=categories, scale=float(net.scale),
                    priors=[round(p, 3) for p in net.priors.tolist()])
    if "deocclude" in args.stages:
        write_words(args.pack / "deocclude-words.json", words, models["deocclude"].vocabulary)
    for stage in {"segment", "deocclude"} & set(args.stages):
        stages[stage]["files"]["words"] = file_entry(args.pack / f"{stage}-words.json")
    manifest = {"format": 1, "name": "random" if args.random else "embedded", "version": VERSION, "license": "Apache-2.0", "stages": stages}
    path.write_text(json.dumps(manifest, indent=1) + "\n")
    total = sum(f.stat().st_size for f in args.pack.iterdir()) / 1e6
    print(f"{args.pack}: {total:.1f} MB")


if __name__ == "__main__":
    main()
