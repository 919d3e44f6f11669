# Nothing is left
ns default
uninstall() { infab $VITRINE uninstall --kubeconfig $R/explain.kubeconfig "$@"; }
check "pods that have their network from it are in the way" says "Vitrine's, and cannot be torn down without its plugin" uninstall
check "--dry-run says what would go" says "would remove daemonset/vitrine, and what its agents made on every node" uninstall --dry-run
check "and removes nothing" agents_ready 10
{ for n in chapter1 chapter2 policies others; do k -n $n delete pod --all --grace-period=1; done; k delete ns chapter1 chapter2 policies others; k delete ingress,networkpolicy --all; k delete deployment --all --cascade=foreground; k delete pod --all --grace-period=1; } >/dev/null 2>&1
no_guests() { [ -z "$(k get pods -A -o jsonpath='{.items[?(@.spec.hostNetwork!=true)].metadata.name}')" ]; }
check "without them" eventually 60 no_guests
LBS=$(k get svc -o name | grep -v /kubernetes)
check "uninstall takes it all away" uninstall
# Vitrine's own control plane gives them itself, and goes on doing so.
[ -n "$OWN" ] || check "the addresses it gave are taken back" [ -z "$(k get svc -A -o jsonpath='{.items[*].status.loadBalancer.ingress[*].ip}')" ]
k delete --timeout=20s $LBS >/dev/null
same() { diff "$@" | grep '^[<>]'; [ ${PIPESTATUS[0]} = 0 ]; }
api_same() { api_has >$R/after; same $R/before $R/after; }
node_same() { node_has $1 >$R/$1/after; same $R/$1/before $R/$1/after; }
check "Services with them can be deleted" eventually 10 never sh -c "nsenter --net=/run/netns/$FAB $B/kubectl --kubeconfig $KC get svc -o name | grep -v /kubernetes"
check "the API has what it had before" eventually 30 api_same
for i in $(seq $NODES); do check "node n$i has what it had before" eventually 10 node_same n$i; done
check "a second time there is nothing to do" says "nothing of Vitrine is in namespace kube-system" uninstall
