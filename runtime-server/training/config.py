"""Settings of every model, for a CPU and for a GPU; `train.py --set name=value` overrides one."""
from dataclasses import dataclass, fields, replace


@dataclass(frozen=True)
class Config:
    # data
    px: int = 192  # side of the generated pictures
    crop: int = 96  # side of the generated object crops
    capacity: int = 12000  # scenes kept; old ones are overwritten while workers run
    workers: int = 1  # processes that make scenes while training
    variants: int = 2  # of each object, stretched and mirrored
    field_resolution: int = 48  # of the stored fields, which the models' are sampled from
    # segment and depth
    picture_sides: tuple = (160, 160, 192)  # picture sides in training, drawn at random
    segment_batch: int = 12
    segment_rate: float = 1.2e-3
    depth_batch: int = 12
    depth_rate: float = 1.2e-3
    encoder_rate: float = 0.25  # of an encoder trained elsewhere, over the rest of the model's
    picture_size: int = 192  # longest side at run time
    further_sizes: tuple = (256, 320)  # at which segment looks for objects, too
    # recognise
    recognise_batch: int = 64
    recognise_rate: float = 1e-3
    # de-occlusion
    deocclude_side: int = 64
    deocclude_widths: tuple = (64, 128, 192)
    deocclude_batch: int = 24
    deocclude_rate: float = 8e-4
    # shape
    resolution: int = 32  # of the field
    latent: int = 8  # channels of the 8 x 8 x 8 latent
    shape_width: int = 96
    shape_blocks: int = 2
    shape_picture: int = 64  # side of the generator's picture
    shape_estimated_share: float = 0.0  # of the scenes, seen with estimated depth and poorly de-occluded; needs a long training
    autoencoder_batch: int = 12
    autoencoder_rate: float = 1.5e-3
    shape_batch: int = 24
    shape_rate: float = 8e-4
    # pose
    pose_estimated_share: float = 0.4  # of the scenes, seen with estimated depth
    pose_width: int = 192
    pose_heads: int = 6
    pose_depth: int = 4
    pose_side: int = 128  # picture side
    pose_batch: int = 16
    pose_noises: int = 4  # for each encoded scene: encoding takes longer than the denoiser does
    pose_rate: float = 6e-4
    pose_without: str = ""  # an attention left out, of models.pose.ABLATIONS
    # all
    amp: bool = True  # bfloat16 autocast; slower, not faster, on a CPU without such instructions
    channels_last: bool = False  # faster on a GPU, slower on a CPU
    clip: float = 1.0  # gradient norm
    decay: float = 0.02  # AdamW weight decay
    average: float = 0.999  # exponential moving average of the weights; what is exported


CPU = Config()

GPU = replace(
    CPU,
    px=256,
    crop=128,
    capacity=30000,
    workers=14,
    field_resolution=96,
    picture_sides=(192, 256, 320),
    segment_batch=96,
    depth_batch=96,
    picture_size=256,
    further_sizes=(352, 448),
    deocclude_side=96,
    recognise_batch=512,
    deocclude_batch=256,
    resolution=64,
    shape_picture=96,
    autoencoder_batch=64,
    shape_batch=256,
    shape_estimated_share=0.3,
    channels_last=True,
    pose_depth=5,
    pose_batch=192,
    average=0.9995,
)

CONFIGS = {"cpu": CPU, "gpu": GPU}


def override(config, assignments):
    """Apply `name=value` strings; the value is read as the field's type."""
    types = {f.name: type(getattr(config, f.name)) for f in fields(config)}
    for assignment in assignments:
        name, _, text = assignment.partition("=")
        if name not in types:
            raise SystemExit(f"no setting {name!r}; settings: {', '.join(types)}")
        kind = types[name]
        if kind is bool:
            value = {"true": True, "false": False}[text.lower()]
        elif kind is tuple:
            value = tuple(int(x) for x in text.split(","))
        else:
            value = kind(text)
        config = replace(config, **{name: value})
    return config
