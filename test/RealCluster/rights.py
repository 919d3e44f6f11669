#!/usr/bin/env python3
"""rights.py AUDIT forbidden | AUDIT unused MANIFESTS: compares an audit log of kube-apiserver with the roles `vitrine install` prints."""
import json, re, sys

# Not to be seen on 1.20 without CRDs, or in what the chapters do: kinds of others, and writes that only a change of the configuration or a mishap brings.
ABSENT = {"discovery.k8s.io", "policy.networking.k8s.io", "gateway.networking.k8s.io"}
SELDOM = {("vitrine-controller", "", "services", v) for v in ("update", "delete")} | {("vitrine-controller", "", "endpoints", "update"), ("vitrine-controller", "", "events", "patch"),
          ("vitrine-node", "", "endpoints", "list"), ("vitrine-node", "", "endpoints", "watch"), ("vitrine-controller", "", "events", "create"), ("vitrine-controller", "", "pods", "list"), ("vitrine-controller", "", "pods", "watch")} | {
          (who, "", kind, verb) for who in ("vitrine-node", "vitrine-controller") for kind in ("secrets", "configmaps") for verb in ("list", "watch")}

def used(path):
    for event in map(json.loads, open(path)):
        who, ref = event["user"]["username"].split(":")[-1], event.get("objectRef")
        if who in ("vitrine-node", "vitrine-controller") and ref and "resource" in ref:
            kind = ref["resource"] + ("/" + ref["subresource"] if "subresource" in ref else "")
            yield who, ref.get("apiGroup", ""), kind, event["verb"], event.get("responseStatus", {}).get("code"), ref.get("namespace")

def granted(path):
    for document in open(path).read().split("---\n"):
        if not re.search(r"^kind: (Cluster)?Role$", document, re.M): continue
        who = re.search(r"metadata: {name: ([a-z-]+)", document).group(1)
        for groups, resources, verbs in re.findall(r"apiGroups: \[([^\]]*)\], resources: \[([^\]]*)\],.* verbs: \[([^\]]*)\]", document):
            for kind in resources.split(", "):
                for verb in verbs.split(", "):
                    yield who, groups.strip('"'), kind, verb

seen = list(used(sys.argv[1]))
if sys.argv[2] == "forbidden":
    # A kind that is not served is looked for by its own path, and answered 403 before 404 where nobody granted it.
    # An API server that has just started knows no roles for a moment, and refuses then what it allows before and after.
    allowed = {u[:4] + u[5:] for u in seen if u[4] != 403}
    bad = sorted({u[:5] for u in seen if u[4] == 403 and u[:4] + u[5:] not in allowed})
else:
    have = {u[:4] for u in seen}
    bad = sorted(g for g in set(granted(sys.argv[3])) if g not in have and g[1] not in ABSENT and g not in SELDOM)
print(len(seen), "requests")
for one in bad: print(*one)
sys.exit(1 if bad else 0)
