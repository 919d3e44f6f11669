# A new version under load
ns default; doors
NEXT=docker.io/library/vitrine:next
for i in $(seq $NODES); do ctr -a $R/n$i/containerd.sock -n k8s.io images tag --force docker.io/library/vitrine:latest $NEXT >/dev/null; done
k -n default rollout status deployment/frontend --timeout=60s >/dev/null
web shut n1; web shut2 n2; ready pod/shut pod/shut2 >/dev/null
put >/dev/null <<Y
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: shut}, spec: {podSelector: {matchExpressions: [{key: app, operator: In, values: [shut, shut2]}]}, policyTypes: [Ingress]}}
Y
check "who may not does not" eventually 10 never in_pod visitor "curl -sS -m 1 -o /dev/null http://$(ip_of shut)"
load; ask name1 $V frontend.default; ask name2 $A frontend.default; ask node1 $(holder n1) frontend.default; ask node2 $(holder n2) frontend.default; knock shut $V http://$(ip_of shut); knock shut2 $V http://$(ip_of shut2); sleep 3
check "the manifests with another image are applied" install --set image=$NEXT
check "every node and every controller has it" agents_ready 180
images_are() { [ "$(k -n kube-system get pods -l 'app.kubernetes.io/name in (vitrine, vitrine-controller)' -o jsonpath='{.items[*].spec.containers[*].image}' | tr ' ' '\n' | sort -u)" = $1 ]; }
check "agents, proxies and controllers are of the new version" eventually 30 images_are $NEXT
sleep 5; check "no request failed, whatever way it took" no_request_fails
check "no question for a name was left unanswered, of pods and of the nodes themselves" poured name1 name2 node1 node2
check "nobody came in where a policy keeps him out" poured shut shut2
