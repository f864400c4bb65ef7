"""Opens a USD layer or package with OpenUSD, checks it with all its validators, and prints what it holds as JSON.

    inspect-usd.py FILE
"""

import json
import sys

from pxr import Gf, Usd, UsdGeom, UsdPhysics, UsdShade, UsdValidation


def main(path):
    stage = Usd.Stage.Open(path)
    context = UsdValidation.ValidationContext(UsdValidation.ValidationRegistry().GetOrLoadAllValidators())
    problems = context.Validate(stage)
    world = stage.GetDefaultPrim()
    json.dump(
        {
            "problems": [f"{problem.GetIdentifier()}: {problem.GetMessage()}" for problem in problems],
            "metersPerUnit": UsdGeom.GetStageMetersPerUnit(stage),
            "kilogramsPerUnit": UsdPhysics.GetStageKilogramsPerUnit(stage),
            "upAxis": UsdGeom.GetStageUpAxis(stage),
            "customData": world.GetCustomData(),
            "prims": {str(prim.GetPath()): prim_of(prim) for prim in stage.Traverse()},
        },
        sys.stdout,
        default=plain,
    )


def prim_of(prim):
    values = {}
    for attribute in prim.GetAttributes():
        if attribute.HasAuthoredValue() or attribute.HasAuthoredConnections():
            value = attribute.Get()
            values[attribute.GetName()] = value if not hasattr(value, "__len__") or len(value) < 20 else len(value)
    matrix = UsdGeom.XformCache().GetLocalToWorldTransform(prim)
    rotation = matrix.RemoveScaleShear().ExtractRotationQuat().GetNormalized()
    found = {
        "type": prim.GetTypeName(),
        "apis": list(prim.GetAppliedSchemas()),
        "values": values,
        "customData": prim.GetCustomData(),
        "translation": matrix.ExtractTranslation(),
        "rotation": rotation,
        "scale": [matrix.GetRow3(row).GetLength() for row in range(3)],
    }
    for purpose in (UsdShade.Tokens.allPurpose, "physics"):
        material, _ = UsdShade.MaterialBindingAPI(prim).ComputeBoundMaterial(purpose)
        if material:
            found[f"material:{purpose}"] = str(material.GetPath())
    if prim.IsA(UsdGeom.Camera):
        frustum = UsdGeom.Camera(prim).GetCamera().frustum
        # Pixel of a point of the world: from -1 to 1 across, from the left and from below.
        to_clip = frustum.ComputeViewMatrix() * frustum.ComputeProjectionMatrix()
        found["clip"] = [list(to_clip.GetRow(row)) for row in range(4)]
    if prim.IsA(UsdGeom.Mesh):
        points = UsdGeom.Mesh(prim).GetPointsAttr().Get()
        world = [matrix.Transform(Gf.Vec3d(point)) for point in points]
        found["bounds"] = [[pick(point[axis] for point in world) for axis in range(3)] for pick in (min, max)]
    if prim.IsA(UsdShade.Shader):
        file = UsdShade.Shader(prim).GetInput("file")
        if file:
            found["texture"] = file.Get().resolvedPath
    return found


def plain(value):
    if isinstance(value, (Gf.Quatf, Gf.Quatd, Gf.Quath)):
        return [*value.GetImaginary(), value.GetReal()]
    if hasattr(value, "__len__"):
        return list(value)
    return str(value)


main(sys.argv[1])
