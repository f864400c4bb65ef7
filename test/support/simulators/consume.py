"""Loads an exported scene in a simulator of Python, lets it stand, and prints what it sees as JSON.

    consume.py drake FILE SECONDS        SDFormat or URDF, with the ground in it
    consume.py pybullet FOLDER SECONDS   the URDF of each object, placed as report.json says
    consume.py newton FILE SECONDS       USD, with the ground in it

Bodies come in the order of report.json or of the file: before and after, with z up, quaternions xyzw, inertia
about the centre of mass in the world's axes.
"""

import json
import os
import sys

import numpy as np


def main(simulator, path, seconds):
    run = {"drake": drake, "pybullet": pybullet, "newton": newton}[simulator]
    before, after = run(path, float(seconds))
    json.dump({"before": before, "after": after}, sys.stdout)


def reported(folder):
    with open(os.path.join(folder, "report.json"), encoding="utf-8") as report:
        return json.load(report)["objects"]


def seen(name, mass, position, rotation, center, inertia, visual=None):
    return {
        "name": name,
        "massKg": mass,
        "position": list(position),
        "rotation": list(rotation),
        "centerOfMass": list(center),
        "inertia": np.asarray(inertia).ravel().tolist(),
        **({} if visual is None else {"visual": visual}),
    }


def bounds_of(path, scale, turn, translation):
    """The box around an OBJ file's vertices where the simulator draws them: smallest corner, then largest."""
    with open(path, encoding="utf-8") as lines:
        points = [[float(value) for value in line.split()[1:4]] for line in lines if line.startswith("v ")]
    world = np.array(points) * scale @ np.asarray(turn).T + np.asarray(translation)
    return [*world.min(axis=0).tolist(), *world.max(axis=0).tolist()]


def drake(path, seconds):
    from pydrake.common.eigen_geometry import Quaternion
    from pydrake.geometry import SceneGraphConfig
    from pydrake.math import RigidTransform
    from pydrake.multibody.parsing import Parser
    from pydrake.multibody.plant import AddMultibodyPlantSceneGraph
    from pydrake.systems.analysis import Simulator
    from pydrake.systems.framework import DiagramBuilder

    objects = reported(os.path.dirname(path))
    builder = DiagramBuilder()
    plant, scene_graph = AddMultibodyPlantSceneGraph(builder, time_step=0.001)
    # Drake's point contact has one point a pair of bodies, on which no box stands; its patches have many.
    config = SceneGraphConfig()
    config.default_proximity_properties.compliance_type = "compliant"
    config.default_proximity_properties.hydroelastic_modulus = 1e10
    config.default_proximity_properties.resolution_hint = 0.01
    scene_graph.set_config(config)
    Parser(plant).AddModels(path)
    plant.Finalize()
    diagram = builder.Build()
    simulator = Simulator(diagram)
    context = plant.GetMyContextFromRoot(simulator.get_mutable_context())

    def body_of(name):
        # SDFormat: a model an object, each with one link; URDF: one model with a link an object.
        if plant.HasModelInstanceNamed(name):
            return plant.GetBodyByName("link", plant.GetModelInstanceByName(name))
        return plant.GetBodyByName(name)

    if path.endswith(".urdf"):
        # Drake takes the floating joints of URDF for free bodies, but not where they stand.
        for entry in objects:
            x, y, z, w = entry["quaternionXyzw"]
            pose = RigidTransform(Quaternion(np.array([w, x, y, z]) / np.linalg.norm([w, x, y, z])), entry["position"])
            plant.SetFreeBodyPose(context, body_of(entry["name"]), pose)

    def look():
        bodies = []
        for entry in objects:
            body = body_of(entry["name"])
            pose = plant.EvalBodyPoseInWorld(context, body)
            spatial = body.CalcSpatialInertiaInBodyFrame(context)
            center = spatial.get_com()
            about = spatial.Shift(center).CalcRotationalInertia().CopyToFullMatrix3()
            turn = pose.rotation().matrix()
            w, x, y, z = pose.rotation().ToQuaternion().wxyz()
            (drawn,) = plant.GetVisualGeometriesForBody(body)
            mesh = scene_graph.model_inspector().GetShape(drawn)
            place = pose @ scene_graph.model_inspector().GetPoseInFrame(drawn)
            bodies.append(
                seen(
                    entry["name"],
                    spatial.get_mass(),
                    pose.translation(),
                    (x, y, z, w),
                    pose.multiply(center),
                    turn @ about @ turn.T,
                    bounds_of(mesh.source().path(), mesh.scale3(), place.rotation().matrix(), place.translation()),
                )
            )
        return bodies

    before = look()
    simulator.AdvanceTo(seconds)
    return before, look()


def pybullet(path, seconds):
    import pybullet as p

    objects = reported(path)
    p.connect(p.DIRECT)
    p.setGravity(0, 0, -9.81)
    p.setPhysicsEngineParameter(fixedTimeStep=1 / 240, numSolverIterations=200)
    p.loadURDF(os.path.join(path, "ground.urdf"), useFixedBase=True)
    handles = []
    for entry in objects:
        handles.append(
            p.loadURDF(
                os.path.join(path, entry["name"] + ".urdf"),
                entry["position"],
                entry["quaternionXyzw"],
                flags=p.URDF_USE_INERTIA_FROM_FILE,
            )
        )

    # Bullet rounds convex meshes off by a millimetre, on which they would stand.
    for handle in handles:
        p.changeDynamics(handle, -1, collisionMargin=1e-5)

    def look():
        bodies = []
        for entry, handle in zip(objects, handles):
            # Bullet's base frame is the principal frame at the centre of mass.
            center, principal = p.getBasePositionAndOrientation(handle)
            info = p.getDynamicsInfo(handle, -1)
            offset, turned = p.invertTransform(info[3], info[4])
            position, rotation = p.multiplyTransforms(center, principal, offset, turned)
            axes = np.reshape(p.getMatrixFromQuaternion(principal), (3, 3))
            inertia = axes @ np.diag(info[2]) @ axes.T
            (drawn,) = p.getVisualShapeData(handle)
            place, turned = p.multiplyTransforms(position, rotation, drawn[5], drawn[6])
            turn = np.reshape(p.getMatrixFromQuaternion(turned), (3, 3))
            visual = bounds_of(drawn[4].decode(), drawn[3], turn, place)
            bodies.append(seen(entry["name"], info[0], position, rotation, center, inertia, visual))
        return bodies

    before = look()
    for _ in range(round(seconds * 240)):
        p.stepSimulation()
    return before, look()


def newton(path, seconds):
    import newton as nt
    import warp as wp

    wp.config.quiet = True
    builder = nt.ModelBuilder(up_axis=nt.Axis.Y)
    builder.add_usd(path)
    model = builder.finalize(device="cpu")
    # Newton's own solvers want a GPU; this one is MuJoCo in C. Its defaults let what stands on a face creep.
    solver = nt.solvers.SolverMuJoCo(
        model, use_mujoco_cpu=True, cone="elliptic", impratio=10.0, enable_multiccd=True
    )
    state, after, control = model.state(), model.state(), model.control()
    nt.eval_fk(model, model.joint_q, model.joint_qd, state)
    masses, centers, tensors = (values.numpy() for values in (model.body_mass, model.body_com, model.body_inertia))
    # From y up, as the file is, to z up.
    up = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]])

    def look():
        bodies = []
        for label, place, mass, center, tensor in zip(
            model.body_label, state.body_q.numpy(), masses, centers, tensors
        ):
            turn = np.reshape(wp.quat_to_matrix(wp.quat(*(float(value) for value in place[3:]))), (3, 3))
            x, y, z, w = wp.quat_from_matrix(wp.mat33(*(up @ turn @ up.T).ravel().tolist()))
            bodies.append(
                seen(
                    label.rsplit("/", 1)[-1],
                    float(mass),
                    (up @ place[:3]).tolist(),
                    (float(x), float(y), float(z), float(w)),
                    (up @ (turn @ center + place[:3])).tolist(),
                    up @ turn @ tensor @ turn.T @ up.T,
                )
            )
        return bodies

    before = look()
    step = 0.002
    for _ in range(round(seconds / step)):
        state.clear_forces()
        solver.step(state, after, control, None, step)
        state, after = after, state
    return before, look()


if __name__ == "__main__":
    main(*sys.argv[1:])
