"""Workers on a Ray cluster, for one parent process: `python bridge.py SETTINGS`, a child of the command that uses them.

Ray places and watches, bytes pass through; nothing here knows what they mean. Frames (see frame.ts) on standard input and output:

  in   {"worker": n, "start": true}   an actor with a worker process of its own begins its life; numbers are never used twice
       {"worker": n} + body           the body is a frame for that worker
       {"worker": n, "sum": {…}} + body   two frames, of which the first has `take` bytes and the second lacks its body: the worker's answer to the first ends with
                                      a vector; its sum over the group (`group`, `rank`, `size`, `patience`) is the body of the second
       {"worker": n, "end": true}     that life is over
  out  {"processors": p, "ray": v}    first of all: the cluster was joined; or {"failed": why}, and the end
       {"worker": n, "at": {…}}       where it runs: host, process ids of the actor and of the worker
       {"worker": n} + body           the body is the worker's answer
       {"worker": n, "lost": how}     the worker process or its actor is gone
       {"worker": n, "apart": why, "kind": type}   the vectors of its group were not added up

SETTINGS is JSON: address, workers, threads (of each; as many processors are asked for), argv and env of a worker.
When standard input ends, all actors end, and with an actor its worker: its input closes.
"""

import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading

from gloo import Group

# Two unsigned 64-bit little-endian lengths, of 16 bytes.
PREFIX = "<QQ"
LARGEST_HEADER, LARGEST_BODY = 2**24, 2**31


def read_parts(stream):
    """Prefix, header and body of the next frame as bytes; None when the stream ends or holds no frame."""
    prefix = stream.read(16)
    if len(prefix) < 16:
        return None
    header, body = struct.unpack(PREFIX, prefix)
    if header > LARGEST_HEADER or body > LARGEST_BODY:
        return None
    parts = prefix, stream.read(header), stream.read(body)
    return parts if len(parts[1]) == header and len(parts[2]) == body else None


class Worker:
    """The actor: one worker process, asked one frame at a time."""

    def __init__(self, argv, env):
        self.group = None
        self.words = tempfile.TemporaryFile()
        # Another machine may keep Node elsewhere.
        program = shutil.which(argv[0]) or "node"
        self.child = subprocess.Popen(
            [program, *argv[1:]],
            env={**os.environ, **env},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.words,
        )

    def where(self):
        return {"host": socket.gethostname(), "actor": os.getpid(), "child": self.child.pid}

    def ask(self, frame):
        """{"body": the frame that answers}, or {"lost": how the process ended}."""
        parts = self.exchange(frame)
        return {"body": b"".join(parts)} if parts else {"lost": self.end()}

    def add_up(self, take, give, place):
        """As `ask(take)`; but a vector as long as the body that `give` lacks is added up over the group, and the answer is that to `give`."""
        try:
            if self.group is None or self.group.name != place["group"]:
                self.leave()
                self.group = Group(**place)
            parts = self.exchange(take)
            if not parts or len(parts[2]) != struct.unpack_from(PREFIX, give)[1]:
                self.leave()
                return {"body": b"".join(parts)} if parts else {"lost": self.end()}
            vector = bytearray(parts[2])
            self.group.add_up(vector)
        except Exception as error:
            self.leave()
            return {"apart": str(error).split("\n")[0], "kind": type(error).__name__}
        return self.ask(give + vector)

    def leave(self):
        if self.group is not None:
            self.group.leave()
        self.group = None

    def exchange(self, frame):
        """Prefix, header and body of the answer; None when the process is gone."""
        try:
            self.child.stdin.write(frame)
            self.child.stdin.flush()
            return read_parts(self.child.stdout)
        except BrokenPipeError:
            return None

    def end(self):
        try:
            code = self.child.wait(2)
        except subprocess.TimeoutExpired:
            self.child.kill()
            return "does not speak the protocol"
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        self.words.seek(0)
        words = self.words.read().decode(errors="replace").strip()[-500:]
        return f"ended with {how}" + (f"; its last words: {words}" if words else "")


class Output:
    """Frames to the parent, from any thread. What else is printed goes to standard error."""

    def __init__(self):
        self.stream = os.fdopen(os.dup(1), "wb")
        self.lock = threading.Lock()
        os.dup2(2, 1)

    def send(self, header, body=b""):
        text = json.dumps(header).encode()
        with self.lock:
            self.stream.write(struct.pack(PREFIX, len(text), len(body)) + text)
            self.stream.write(body)
            self.stream.flush()


def join(settings):
    """Joins the cluster and gives its number of processors. Raises when that cannot be done, in words for people."""
    address = settings["address"]
    host, _, port = address.removeprefix("ray://").rpartition(":")
    # Ray itself would wait for minutes.
    socket.create_connection((host.strip("[]"), int(port)), 10).close()
    options = {}
    if address == f"127.0.0.1:{port}":
        # Else Ray replaces loopback by the machine's outer address, on which nobody listens. It reads this when it is imported.
        os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"
        options["_node_ip_address"] = host
    import ray

    ray.init(address=address, log_to_driver=False, logging_level="ERROR", **options)
    processors = int(ray.cluster_resources().get("CPU", 0))
    wanted = settings["workers"] * settings["threads"]
    if processors < wanted:
        raise RuntimeError(
            f"{settings['workers']} workers of {settings['threads']} threads want {wanted} processors, the cluster has {processors}"
        )
    return processors


def pass_frames(settings, output):
    import gloo
    import ray
    from ray import cloudpickle

    # The actors find no file of ours by its name.
    cloudpickle.register_pickle_by_value(gloo)
    actor = ray.remote(num_cpus=settings["threads"], max_restarts=0, max_task_retries=0)(Worker)
    actors = {}

    def when_done(ref, answered, number):
        def done(future):
            try:
                answered(future.result())
            except Exception as error:  # Ray's errors have no common ancestor over ray://.
                first = str(error).strip().split("\n")[0]
                output.send({"worker": number, "lost": f"ended with its actor: {type(error).__name__}: {first}"})

        ref.future().add_done_callback(done)

    def pass_on(number, ref):
        def answered(answer):
            body = answer.pop("body", b"")
            output.send({"worker": number, **answer}, body)

        when_done(ref, answered, number)

    while parts := read_parts(sys.stdin.buffer):
        header = json.loads(parts[1])
        number = header["worker"]
        if header.get("start"):
            actors[number] = actor.remote(settings["argv"], settings["env"])
            at = lambda at, number=number: output.send({"worker": number, "at": at})
            when_done(actors[number].where.remote(), at, number)
        elif header.get("end"):
            if (handle := actors.pop(number, None)) is not None:
                ray.kill(handle)
        elif number in actors and (place := header.get("sum")):
            first = place.pop("take")
            pass_on(number, actors[number].add_up.remote(parts[2][:first], parts[2][first:], place))
        elif number in actors:
            pass_on(number, actors[number].ask.remote(parts[2]))
    for handle in actors.values():
        ray.kill(handle)
    ray.shutdown()


def main():
    settings = json.loads(sys.argv[1])
    output = Output()
    try:
        processors = join(settings)
    except Exception as error:
        output.send({"failed": str(error).strip() or type(error).__name__, "kind": type(error).__name__})
        return 1
    import ray

    output.send({"processors": processors, "ray": ray.__version__})
    pass_frames(settings, output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
