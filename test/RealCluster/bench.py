#!/usr/bin/env python3
"""bench.py API TOKEN ADDRESS WHAT…: runs in a node's network. ADDRESS is the node's own.
fill N         so many Services of two endpoints each, by EndpointSlices
connect RUNS   from the write of an endpoint to the first connection through its ClusterIP, and from its removal to the first refusal, ms
pods RUNS NODE from the POST of a two-container pod to both Running, one by one, ms"""
import concurrent.futures, http.client, json, socket, ssl, statistics, sys, threading, time

API, TOKEN, ADDRESS, *WHAT = sys.argv[1:]
HOST, PORT = API.removeprefix("https://").split(":")
TLS = ssl._create_unverified_context()
SLICES, PORT_OF_OURS = "/apis/discovery.k8s.io/v1beta1/namespaces/default/endpointslices", 9999
local = threading.local()


def ask(method, path, body=None, kind="application/json"):
    if not hasattr(local, "http"): local.http = http.client.HTTPSConnection(HOST, int(PORT), context=TLS)
    local.http.request(method, path, json.dumps(body) if body is not None else None, {"Authorization": "Bearer " + TOKEN, "Content-Type": kind})
    answer = local.http.getresponse()
    text = answer.read()
    if answer.status >= 300 and answer.status != 409: raise SystemExit(f"{method} {path}: {answer.status} {text[:300]}")
    return json.loads(text)


def service(name): return ask("POST", "/api/v1/namespaces/default/services", {"metadata": {"name": name}, "spec": {"ports": [{"port": 80, "protocol": "TCP"}]}})


def slice_of(name, addresses, port):
    return {"metadata": {"name": name, "labels": {"kubernetes.io/service-name": name, "endpointslice.kubernetes.io/managed-by": "bench"}}, "addressType": "IPv4",
            "ports": [{"name": "", "port": port, "protocol": "TCP"}], "endpoints": [{"addresses": [a], "conditions": {"ready": True}} for a in addresses]}


def fill(count):
    def one(i):
        service(f"fill-{i}")
        ask("POST", SLICES, slice_of(f"fill-{i}", [f"10.244.200.{1 + i % 250}", f"10.244.201.{1 + i % 250}"], 8000 + i % 1000))
    with concurrent.futures.ThreadPoolExecutor(16) as pool: list(pool.map(one, range(count)))


def opens(address):
    s = socket.socket()
    s.settimeout(0.2)
    try: s.connect((address, 80)); return True
    except OSError: return False
    finally: s.close()


def until(address, wanted, start):
    while opens(address) != wanted:
        if time.monotonic() - start > 60: raise SystemExit(f"{address} is not {'reached' if wanted else 'refused'} within 60 s")
        time.sleep(0.001)
    return (time.monotonic() - start) * 1000


def connect(runs):
    listener = socket.socket(); listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); listener.bind((ADDRESS, PORT_OF_OURS)); listener.listen(128)
    threading.Thread(target=lambda: [c.close() for c, _ in iter(listener.accept, None)], daemon=True).start()
    name = f"bench-{int(time.time())}"
    address = service(name)["spec"]["clusterIP"]
    held = ask("POST", SLICES, slice_of(name, [], PORT_OF_OURS))["metadata"]["name"]
    came, went = [], []
    for _ in range(runs):
        for addresses, wanted, into in (([ADDRESS], True, came), ([], False, went)):
            time.sleep(2.5)
            body = slice_of(name, addresses, PORT_OF_OURS)
            writer = threading.Thread(target=lambda: ask("PATCH", f"{SLICES}/{held}", {"endpoints": body["endpoints"]}, "application/merge-patch+json"))
            start = time.monotonic()
            writer.start(); into.append(until(address, wanted, start)); writer.join()
    print("endpoint written to first connect", figures(came))
    print("endpoint removed to first refusal", figures(went))


def pods(runs, node):
    times = []
    for i in range(runs):
        name = f"bench-{int(time.time() * 1000)}"
        version = ask("GET", "/api/v1/namespaces/default/pods?limit=1")["metadata"]["resourceVersion"]
        watch = http.client.HTTPSConnection(HOST, int(PORT), context=TLS, timeout=120)
        watch.request("GET", f"/api/v1/namespaces/default/pods?watch=1&fieldSelector=metadata.name%3D{name}&resourceVersion={version}", headers={"Authorization": "Bearer " + TOKEN})
        lines = watch.getresponse()
        start = time.monotonic()
        ask("POST", "/api/v1/namespaces/default/pods", {"metadata": {"name": name}, "spec": {"nodeName": node, "terminationGracePeriodSeconds": 0, "volumes": [{"name": "v", "emptyDir": {}}], "containers": [
            {"name": "web", "image": "nginx", "imagePullPolicy": "IfNotPresent", "volumeMounts": [{"name": "v", "mountPath": "/v"}]},
            {"name": "side", "image": "debian", "imagePullPolicy": "IfNotPresent", "command": ["sleep", "infinity"], "volumeMounts": [{"name": "v", "mountPath": "/v"}]}]}})
        while True:
            status = json.loads(lines.readline())["object"].get("status", {})
            if len(states := status.get("containerStatuses", [])) == 2 and all("running" in s["state"] for s in states): break
        times.append((time.monotonic() - start) * 1000)
        watch.close()
        ask("DELETE", f"/api/v1/namespaces/default/pods/{name}", {"gracePeriodSeconds": 0})
        time.sleep(1)
    print("pod written to both containers Running", figures(times))


def figures(values): return f"{statistics.median(values):.0f} [{min(values):.0f}–{max(values):.0f}] ms of {len(values)}"


while WHAT:
    match WHAT.pop(0):
        case "fill": fill(int(WHAT.pop(0)))
        case "connect": connect(int(WHAT.pop(0)))
        case "pods": pods(int(WHAT.pop(0)), WHAT.pop(0))
        case other: raise SystemExit(__doc__)
