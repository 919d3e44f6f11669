# Nodes go and come
ns default; doors
web far n2; client there n2; ready pod/far pod/there >/dev/null
far_is_reached() { fetch visitor http://$(ip_of far); }
n2_serves() { says "<title>Guestbook" outside -m 3 http://172.30.0.12:$(field '.spec.ports[0].nodePort' svc frontend)/; }
pods_run() { ready --timeout=5s "$@"; }
RANGE=$(k get node n2 -o jsonpath='{.spec.podCIDR}')
halt n2; sleep 3; ./cluster/node.sh n2 2
check "a node whose power went comes back: its agent runs" eventually 120 run_again n2
check "and is ready" eventually 60 agents_ready 5
check "its pods start again" eventually 120 pods_run pod/far pod/there
check "they are reached" eventually 90 far_is_reached
check "they reach Services, by name" eventually 30 fetch there http://frontend
check "its node port answers" eventually 30 n2_serves
halt n2; k delete node n2 >/dev/null
way() { innode n1 ip route show proto 118 | grep -F $RANGE; }
door() { says 172.30.0.12 k -n kube-system get endpoints vitrine-ingress -o jsonpath='{.subsets[*].addresses[*].ip}'; }
named() { for t in services guard policy; do innode n1 nft list table inet vitrine-$t; done | grep -F "${RANGE%.*}."; }
check "a node is deleted: no way leads to its pods" eventually 30 never way
check "no door leads to it" eventually 30 never door
check "no table names it, once the control plane has given up its pods" eventually 150 never named
./cluster/node.sh n2 2
check "it comes again: ready" eventually 120 all_ready
check "with its agent" eventually 60 agents_ready 5
web newcomer n2; check "its pods start" pods_run --timeout=60s pod/newcomer
newcomer_is_reached() { fetch visitor http://$(ip_of newcomer); }
check "and are reached" eventually 30 newcomer_is_reached
