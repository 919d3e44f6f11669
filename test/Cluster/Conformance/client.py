"""The official Python client against a running cluster: CRUD, patches, selectors, watch, errors, exec, port-forward, the dynamic client, a token of
a ServiceAccount, leader election. Arguments: kubeconfig, namespace. Ends with the line "all seen"; fails with a traceback."""
import sys
import threading
import time
import uuid

from kubernetes import client, config, dynamic, watch
from kubernetes.client.rest import ApiException
from kubernetes.leaderelection import electionconfig, leaderelection
from kubernetes.leaderelection.resourcelock.configmaplock import ConfigMapLock
from kubernetes.stream import portforward, stream

kubeconfig, ns = sys.argv[1:]
config.load_kube_config(kubeconfig)
core, apps = client.CoreV1Api(), client.AppsV1Api()


def failure(status, reason, call, *arguments, **named):
    try:
        call(*arguments, **named)
    except ApiException as e:
        assert e.status == status and '"reason":"%s"' % reason in e.body.replace(" ", ""), (status, reason, e)
    else:
        raise AssertionError(f"no {reason}")


# Typed objects: create, read, list by selector, three patches, replace with an old version, delete.
made = core.create_namespaced_config_map(ns, {"metadata": {"name": "settings", "labels": {"part": "python"}}, "data": {"a": "1"}})
assert made.metadata.uid and made.metadata.creation_timestamp.tzinfo
failure(409, "AlreadyExists", core.create_namespaced_config_map, ns, {"metadata": {"name": "settings"}})
assert [c.metadata.name for c in core.list_namespaced_config_map(ns, label_selector="part=python").items] == ["settings"]
assert core.patch_namespaced_config_map("settings", ns, {"data": {"b": "2"}}).data == {"a": "1", "b": "2"}
assert core.patch_namespaced_config_map("settings", ns, [{"op": "remove", "path": "/data/a"}]).data == {"b": "2"}
made.data["c"] = "3"
failure(409, "Conflict", core.replace_namespaced_config_map, "settings", ns, made)
failure(404, "NotFound", core.read_namespaced_config_map, "nobody", ns)
failure(422, "Invalid", core.create_namespaced_service, ns, {"metadata": {"name": "Not_A_Name"}, "spec": {"ports": [{"port": 80}]}})

# Pages.
for i in range(5):
    core.create_namespaced_config_map(ns, {"metadata": {"name": f"page-{i}", "labels": {"page": "yes"}}})
page = core.list_namespaced_config_map(ns, label_selector="page=yes", limit=2)
names = [c.metadata.name for c in page.items]
while page.metadata._continue:
    page = core.list_namespaced_config_map(ns, label_selector="page=yes", limit=2, _continue=page.metadata._continue)
    names += [c.metadata.name for c in page.items]
assert names == [f"page-{i}" for i in range(5)], names

# A watch from a list's version: what happens after it, in order.
begin = core.list_namespaced_config_map(ns).metadata.resource_version
core.create_namespaced_config_map(ns, {"metadata": {"name": "watched"}})
core.patch_namespaced_config_map("watched", ns, {"data": {"x": "y"}})
core.delete_namespaced_config_map("watched", ns)
seen = []
watching = watch.Watch()
for event in watching.stream(core.list_namespaced_config_map, ns, resource_version=begin, timeout_seconds=20):
    if event["object"].metadata.name == "watched":
        seen.append(event["type"])
    if event["type"] == "DELETED":
        watching.stop()
assert seen == ["ADDED", "MODIFIED", "DELETED"], seen

# A deployment, its scale, a pod to run commands in and to connect to.
apps.create_namespaced_deployment(ns, {
    "metadata": {"name": "web"},
    "spec": {"replicas": 1, "selector": {"matchLabels": {"app": "web"}},
             "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"terminationGracePeriodSeconds": 1, "containers": [{"name": "nginx", "image": "nginx"}]}}}})
assert apps.read_namespaced_deployment_scale("web", ns).spec.replicas == 1
deadline = time.time() + 60
while not apps.read_namespaced_deployment("web", ns).status.ready_replicas:
    assert time.time() < deadline, "the deployment does not get ready"
    time.sleep(0.2)
pod = core.list_namespaced_pod(ns, label_selector="app=web").items[0].metadata.name
said = stream(core.connect_get_namespaced_pod_exec, pod, ns, command=["sh", "-c", "echo out; echo err >&2; exit 3"], stdout=True, stderr=True, _preload_content=False)
said.run_forever(timeout=20)
assert (said.read_stdout(), said.read_stderr(), said.returncode) == ("out\n", "err\n", 3), (said.returncode,)
typed = stream(core.connect_get_namespaced_pod_exec, pod, ns, command=["head", "-n1"], stdin=True, stdout=True, _preload_content=False)
typed.write_stdin("by hand\n")
typed.run_forever(timeout=20)
assert typed.read_stdout() == "by hand\n"
forwarded = portforward(core.connect_get_namespaced_pod_portforward, pod, ns, ports="80")
door = forwarded.socket(80)
door.setblocking(True)
door.settimeout(20)
door.sendall(b"GET / HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n")
page = b""
while chunk := door.recv(4096):
    page += chunk
assert page.startswith(b"HTTP/1.1 200") and forwarded.error(80) is None, page[:80]
assert "GET / HTTP" in core.read_namespaced_pod_log(pod, ns, tail_lines=5)

# A kind made a moment ago, by the dynamic client.
definitions = client.ApiextensionsV1Api()
group = f"g{uuid.uuid4().hex[:8]}.example"
definitions.create_custom_resource_definition({
    "metadata": {"name": f"jars.{group}"},
    "spec": {"group": group, "scope": "Namespaced", "names": {"plural": "jars", "singular": "jar", "kind": "Jar"},
             "versions": [{"name": "v1", "served": True, "storage": True,
                           "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": {"type": "object", "properties": {"size": {"type": "integer", "default": 3}}}}}}}]}})
try:
    jars, deadline = None, time.time() + 20
    while jars is None:
        try:
            jars = dynamic.DynamicClient(client.ApiClient()).resources.get(api_version=f"{group}/v1", kind="Jar")
        except dynamic.exceptions.ResourceNotFoundError:
            assert time.time() < deadline, "the kind is not discovered"
            time.sleep(0.1)
    assert jars.create(namespace=ns, body={"apiVersion": f"{group}/v1", "kind": "Jar", "metadata": {"name": "one"}, "spec": {}}).spec.size == 3
    assert jars.patch(namespace=ns, name="one", body={"spec": {"size": 4}}, content_type="application/merge-patch+json").spec.size == 4
    assert [j.metadata.name for j in jars.get(namespace=ns).items] == ["one"]
    jars.delete(namespace=ns, name="one")
finally:
    definitions.delete_custom_resource_definition(f"jars.{group}")

# A ServiceAccount's token: who it is, and that it may nothing.
core.create_namespaced_service_account(ns, {"metadata": {"name": "guest"}})
# Raw, since the model of this version of the client is named otherwise than its API.
token = client.ApiClient().call_api(f"/api/v1/namespaces/{ns}/serviceaccounts/guest/token", "POST", body={"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}},
                                    response_type="object", auth_settings=["BearerToken"], _return_http_data_only=True)["status"]["token"]
guest = client.Configuration.get_default_copy()
guest.cert_file = guest.key_file = None
guest.api_key = {"authorization": f"Bearer {token}"}
failure(403, "Forbidden", client.CoreV1Api(client.ApiClient(guest)).list_namespaced_config_map, ns)

# Of two that stand for election one leads.
led = []


def stand(name):
    leaderelection.LeaderElection(electionconfig.Config(
        ConfigMapLock("election", ns, name), lease_duration=4, renew_deadline=3, retry_period=1,
        onstarted_leading=lambda: led.append(name), onstopped_leading=lambda: None)).run()


for candidate in "one", "two":
    threading.Thread(target=stand, args=(candidate,), daemon=True).start()
deadline = time.time() + 30
while not led:
    assert time.time() < deadline, "nobody leads"
    time.sleep(0.1)
time.sleep(2)
assert len(led) == 1, led
holder = core.read_namespaced_config_map("election", ns).metadata.annotations["control-plane.alpha.kubernetes.io/leader"]
assert f'"{led[0]}"' in holder, holder
print("all seen")
