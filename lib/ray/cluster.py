"""A Ray cluster of one machine, on loopback only: `python cluster.py SETTINGS`, a child of "facenet-lab ray up" that outlives it.

SETTINGS is JSON: nodes, processors (of each node), client (whether ray:// is wanted).
When all nodes are up, one line of JSON is printed: the ports (port of the cluster, jobs, client or null) and the processes by name. SIGTERM ends them, and they end when this process does, in whatever way.

Ray binds loopback alone only while its addresses are 127.0.0.1, and it takes that for a machine's address only with RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER=0;
"ray start" then refuses a second node, the class behind it does not.
"""

import json
import os
import signal
import socket
import sys
import threading
import time

LOOPBACK = "127.0.0.1"
# Each node keeps objects in shared memory up to here, and on disk above.
STORE_BYTES = 512 * 2**20
# Asked for first. Ray gives 10002 to 19999 to its workers.
USUAL_PORTS = {"port": 6399, "jobs": 8265, "client": 20001}


def free_port(wanted):
    """The wanted port of loopback, or any where somebody listens on it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, wanted))
        except OSError:
            probe.bind((LOOPBACK, 0))
        return probe.getsockname()[1]


def wait_for(port, patience=90):
    """Until somebody listens on this port of loopback."""
    for left in range(10 * patience, -1, -1):
        try:
            socket.create_connection((LOOPBACK, port), 1).close()
            return
        except OSError:
            if left == 0:
                raise
            time.sleep(0.1)


def main():
    settings = json.loads(sys.argv[1])
    ended = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: ended.set())
    # Standard output is for the one line; what Ray prints goes to standard error.
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    from ray.cluster_utils import Cluster

    ports = {name: free_port(wanted) for name, wanted in USUAL_PORTS.items()}
    if not settings["client"]:
        ports["client"] = None
    every = {
        "num_cpus": settings["processors"],
        "node_ip_address": LOOPBACK,
        "object_store_memory": STORE_BYTES,
        # Any free one: the usual one may be another cluster's.
        "dashboard_agent_listen_port": 0,
        "include_log_monitor": False,
    }
    head = {
        "gcs_server_port": ports["port"],
        # No further machines are ever asked for.
        "no_monitor": True,
        "include_dashboard": True,
        "dashboard_host": LOOPBACK,
        "dashboard_port": ports["jobs"],
    }
    cluster = Cluster()
    node = cluster.add_node(**every, **head)
    for _ in range(settings["nodes"] - 1):
        cluster.add_node(**every)
    if settings["client"]:
        # Not with the head: it would give up where the head takes half a minute to start.
        node._ray_params.ray_client_server_port = ports["client"]
        node.start_ray_client_server()
        wait_for(ports["client"])
    wait_for(ports["jobs"])
    if not cluster.remaining_processes_alive():
        raise RuntimeError("a process of Ray ended at once")
    processes = {"keeper": [os.getpid()]}
    for node in cluster.list_all_nodes():
        for name, infos in node.all_processes.items():
            processes.setdefault(name, []).extend(info.process.pid for info in infos)
    json.dump({"ports": ports, "processes": processes}, answer)
    answer.write("\n")
    answer.close()
    ended.wait()
    cluster.shutdown()


if __name__ == "__main__":
    main()
