# explain, from the nodes
ns default
check "a pod to a Service: it is answered" says "probe:   Answered" explain n1 pod/visitor svc/frontend
check "a pod to a pod of any node" says "verdict: ✓" explain $(node_of visitor) pod/visitor pod/$(kn get pod -l tier=frontend -o jsonpath='{.items[0].metadata.name}'):80
check "prediction and kernel agree" never says DISAGREEMENT explain n1 pod/visitor svc/frontend
put >/dev/null <<Y
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: closed}, spec: {podSelector: {matchLabels: {app: redis}}, policyTypes: [Ingress]}}
Y
sleep 1
check "what a policy stops is named" says "networkpolicy/default/closed" explain n1 pod/visitor svc/redis-leader
kn delete networkpolicy closed >/dev/null
check "a request by its URL" says "verdict: ✓" explain n1 pod/visitor http://frontend/
check "a node that there is not is told" says "has no node absent" innode n1 $VITRINE explain --kubeconfig $R/explain.kubeconfig --node-name absent pod/visitor svc/frontend
