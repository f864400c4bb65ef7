"""A client of the SceneMaker server, written from sdk/PROTOCOL.md alone.

    pip install websockets msgpack
    python scenemaker.py ../pictures/rgbd-table.jpg

Sends a camera frame with what is known of it (depth map, intrinsics, camera pose, from the JSON file beside
it, as the sample pictures have) and prints each object with its place in the robot's world frame: metres, y up.
"""
import array, asyncio, json, os, secrets, sys
from pathlib import Path

import msgpack
import websockets

CHUNK_BYTES = 256 * 1024
TYPED_ARRAYS = {17: "H", 18: "I", 19: "f", 20: "d"}  # extension type: element type, little-endian


def decode_extension(kind, payload):
    values = array.array(TYPED_ARRAYS[kind])
    values.frombytes(payload)
    return values  # on a big-endian machine: values.byteswap() first


def unpack(data):
    return msgpack.unpackb(data, ext_hook=decode_extension)


class Client:
    def __init__(self, url, token=None):
        self.url, self.token, self.id = url, token, secrets.token_hex(16)

    async def open(self):
        self.socket = await websockets.connect(self.url, subprotocols=["scenemaker.v1"], max_size=CHUNK_BYTES + 1024)
        hello = {"op": "hello", "client": "agent-python/1", "clientId": self.id}
        await self.send({**hello, "token": self.token} if self.token else hello)
        return await self.receive()

    async def send(self, message):
        data = msgpack.packb(message)
        if len(data) <= CHUNK_BYTES:
            return await self.socket.send(data)
        for offset in range(0, len(data), CHUNK_BYTES):
            part = {"op": "chunk", "totalBytes": len(data), "offset": offset, "bytes": data[offset : offset + CHUNK_BYTES]}
            await self.socket.send(msgpack.packb(part))

    async def receive(self):
        message, parts = unpack(await self.socket.recv()), []
        while message["op"] == "chunk":
            parts.append(message["bytes"])
            whole = sum(map(len, parts)) == message["totalBytes"]
            message = unpack(b"".join(parts) if whole else await self.socket.recv())
        if message["op"] == "error":
            raise RuntimeError("{code}: {message}".format(**message["error"]))
        return message

    async def scene(self, request, on_event=lambda event: None):
        job, seen, accepted = secrets.token_hex(16), 0, False
        for attempt in range(8):
            try:
                await self.open()
                follow = {"op": "resume", "jobId": job, "afterEvent": seen}
                await self.send(follow if accepted else {"op": "generate", "jobId": job, "request": request})
                while True:
                    message = await self.receive()
                    accepted = True
                    if message["op"] != "event" or message["number"] <= seen:
                        continue
                    seen, event = message["number"], message["event"]
                    on_event(event)
                    if event["type"] == "done":
                        await self.socket.close()
                        return event["scene"]
                    if event["type"] in ("failed", "cancelled"):
                        raise RuntimeError(str(event.get("error", "the job was cancelled")))
            except (OSError, websockets.exceptions.WebSocketException):
                await asyncio.sleep(min(8, 0.25 * 2**attempt))
        raise RuntimeError(f"no server answers at {self.url}")


def read_frame(path):
    """A picture and what the JSON file beside it says of it."""
    request = {"picture": path.read_bytes()}
    about = json.loads(path.with_suffix(".json").read_text()) if path.with_suffix(".json").exists() else {}
    request.update({key: about[key] for key in ("intrinsics", "cameraToWorld") if key in about})
    if "depth" in about:
        request["depth"] = {"encoding": "png16", "bytes": (path.parent / about["depth"]).read_bytes(), "metersPerUnit": 0.001}
    return request


async def main(picture, url):
    show = lambda event: print(f"  {event['stage']} {event['fraction']:.0%}") if event["type"] == "progress" else None
    scene = await Client(url, os.environ.get("SCENEMAKER_TOKEN")).scene(read_frame(Path(picture)), show)
    print(f"{len(scene['objects'])} objects, metres {'measured' if scene['scale']['measured'] else 'estimated'}")
    for thing in scene["objects"]:
        x, y, z = thing["pose"]["translation"]
        print(f"{thing['id']} {thing['label']}: at {x:.3f} {y:.3f} {z:.3f}, {thing['pose']['size']:.3f} m, {len(thing['mesh']['positions']) // 3} vertices")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "ws://127.0.0.1:8787"))
