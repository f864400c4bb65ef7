"""Opens an exported scene and says how many bodies are in it.

    open_export.py mujoco|pydrake|pxr FILE
"""

import sys


def mujoco(path):
    import mujoco as mj

    model = mj.MjModel.from_xml_path(path)
    data = mj.MjData(model)
    if model.nkey:
        mj.mj_resetDataKeyframe(model, data, 0)
    mj.mj_step(model, data)
    free = sum(model.jnt_type == mj.mjtJoint.mjJNT_FREE)
    return f"{free} free bodies, {model.ngeom} geoms, {data.ncon} contacts after a step"


def pydrake(path):
    from pydrake.multibody.parsing import Parser
    from pydrake.multibody.plant import AddMultibodyPlantSceneGraph
    from pydrake.systems.framework import DiagramBuilder

    plant, _ = AddMultibodyPlantSceneGraph(DiagramBuilder(), time_step=0.001)
    Parser(plant).AddModels(path)
    plant.Finalize()
    return f"{len(plant.GetFloatingBaseBodies())} floating bodies, {plant.num_collision_geometries()} geometries"


def pxr(path):
    from pxr import Usd, UsdPhysics

    stage = Usd.Stage.Open(path)
    prims = list(stage.Traverse())
    bodies = sum(prim.HasAPI(UsdPhysics.RigidBodyAPI) for prim in prims)
    return f"{bodies} rigid bodies, {sum(prim.HasAPI(UsdPhysics.CollisionAPI) for prim in prims)} colliders"


print({"mujoco": mujoco, "pydrake": pydrake, "pxr": pxr}[sys.argv[1]](sys.argv[2]))
