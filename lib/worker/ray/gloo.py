"""Vectors of float32 added up among actors, by gloo, of which the package xoscar has a binding."""

import ctypes
import importlib.machinery
import importlib.util
import os
import sys
import time
from datetime import timedelta


def load():
    """The addon alone: the package around it would import pandas and SciPy, which nothing here uses."""
    if "xoscar_pygloo" in sys.modules:
        return sys.modules["xoscar_pygloo"]
    package = importlib.util.find_spec("xoscar")
    folders = [os.path.join(place, "collective") for place in package.submodule_search_locations] if package else []
    spec = importlib.machinery.PathFinder.find_spec("xoscar_pygloo", folders)
    if spec is None:
        raise ModuleNotFoundError("No module named 'xoscar' with a gloo for this platform")
    addon = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(addon)
    sys.modules[spec.name] = addon
    return addon


class Meeting:
    """Where members leave their addresses for each other: the cluster's own table. The addon asks for these three methods."""

    def __init__(self, group, patience):
        from ray.experimental import internal_kv

        self.table = internal_kv
        self.group = f"facenet-lab-{group}/"
        self.patience = patience

    def set_tcp(self, key, value):
        self.table._internal_kv_put(self.group + key, value)

    def get_tcp(self, key):
        return self.table._internal_kv_get(self.group + key)

    def wait(self, keys):
        end = time.monotonic() + self.patience
        while not all(self.table._internal_kv_exists(self.group + key) for key in keys):
            if time.monotonic() > end:
                raise TimeoutError(f"no other worker came within {self.patience} s")
            time.sleep(0.01)

    def clear(self):
        self.table._internal_kv_del(self.group, del_by_prefix=True)


class Group:
    """A member's place in a group, from the moment when all members have met. What goes wrong, also with another member, is raised within `patience` seconds."""

    def __init__(self, group, rank, size, patience):
        import ray

        self.name = group
        self.addon = load()
        transport = self.addon.transport
        way = transport.tcp if self.addon.transport_tcp_available() else transport.uv
        self.meeting = Meeting(group, patience)
        # Kept as long as the context.
        self.store = self.addon.rendezvous.CustomStore(self.meeting)
        self.device = way.CreateDevice(way.attr(ray.util.get_node_ip_address()))
        self.context = self.addon.rendezvous.Context(rank, size)
        self.context.setTimeout(timedelta(seconds=patience))
        if size > 1:
            self.context.connectFullMesh(self.store, self.device)
        self.fresh = rank == 0

    def add_up(self, vector):
        """The sum over all members takes the place of `vector`, a bytearray."""
        count = len(vector) // 4
        place = ctypes.addressof((ctypes.c_float * count).from_buffer(vector))
        addon = self.addon
        kind, way = addon.GlooDataType_t.glooFloat32, addon.AllreduceAlgorithm.RING
        addon.allreduce(self.context, place, place, count, kind, addon.ReduceOp.SUM, way)
        if self.fresh:
            # All have met: nobody asks for addresses any more.
            self.meeting.clear()
            self.fresh = False

    def leave(self):
        """The others notice at once."""
        self.context.closeConnections()
