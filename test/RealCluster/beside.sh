#!/bin/bash
# beside.sh: Vitrine beside what a cluster has: kube-proxy (iptables) and the reference CNI plugins stay, Vitrine does the gateway and explains; what is done already it refuses to do.
cd "$(dirname "$0")"
if [ -z "$PEERS" ] || [ ! -x "$PEERS/bin/kube-proxy" ]; then echo "skipped: no real cluster (set PEERS to the folder whose bin/ has kube-apiserver and its kin)"; exit 0; fi
export PROXY=1 CNIBIN=${CNIBIN:-/usr/lib/cni} R=${R:-$PEERS/run/beside} TAG=${TAG:-vb}
. cluster/env.sh; . ./checks.sh
begin "cluster, with kube-proxy and the reference plugins" || exit 1
[ "$KEEP" = 1 ] || trap './cluster/down.sh' EXIT
check "nodes are ready" eventually 60 sh -c "[ \$(nsenter --net=/run/netns/$FAB $B/kubectl --kubeconfig $KC get nodes | grep -cw Ready) = $NODES ]"
ns default; kubeconfig explain admintoken
attach() { innode n1 timeout 20 $VITRINE node --components $1 --kubeconfig $R/explain.kubeconfig --run-dir $R/n1/run --node-name n1 --cluster-dns $DNS --service-cidr $SERVICES; }
say "What is done already is refused"
until_ 20 innode n1 sh -c "iptables-save -t nat | grep -q KUBE-SERVICES"
check "services: kube-proxy's chain is named" says "chain KUBE-SERVICES" attach services
check "cni: the other configuration is named" says "10-ref.conflist" attach cni
check "routes: the route is named" says "leads to the pods of node n2 already" attach routes
check "and nothing was touched" never innode n1 sh -c "nft list tables | grep vitrine"
say "Only the gateway"
web web n1 "app: web"; client visitor n1; ready pod/web pod/visitor >/dev/null
cat <<Y | put >/dev/null
{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: web}, ports: [{port: 80}]}}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: web}, spec: {ingressClassName: vitrine, rules: [{host: web.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}}
Y
for i in $(seq $NODES); do bg n$i/agent nsenter -t $(cat $R/n$i/holder.pid) -m -n -u $VITRINE node --components gateway --kubeconfig $R/explain.kubeconfig --run-dir $R/n$i/run --node-name n$i; done
bg controller-a nsenter --net=/run/netns/$FAB $VITRINE controller --components gateway --kubeconfig $R/explain.kubeconfig --identity a
until_ 60 k -n kube-system get svc vitrine-ingress
DOOR=$(k -n kube-system get svc vitrine-ingress -o 'jsonpath={.spec.ports[0].nodePort}')
check "an Ingress is served on node 1, through kube-proxy's node port" eventually 30 says "Welcome to nginx" outside -H 'Host: web.example' http://172.30.0.11:$DOOR/
check "and on node 2" eventually 30 says "Welcome to nginx" outside -H 'Host: web.example' http://172.30.0.12:$DOOR/
say "explain"
check "a Service is done by kube-proxy" says "done by kube-proxy (iptables), not by Vitrine" explain n1 pod/visitor svc/web
check "by this rule" says "-j KUBE-SVC-" explain n1 pod/visitor svc/web
check "and gets there" says "verdict: ✓" explain n1 pod/visitor svc/web
check "prediction and kernel agree" never says DISAGREEMENT explain n1 pod/visitor svc/web
say "Only policies, for pods of the reference plugin"
for i in $(seq $NODES); do
  stop $R/n$i/agent.pid
  innode n$i sysctl -qw net.bridge.bridge-nf-call-iptables=1
  bg n$i/agent nsenter -t $(cat $R/n$i/holder.pid) -m -n -u $VITRINE node --components policy --kubeconfig $R/explain.kubeconfig --run-dir $R/n$i/run --node-name n$i
  until_ 20 innode n$i nft list table inet vitrine-policy
done
. chapters/05-policies.sh
policy <<Y
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny}, spec: {podSelector: {}, policyTypes: [Ingress]}}
Y
check "explain: the policy is named" eventually 10 says "networkpolicy/policies/deny selects pod/policies/web" explain n1 pod/policies/stranger pod/policies/web:80
check "prediction and kernel agree" never says DISAGREEMENT explain n1 pod/policies/stranger pod/policies/web:80
kn delete networkpolicy --all >/dev/null
check "without it, it gets there" eventually 10 says "verdict: ✓ Delivered" explain n1 pod/policies/stranger pod/policies/web:80
check "and whose part was not ours" says "done by another network plugin, not by Vitrine" explain n1 pod/policies/stranger pod/policies/web:80
sum_up
