# Services and DNS
ns default
apply ../../examples/3-services/guestbook.yaml >/dev/null; client visitor n1; client asker n2
check "the guestbook comes up" k -n default rollout status deployment/frontend --timeout=120s
check "both followers too" k -n default rollout status deployment/redis-follower --timeout=120s
ready pod/visitor pod/asker >/dev/null
lb() { eventually 20 sh -c "[ -n \"\$(nsenter --net=/run/netns/$FAB $B/kubectl --kubeconfig $KC get svc frontend -o jsonpath='{.status.loadBalancer.ingress[0].ip}')\" ]"; }
check "ClusterIP: what is written by name is read by address" eventually 20 says hello in_pod visitor "curl -sS -m 5 'http://frontend/guestbook.php?cmd=set&key=messages&value=hello' >/dev/null; sleep 1; curl -sS -m 5 'http://$(field .spec.clusterIP svc frontend)/guestbook.php?cmd=get&key=messages'"
check "LoadBalancer: an address out of the pool" lb
LB=$(field '.status.loadBalancer.ingress[0].ip' svc frontend); NP=$(field '.spec.ports[0].nodePort' svc frontend)
check "LoadBalancer: it answers outside" says "<title>Guestbook" outside http://$LB/
check "NodePort: every node answers outside" says "<title>Guestbook" outside http://172.30.0.11:$NP/
check "NodePort: on the other node too" says "<title>Guestbook" outside http://172.30.0.12:$NP/
check "a node reaches a ClusterIP" says "<title>Guestbook" innode n2 curl -sS -m 5 http://$(field .spec.clusterIP svc frontend)/
check "a front end reaches its own Service" eventually 20 kn exec deployment/frontend -- curl -sS -m 5 -o /dev/null http://$(field .spec.clusterIP svc frontend)/
check "a port that no Service has is refused at once" says "exit code 7" in_pod visitor "curl -sS -m 5 http://$(field .spec.clusterIP svc frontend):81/"
cat <<Y | put >/dev/null
{apiVersion: v1, kind: Service, metadata: {name: redis-all}, spec: {clusterIP: None, selector: {app: redis}, ports: [{name: redis, port: 6379}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: elsewhere}, spec: {type: ExternalName, externalName: frontend.default.svc.cluster.local}}
Y
check "DNS: a Service's name" says "$(field .spec.clusterIP svc frontend)" in_pod visitor "getent hosts frontend"
check "DNS: its full name" says "$(field .spec.clusterIP svc frontend)" in_pod visitor "getent hosts frontend.default.svc.cluster.local"
check "DNS: a headless Service has all its pods" eventually 20 sh -c "[ \$(nsenter --net=/run/netns/$FAB $B/kubectl --kubeconfig $KC exec visitor -- getent ahostsv4 redis-all | grep -c STREAM) = 3 ]"
check "DNS: ExternalName" says "$(field .spec.clusterIP svc frontend)" in_pod visitor "getent hosts elsewhere"
check "DNS: what is not there is not there" never in_pod visitor "getent hosts absent"
check "DNS: the Service kube-dns was made" says $DNS k -n kube-system get svc kube-dns
